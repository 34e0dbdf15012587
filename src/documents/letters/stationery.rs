//! The letters' templates: ours, and those that an office puts in their place.
//!
//! A template is plain text: an empty line ends a paragraph, `> ` begins a quotation, `- ` a
//! point. What is filled in can neither begin one nor end one, whatever it contains.

use std::collections::BTreeMap;

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use thiserror::Error;

use super::{Facts, Letter, Part};
use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::domain::channel::Channel;
use crate::domain::letter::{LetterKind, Particulars};

/// A letter that cannot be written, or a template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LetterError {
    /// A template that is wrong.
    #[error("文书模板 {name} 第 {line} 行有误：{why}")]
    Template {
        /// The file.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// A file that is no template of a letter.
    #[error("文书模板 {0} 不在目录中，请核对文件名")]
    Unknown(String),
}

/// Marks where something that was filled in begins: no template and no text contains it.
const FILLED: char = '\u{E000}';
/// A line break within something that was filled in.
const BREAK: char = '\u{E001}';

/// The templates.
#[derive(Debug, Clone)]
pub struct Stationery(Environment<'static>);

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../templates/letters/", $name)))),*]
    };
}

const SOURCES: [(&str, &str); 41] = sources![
    "_opening.txt",
    "_answer.txt",
    "_closing.txt",
    "receipt.txt",
    "correct.txt",
    "extend.txt",
    "consult_3p.txt",
    "reply_3p.txt",
    "told_applicant_3p.txt",
    "told_3p.txt",
    "consult_org.txt",
    "reasons.txt",
    "delay.txt",
    "fee.txt",
    "granted_give.txt",
    "granted_public.txt",
    "partial.txt",
    "refuse_secret.txt",
    "refuse_law.txt",
    "refuse_safety.txt",
    "refuse_3p.txt",
    "refuse_internal.txt",
    "refuse_process.txt",
    "refuse_file.txt",
    "inquiry.txt",
    "archive.txt",
    "not_exist.txt",
    "not_ours.txt",
    "create.txt",
    "unclear.txt",
    "petition.txt",
    "repeat.txt",
    "publication.txt",
    "excessive.txt",
    "reconfirm.txt",
    "dropped_correct.txt",
    "dropped_fee.txt",
    "withdrawn.txt",
    "not_gov_info.txt",
    "correct_record.txt",
    "forward_record.txt",
];

impl Stationery {
    /// Our templates, with an office's own in their place: file name → text. Every template is
    /// tried on an example, so that one that is wrong is found when the office opens.
    ///
    /// # Errors
    ///
    /// [`LetterError`], naming file and line.
    pub fn new(own: &BTreeMap<String, String>) -> Result<Self, LetterError> {
        let known = |name: &str| SOURCES.iter().any(|(known, _)| *known == name);
        if let Some(unknown) = own.keys().find(|name| !known(name)) {
            return Err(LetterError::Unknown(unknown.clone()));
        }
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(fill_in);
        environment.add_filter("sentence", |text: &str| sentence(text));
        environment.add_filter("clause", |text: &str| clause(text).to_owned());
        for (name, ours) in SOURCES {
            let source = own.get(name).cloned().unwrap_or_else(|| ours.to_owned());
            environment
                .add_template_owned(name, source)
                .map_err(|error| told(name, &error))?;
        }
        let stationery = Self(environment);
        for kind in LetterKind::all() {
            stationery.try_out(kind)?;
        }
        Ok(stationery)
    }

    /// Writes a letter.
    ///
    /// # Errors
    ///
    /// [`LetterError`], if the template asks for something that is not there.
    pub fn write(&self, facts: &Facts<'_>) -> Result<Letter, LetterError> {
        let name = format!("{}.txt", facts.kind.key());
        let template = self
            .0
            .get_template(&name)
            .map_err(|error| told(&name, &error))?;
        let text = template
            .render(facts.context())
            .map_err(|error| told(&name, &error))?;
        Ok(Letter {
            kind: facts.kind,
            number: facts.number.as_ref().map(ToString::to_string),
            addressee: facts.addressee(),
            body: parts(&text),
            agency: facts.agency.name.clone(),
            on: facts.on,
        })
    }

    /// Writes a letter with every blank empty, and one with every blank filled in: whatever a
    /// template leaves out in one case or the other is reached.
    fn try_out(&self, kind: LetterKind) -> Result<(), LetterError> {
        let blanks = kind.blanks();
        let filled: Particulars = blanks
            .iter()
            .map(|blank| (blank.id.to_owned(), "示例".to_owned()))
            .collect();
        let agency = Agency::default();
        for particulars in [&Particulars::default(), &filled] {
            self.write(&Facts::example(kind, &agency, particulars))?;
        }
        Ok(())
    }
}

