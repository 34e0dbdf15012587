//! 政府信息公开工作年度报告, whole: what somebody wrote and what was counted, put together
//! after a [`form::Form`].
//!
//! Source: arts. 49 and 50; 国办公开办函〔2019〕60号 and 〔2021〕30号.

pub mod checks;
pub mod figure;
pub mod form;
pub mod words;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use self::figure::Figure;
use self::form::{Computed, Form, TableForm};
use crate::report::section_four::SectionFour;
use crate::report::table::Table;

/// What people wrote for a report, so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// What stands before the first part; the form's own, if nothing is written.
    pub preface: String,
    /// The text of each part.
    pub texts: BTreeMap<String, String>,
    /// The numbers of section two, as they were typed, by the key of their slot.
    pub figures: BTreeMap<String, String>,
    /// 成文日期.
    pub dated: Option<NaiveDate>,
}

/// Who reports, as the report says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reporter {
    /// The agency's name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its postcode.
    pub postcode: String,
    /// Its telephone.
    pub telephone: String,
    /// Its e-mail address.
    pub email: String,
}

/// What a report stands on: everything that is not prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// Who reports.
    pub agency: Reporter,
    /// Section three, in the form's layout.
    pub table: Table,
    /// Section four.
    pub section_four: SectionFour,
    /// 信息处理费 that was paid within the year, in whole yuan.
    pub fees: u64,
    /// The numbers of section two, by the key of their slot.
    pub figures: BTreeMap<String, Figure>,
    /// The pictures, with the part that each stands in.
    pub pictures: Vec<(String, Picture)>,
}

/// A picture in the text of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What is to be seen; also for those who cannot see it.
    pub caption: String,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high it is, in pixels.
    pub height: u32,
    /// Its bytes, in base64.
    #[serde(with = "base64_bytes")]
    pub content: Vec<u8>,
}

/// Bytes as base64, as JSON carries them.
mod base64_bytes {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map_err(D::Error::custom)
    }
}

impl Basis {
    /// The year that is reported on.
    #[must_use]
    pub const fn year(&self) -> i32 {
        self.table.year
    }
}

/// A report as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnualReport {
    /// The agency's name.
    pub agency: String,
    /// The year that is reported on.
    pub year: i32,
    /// The identifier of the form.
    pub form: String,
    /// Its title.
    pub title: String,
    /// What stands before the first part, a paragraph each.
    pub preface: Vec<String>,
    /// Its parts.
    pub parts: Vec<ReportPart>,
    /// Section three, whatever part it stands in.
    pub section_three: Table,
    /// Section four: counted even where the form does not print it.
    pub section_four: SectionFour,
    /// 信息处理费 that was paid within the year, in whole yuan.
    pub information_fees: u64,
    /// 成文日期.
    pub dated: Option<NaiveDate>,
}

/// A part as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportPart {
    /// Its identifier.
    pub key: String,
    /// Its heading.
    pub heading: String,
    /// The computed table, if it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content: Option<Computed>,
    /// The tables that were filled in.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tables: Vec<FilledTable>,
    /// Its text, a paragraph each.
    pub paragraphs: Vec<String>,
    /// The pictures below its text.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pictures: Vec<Picture>,
}

/// A table of section two with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledTable {
    /// Its identifier.
    pub key: String,
    /// What stands over it.
    pub title: String,
    /// The heading of the column of row labels.
    pub subject: String,
    /// Its columns.
    pub columns: Vec<FilledColumn>,
    /// Its rows.
    pub rows: Vec<FilledRow>,
}

/// The heading of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledColumn {
    /// Its identifier.
    pub key: String,
    /// What is printed.
    pub label: String,
}

/// A row with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledRow {
    /// Its identifier.
    pub key: String,
    /// What is printed.
    pub label: String,
    /// A decimal number for each column; nothing where the row has none, or none was given.
    pub values: Vec<Option<String>>,
}

impl AnnualReport {
    /// The report that `draft` and `basis` make in this form.
    #[must_use]
    pub fn compose(form: &Form, draft: &Draft, basis: &Basis) -> Self {
        let preface = if draft.preface.trim().is_empty() {
            &form.preface
        } else {
            &draft.preface
        };
        let parts = form
            .parts
            .iter()
            .map(|part| ReportPart {
                key: part.key.clone(),
                heading: part.heading.clone(),
                content: part.content,
                tables: part
                    .tables
                    .iter()
                    .map(|table| FilledTable::of(table, basis))
                    .collect(),
                paragraphs: draft
                    .texts
                    .get(&part.key)
                    .map(|text| paragraphs(&words::filled(text, form, basis)))
                    .unwrap_or_default(),
                pictures: basis
                    .pictures
                    .iter()
                    .filter(|(key, _)| *key == part.key)
                    .map(|(_, picture)| picture.clone())
                    .collect(),
            })
            .collect();
        Self {
            agency: basis.agency.name.clone(),
            year: basis.year(),
            form: form.code.clone(),
            title: format!("{}{}年政府信息公开工作年度报告", basis.agency.name, basis.year()),
            preface: paragraphs(&words::filled(preface, form, basis)),
            parts,
            section_three: basis.table.clone(),
            section_four: basis.section_four,
            information_fees: basis.fees,
            dated: draft.dated,
        }
    }

    /// Every paragraph of prose, in order.
    pub fn prose(&self) -> impl Iterator<Item = &str> {
        let parts = self.parts.iter().flat_map(|part| &part.paragraphs);
        self.preface.iter().chain(parts).map(String::as_str)
    }
}

impl FilledTable {
    fn of(form: &TableForm, basis: &Basis) -> Self {
        let columns = form.columns.iter();
        let rows = form.rows.iter().map(|row| FilledRow {
            key: row.key.clone(),
            label: row.label.clone(),
            values: columns
                .clone()
                .map(|column| {
                    let key = form::Slot { table: form, row, column }.key();
                    let figure = basis.figures.get(&key).filter(|_| row.has(column));
                    figure.map(ToString::to_string)
                })
                .collect(),
        });
        Self {
            key: form.key.clone(),
            title: form.title.clone(),
            subject: form.subject.clone(),
            columns: form
                .columns
                .iter()
                .map(|column| FilledColumn { key: column.key.clone(), label: column.label.clone() })
                .collect(),
            rows: rows.collect(),
        }
    }
}

impl Draft {
    /// The numbers that were filled in and can be read.
    #[must_use]
    pub fn figures(&self, form: &Form) -> BTreeMap<String, Figure> {
        form.slots()
            .filter_map(|slot| {
                let typed = self.figures.get(&slot.key())?;
                Some((slot.key(), Figure::parse(typed, slot.column).ok()?))
            })
            .collect()
    }
}

/// The lines of a text that say something.
fn paragraphs(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;
