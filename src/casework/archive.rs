//! 案卷: everything that is kept of a case, for the archive room.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::casework::history::{self, HistoryEntry};
use crate::casework::letters::{CAME_BACK, SERVED};
use crate::casework::reveal::{self, HandedOut};
use crate::casework::view::Kept;
use crate::casework::{CaseworkError, attachments, papers};
use crate::clock::beijing;
use crate::documents::archive::{
    Archive, Fact, Happening, Listed, Sheet, history as written, safe,
};
use crate::domain::actor::Actor;
use crate::domain::application::{Draft, Field};
use crate::domain::letter::{Blank, LetterKind, Particulars};
use crate::storage::attachments::{Attachment, Purpose};
use crate::storage::events::Event;
use crate::storage::{self, Connection, StorageError};
use crate::vault::CaseKey;

/// The action by which the record names that somebody took out the whole file of a case.
pub const ARCHIVED: &str = "archive_taken";

/// The most that is packed at once, in megabytes. The archive and one file lie in memory.
const AT_MOST_MB: u64 = 256;

/// The whole file of a case as one ZIP archive: index, application, attachments, letters as they
/// were issued, evidence, history. That it was taken, by whom and why, is on record before it is
/// packed; of its own taking it says nothing, so that the same case gives the same bytes.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`], if the actor's duties do not need it;
/// [`CaseworkError::ReasonMissing`] without a reason; [`CaseworkError::TooMuch`] for more than
/// fits into memory; [`CaseworkError::Shredded`]; [`StorageError::NotFound`], also for another
/// agency's case.
pub async fn take(
    app: &App,
    agency: Uuid,
    case: Uuid,
    by: &Actor,
    reason: &str,
) -> Result<HandedOut, CaseworkError> {
    let read = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency, case)?;
        let times = storage::attachments::kept_at(conn, case)?;
        Ok::<_, StorageError>((Kept::load(conn, file)?, times))
    };
    let (kept, times) = app.database.read(read).await?;
    let size: i64 = kept.attachments.iter().map(|file| file.size).sum();
    if size.unsigned_abs() > AT_MOST_MB << 20 {
        return Err(CaseworkError::TooMuch(AT_MOST_MB));
    }
    let secrets = reveal::note(app, agency, case, by, ARCHIVED, None, reason).await?;
    let key = papers::case_key(&app.vault, &secrets)?;
    let written = papers::open(&app.vault, case, &secrets)?;
    let directory = app.settings.data.directory.clone();
    let dossier = Dossier { kept, times, key, written, directory };
    tokio::task::spawn_blocking(move || dossier.pack())
        .await
        .map_err(|_| CaseworkError::Interrupted)?
}

/// All that goes into the archive.
struct Dossier {
    kept: Kept,
    times: HashMap<Uuid, DateTime<Utc>>,
    key: CaseKey,
    written: Draft,
    directory: PathBuf,
}

/// Where a file lies in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Folder {
    Application,
    Enclosed,
    Letters,
    Service,
    Given,
    NotGiven,
    Acts,
    History,
}

impl Folder {
    const fn name(self) -> &'static str {
        match self {
            Self::Application => "01-申请内容",
            Self::Enclosed => "02-申请人提交的材料",
            Self::Letters => "03-文书",
            Self::Service => "04-送达凭证",
            Self::Given => "05-提供给申请人的信息",
            Self::NotGiven => "06-拟办时上传但没有提供的文件",
            Self::Acts => "07-其他办理材料",
            Self::History => "08-流转记录",
        }
    }

    /// What a file of this folder is.
    const fn holds(self) -> &'static str {
        match self {
            Self::Application => "申请内容",
            Self::Enclosed => "申请人提交的材料",
            Self::Letters => "文书（出具时的原件）",
            Self::Service => "送达凭证",
            Self::Given => "提供给申请人的信息",
            Self::NotGiven => "没有提供给申请人",
            Self::Acts => "征求意见等办理材料",
            Self::History => "流转记录",
        }
    }
}

/// A file of the archive, before it has its number.
struct Entry<'a> {
    folder: Folder,
    name: String,
    at: DateTime<Utc>,
    content: Content<'a>,
}

enum Content<'a> {
    Written(String),
    Kept(&'a Attachment),
}