impl<'a> Facts<'a> {
    /// Facts of no case, on which a template is tried.
    fn example(kind: LetterKind, agency: &'a Agency, particulars: &'a Particulars) -> Self {
        let day = chrono::NaiveDate::default();
        Self {
            kind,
            number: None,
            on: day,
            agency,
            applicant: "示例",
            applicant_kind: ApplicantKind::Natural,
            case_number: "示例",
            channel: Channel::Online,
            received_on: day,
            asked: super::Asked::default(),
            earlier: vec!["示例。".to_owned()],
            party: "第三方",
            due_before: Some(day),
            due_on: Some(day),
            until: Some(day),
            days: Some(1),
            yuan: Some(1),
            track_url: "示例",
            particulars,
        }
    }
}

/// Writes a value so that it stays within its place.
fn fill_in(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "没有这个名称"));
    }
    let text = value.to_string();
    let lines = text
        .lines()
        .map(|line| line.trim().replace([FILLED, BREAK], ""));
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    write!(out, "{FILLED}{}", lines.join(&BREAK.to_string()))?;
    Ok(())
}

/// The pieces of a written text.
fn parts(text: &str) -> Vec<Part> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !clean(line).is_empty())
        .flat_map(part)
        .collect()
}

fn part(line: &str) -> Vec<Part> {
    let (make, rest): (fn(String) -> Part, &str) = if let Some(rest) = line.strip_prefix("> ") {
        (Part::Quote, rest)
    } else if let Some(rest) = line.strip_prefix("- ") {
        (Part::Item, rest)
    } else {
        (Part::Paragraph, line)
    };
    let lines = rest.split(BREAK).map(clean);
    lines.filter(|line| !line.is_empty()).map(make).collect()
}

fn clean(text: &str) -> String {
    text.replace(FILLED, "").trim().to_owned()
}

/// A text that ends as a sentence does.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['。', '！', '？', '；', '：', '.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}。")
    }
}

/// A text that a sentence goes on after.
fn clause(text: &str) -> &str {
    text.trim()
        .trim_end_matches(['。', '，', '；', '.', ',', ';'])
}

