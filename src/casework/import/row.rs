//! One row of a file, cell by cell.

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use crate::casework::import::columns::{Column, Columns};
use crate::casework::import::rows::{ImportedCase, RowFault, Rules};
use crate::casework::import::sheet::{Line, Raw};
use crate::casework::import::words;
use crate::domain::deadline::{EXTENSION_AT_MOST, ReplyTerm};
use crate::domain::number::{CaseNumber, NotACaseNumber};
use crate::domain::outcome::{OtherEnding, Outcome};
use crate::report::layout::Layout;

/// The year in which the Regulation came into force first; nothing is older.
const FIRST_YEAR: i32 = 2008;
/// The longest texts, in characters: those of the form, with room for older habits.
const NAME_AT_MOST: usize = 200;
const CONTENT_AT_MOST: usize = 10_000;
const NOTE_AT_MOST: usize = 2_000;
/// How much of a wrong cell is said back.
const QUOTE_AT_MOST: usize = 24;

/// One row, and what was found wrong with it so far.
pub(super) struct Row<'a> {
    /// The row.
    pub line: &'a Line,
    /// Where its columns stand.
    pub columns: &'a Columns,
    /// What it is read against.
    pub rules: &'a Rules<'a>,
    /// What is wrong with it.
    pub faults: Vec<RowFault>,
}

/// A fault was told; there is nothing to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told;

