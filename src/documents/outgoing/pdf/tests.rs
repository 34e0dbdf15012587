//! PDFs that hide something, written by hand.

use std::fmt::Write as _;

use super::super::Finding;
use super::super::tests::look;
use super::*;

/// A PDF of these objects, the first one being its catalogue.
pub(in crate::documents::outgoing) fn file(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut text = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(text.len());
        write!(text, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let table = text.len();
    let size = places.len() + 1;
    write!(text, "xref\n0 {size}\n0000000000 65535 f \n").unwrap();
    for place in places {
        writeln!(text, "{place:010} 00000 n ").unwrap();
    }
    write!(text, "trailer<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF\n")
        .unwrap();
    text.into_bytes()
}

fn stream(dictionary: &str, content: &str) -> String {
    format!("<<{dictionary}/Length {}>>stream\n{content}\nendstream", content.len() + 1)
}

/// A PDF of one page that draws this; what its catalogue, its page and its resources say more;
/// and objects from number 7 on.
struct Sample<'a> {
    drawing: &'a str,
    information: &'a str,
    catalogue: &'a str,
    page: &'a str,
    resources: &'a str,
    objects: &'a [String],
}

const PLAIN: Sample<'static> = Sample {
    drawing: "",
    information: "",
    catalogue: "",
    page: "",
    resources: "",
    objects: &[],
};

impl Sample<'_> {
    fn write(&self) -> Vec<u8> {
        let first = [
            format!("<</Type/Catalog/Pages 2 0 R{}>>", self.catalogue),
            "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R{}\
                 /Resources<</Font<</F1 5 0 R>>{}>>>>",
                self.page, self.resources
            ),
            stream("", self.drawing),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
            format!("<<{}>>", self.information),
        ];
        file(&[&first, self.objects].concat(), "/Info 6 0 R")
    }

    fn findings(&self) -> Vec<Finding> {
        look(&self.write())
    }

    fn kinds(&self) -> Vec<FindingKind> {
        self.findings().into_iter().map(|one| one.kind).collect()
    }
}

fn drawn(drawing: &str) -> Vec<FindingKind> {
    Sample { drawing, ..PLAIN }.kinds()
}

fn excerpt(findings: &[Finding], kind: FindingKind) -> &str {
    let found = findings.iter().find(|one| one.kind == kind);
    &found
        .unwrap_or_else(|| panic!("{kind:?} in {findings:?}"))
        .excerpt
}

const TEXT: &str = "BT /F1 12 Tf 100 700 Td (tel 13800000000) Tj ET";
const COVERED: [FindingKind; 2] = [FindingKind::MobileNumber, FindingKind::CoveredText];

#[test]
fn text_below_a_box_is_found_whatever_its_colour() {
    for colour in [
        "0 g",
        "1 g",
        "0.5 g",
        "1 1 0 rg",
        "0 0 0 1 k",
        "/DeviceRGB cs 1 1 1 sc",
    ] {
        let covered = format!("{TEXT} {colour} 90 690 200 30 re f");
        assert_eq!(drawn(&covered), COVERED, "{colour}");
    }
    let moved =
        format!("{TEXT} q 1 0 0 1 90 690 cm 0.1 0.1 0.1 rg 0 0 m 200 0 l 200 30 l 0 30 l h f Q");
    assert_eq!(drawn(&moved), COVERED);
    let round = format!("{TEXT} 0 g 80 705 m 80 760 310 760 310 705 c 310 650 80 650 80 705 c f");
    assert_eq!(drawn(&round), COVERED);
}

#[test]
fn a_part_of_a_line_below_a_box_is_found() {
    // The line begins well before the box.
    let line = "BT /F1 12 Tf 100 700 Td (The applicant is Zhang Sanfeng of Nanyang) Tj ET";
    let drawing = format!("{line} 0 g 190 695 50 16 re f");
    let findings = Sample { drawing: &drawing, ..PLAIN }.findings();
    let words = excerpt(&findings, FindingKind::CoveredText);
    assert!(words.contains("：Z**** S"), "{words}");
    // By other ways of writing the same.
    for writing in [
        "BT /F1 12 Tf 1 0 0 1 100 700 Tm [(The applicant is )-10(Zhang Sanfeng)] TJ ET",
        "BT /F1 12 Tf 14 TL 100 714 Td (x) Tj (The applicant is Zhang Sanfeng) ' ET",
        "BT /F1 12 Tf 14 TL 100 714 Td (x) Tj 0 0 (The applicant is Zhang Sanfeng) \" ET",
        "BT /F1 12 Tf 100 714 Td 0 -14 TD (The applicant is Zhang Sanfeng) Tj ET",
        "q 2 0 0 2 0 0 cm BT /F1 6 Tf 50 350 Td (The applicant is Zhang Sanfeng) Tj ET Q",
        "BT /F1 10 Tf 1 Tc 1 Tw 100 Tz 3 Ts 100 697 Td (The applicant is Zhang Sanfeng) Tj ET",
    ] {
        let drawing = format!("{writing} 0 g 190 695 50 16 re f");
        assert_eq!(drawn(&drawing), [FindingKind::CoveredText], "{writing}");
    }
}