fn told(name: &str, error: &Error) -> LetterError {
    LetterError::Template {
        name: error.name().unwrap_or(name).to_owned(),
        line: error.line().unwrap_or(1),
        why: error
            .detail()
            .map_or_else(|| error.kind().to_string(), ToOwned::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::letter::LetterNumber;
    use crate::domain::outcome::Disposition;

    fn agency() -> Agency {
        Agency {
            name: "莲花街道办事处".to_owned(),
            address: "西峡县白羽路103号".to_owned(),
            postcode: "474500".to_owned(),
            telephone: "0377-60595589".to_owned(),
            review_authority: "西峡县人民政府".to_owned(),
            court: "西峡县人民法院".to_owned(),
            ..Agency::default()
        }
    }

    fn example<'a>(
        kind: LetterKind,
        agency: &'a Agency,
        particulars: &'a Particulars,
    ) -> Facts<'a> {
        let day = |text: &str| text.parse().unwrap();
        Facts {
            number: kind.series().map(|series| LetterNumber {
                initials: "莲办依申".to_owned(),
                series,
                year: 2026,
                ordinal: Some(7),
            }),
            on: day("2026-03-12"),
            applicant: "张三",
            case_number: "LHJD-2026-0007",
            received_on: day("2026-03-02"),
            asked: super::super::Asked {
                title: "道路维修预算".to_owned(),
                reference: String::new(),
                description: "2025年度道路维修项目的预算批复".to_owned(),
            },
            earlier: Vec::new(),
            due_before: Some(day("2026-03-30")),
            due_on: Some(day("2026-04-28")),
            until: Some(day("2026-03-26")),
            days: Some(20),
            yuan: Some(420),
            track_url: "https://ysq.example.gov.cn/track",
            ..Facts::example(kind, agency, particulars)
        }
    }

    fn filled(kind: LetterKind) -> Particulars {
        let value = |shape| match shape {
            crate::domain::letter::Shape::Day => "2026-03-09".to_owned(),
            crate::domain::letter::Shape::One(choices)
            | crate::domain::letter::Shape::Many(choices) => choices[0].0.to_owned(),
            _ => "内容".to_owned(),
        };
        let blanks = kind.blanks();
        let texts = blanks
            .iter()
            .map(|blank| (blank.id.to_owned(), value(blank.shape)));
        let mut filled: Particulars = texts.collect();
        for blank in &blanks {
            if matches!(
                blank.shape,
                crate::domain::letter::Shape::Line | crate::domain::letter::Shape::Text
            ) {
                filled = filled.with(blank.id, format!("〈{}〉", blank.label));
            }
        }
        filled
    }

    #[test]
    fn every_letter_of_the_catalogue_reads_as_a_letter() {
        let (stationery, agency) = (Stationery::new(&BTreeMap::new()).unwrap(), agency());
        let mut all = Vec::new();
        for kind in LetterKind::all() {
            let particulars = filled(kind);
            assert!(particulars.faults(kind).is_empty(), "{kind:?}");
            let letter = stationery
                .write(&example(kind, &agency, &particulars))
                .unwrap();
            let text = letter.text();
            for blank in kind.blanks() {
                let printed = particulars.printed(&blank);
                assert_eq!(text.contains(&printed), blank.printed, "{kind:?} {}", blank.id);
            }
            let clause = text.contains("行政复议");
            assert_eq!(
                clause,
                kind.remedy() != crate::domain::outcome::RemedyClass::None,
                "{kind:?}"
            );
            all.push(text);
        }
        let mut settings = crate::report::snapshots();
        settings.set_snapshot_path("../../../tests/snapshots");
        settings.bind(|| insta::assert_snapshot!("letters", all.join("\n\n────\n\n")));
    }

    #[test]
    #[ignore = "puts every letter into target/letters, to be looked at"]
    fn every_letter_is_printed() {
        let (stationery, agency) = (Stationery::new(&BTreeMap::new()).unwrap(), agency());
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/letters");
        std::fs::create_dir_all(&folder).unwrap();
        for kind in LetterKind::all() {
            let particulars = filled(kind);
            let letter = stationery
                .write(&example(kind, &agency, &particulars))
                .unwrap();
            let printed = letter.paper().print().unwrap();
            assert!(printed.missing.is_empty(), "{kind:?}");
            let file = |ending: &str| folder.join(format!("{}.{ending}", kind.key()));
            std::fs::write(file("pdf"), printed.pdf).unwrap();
            std::fs::write(file("docx"), printed.docx).unwrap();
        }
    }

    #[test]
    fn an_answer_cites_the_articles_that_its_disposition_rests_on() {
        let (stationery, agency) = (Stationery::new(&BTreeMap::new()).unwrap(), agency());
        for found in Disposition::ALL {
            let kind = LetterKind::Answer(*found);
            let particulars = filled(kind);
            let text = stationery
                .write(&example(kind, &agency, &particulars))
                .unwrap()
                .text();
            for article in found.consequence().articles {
                let article = article.rsplit('》').next().unwrap();
                assert!(text.contains(article), "{found:?}: {article}\n{text}");
            }
        }
    }

    #[test]
    fn what_is_filled_in_stays_in_its_place() {
        let stationery = Stationery::new(&BTreeMap::new()).unwrap();
        let agency = agency();
        let kind = LetterKind::Answer(Disposition::NeedsCreation);
        let nasty = "第一行\n\n> 冒充引文\n- 冒充要点\n{{ agency.court }}{% if %}";
        let particulars = Particulars::default().with("reason", nasty);
        let letter = stationery
            .write(&example(kind, &agency, &particulars))
            .unwrap();
        let inside = |part: &Part| part.text().contains("冒充");
        assert!(
            letter
                .body
                .iter()
                .filter(|part| inside(part))
                .all(|part| matches!(part, Part::Paragraph(_)))
        );
        assert!(letter.text().contains("{{ agency.court }}{% if %}"));
    }

    #[test]
    fn a_broken_template_is_refused_with_its_name_and_line() {
        let own = |text: &str| BTreeMap::from([("extend.txt".to_owned(), text.to_owned())]);
        let unknown_name = Stationery::new(&own("好\n好\n{{ raeson }}")).unwrap_err();
        assert!(
            matches!(
                &unknown_name,
                LetterError::Template { name, line: 3, .. } if name == "extend.txt"
            ),
            "{unknown_name}"
        );
        let syntax = Stationery::new(&own("好\n{% if %}")).unwrap_err();
        assert!(matches!(&syntax, LetterError::Template { line: 2, .. }), "{syntax}");
        let stray = BTreeMap::from([("extnd.txt".to_owned(), String::new())]);
        assert_eq!(
            Stationery::new(&stray).unwrap_err(),
            LetterError::Unknown("extnd.txt".to_owned())
        );
        let hidden = own("{% if more %}{{ raeson }}{% endif %}");
        assert!(Stationery::new(&hidden).is_err());
    }
}
