//! The written sheets of an archive: index, application and history, for people to read.

use std::fmt::Write as _;

use askama::Template;

use super::Listed;

/// A fact with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What is known of it.
    pub text: String,
}

impl Fact {
    /// A fact.
    #[must_use]
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into() }
    }
}

/// A sheet: facts under headings, and the files it lists.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "archive/sheet.html")]
pub struct Sheet {
    /// Its title.
    pub title: String,
    /// Facts, by heading.
    pub parts: Vec<(String, Vec<Fact>)>,
    /// The files it lists; none for a sheet that is no index.
    pub files: Vec<Listed>,
    /// What a reader has to know about them.
    pub notes: Vec<String>,
}

impl Sheet {
    /// The sheet as a page.
    ///
    /// # Errors
    ///
    /// What askama says, if the template cannot be filled.
    pub fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    /// The sheet as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for (heading, facts) in &self.parts {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n【{heading}】");
            for fact in facts {
                let _ = writeln!(text, "{}：{}", fact.label, indented(&fact.text));
            }
        }
        if !self.files.is_empty() {
            text.push_str("\n【文件】\n");
        }
        for (number, file) in (1..).zip(&self.files) {
            let Listed { path, what, size, sha256 } = file;
            let _ = writeln!(text, "{number}. {path}\n   {what}，{size} 字节\n   SHA-256 {sha256}");
        }
        if !self.notes.is_empty() {
            text.push_str("\n【说明】\n");
        }
        for note in &self.notes {
            let _ = writeln!(text, "{note}");
        }
        text
    }
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: String,
    /// What happened.
    pub title: String,
    /// Who did it.
    pub actor: String,
    /// What there is to say of it.
    pub facts: Vec<Fact>,
}

/// The history as plain text, from the first day on.
#[must_use]
pub fn history(title: &str, happenings: &[Happening]) -> String {
    let mut text = format!("{title}\n");
    for (number, Happening { at, title, actor, facts }) in (1..).zip(happenings) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n{number}. {at}　{title}　{actor}");
        for Fact { label, text: words } in facts {
            let _ = writeln!(text, "   {label}：{}", indented(words));
        }
    }
    text
}

/// A text of several lines, so that none is taken for the next fact.
fn indented(text: &str) -> String {
    text.trim().lines().collect::<Vec<_>>().join("\n     ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        Sheet {
            title: "目录".to_owned(),
            parts: vec![("案卷".to_owned(), vec![Fact::new("申请人", "<b>张\n三")])],
            files: vec![Listed {
                path: "01-申请/01-甲&乙.txt".to_owned(),
                what: "申请内容".to_owned(),
                size: 3,
                sha256: "ab".repeat(32),
            }],
            notes: vec!["说明一".to_owned()],
        }
    }

    #[test]
    fn an_index_names_each_file_with_its_hash_in_both_forms() {
        let (text, html) = (sheet().text(), sheet().html().unwrap());
        assert!(text.contains("1. 01-申请/01-甲&乙.txt\n   申请内容，3 字节\n   SHA-256 abab"));
        assert!(text.contains("申请人：<b>张\n     三"));
        assert!(html.contains(&"ab".repeat(32)) && html.contains("&#60;b&#62;张"));
        assert!(html.contains("甲&#38;乙.txt") && !html.contains("<b>"));
    }
}