#[test]
fn the_widths_of_a_font_say_where_a_line_ends() {
    // 0.2 em each: twenty letters of 10 pt end at 140.
    let font = String::from(
        "<</Type/Font/Subtype/TrueType/BaseFont/A/Encoding/WinAnsiEncoding/FirstChar 97\
         /LastChar 97/Widths[200]>>",
    );
    let kinds = |box_at: u32| {
        let drawing = format!(
            "BT /F7 10 Tf 100 700 Td (aaaaaaaaaaaaaaaaaaaa) Tj ET 0 g {box_at} 690 60 30 re f"
        );
        let objects = [font.clone()];
        let resources = "/Font<</F7 7 0 R>>";
        // Its own fonts go before those of the sample.
        let sample = Sample { drawing: &drawing, objects: &objects, ..PLAIN };
        let text = String::from_utf8(sample.write()).unwrap();
        let text = text.replace("/Font<</F1 5 0 R>>", resources);
        look(text.as_bytes()).len()
    };
    assert_eq!(kinds(130), 1);
    assert_eq!(kinds(145), 0);
}

#[test]
fn what_does_not_hide_a_text_is_no_finding() {
    for drawing in [
        // A ground below it; a box beside it; one that is not painted, or below a frame.
        format!("0 g 90 690 200 30 re f 1 g {TEXT}"),
        format!("{TEXT} 0 g 90 600 200 30 re f"),
        format!("{TEXT} 0 g 200 690 200 30 re f 0 0 20 20 re f"),
        format!("{TEXT} 0 g 90 690 200 30 re W n"),
        format!("{TEXT} 0 g 80 680 220 50 re 90 690 200 30 re f*"),
        format!("{TEXT} 0 g 90 690 200 30 re S"),
        format!("{TEXT} 0 g 2 w 100 705 m 200 705 l S"),
        // Only what lies inside of the clip is painted.
        format!("{TEXT} q 0 0 50 50 re W n 0 g 0 0 595 842 re f Q"),
    ] {
        let drawing = drawing.replace("200 690 200 30", "300 690 200 30");
        assert_eq!(drawn(&drawing), [FindingKind::MobileNumber], "{drawing}");
    }
}

#[test]
fn what_shows_through_is_no_cover() {
    let drawing = format!("{TEXT} /G gs 1 1 0 rg 90 690 200 30 re f");
    for (state, count) in [
        ("/ca 0.4", 1),
        ("/BM/Multiply", 1),
        ("/ca 1", 2),
        ("/BM/Normal", 2),
    ] {
        let resources = format!("/ExtGState<</G<<{state}>>>>");
        let sample = Sample { drawing: &drawing, resources: &resources, ..PLAIN };
        assert_eq!(sample.kinds().len(), count, "{state}");
    }
}

#[test]
fn a_wide_pen_covers() {
    let pen = format!("{TEXT} 1 0 0 RG 14 w 95 704 m 220 704 l S");
    assert_eq!(drawn(&pen), COVERED);
    let scaled = format!("{TEXT} q 0.1 0 0 0.1 0 0 cm 140 w 950 7040 m 2200 7040 l S Q");
    assert_eq!(drawn(&scaled), COVERED);
}

#[test]
fn a_picture_over_text_covers_it() {
    let picture = |mask: &str| {
        stream(
            &format!(
                "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8\
                 /ColorSpace/DeviceGray{mask}"
            ),
            "\u{1}",
        )
    };
    let drawing = format!("{TEXT} q 200 0 0 30 90 690 cm /I Do Q");
    let kinds = |objects: &[String]| {
        let resources = "/XObject<</I 7 0 R>>";
        Sample { drawing: &drawing, resources, objects, ..PLAIN }.kinds()
    };
    assert_eq!(kinds(&[picture("")]), COVERED);
    // A seal lets the text show through.
    assert_eq!(kinds(&[picture("/SMask 8 0 R"), picture("")]), [FindingKind::MobileNumber]);
    let inline = format!("{TEXT} q 200 0 0 30 90 690 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \u{1} EI Q");
    assert_eq!(drawn(&inline), COVERED);
}

