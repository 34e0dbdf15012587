//! 文书: made out in the deed that calls for them, numbered, kept, and never changed again.

mod preview;
mod receipt;
mod service;

pub use preview::{Previewed, preview};
pub use receipt::{ISSUED, issue_receipt};
pub use service::{CAME_BACK, SERVED, ServiceReport, report_service};

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::casework::attachments::Incoming;
use crate::casework::history::HistoryEntry;
use crate::casework::recorded::IssuedPaper;
use crate::casework::{CaseworkError, ids};
use crate::documents::hex;
use crate::documents::letters::{Asked, Facts, Letter};
use crate::domain::agency::Agency;
use crate::domain::application::Draft;
use crate::domain::case::{Act, ActKind, Case, Stage};
use crate::domain::letter::{
    LetterKind, LetterNumber, Particulars, Recipient, ServedHow, Service, TOLD_NAME, in_chinese,
};
use crate::domain::outcome::RemedyClass;
use crate::storage::attachments::{Attachment, Purpose};
use crate::storage::cases::CaseFile;
use crate::storage::letters::IssuedLetter;
use crate::storage::{self, Connection, StorageError, counters};

pub(super) const PDF: &str = "application/pdf";
pub(super) const DOCX: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A letter's number is looked up before it is printed; who loses it to somebody else, with the
/// case unchanged, makes the letter out again, so many times.
pub(super) const TRIES: u32 = 25;

/// What letters are written about: an act, the case before and after it, and its papers.
pub(super) struct Occasion<'a> {
    pub(super) file: &'a CaseFile,
    pub(super) after: &'a Case,
    pub(super) agency: &'a Agency,
    pub(super) papers: &'a Draft,
    pub(super) history: &'a [HistoryEntry],
    pub(super) act: &'a Act,
    pub(super) on: NaiveDate,
    pub(super) particulars: &'a Particulars,
}

/// A letter on paper, with the number that it will bear if nobody else takes it first.
#[derive(Clone)]
pub(super) struct MadeOut {
    id: Uuid,
    kind: LetterKind,
    number: Option<LetterNumber>,
    on: NaiveDate,
    pdf: Vec<u8>,
    docx: Vec<u8>,
    served: Option<Service>,
}

impl Occasion<'_> {
    /// The letters that the act calls for.
    fn kinds(&self) -> Vec<LetterKind> {
        self.act.letters(&self.file.case, self.on)
    }

    /// What was filled in: with the act itself or, for an approval, with the proposal.
    fn particulars(&self) -> &Particulars {
        if *self.act == Act::Approve {
            let mut latest = self.history.iter().rev();
            if let Some(proposal) = latest.find(|entry| entry.act == Some(ActKind::Propose)) {
                return &proposal.particulars;
            }
        }
        self.particulars
    }

    /// The letters one by one, each with what is filled in for it: of those to third parties
    /// there is one for each that is named.
    fn one_by_one(&self, kinds: &[LetterKind]) -> Vec<(LetterKind, Particulars)> {
        let particulars = self.particulars();
        let each = |kind: &LetterKind| match kind {
            LetterKind::ToldThirdParty => particulars
                .lines(TOLD_NAME)
                .map(|name| (*kind, particulars.clone().with(TOLD_NAME, name)))
                .collect(),
            kind => vec![(*kind, particulars.clone())],
        };
        kinds.iter().flat_map(each).collect()
    }

    /// What stands in the way of the letters, if anything.
    fn check(&self, kinds: &[LetterKind]) -> Result<(), CaseworkError> {
        let particulars = self.particulars();
        let faults = self.file.case.faults(kinds, particulars, self.on);
        if !faults.is_empty() {
            return Err(CaseworkError::Blanks(faults));
        }
        kinds
            .iter()
            .try_for_each(|kind| agency_has_what_it_takes(self.agency, *kind))
    }

    /// Writes one letter.
    fn write(
        &self,
        app: &App,
        kind: LetterKind,
        number: Option<LetterNumber>,
        particulars: &Particulars,
    ) -> Result<Letter, CaseworkError> {
        let calendar = &app.calendar;
        let before = &self.file.case.stage;
        let received_on = self
            .after
            .stage
            .received_on()
            .or_else(|| before.received_on());
        let applicant_kind = self.file.applicant_kind;
        let track_url = format!("{}/track", app.settings.base_url());
        let until = match self.act {
            Act::AskForCorrection { until, .. }
            | Act::RequireReasons { until }
            | Act::DelayAnswer { until } => Some(*until),
            Act::Lapse => before.lapses_after(calendar)?,
            _ => None,
        };
        let facts = Facts {
            kind,
            number,
            on: self.on,
            agency: self.agency,
            applicant: self.papers.applicant_name(),
            applicant_kind,
            case_number: self.file.number.as_str(),
            channel: self.file.channel,
            received_on: received_on.unwrap_or(self.file.arrived_on),
            asked: Asked {
                title: self.papers.title.clone(),
                reference: self.papers.reference.clone(),
                description: self.papers.description.clone(),
            },
            earlier: earlier(self.history),
            party: match self.act {
                Act::Consult { party } => party.label(),
                _ => "",
            },
            due_before: before.due(calendar)?.map(|due| due.on),
            due_on: self.after.stage.due(calendar)?.map(|due| due.on),
            until,
            days: match self.act {
                Act::Extend { days } => Some(*days),
                _ => None,
            },
            yuan: match (self.act, before) {
                (Act::ChargeFee { yuan }, _)
                | (Act::Lapse, Stage::AwaitingPayment { yuan, .. }) => Some(*yuan),
                _ => None,
            },
            track_url: &track_url,
            particulars,
        };
        let letter = app.stationery.write(&facts);
        letter.map_err(|error| CaseworkError::Letter(error.to_string()))
    }
}

