//! File names that people gave, made safe for any system that unpacks them.

/// The longest name, in characters; the ending is kept.
const AT_MOST: usize = 80;
/// The longest ending that is taken for one.
const ENDING: usize = 10;

/// The name as one component of a path: no separators, nothing that a system forbids or acts
/// on, nothing unseen that turns the writing around.
#[must_use]
pub fn safe(name: &str) -> String {
    let plain: String = name
        .chars()
        .filter(|one| !is_unseen(*one))
        .map(|one| match one {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            // A link to the file would be cut off there.
            '#' => '＃',
            '%' => '％',
            one => one,
        })
        .collect();
    let plain = plain.trim_matches(|one: char| one == '.' || one.is_whitespace());
    if plain.is_empty() {
        return "文件".to_owned();
    }
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= ENDING => (stem, format!(".{ending}")),
        _ => (plain, String::new()),
    };
    let stem: String = stem.chars().take(AT_MOST - ENDING - 1).collect();
    format!("{stem}{ending}")
}

fn is_unseen(one: char) -> bool {
    one.is_control()
        || matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_anywhere_else() {
        assert_eq!(safe("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(safe("..\\boot.ini"), "_boot.ini");
        assert_eq!(safe("C:身份证.jpg"), "C_身份证.jpg");
        assert_eq!(safe("/"), "_");
        assert_eq!(safe(".."), "文件");
        assert_eq!(safe("\u{202e}fdp.exe\0 ."), "fdp.exe");
        assert_eq!(safe("材料#1 50%.pdf"), "材料＃1 50％.pdf");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = safe(&format!("{}.docx", "长".repeat(300)));
        assert!(name.chars().count() <= AT_MOST && name.ends_with("长.docx"));
    }
}