#[test]
fn forms_are_followed_with_their_own_coordinates() {
    let form = |content: &str| {
        stream("/Type/XObject/Subtype/Form/BBox[0 0 300 300]/Matrix[1 0 0 1 90 690]", content)
    };
    let resources = "/XObject<</X 7 0 R>>";
    let box_in_form = format!("{TEXT} /X Do");
    let objects = [form("0 g 0 0 200 30 re f")];
    let sample = Sample { drawing: &box_in_form, resources, objects: &objects, ..PLAIN };
    assert_eq!(sample.kinds(), COVERED);
    let drawing = "/X Do 0 g 90 690 200 30 re f";
    let objects = [form("BT /F1 12 Tf 10 10 Td (tel 13800000000) Tj ET")];
    let sample = Sample { drawing, resources, objects: &objects, ..PLAIN };
    assert_eq!(sample.kinds(), COVERED);
}

#[test]
fn annotations_cover_and_speak() {
    let note = "/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(call 13900000000)>>]";
    let findings = Sample { drawing: "BT /F1 9 Tf (a) Tj ET", page: note, ..PLAIN }.findings();
    assert_eq!(excerpt(&findings, FindingKind::MobileNumber), "139******00");
    assert!(excerpt(&findings, FindingKind::Comment).contains("c***"));
    let looks = [stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 20 3]",
        "0.8 g 0 0 20 3 re f",
    )];
    for (annotation, is_cover) in [
        ("/Subtype/Square/IC[0 0 0]", true),
        ("/Subtype/Square/IC[1 1 1]", true),
        ("/Subtype/Square/C[0 0 0]", false),
        ("/Subtype/Square/IC[0 0 0]/CA 0.3", false),
        ("/Subtype/FreeText/C[1 1 1]", true),
        ("/Subtype/Highlight/C[1 1 0]", false),
        ("/Subtype/Stamp/AP<</N 7 0 R>>", true),
        ("/Subtype/Stamp/AP<</N 7 0 R>>/F 2", false),
        ("/Subtype/Redact", true),
    ] {
        let page = format!("/Annots[<</Type/Annot/Rect[90 690 290 720]{annotation}>>]");
        let sample = Sample { drawing: TEXT, page: &page, objects: &looks, ..PLAIN };
        let kinds = sample.kinds();
        assert_eq!(kinds.contains(&FindingKind::CoveredText), is_cover, "{annotation}: {kinds:?}");
    }
}

#[test]
fn text_that_is_not_shown_is_found() {
    for (drawing, words) in [
        ("BT 3 Tr /F1 12 Tf 100 700 Td (Zhang) Tj ET", "不显示"),
        ("BT 1 g /F1 12 Tf 100 700 Td (Zhang) Tj ET", "同色"),
        ("0 g 90 690 200 30 re f BT /F1 12 Tf 100 700 Td (Zhang) Tj ET", "同色"),
        ("1 g 0 0 595 842 re f BT /F1 12 Tf 100 700 Td (Zhang) Tj ET", "同色"),
        ("BT /F1 12 Tf 700 700 Td (Zhang) Tj ET", "以外"),
    ] {
        let findings = Sample { drawing, ..PLAIN }.findings();
        assert!(excerpt(&findings, FindingKind::HiddenText).contains(words), "{drawing}");
    }
    // White letters on a dark ground can be read.
    assert_eq!(drawn("0 0 1 rg 90 690 200 30 re f BT 1 g /F1 12 Tf 100 700 Td (Zhang) Tj ET"), []);
}

#[test]
fn the_words_of_scanned_pages_are_one_finding() {
    let picture = stream(
        "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
        "\u{1}",
    );
    let scan = "q 595 0 0 842 0 0 cm /I Do Q";
    let words = "BT 3 Tr /F1 12 Tf 100 700 Td (Zhang Sanfeng) Tj ET";
    for drawing in [
        format!("{scan} {words}"),
        format!("{words} {scan}"),
        format!("{TEXT} {scan}"),
    ] {
        let resources = "/XObject<</I 7 0 R>>";
        let objects = [picture.clone()];
        let sample = Sample { drawing: &drawing, resources, objects: &objects, ..PLAIN };
        let kinds = sample.kinds();
        assert!(kinds.contains(&FindingKind::TextLayer), "{drawing}: {kinds:?}");
        assert!(!kinds.contains(&FindingKind::HiddenText), "{drawing}: {kinds:?}");
        assert!(!kinds.contains(&FindingKind::CoveredText), "{drawing}: {kinds:?}");
    }
    // A box over the scan hides words of it.
    let drawing = format!("{scan} {words} 0 g 90 690 200 30 re f");
    let objects = [picture];
    let resources = "/XObject<</I 7 0 R>>";
    let sample = Sample { drawing: &drawing, resources, objects: &objects, ..PLAIN };
    assert_eq!(sample.kinds(), [FindingKind::CoveredText]);
}

