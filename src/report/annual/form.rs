//! 格式: which parts a report has, and the tables of section two, as data.
//!
//! The forms of 2019 and 2021 and those of an office are files of the same kind
//! (`config/report/*.toml`), so a local table needs no programmer.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::words;
use crate::report::layout::Layout;

/// A form of the annual report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its identifier.
    pub code: String,
    /// Its name, for people.
    pub name: String,
    /// How section three is printed.
    pub section_three: Layout,
    /// What stands before the first part.
    pub preface: String,
    /// The parts, in printed order.
    #[serde(rename = "part")]
    pub parts: Vec<Part>,
}

/// A part (部分) of the report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its identifier.
    pub key: String,
    /// Its heading, with its number.
    pub heading: String,
    /// The table that is computed for it, if one is.
    pub content: Option<Computed>,
    /// The tables that are filled in for it.
    #[serde(default, rename = "table")]
    pub tables: Vec<TableForm>,
    /// What helps the writer.
    #[serde(default)]
    pub hint: String,
    /// Whether the part says nothing without a text.
    #[serde(default)]
    pub is_required: bool,
    /// Sentences that the figures offer, with the names of figures in braces.
    #[serde(default)]
    pub suggestions: Vec<String>,
}

/// A table that nobody fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Computed {
    /// 收到和处理政府信息公开申请情况.
    SectionThree,
    /// 行政复议、行政诉讼情况.
    SectionFour,
}

/// A table of section two, or one of the office's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableForm {
    /// Its identifier within the form.
    pub key: String,
    /// What stands over it.
    pub title: String,
    /// The heading of the column of row labels.
    #[serde(default = "subject")]
    pub subject: String,
    /// Its columns.
    pub columns: Vec<ColumnForm>,
    /// Its rows.
    pub rows: Vec<RowForm>,
}

fn subject() -> String {
    "信息内容".to_owned()
}

/// A column of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnForm {
    /// Its identifier within the table.
    pub key: String,
    /// Its heading.
    pub label: String,
    /// How many digits may stand behind the decimal point.
    #[serde(default)]
    pub decimals: u8,
    /// Whether a number may be below zero.
    #[serde(default)]
    pub is_signed: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowForm {
    /// Its identifier within the table.
    pub key: String,
    /// What it counts.
    pub label: String,
    /// The columns that it has a number in; every one, if none is named.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// A number to be filled in: where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Slot<'a> {
    /// The table.
    pub table: &'a TableForm,
    /// The row.
    pub row: &'a RowForm,
    /// The column.
    pub column: &'a ColumnForm,
}

/// A form that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct FormFault(String);

impl Slot<'_> {
    /// Its identifier within the form.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}.{}.{}", self.table.key, self.row.key, self.column.key)
    }

    /// What it is called in braces.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.row.label, self.column.label)
    }

    /// What it is called in a sentence.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}的{}", self.row.label, self.column.label)
    }
}

impl RowForm {
    /// Whether the row has a number in this column.
    #[must_use]
    pub fn has(&self, column: &ColumnForm) -> bool {
        self.columns.is_empty() || self.columns.contains(&column.key)
    }
}

impl TableForm {
    /// The numbers of the table, row by row.
    pub fn slots(&self) -> impl Iterator<Item = Slot<'_>> {
        self.rows.iter().flat_map(move |row| {
            let columns = self.columns.iter().filter(|column| row.has(column));
            columns.map(move |column| Slot { table: self, row, column })
        })
    }
}

