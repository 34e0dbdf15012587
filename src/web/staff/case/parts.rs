//! The parts of a case's page that other pages of the desk show too.

use uuid::Uuid;

use crate::casework::history::{GUIDE, HistoryEntry};
use crate::casework::view::{AttachmentView, CaseView};
use crate::domain::application::{Draft as Papers, Field};
use crate::domain::case::{ActKind, Draft, Ending, Stage};
use crate::domain::outcome::{Disposition, RemedyClass};
use crate::storage::attachments::Purpose;
use crate::web::words;

/// A fact with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub label: &'static str,
    /// What is known of it.
    pub text: String,
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: String,
    /// What happened.
    pub label: String,
    /// Who did it.
    pub actor: String,
    /// What there is to say of it.
    pub lines: Vec<String>,
    /// Whether it departs from the rule, and so has to catch the eye.
    pub is_exception: bool,
}

/// A file as a page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// Where it is handed out.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: &'static str,
    /// How large it is.
    pub size: String,
}

/// 拟办意见, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftView {
    /// What is to be decided.
    pub finding: &'static str,
    /// Where it will be counted.
    pub row: String,
    /// The articles.
    pub articles: String,
    /// The letter's title.
    pub letter: &'static str,
    /// What the letter says of remedies.
    pub remedy: &'static str,
    /// Who drafted it.
    pub by: String,
    /// When.
    pub day: String,
    /// Why.
    pub words: String,
    /// What was answered to the questions of the guide, if it led there.
    pub guide: Vec<String>,
}

fn lines(papers: &Papers, fields: &[Field]) -> Vec<Line> {
    let filled = fields
        .iter()
        .filter(|field| !papers.get(**field).trim().is_empty());
    filled
        .map(|field| Line { label: field.label(), text: papers.shown(*field).to_owned() })
        .collect()
}

/// What is asked for, and how it is to be given.
#[must_use]
pub fn wanted(papers: &Papers) -> Vec<Line> {
    const FIELDS: [Field; 5] = [
        Field::Title,
        Field::Reference,
        Field::Description,
        Field::Form,
        Field::Route,
    ];
    lines(papers, &FIELDS)
}

/// Who asks.
#[must_use]
pub fn applicant(papers: &Papers) -> Vec<Line> {
    const FIELDS: [Field; 13] = [
        Field::Name,
        Field::DocumentKind,
        Field::DocumentNumber,
        Field::OrganisationName,
        Field::CreditCode,
        Field::LegalRepresentative,
        Field::ContactPerson,
        Field::Telephone,
        Field::Email,
        Field::Address,
        Field::Postcode,
        Field::Representative,
        Field::Assistance,
    ];
    let kind = papers.applicant_kind();
    let mut all = lines(papers, &FIELDS);
    if let Some(kind) = kind {
        all.insert(0, Line { label: Field::Kind.label(), text: kind.label().to_owned() });
    }
    all
}

/// The history, the latest first.
#[must_use]
pub fn history<'a>(
    entries: impl DoubleEndedIterator<Item = &'a HistoryEntry>,
    files: &[AttachmentView],
) -> Vec<Entry> {
    entries
        .rev()
        .map(|entry| self::entry(entry, files))
        .collect()
}

fn entry(entry: &HistoryEntry, files: &[AttachmentView]) -> Entry {
    let mut lines = Vec::new();
    if !entry.detail.is_empty() {
        lines.push(entry.detail.clone());
    }
    lines.extend(entry.words.clone());
    lines.extend(
        entry
            .kept_beside()
            .map(|(label, words)| format!("{label}：{words}")),
    );
    let names: Vec<_> = entry
        .attachments
        .iter()
        .filter_map(|id| files.iter().find(|file| file.id == *id))
        .map(|file| file.name.as_str())
        .collect();
    if !names.is_empty() {
        lines.push(format!("文件：{}", words::list(names)));
    }
    let at = words::moment(entry.at);
    let on = entry.on.map(|on| on.to_string());
    let on = on.filter(|on| !at.starts_with(on.as_str()));
    Entry {
        at: on.map_or(at.clone(), |on| format!("{on}（{at} 登记）")),
        label: entry.title.clone(),
        actor: entry.actor.clone(),
        lines,
        is_exception: entry.is_exception,
    }
}