#[test]
fn layers_that_are_switched_off_are_found() {
    let layers = "/OCProperties<</OCGs[7 0 R]/D<</OFF[7 0 R]>>>>";
    let drawing = "/OC /L BDC BT /F1 12 Tf 100 700 Td (Zhang) Tj ET EMC";
    let objects = ["<</Type/OCG/Name(L)>>".to_owned()];
    let resources = "/Properties<</L 7 0 R>>";
    let sample = Sample { drawing, resources, objects: &objects, catalogue: layers, ..PLAIN };
    assert_eq!(sample.kinds(), [FindingKind::HiddenLayer]);
    let catalogue = "/OCProperties<</OCGs[7 0 R]/D<<>>>>";
    let sample = Sample { drawing, resources, objects: &objects, catalogue, ..PLAIN };
    assert_eq!(sample.kinds(), []);
}

#[test]
fn forms_and_attached_files_are_looked_into() {
    let catalogue = "/AcroForm<</Fields[7 0 R]>>/Names<</EmbeddedFiles<</Names[(a)9 0 R]>>>>";
    let objects = [
        "<</T(who)/Kids[8 0 R]>>".to_owned(),
        "<</T(tel)/V(13900000000)/Parent 7 0 R/Kids[7 0 R]>>".to_owned(),
        "<</Type/Filespec/F(list.txt)/EF<</F 10 0 R>>>>".to_owned(),
        stream("", "13800000000"),
    ];
    let findings = Sample { catalogue, objects: &objects, ..PLAIN }.findings();
    let told: Vec<_> = findings
        .iter()
        .map(|one| (one.kind, one.place.as_str(), one.excerpt.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (FindingKind::MobileNumber, "表单", "139******00"),
            (FindingKind::MobileNumber, "“list.txt”正文第1行", "138******00"),
            (FindingKind::FormField, "表单", "填写的内容1项：1**********"),
            (FindingKind::Attached, "整个文件", "附带的文件1个：list.txt"),
        ]
    );
}

#[test]
fn an_earlier_version_is_found() {
    let mut bytes = Sample { drawing: TEXT, ..PLAIN }.write();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let before: usize = text
        .rsplit_once("startxref\n")
        .and_then(|(_, rest)| rest.lines().next()?.parse().ok())
        .unwrap();
    let place = bytes.len();
    let object = format!("4 0 obj\n{}\nendobj\n", stream("", "BT /F1 12 Tf (a) Tj ET"));
    let table = place + object.len();
    let update = format!(
        "{object}xref\n4 1\n{place:010} 00000 n \n\
         trailer<</Size 7/Root 1 0 R/Prev {before}>>\nstartxref\n{table}\n%%EOF\n"
    );
    bytes.extend(update.as_bytes());
    let kinds: Vec<_> = look(&bytes).into_iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [FindingKind::Revision]);
}

#[test]
fn the_writer_is_found_unless_it_is_a_program() {
    let kinds = |information| Sample { information, ..PLAIN }.kinds();
    assert_eq!(kinds("/Author(Wang Fang)"), [FindingKind::Author]);
    assert_eq!(kinds("/Author(Microsoft Office User)/Creator(Word)"), []);
}

#[test]
fn what_cannot_be_drawn_to_its_end_is_said() {
    // A form that draws itself; one that is not there to be read; a page that is broken.
    let form = |content: &str| stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", content);
    let resources = "/XObject<</X 7 0 R>>";
    let objects = [stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 7 0 R>>>>",
        "/X Do /X Do",
    )];
    let sample = Sample { drawing: "/X Do", resources, objects: &objects, ..PLAIN };
    let findings = sample.findings();
    assert!(excerpt(&findings, FindingKind::NotChecked).contains("未能检查"));
    assert_eq!(drawn("BT /F1 12 Tf (a) Tj ET ) 0 0 10 10 re f"), [FindingKind::NotChecked]);
    // Forms upon forms, each drawing the next one many times.
    let many = "/X Do ".repeat(50);
    let objects: Vec<_> = (8..28)
        .map(|next| {
            let dictionary = format!(
                "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {next} 0 R>>>>"
            );
            stream(&dictionary, &many)
        })
        .chain([form("0 0 1 1 re f")])
        .collect();
    let sample = Sample { drawing: "/X Do", resources, objects: &objects, ..PLAIN };
    assert_eq!(sample.kinds(), [FindingKind::NotChecked]);
}

#[test]
fn a_file_that_is_cut_anywhere_does_no_harm() {
    let whole = Sample { drawing: TEXT, information: "/Author(Wang)", ..PLAIN }.write();
    for end in (0..whole.len()).step_by(7) {
        let _ = look(&whole[..end]);
    }
}