/// Whether an agency can be named in such a letter as it has to be.
///
/// # Errors
///
/// [`CaseworkError::AgencyLacks`].
pub(super) fn agency_has_what_it_takes(
    agency: &Agency,
    kind: LetterKind,
) -> Result<(), CaseworkError> {
    let has_remedy = kind.remedy() != RemedyClass::None;
    let needed = [
        (kind.series().is_some(), &agency.initials, "机关代字"),
        (has_remedy, &agency.review_authority, "行政复议机关"),
        (has_remedy, &agency.court, "有管辖权的人民法院"),
    ];
    let lacking = needed
        .into_iter()
        .find(|(is_needed, text, _)| *is_needed && text.is_empty());
    lacking.map_or(Ok(()), |(_, _, what)| Err(CaseworkError::AgencyLacks(what)))
}

/// What happened since receipt and stands in every later letter, a sentence for each; those
/// that were asked for opinions are told of together.
fn earlier(history: &[HistoryEntry]) -> Vec<String> {
    let of = |kind: ActKind| history.iter().filter(move |entry| entry.act == Some(kind));
    let days = |kind| of(kind).filter_map(|entry| entry.on);
    let asked = |first: NaiveDate| {
        let last = days(ActKind::Consult).max().unwrap_or(first);
        let sent = if last == first {
            in_chinese(first)
        } else {
            format!("{}至{}", in_chinese(first), in_chinese(last))
        };
        let heard = days(ActKind::RecordOpinion).max().map(in_chinese);
        let heard = heard.map(|on| format!("{on}收到最后一份意见，"));
        format!(
            "{sent}，本机关发出征求意见的文书，{}征求意见所需时间不计算在答复期限内。",
            heard.unwrap_or_default()
        )
    };
    let mut told = Vec::new();
    let mut first_asked = days(ActKind::Consult).min();
    for entry in history {
        if entry.act == Some(ActKind::Consult) {
            told.extend(first_asked.take().map(asked));
        } else {
            told.extend(sentence(entry));
        }
    }
    told
}

fn sentence(entry: &HistoryEntry) -> Option<String> {
    let on = in_chinese(entry.on?);
    Some(match entry.act? {
        ActKind::AskForCorrection => format!("{on}，本机关告知补正。"),
        ActKind::Correct => format!("{on}，本机关收到补正的申请。"),
        ActKind::Extend => format!("{on}，本机关告知延长答复期限。"),
        ActKind::RequireReasons => format!("{on}，本机关要求说明理由。"),
        ActKind::DelayAnswer => format!("{on}，本机关告知延迟答复。"),
        ActKind::ChargeFee => format!("{on}，本机关发出收费通知。"),
        ActKind::Pay => format!("{on}，信息处理费缴清。"),
        _ => return None,
    })
}

/// Makes out the letters that an act calls for.
///
/// # Errors
///
/// [`CaseworkError::Blanks`] or [`CaseworkError::AgencyLacks`] for what has to be filled in
/// before, or another [`CaseworkError`].
pub(super) async fn make_out(
    app: &App,
    occasion: &Occasion<'_>,
) -> Result<Vec<MadeOut>, CaseworkError> {
    if let Act::Propose { disposition } = occasion.act {
        // What the answer must say is there before somebody is asked to approve it.
        occasion.check(&occasion.file.case.answering(*disposition))?;
    }
    let kinds = occasion.kinds();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    occasion.check(&kinds)?;
    let (agency, year) = (occasion.agency.id, occasion.on.year());
    let letters = occasion.one_by_one(&kinds);
    let wanted: Vec<_> = letters.iter().map(|(kind, _)| kind.series()).collect();
    let read = move |conn: &mut Connection| upcoming(conn, agency, year, &wanted);
    let ordinals = app.database.read(read).await?;
    let mut made = Vec::new();
    for ((kind, particulars), ordinal) in letters.into_iter().zip(ordinals) {
        let number = numbered(kind, occasion.agency, year, ordinal);
        let letter = occasion.write(app, kind, number.clone(), &particulars)?;
        let paper = tokio::task::spawn_blocking(move || letter.paper().print())
            .await
            .map_err(|_| CaseworkError::Interrupted)?
            .map_err(|error| CaseworkError::Letter(error.to_string()))?;
        made.push(MadeOut {
            id: ids::new(),
            kind,
            number,
            on: occasion.on,
            pdf: paper.pdf,
            docx: paper.docx,
            served: served_at_once(kind, occasion),
        });
    }
    Ok(made)
}