impl Form {
    /// The part with this identifier.
    #[must_use]
    pub fn part(&self, key: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.key == key)
    }

    /// The numbers that are filled in, part by part.
    pub fn slots(&self) -> impl Iterator<Item = Slot<'_>> {
        let tables = self.parts.iter().flat_map(|part| &part.tables);
        tables.flat_map(TableForm::slots)
    }

    /// Refuses a form that could not be filled in or printed.
    ///
    /// # Errors
    ///
    /// [`FormFault`], naming the first thing that is wrong.
    pub fn check(&self) -> Result<(), FormFault> {
        let wrong = |what: String| Err(FormFault(what));
        for (key, what) in self.keys() {
            if !is_key(key) {
                return wrong(format!("{what}“{key}”应由小写字母、数字和下划线组成"));
            }
        }
        if self.code == "draft" || self.parts.is_empty() {
            return wrong("格式中应有至少一个部分".to_owned());
        }
        if let Some(twice) = twice(self.parts.iter().map(|part| part.key.as_str())) {
            return wrong(format!("部分“{twice}”出现两次"));
        }
        let tables = self.parts.iter().flat_map(|part| &part.tables);
        if let Some(twice) = twice(tables.clone().map(|table| table.key.as_str())) {
            return wrong(format!("表“{twice}”出现两次"));
        }
        for table in tables {
            table.check()?;
        }
        let has = |computed| self.parts.iter().any(|part| part.content == Some(computed));
        if !has(Computed::SectionThree) {
            return wrong(
                "缺少第三部分（content = \"section_three\"）：依照《条例》第五十条不能省略"
                    .to_owned(),
            );
        }
        let texts = self.parts.iter().flat_map(|part| &part.suggestions);
        for text in texts.chain([&self.preface]) {
            if let Some(name) = words::names(text).find(|name| !words::is_known(name, self)) {
                return wrong(format!("不认识的数字“{{{name}}}”"));
            }
        }
        Ok(())
    }

    fn keys(&self) -> Vec<(&str, &'static str)> {
        let mut keys = vec![(self.code.as_str(), "格式")];
        for part in &self.parts {
            keys.push((&part.key, "部分"));
            for table in &part.tables {
                keys.push((&table.key, "表"));
                keys.extend(table.rows.iter().map(|row| (row.key.as_str(), "行")));
                keys.extend(
                    table
                        .columns
                        .iter()
                        .map(|column| (column.key.as_str(), "列")),
                );
            }
        }
        keys
    }
}

impl TableForm {
    fn check(&self) -> Result<(), FormFault> {
        let title = &self.title;
        let wrong = |what: String| Err(FormFault(format!("表“{title}”{what}")));
        if self.columns.is_empty() || self.rows.is_empty() {
            return wrong("没有列或者没有行".to_owned());
        }
        if let Some(twice) = twice(self.rows.iter().map(|row| row.key.as_str())) {
            return wrong(format!("的行“{twice}”出现两次"));
        }
        if let Some(twice) = twice(self.columns.iter().map(|column| column.key.as_str())) {
            return wrong(format!("的列“{twice}”出现两次"));
        }
        if self.columns.iter().any(|column| column.decimals > 6) {
            return wrong("的小数位数不能超过 6".to_owned());
        }
        let named = self.rows.iter().flat_map(|row| &row.columns);
        let mut foreign =
            named.filter(|name| self.columns.iter().all(|column| column.key != **name));
        if let Some(foreign) = foreign.next() {
            return wrong(format!("没有列“{foreign}”"));
        }
        Ok(())
    }
}

fn is_key(text: &str) -> bool {
    let fits =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
    (1..=32).contains(&text.len()) && text.bytes().all(fits)
}

fn twice<'a>(keys: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    keys.into_iter().find(|key| !seen.insert(*key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::annual::tests::form;

    #[test]
    fn the_forms_that_come_along_are_sound() {
        for code in ["2019", "2021", "street"] {
            let form = form(code);
            assert_eq!(form.check(), Ok(()), "{code}");
            assert_eq!(form.code, code);
        }
        let names: Vec<String> = form("street").slots().map(|slot| slot.key()).collect();
        assert!(names.contains(&"basic.charges.disclosed".to_owned()));
        assert!(!names.contains(&"basic.charges.total".to_owned()));
    }

    #[test]
    fn a_form_that_cannot_be_used_is_refused() {
        let refused = |spoil: &dyn Fn(&mut Form)| {
            let mut form = form("2021");
            spoil(&mut form);
            form.check().unwrap_err().to_string()
        };
        assert!(
            refused(&|form| form.parts.retain(|part| part.key != "applications"))
                .contains("第三部分")
        );
        assert!(refused(&|form| form.preface.push_str("{新收件}")).contains("{新收件}"));
        assert!(
            refused(&|form| form.parts[1].tables[0].rows[0].key = "规章".to_owned())
                .contains("规章")
        );
        assert!(refused(&|form| form.parts[0].key = "redress".to_owned()).contains("两次"));
        assert!(
            refused(&|form| form.parts[1].tables[0].rows[0]
                .columns
                .push("none".to_owned()))
            .contains("none")
        );
    }
}