impl Dossier {
    /// Goes through the files twice, so that the index stands first and no more than one of
    /// them lies in memory beside the archive.
    fn pack(&self) -> Result<HandedOut, CaseworkError> {
        let broken = |error: std::io::Error| CaseworkError::Archive(error.to_string());
        let entries = self.entries()?;
        let mut numbers: BTreeMap<Folder, usize> = BTreeMap::new();
        let mut listed = Vec::new();
        for entry in &entries {
            let number = numbers.entry(entry.folder).or_default();
            *number += 1;
            let bytes = self.content(entry)?;
            listed.push(Listed {
                path: format!("{}/{number:02}-{}", entry.folder.name(), entry.name),
                what: entry.folder.holds().to_owned(),
                size: bytes.len(),
                sha256: hex(&Sha256::digest(&bytes)),
            });
        }
        let last = self.last();
        let index = self.index(listed.clone());
        let page = index
            .html()
            .map_err(|error| CaseworkError::Archive(error.to_string()))?;
        let mut archive = Archive::default();
        let (first, at) = ("00-目录", beijing(last));
        archive
            .add(&format!("{first}.html"), at, page.as_bytes())
            .map_err(broken)?;
        archive
            .add(&format!("{first}.txt"), at, index.text().as_bytes())
            .map_err(broken)?;
        for (entry, Listed { path, .. }) in entries.iter().zip(&listed) {
            archive
                .add(path, beijing(entry.at), &self.content(entry)?)
                .map_err(broken)?;
        }
        Ok(HandedOut {
            name: format!("{}-案卷.zip", self.kept.file.number),
            media_type: "application/zip".to_owned(),
            bytes: archive.finish().map_err(broken)?,
        })
    }

    fn content(&self, entry: &Entry<'_>) -> Result<Vec<u8>, CaseworkError> {
        match &entry.content {
            Content::Written(text) => Ok(text.as_bytes().to_vec()),
            Content::Kept(file) => {
                attachments::read(&self.directory, self.kept.file.id, &self.key, file)
            }
        }
    }

