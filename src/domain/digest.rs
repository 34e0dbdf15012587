//! 提醒: what somebody who works on cases has to be reminded of on a day.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::domain::actor::Role;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::case::{Awaited, Case, Stage};
use crate::domain::number::CaseNumber;

/// Working days before the last one in which an answer is due soon.
pub const SOON: u32 = 3;

/// A part of the digest, which everybody may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// 已逾期.
    Overdue,
    /// 今日到期.
    Today,
    /// 将到期: within [`SOON`] working days.
    Soon,
    /// 待审核, 待批准延期: what waits for the reader's decision.
    Approval,
    /// 待确认: with the day by which the office has promised to confirm receipt (art. 31(3)).
    Confirm,
    /// Come in since the last digest.
    New,
    /// Consultations whose term is over without an answer (art. 32).
    Consultations,
    /// Letters that are not served yet.
    Letters,
    /// Mails that were given up.
    Mails,
}

impl Part {
    /// All of them, in the order of the mail: what presses most comes first.
    pub const ALL: [Self; 9] = [
        Self::Overdue,
        Self::Today,
        Self::Soon,
        Self::Approval,
        Self::Confirm,
        Self::New,
        Self::Consultations,
        Self::Letters,
        Self::Mails,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Soon => "soon",
            Self::Approval => "approval",
            Self::Confirm => "confirm",
            Self::New => "new",
            Self::Consultations => "consultations",
            Self::Letters => "letters",
            Self::Mails => "mails",
        }
    }

    /// The one with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overdue => "已逾期",
            Self::Today => "今日到期",
            Self::Soon => "三个工作日内到期",
            Self::Approval => "等待审核或者批准延期",
            Self::Confirm => "待确认的申请",
            Self::New => "新收到的申请",
            Self::Consultations => "征求意见逾期未复",
            Self::Letters => "尚未送达的文书",
            Self::Mails => "未能送达的邮件",
        }
    }
}

/// A case that is open, as far as the digest looks at it.
#[derive(Debug, Clone, Copy)]
pub struct OpenCase<'a> {
    /// Its identity.
    pub id: Uuid,
    /// 受理编号.
    pub number: &'a CaseNumber,
    /// Where it stands.
    pub case: &'a Case,
    /// The last day for the answer, while a term runs.
    pub due_on: Option<NaiveDate>,
    /// The day by which receipt is to be confirmed, until it is.
    pub confirm_by: Option<NaiveDate>,
    /// When it was put on record.
    pub filed_at: DateTime<Utc>,
}

/// Who is reminded, and since when they were not.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The officer.
    pub officer: Uuid,
    /// The duties held.
    pub roles: &'a [Role],
    /// When the last digest was made; `None` before the first.
    pub since: Option<DateTime<Utc>>,
}

/// A case in the digest: nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its identity.
    pub case: Uuid,
    /// 受理编号.
    pub number: String,
    /// What the stage is called.
    pub stage: &'static str,
    /// The day that matters, if there is one.
    pub day: Option<NaiveDate>,
}

impl Reader<'_> {
    /// Whether a case is this reader's to look after: in their hands, or in nobody's.
    #[must_use]
    pub fn looks_after(&self, case: &Case) -> bool {
        let works = [Role::Clerk, Role::Reviewer, Role::Head];
        let is_staff = self.roles.iter().any(|role| works.contains(role));
        is_staff && case.handler.is_none_or(|handler| handler == self.officer)
    }

    /// The lines of one part about open cases, in the order of `cases`; none for the parts that
    /// are about letters and mails.
    #[must_use]
    pub fn lines(
        &self,
        part: Part,
        cases: &[OpenCase<'_>],
        today: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Vec<Line> {
        let is_head = self.roles.contains(&Role::Head);
        if part == Part::Approval {
            return self.awaiting_approval(cases);
        }
        cases
            .iter()
            .filter(|open| {
                // What is overdue goes to those who answer for the whole office too.
                self.looks_after(open.case) || (is_head && part == Part::Overdue)
            })
            .filter_map(|open| {
                let day = self.day_in(part, open, today, calendar)?;
                let stage = open.case.stage.label();
                Some(Line { case: open.id, number: open.number.as_str().to_owned(), stage, day })
            })
            .collect()
    }

    /// What waits for somebody with these duties, whoever handles it.
    fn awaiting_approval(self, cases: &[OpenCase<'_>]) -> Vec<Line> {
        let is_head = self.roles.contains(&Role::Head);
        let reviews = is_head || self.roles.contains(&Role::Reviewer);
        let waits = cases.iter().filter_map(|open| {
            let handling = open.case.stage.handling()?;
            let draft = handling
                .draft
                .filter(|draft| reviews && draft.by != self.officer);
            let stage = if draft.is_some() {
                Awaited::Review
            } else {
                handling.wanted.filter(|_| is_head)?;
                Awaited::Extension
            };
            let (number, day) = (open.number.as_str().to_owned(), open.due_on);
            Some(Line { case: open.id, number, stage: stage.label(), day })
        });
        waits.collect()
    }

    /// Whether a case belongs into a part, and with which day.
    #[expect(clippy::option_option, reason = "a line may stand there without a day")]
    fn day_in(
        &self,
        part: Part,
        open: &OpenCase<'_>,
        today: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Option<Option<NaiveDate>> {
        let due = open.due_on.map(|on| (on, term(on, today, calendar)));
        match part {
            Part::New => self
                .since
                .is_none_or(|since| open.filed_at > since)
                .then_some(open.due_on),
            Part::Confirm => open.confirm_by.map(Some),
            Part::Consultations => unanswered(&open.case.stage, today, calendar).map(Some),
            Part::Approval | Part::Letters | Part::Mails => None,
            part => due
                .filter(|(_, found)| *found == Some(part))
                .map(|(on, _)| Some(on)),
        }
    }
}

/// The part that an answer due on this day belongs into, if it presses.
fn term(due_on: NaiveDate, today: NaiveDate, calendar: &WorkingCalendar) -> Option<Part> {
    if due_on < today {
        Some(Part::Overdue)
    } else if due_on == today {
        Some(Part::Today)
    } else if calendar.working_days_between(today, due_on) <= SOON {
        Some(Part::Soon)
    } else {
        None
    }
}

/// The day by which the party that should have answered first was to answer, if that is over
/// (art. 32: 15 working days).
fn unanswered(stage: &Stage, today: NaiveDate, calendar: &WorkingCalendar) -> Option<NaiveDate> {
    let consultations = &stage.course()?.consultations;
    consultations
        .iter()
        .filter(|asked| asked.reply.is_none())
        .map(|asked| asked.answer_by(calendar))
        .filter(|last| *last < today)
        .min()
}
