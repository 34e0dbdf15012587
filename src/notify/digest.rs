//! The morning's mail to those who work here: numbers, stages and days, nothing personal.

use chrono::NaiveDate;
use minijinja::context;

use super::message::{Mail, MessageError, in_chinese, render};
use crate::domain::digest::{Line, Part};

/// How many lines of a part are written; the rest is a number and a link.
const AT_MOST: usize = 20;

/// A part of a digest as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Which.
    pub part: Part,
    /// Its cases; a letter or a mail is named by its case.
    pub lines: Vec<Line>,
    /// How many there are, which may be more than the lines.
    pub count: usize,
}

/// A digest before it is written.
#[derive(Debug, Clone, Copy)]
pub struct Digest<'a> {
    /// The agency's name.
    pub agency: &'a str,
    /// The day.
    pub today: NaiveDate,
    /// The public address of the office.
    pub base_url: &'a str,
    /// What there is to say.
    pub sections: &'a [Section],
    /// Whether it goes to the agency's own mailbox, in the place of a head without an address.
    pub to_the_agency: bool,
    /// Whether the year's arrangement of rest days is known; if not, the mail says so.
    pub calendar_known: bool,
}

impl Digest<'_> {
    /// The identifier, as kept in the outbox.
    pub const CODE: &'static str = "digest";

    /// Writes the mail; `None` where there is nothing to say.
    ///
    /// # Errors
    ///
    /// [`MessageError`].
    pub fn write(&self) -> Result<Option<Mail>, MessageError> {
        let said: Vec<&Section> = self.sections.iter().filter(|part| part.count > 0).collect();
        if said.is_empty() {
            return Ok(None);
        }
        let counted: Vec<String> = said
            .iter()
            .map(|section| format!("{}{}件", section.part.label(), section.count))
            .collect();
        let subject = format!("依申请公开办件提醒：{}", counted.join("，"));
        let facts = context! {
            subject => subject.as_str(),
            agency => self.agency,
            today => in_chinese(self.today),
            desk_url => format!("{}/staff/queue", self.base_url),
            settings_url => format!("{}/staff/settings", self.base_url),
            to_the_agency => self.to_the_agency,
            calendar_known => self.calendar_known,
            year => chrono::Datelike::year(&self.today),
            sections => said.iter().map(|section| self.facts(section)).collect::<Vec<_>>(),
        };
        let text = render("digest.txt", &facts)?;
        let html = render("digest.html", &facts)?;
        Ok(Some(Mail { subject, text, html }))
    }

    fn facts(&self, section: &Section) -> minijinja::Value {
        let lines = section.lines.iter().take(AT_MOST).map(|line| {
            context! {
                number => line.number.as_str(),
                stage => line.stage,
                day => line.day.map(|day| match section.part {
                    Part::Confirm => format!("请在{}以前与申请人确认", in_chinese(day)),
                    _ => in_chinese(day),
                }),
                url => format!("{}/staff/cases/{}", self.base_url, line.case),
            }
        });
        let lines: Vec<_> = lines.collect();
        context! {
            label => section.part.label(),
            count => section.count,
            more => section.count.saturating_sub(lines.len()),
            lines,
            url => match section.part {
                Part::Letters | Part::Mails => format!("{}/staff/to-serve", self.base_url),
                _ => format!("{}/staff/queue", self.base_url),
            },
        }
    }
}