/// The files with these identities, or all.
#[must_use]
pub fn files(view: &CaseView, only: Option<&[Uuid]>) -> Vec<FileLine> {
    let wanted = view
        .attachments
        .iter()
        // The letters are listed by themselves.
        .filter(|file| match only {
            Some(only) => only.contains(&file.id),
            None => file.purpose != Purpose::Letter,
        });
    wanted
        .map(|file| FileLine {
            href: format!("/staff/cases/{}/attachments/{}", view.id, file.id),
            name: file.name.clone(),
            purpose: file.purpose.label(),
            size: words::size(file.size.unsigned_abs()),
        })
        .collect()
}

/// What a clerk asked the head for, and why, while it waits.
#[must_use]
pub fn extension_wanted(view: &CaseView) -> Option<String> {
    let wanted = view.case.stage.handling()?.wanted?;
    let mut latest = view.history.iter().rev();
    let entry = latest.find(|entry| entry.act == Some(ActKind::AskToExtend));
    let (who, why) = entry.map_or(("经办人", ""), |entry| {
        (entry.actor.as_str(), entry.words.as_deref().unwrap_or_default())
    });
    let on = words::full_day(wanted.on);
    Some(format!("{on}，{who}申请延长{}个工作日：{why}", wanted.days))
}

/// The entry by which the draft that waits was proposed.
#[must_use]
pub fn proposal(view: &CaseView) -> Option<&HistoryEntry> {
    let mut latest = view.history.iter().rev();
    latest.find(|entry| entry.act == Some(ActKind::Propose))
}

/// The draft that waits for review, and how the case stands otherwise.
#[must_use]
pub fn draft(view: &CaseView) -> Option<(Draft, DraftView)> {
    let Stage::Handling(handling) = &view.case.stage else {
        return None;
    };
    let draft = handling.draft?;
    let proposal = proposal(view);
    let consequence = draft.disposition.consequence();
    let shown = DraftView {
        finding: draft.disposition.label(),
        row: consequence.outcome.full_label(),
        articles: articles(draft.disposition),
        letter: consequence.title,
        remedy: remedy(draft.disposition),
        by: proposal.map_or_else(String::new, |entry| entry.actor.clone()),
        day: words::full_day(draft.on),
        words: proposal
            .and_then(|entry| entry.words.clone())
            .unwrap_or_default(),
        guide: proposal
            .map(|entry| {
                entry
                    .particulars
                    .text(GUIDE)
                    .lines()
                    .map(str::to_owned)
                    .collect()
            })
            .unwrap_or_default(),
    };
    Some((draft, shown))
}

/// The articles that a letter cites; those of the Regulation unless they say otherwise.
#[must_use]
pub fn articles(disposition: Disposition) -> String {
    let articles = disposition.consequence().articles;
    if articles.is_empty() {
        "无".to_owned()
    } else {
        format!("《条例》{}", words::list(articles))
    }
}

/// What the letter says of remedies, in a few words.
#[must_use]
pub const fn remedy(disposition: Disposition) -> &'static str {
    match disposition.remedy() {
        RemedyClass::ReconsiderationFirst => "先申请行政复议，对复议决定不服再起诉",
        RemedyClass::Either => "可以申请行政复议，也可以直接起诉",
        RemedyClass::None => "不附救济途径",
    }
}

/// How a case ended, in words.
#[must_use]
pub fn finding(ending: Ending) -> String {
    match ending {
        Ending::Found(disposition) => disposition.label().to_owned(),
        Ending::Recorded(outcome) => outcome.full_label(),
    }
}