/// The ordinals that letters of these series would take next, in their order.
fn upcoming(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    wanted: &[Option<&'static str>],
) -> Result<Vec<Option<u32>>, StorageError> {
    let mut ordinals = Vec::new();
    let mut next: BTreeMap<&str, u32> = BTreeMap::new();
    for series in wanted {
        let Some(series) = series else {
            ordinals.push(None);
            continue;
        };
        let ordinal = match next.get(series) {
            Some(ordinal) => *ordinal,
            None => counters::upcoming(conn, agency, &counter(series), year)?,
        };
        next.insert(series, ordinal + 1);
        ordinals.push(Some(ordinal));
    }
    Ok(ordinals)
}

/// A letter to an applicant who asked to be answered online is served as soon as it is on the
/// tracking page and the notice is on its way.
fn served_at_once(kind: LetterKind, occasion: &Occasion<'_>) -> Option<Service> {
    let reads_online = matches!(occasion.papers.route.as_str(), "online" | "email")
        && !occasion.papers.email.trim().is_empty();
    (kind.recipient() == Recipient::Applicant && reads_online).then_some(Service {
        on: occasion.on,
        how: ServedHow::Online,
        postal_number: None,
        evidence: None,
    })
}

fn numbered(
    kind: LetterKind,
    agency: &Agency,
    year: i32,
    ordinal: Option<u32>,
) -> Option<LetterNumber> {
    kind.series().map(|series| LetterNumber {
        initials: agency.initials.clone(),
        series,
        year,
        ordinal,
    })
}

/// The counter of a series of letters.
pub(super) fn counter(series: &str) -> String {
    format!("letter/{series}")
}

impl MadeOut {
    /// Whether it carries the answer and still has to be served.
    pub(super) const fn is_answer_to_serve(&self) -> bool {
        matches!(self.kind, LetterKind::Answer(_)) && self.served.is_none()
    }

    /// The papers, as files to be kept.
    pub(super) fn files(&self) -> [Incoming; 2] {
        let name = self
            .number
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let file = |ending: &str, media_type: &str, bytes: &[u8]| Incoming {
            purpose: Purpose::Letter,
            name: format!("{}{name}.{ending}", self.kind.title()),
            media_type: media_type.to_owned(),
            bytes: bytes.to_vec(),
        };
        [file("pdf", PDF, &self.pdf), file("docx", DOCX, &self.docx)]
    }

    /// Keeps the letter with its number.
    fn issue(
        &self,
        conn: &mut Connection,
        case: &CaseFile,
        (pdf, docx): (&Attachment, &Attachment),
        at: DateTime<Utc>,
    ) -> Result<IssuedPaper, CaseworkError> {
        if let Some(LetterNumber { series, year, ordinal, .. }) = &self.number {
            let given = counters::next(conn, case.agency_id, &counter(series), *year)?;
            if Some(given) != *ordinal {
                return Err(CaseworkError::NumberTaken);
            }
        }
        let number = self.number.as_ref().map(ToString::to_string);
        let letter = IssuedLetter {
            id: self.id,
            agency: case.agency_id,
            case: case.id,
            kind: self.kind,
            number: number.clone(),
            issued_on: self.on,
            pdf: pdf.id,
            docx: docx.id,
            service: self.served.clone(),
            failed_on: None,
        };
        storage::letters::insert(conn, &letter, self.number.as_ref(), at)?;
        Ok(IssuedPaper {
            id: self.id,
            kind: self.kind.key().to_owned(),
            number,
            pdf_sha256: hex(&Sha256::digest(&self.pdf)),
        })
    }
}

/// Keeps letters with their numbers; `files` begins with their papers, as
/// [`MadeOut::files`] has them.
///
/// # Errors
///
/// [`CaseworkError::NumberTaken`], if somebody took a number meanwhile.
pub(super) fn issue_all(
    conn: &mut Connection,
    case: &CaseFile,
    letters: &[MadeOut],
    files: &[Attachment],
    at: DateTime<Utc>,
) -> Result<Vec<IssuedPaper>, CaseworkError> {
    letters
        .iter()
        .zip(files.chunks(2))
        .map(|(letter, papers)| match papers {
            [pdf, docx] => letter.issue(conn, case, (pdf, docx), at),
            _ => Err(CaseworkError::Garbled("文书")),
        })
        .collect()
}