impl Row<'_> {
    /// The row's case. Every cell is looked at, whatever is wrong with the others.
    pub fn case(&mut self) -> Result<ImportedCase, Told> {
        self.refuse_cells_without_heading();
        let number = self.number();
        let agency = self.agency();
        let channel = self.one_of(Column::Channel, words::channel, "无法识别");
        let channel = self.needed(Column::Channel, channel);
        let kind = self.one_of(Column::ApplicantKind, words::applicant_kind, "无法识别");
        let kind = self.needed(Column::ApplicantKind, kind);
        let name = self.words(Column::ApplicantName, NAME_AT_MOST);
        let name = self.needed(Column::ApplicantName, name);
        let content = self.words(Column::Content, CONTENT_AT_MOST);
        let content = self.needed(Column::Content, content);
        let received_on = self.past_day(Column::Received);
        let received_on = self.needed(Column::Received, received_on);
        let closed_on = self.past_day(Column::Closed);
        let outcome = self.one_of(Column::Outcome, words::outcome, "不是第三部分的办理结果");
        let closed = self.closing(received_on, closed_on, outcome);
        let due_on = self.due(received_on);
        let extension = self.extension();
        let note = self.words(Column::Note, NOTE_AT_MOST);
        if closed == Ok(None) {
            self.check_open(received_on);
        }
        Ok(ImportedCase {
            line: self.line.number,
            number: number?,
            agency: agency?,
            channel: channel?,
            kind: kind?,
            name: name?,
            content: content?,
            received_on: received_on?,
            closed: closed?,
            due_on: due_on?,
            extension: extension?,
            note: note?,
        })
    }

    pub fn fault(&mut self, column: Column, reason: impl Into<String>) -> Told {
        self.faults.push(RowFault {
            line: self.line.number,
            column: Some(column),
            reason: reason.into(),
        });
        Told
    }

    fn raw(&self, column: Column) -> Option<&Raw> {
        self.columns
            .place(column)
            .and_then(|place| self.line.cells.get(place))
    }

    /// The cell's words, empty where there is none.
    fn text(&mut self, column: Column) -> Result<String, Told> {
        let complaint = match self.raw(column) {
            None => return Ok(String::new()),
            Some(Raw::Text(words)) => return Ok(words.trim().to_owned()),
            Some(Raw::Day(day)) => return Ok(day.to_string()),
            Some(Raw::Formula) => "单元格是公式，请用“选择性粘贴－数值”换成固定内容".to_owned(),
            Some(Raw::Broken(error)) => format!("单元格有错误（{}）", quote(error)),
        };
        Err(self.fault(column, complaint))
    }

    /// What a cell that may be empty holds, which must be one of a list of words.
    fn one_of<T>(
        &mut self,
        column: Column,
        find: impl Fn(&str) -> Option<T>,
        complaint: &str,
    ) -> Result<Option<T>, Told> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        match find(&text) {
            Some(found) => Ok(Some(found)),
            None => Err(self.fault(column, format!("“{}”{complaint}", quote(&text)))),
        }
    }

    /// What a cell holds that must not be empty.
    fn needed<T>(&mut self, column: Column, read: Result<Option<T>, Told>) -> Result<T, Told> {
        read?.ok_or_else(|| self.fault(column, "不能为空"))
    }

    /// Cells to the right of the headings, or under none, would be lost unseen.
    fn refuse_cells_without_heading(&mut self) {
        let stray: Vec<usize> = (0..)
            .zip(&self.line.cells)
            .filter(|(place, cell)| !cell.is_empty() && !self.columns.is_headed(*place))
            .map(|(place, _)| place + 1)
            .collect();
        for place in stray {
            self.faults.push(RowFault {
                line: self.line.number,
                column: None,
                reason: format!("第 {place} 列有内容而没有表头，请检查该行是否多了逗号或错了列"),
            });
        }
    }

    fn number(&mut self) -> Result<Option<CaseNumber>, Told> {
        let text = self.text(Column::Number)?;
        if text.is_empty() {
            return Ok(None);
        }
        text.parse()
            .map(Some)
            .map_err(|error: NotACaseNumber| self.fault(Column::Number, error.to_string()))
    }

    fn agency(&mut self) -> Result<Uuid, Told> {
        let text = self.text(Column::Agency)?;
        if text.is_empty() {
            if let [(only, ..)] = self.rules.agencies {
                return Ok(*only);
            }
            return Err(self.fault(Column::Agency, "系统中有多个机关，请填写机关代码或名称"));
        }
        let named = |(_, code, name): &&(Uuid, String, String)| {
            code.eq_ignore_ascii_case(&text) || *name == text
        };
        let found = self.rules.agencies.iter().find(named).map(|(id, ..)| *id);
        found.ok_or_else(|| {
            self.fault(Column::Agency, format!("没有代码或名称为“{}”的机关", quote(&text)))
        })
    }

    fn words(&mut self, column: Column, at_most: usize) -> Result<Option<String>, Told> {
        let text = self.text(column)?;
        let length = text.chars().count();
        if length > at_most {
            return Err(self.fault(column, format!("不能超过 {at_most} 字，现有 {length} 字")));
        }
        if text.chars().any(is_forbidden) {
            return Err(self.fault(column, "含有无法识别的控制字符，请删除后再导入"));
        }
        Ok((!text.is_empty()).then_some(text))
    }

    fn day(&mut self, column: Column) -> Result<Option<NaiveDate>, Told> {
        if let Some(Raw::Day(day)) = self.raw(column) {
            return Ok(Some(*day));
        }
        self.one_of(column, words::day, "不是日期，请写成 2024-01-05、2024/1/5 或 2024年1月5日")
    }

    /// A day on which something happened: not ahead, and not before the Regulation.
    fn past_day(&mut self, column: Column) -> Result<Option<NaiveDate>, Told> {
        let day = self.day(column)?;
        match day {
            Some(day) if day > self.rules.today => {
                Err(self.fault(column, format!("{day} 在今天之后")))
            }
            Some(day) if day.year() < FIRST_YEAR => {
                Err(self.fault(column, format!("{day} 早于《条例》施行的 {FIRST_YEAR} 年")))
            }
            fine => Ok(fine),
        }
    }

    fn due(&mut self, received_on: Result<NaiveDate, Told>) -> Result<Option<NaiveDate>, Told> {
        let due_on = self.day(Column::Due)?;
        let early = received_on.is_ok_and(|received| due_on.is_some_and(|due| due < received));
        if early {
            Err(self.fault(Column::Due, "早于收到日期"))
        } else {
            Ok(due_on)
        }
    }

    fn extension(&mut self) -> Result<u32, Told> {
        let days = self
            .one_of(Column::Extended, words::digits, "不是整数")?
            .unwrap_or_default();
        if days > EXTENSION_AT_MOST {
            let complaint = format!("最多延长 {EXTENSION_AT_MOST} 个工作日");
            return Err(self.fault(Column::Extended, complaint));
        }
        Ok(days)
    }

    /// 办结日期 and 办理结果 belong together, and fit the day of receipt and the form of the year.
    fn closing(
        &mut self,
        received_on: Result<NaiveDate, Told>,
        closed_on: Result<Option<NaiveDate>, Told>,
        outcome: Result<Option<Outcome>, Told>,
    ) -> Result<Option<(NaiveDate, Outcome)>, Told> {
        let (on, outcome) = match (closed_on?, outcome?) {
            (None, None) => return Ok(None),
            (Some(_), None) => {
                return Err(self.fault(Column::Outcome, "填了办结日期，还应填写办理结果"));
            }
            (None, Some(_)) => {
                return Err(self.fault(Column::Closed, "填了办理结果，还应填写办结日期"));
            }
            (Some(on), Some(outcome)) => (on, outcome),
        };
        if received_on.is_ok_and(|received_on| on < received_on) {
            return Err(self.fault(Column::Closed, "早于收到日期"));
        }
        let layout = self
            .rules
            .layout
            .unwrap_or_else(|| Layout::of_year(on.year()));
        let undivided = outcome == Outcome::Other(OtherEnding::Undivided);
        if undivided && layout != Layout::Trial2019 {
            let year = on.year();
            return Err(self.fault(
                Column::Outcome,
                format!(
                    "“其他处理”只用于2019年格式；{year}年办结的应区分为逾期不补正、逾期未缴费或其他"
                ),
            ));
        }
        Ok(Some((on, outcome)))
    }

    /// The term of a case that is still open must be countable.
    fn check_open(&mut self, received_on: Result<NaiveDate, Told>) {
        let Ok(received_on) = received_on else { return };
        if let Err(unknown) = ReplyTerm::first(received_on).due(&[], self.rules.calendar) {
            self.fault(Column::Received, format!("案件未办结，而{unknown}"));
        }
    }
}

/// What a wrong cell held, cut short.
fn quote(text: &str) -> String {
    if text.chars().count() <= QUOTE_AT_MOST {
        return text.to_owned();
    }
    let mut quoted: String = text.chars().take(QUOTE_AT_MOST).collect();
    quoted.push('…');
    quoted
}

/// Controls other than line breaks and tabs, and marks that turn the direction of writing.
fn is_forbidden(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
        || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}