    /// Everything but the index, in order.
    fn entries(&self) -> Result<Vec<Entry<'_>>, CaseworkError> {
        let history = self.kept.history(Some(&self.key))?;
        let last = self.last();
        let application = self.application();
        let page = application
            .html()
            .map_err(|error| CaseworkError::Archive(error.to_string()))?;
        let written = |folder, name: &str, text| Entry {
            folder,
            name: name.to_owned(),
            at: last,
            content: Content::Written(text),
        };
        let mut entries = vec![
            written(Folder::Application, "申请内容.html", page),
            written(Folder::Application, "申请内容.txt", application.text()),
            written(Folder::History, "流转记录.txt", self.told(&history)),
            written(Folder::History, "流转记录.json", self.chain()?),
        ];
        let given = history::given(&history);
        let evidence = self.evidence();
        for file in &self.kept.attachments {
            let folder = match file.purpose {
                Purpose::Identity | Purpose::Support => Folder::Enclosed,
                Purpose::Letter => Folder::Letters,
                Purpose::Reply if given.contains(&file.id) => Folder::Given,
                Purpose::Reply => Folder::NotGiven,
                Purpose::Evidence if evidence.contains(&file.id) => Folder::Service,
                Purpose::Evidence => Folder::Acts,
            };
            let name = safe(&attachments::name(self.kept.file.id, &self.key, file)?);
            let name = match file.purpose {
                Purpose::Identity => format!("身份证明-{name}"),
                _ => name,
            };
            let at = self.times.get(&file.id).copied().unwrap_or(last);
            entries.push(Entry { folder, name, at, content: Content::Kept(file) });
        }
        entries.sort_by_key(|entry| entry.folder);
        Ok(entries)
    }

    /// What is on record of the case, but for the taking of archives.
    fn events(&self) -> impl Iterator<Item = &Event> {
        let events = self.kept.events.iter();
        events.filter(|event| event.action != ARCHIVED)
    }

    /// When something last happened to the case.
    fn last(&self) -> DateTime<Utc> {
        self.events()
            .last()
            .map_or(self.kept.file.filed_at, |event| event.at)
    }

    /// 送达凭证 of every letter, also of those that came back.
    fn evidence(&self) -> Vec<Uuid> {
        let served = self
            .events()
            .filter(|event| matches!(event.action.as_str(), SERVED | CAME_BACK));
        served
            .filter_map(|event| {
                let data: Value = serde_json::from_str(&event.data).ok()?;
                data.get("evidence")?.as_str()?.parse().ok()
            })
            .collect()
    }

    /// What stands at the head of index and application.
    fn head(&self) -> Vec<Fact> {
        let (file, agency) = (&self.kept.file, &self.kept.agency);
        let mut facts = vec![
            Fact::new("受理编号", file.number.to_string()),
            Fact::new("受理机关", &agency.name),
            Fact::new("提交方式", file.channel.label()),
            Fact::new("到达日期", file.arrived_on.to_string()),
        ];
        if let Some(on) = file.case.stage.received_on() {
            facts.push(Fact::new("收到申请之日", on.to_string()));
        }
        let handler = file.case.handler.and_then(|id| self.kept.officers.get(&id));
        facts.extend(handler.map(|name| Fact::new("经办人", name)));
        match file.case.stage.closed() {
            Some((ending, on)) => {
                facts.push(Fact::new("办结日期", on.to_string()));
                facts.push(Fact::new("办理结果", ending.outcome().full_label()));
            }
            None => facts.push(Fact::new("当前环节", file.case.stage.label())),
        }
        facts
    }

    fn index(&self, files: Vec<Listed>) -> Sheet {
        Sheet {
            title: "政府信息公开申请案卷目录".to_owned(),
            parts: vec![("案卷".to_owned(), self.head())],
            files,
            notes: vec![
                "SHA-256 是各文件内容的校验值，用来核对文件有没有改动。文书是出具时的原件，其 PDF 的校验值同时记在流转记录中。".to_owned(),
                "流转记录.json 中的 hash 由本机关的密钥计算，在系统中用“审计记录”页的校验功能核对。".to_owned(),
                "导出案卷的情况不写入案卷，见系统的审计记录。".to_owned(),
            ],
        }
    }

    fn application(&self) -> Sheet {
        let filled = Field::TEXTS
            .into_iter()
            .filter(|field| !self.written.get(*field).trim().is_empty());
        let facts = filled.map(|field| Fact::new(field.label(), self.written.shown(field)));
        Sheet {
            title: "政府信息公开申请".to_owned(),
            parts: vec![
                ("受理情况".to_owned(), self.head()),
                ("申请内容".to_owned(), facts.collect()),
            ],
            ..Sheet::default()
        }
    }

    /// The history in words.
    fn told(&self, history: &[HistoryEntry]) -> String {
        let blanks: Vec<Blank> = LetterKind::all().flat_map(LetterKind::blanks).collect();
        let all = self.kept.events.iter().zip(history);
        let told = all.filter(|(event, _)| event.action != ARCHIVED);
        let happenings: Vec<_> = told.map(|(_, entry)| happening(entry, &blanks)).collect();
        written(&format!("流转记录（{}）", self.kept.file.number), &happenings)
    }

    /// The events as they stand in the record, with their hashes.
    fn chain(&self) -> Result<String, CaseworkError> {
        let event = |event: &Event| {
            json!({
                "sequence": event.sequence,
                "at": event.at.to_rfc3339_opts(SecondsFormat::Micros, true),
                "actor": event.actor,
                "action": event.action,
                "data": event.data,
                "previous_hash": hex(&event.previous_hash),
                "hash": hex(&event.hash),
            })
        };
        let chain = json!({
            "number": self.kept.file.number.as_str(),
            "case": self.kept.file.id,
            "agency": { "id": self.kept.agency.id, "name": self.kept.agency.name },
            "events": self.events().map(event).collect::<Vec<_>>(),
        });
        serde_json::to_string_pretty(&chain).map_err(|_| CaseworkError::Garbled("event"))
    }
}

fn happening(entry: &HistoryEntry, blanks: &[Blank]) -> Happening {
    let mut facts = Vec::new();
    facts.extend(entry.on.map(|on| Fact::new("发生日期", on.to_string())));
    if !entry.detail.is_empty() {
        facts.push(Fact::new("情况", &entry.detail));
    }
    facts.extend(entry.words.as_ref().map(|words| Fact::new("说明", words)));
    facts.extend(
        entry
            .kept_beside()
            .map(|(label, words)| Fact::new(label, words)),
    );
    facts.extend(filled(&entry.particulars, blanks));
    facts.extend(entry.letters.iter().map(|letter| {
        let kind = LetterKind::from_key(&letter.kind).map_or("文书", LetterKind::title);
        let number = letter.number.as_deref().unwrap_or("无文号");
        Fact::new("出具文书", format!("{kind}，{number}，PDF 的 SHA-256 {}", letter.pdf_sha256))
    }));
    Happening {
        at: beijing(entry.at).format("%Y-%m-%d %H:%M:%S").to_string(),
        title: if entry.is_exception {
            format!("{}（例外）", entry.title)
        } else {
            entry.title.clone()
        },
        actor: entry.actor.clone(),
        facts,
    }
}

/// What was filled in for the letters, by its label.
fn filled<'a>(particulars: &'a Particulars, blanks: &'a [Blank]) -> impl Iterator<Item = Fact> {
    particulars.iter().filter_map(|(id, _)| {
        let blank = blanks.iter().find(|blank| blank.id == id)?;
        Some(Fact::new(blank.label, particulars.printed(blank)))
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
