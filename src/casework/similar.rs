//! 相同、相似的申请: what was asked or published before and looks like a text.
//!
//! Words are kept as hashes under the office's key, so that the index says which texts share
//! some, and not what they say. How alike two texts are is computed from the texts themselves.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::NaiveDate;
use jieba_rs::Jieba;
use uuid::Uuid;

use crate::app::App;
use crate::casework::{CaseworkError, papers};
use crate::domain::application::Draft;
use crate::domain::case::Case;
use crate::domain::number::CaseNumber;
use crate::domain::similar::{ALIKE, SAME, Words, likeness};
use crate::storage::cases::{CaseFile, Secrets};
use crate::storage::items::{self, Item};
use crate::storage::{self, Connection, StorageError, applicants, search};
use crate::vault::Vault;

/// How many texts are compared after the index has named them.
const CANDIDATES: usize = 30;
/// How many of a text's words are looked for; the longest say most.
const WORDS: usize = 32;

/// The dictionary, read when first a text is looked at.
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Words that every application has.
const EMPTY: [&str; 24] = [
    "关于",
    "公开",
    "信息",
    "政府",
    "申请",
    "文件",
    "材料",
    "情况",
    "相关",
    "有关",
    "提供",
    "以及",
    "获取",
    "要求",
    "查询",
    "请求",
    "本人",
    "贵局",
    "贵单位",
    "所有",
    "全部",
    "具体",
    "内容",
    "书面",
];

/// The words of a text (Chinese ones as the dictionary cuts them), without those that say
/// nothing.
#[must_use]
pub fn words(text: &str) -> Words {
    let found = DICTIONARY.cut_for_search(text, true);
    found
        .into_iter()
        .map(|token| token.word.trim().to_lowercase())
        .filter(|word| word.chars().count() > 1)
        .filter(|word| word.chars().all(char::is_alphanumeric))
        .filter(|word| !EMPTY.contains(&word.as_str()))
        .collect()
}

/// The words of what an application asks for.
fn words_of(papers: &Draft) -> Words {
    words(&format!("{}\n{}\n{}", papers.title, papers.reference, papers.description))
}

/// The words as the index knows them.
fn hashed(vault: &Vault, space: &str, words: &Words) -> Vec<i64> {
    let mut longest: Vec<&String> = words.iter().collect();
    longest.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let hash = |word: &String| {
        let index = vault.blind_index(space, word);
        let mut first = [0; 8];
        for (byte, from) in first.iter_mut().zip(index) {
            *byte = from;
        }
        i64::from_be_bytes(first)
    };
    let hashes: BTreeSet<i64> = longest.into_iter().take(WORDS).map(hash).collect();
    hashes.into_iter().collect()
}

const OF_CASES: &str = "case word";
const OF_ITEMS: &str = "item word";

/// A case that looks like another, or is by the same applicant.
#[derive(Debug, Clone)]
pub struct Alike {
    /// Its identity.
    pub id: Uuid,
    /// 受理编号.
    pub number: CaseNumber,
    /// The day on which it came in.
    pub arrived_on: NaiveDate,
    /// Where it stands.
    pub case: Case,
    /// The applicant, masked.
    pub applicant: String,
    /// What it asks for.
    pub title: String,
    /// In the applicant's words.
    pub description: String,
    /// How alike the texts are, in hundredths.
    pub likeness: usize,
    /// The words that stand in both, the longest first.
    pub shared: Vec<String>,
    /// Whether its applicant is the same, by name.
    pub same_applicant: bool,
}

/// What there is beside a case.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Earlier and later ones of the same applicant, the latest first.
    pub of_applicant: Vec<Alike>,
    /// Others that ask for something alike, the likest first.
    pub alike: Vec<Alike>,
    /// How many different applicants have asked for the same.
    pub asked_by: i32,
}

/// How many cases of the same applicant are shown.
const OF_APPLICANT: i64 = 20;

/// What there is beside a case: never a reason to refuse it by itself.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's case; another [`CaseworkError`].
pub async fn beside(app: &App, agency: Uuid, case: Uuid) -> Result<Beside, CaseworkError> {
    let vault = app.vault.clone();
    let read = move |conn: &mut Connection| {
        storage::cases::find(conn, agency, case)?;
        let secrets = storage::cases::secrets(conn, case)?;
        let own = words_of(&papers::open(&vault, case, &secrets)?);
        let same = applicants::others(conn, agency, case, OF_APPLICANT)?;
        let hashes = hashed(&vault, OF_CASES, &own);
        let mut likely = search::cases_like(conn, agency, &hashes, CANDIDATES)?;
        likely.retain(|other| *other != case && !same.contains(other));
        let of_applicant = compare(conn, &vault, agency, &own, &same, true)?;
        let mut alike = compare(conn, &vault, agency, &own, &likely, false)?;
        alike.retain(|other| other.likeness >= ALIKE);
        alike.sort_by_key(|other| std::cmp::Reverse(other.likeness));
        Ok::<_, CaseworkError>(Beside {
            of_applicant,
            alike,
            asked_by: search::asked_by(conn, case)?,
        })
    };
    app.database.read(read).await
}

fn compare(
    conn: &mut Connection,
    vault: &Vault,
    agency: Uuid,
    own: &Words,
    others: &[Uuid],
    same_applicant: bool,
) -> Result<Vec<Alike>, CaseworkError> {
    let mut found = Vec::new();
    for other in others {
        let file = storage::cases::find(conn, agency, *other)?;
        let secrets = storage::cases::secrets(conn, *other)?;
        match compared(vault, own, file, &secrets, same_applicant) {
            Ok(alike) => found.push(alike),
            // What cannot be read is like nothing.
            Err(CaseworkError::Shredded | CaseworkError::Vault(_) | CaseworkError::Garbled(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn compared(
    vault: &Vault,
    own: &Words,
    file: CaseFile,
    secrets: &Secrets,
    same_applicant: bool,
) -> Result<Alike, CaseworkError> {
    let written = papers::open(vault, file.id, secrets)?;
    let theirs = words_of(&written);
    let mut shared: Vec<String> = own.intersection(&theirs).cloned().collect();
    shared.sort_by_key(|word| std::cmp::Reverse(word.len()));
    Ok(Alike {
        id: file.id,
        number: file.number,
        arrived_on: file.arrived_on,
        case: file.case,
        applicant: papers::masked_applicant(&written),
        title: papers::headline(&written),
        likeness: likeness(own, &theirs),
        description: written.description,
        shared,
        same_applicant,
    })
}

/// Looks at the words of cases that were not looked at yet, and says how many there were.
///
/// # Errors
///
/// [`CaseworkError`]; the cases before stay looked at.
pub async fn look_at_new(app: &App, at_most: i64) -> Result<usize, CaseworkError> {
    let waiting = app
        .database
        .read(move |conn| search::cases_to_read(conn, at_most))
        .await?;
    for (agency, case) in &waiting {
        let (agency, case, vault) = (*agency, *case, app.vault.clone());
        let (words, asked_by) = app
            .database
            .read(move |conn| look_at(conn, &vault, agency, case))
            .await?;
        let kept = app
            .database
            .write(move |conn| search::put_case(conn, agency, case, &words, asked_by))
            .await;
        match kept {
            // Another server looked at it in the same moment, and kept the same.
            Ok(()) | Err(StorageError::Duplicate { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(waiting.len())
}

/// The words of a case, and how many different applicants have asked for the same.
fn look_at(
    conn: &mut Connection,
    vault: &Vault,
    agency: Uuid,
    case: Uuid,
) -> Result<(Vec<i64>, i32), CaseworkError> {
    let secrets = storage::cases::secrets(conn, case)?;
    let own = match papers::open(vault, case, &secrets) {
        Ok(written) => words_of(&written),
        Err(CaseworkError::Shredded) => return Ok((Vec::new(), 1)),
        // One case that cannot be read does not keep the others from being looked at.
        Err(error) => {
            tracing::error!(%case, %error, "the papers of a case cannot be read");
            return Ok((Vec::new(), 1));
        }
    };
    let hashes = hashed(vault, OF_CASES, &own);
    let mut likely = search::cases_like(conn, agency, &hashes, CANDIDATES)?;
    likely.retain(|other| *other != case);
    let same = compare(conn, vault, agency, &own, &likely, false)?;
    let mut same: Vec<Uuid> = same
        .into_iter()
        .filter(|other| other.likeness >= SAME)
        .map(|other| other.id)
        .collect();
    same.push(case);
    let different: BTreeSet<Vec<u8>> = applicants::of_cases(conn, &same)?.into_iter().collect();
    Ok((hashes, i32::try_from(different.len()).unwrap_or(i32::MAX).max(1)))
}

/// What is public and looks like a text, the likest first.
///
/// # Errors
///
/// [`StorageError`].
pub async fn published_like(
    app: &App,
    text: &str,
    at_most: usize,
) -> Result<Vec<Item>, StorageError> {
    let (vault, text) = (app.vault.clone(), text.to_owned());
    let read = move |conn: &mut Connection| {
        if !items::any(conn)? {
            return Ok(Vec::new());
        }
        let own = words(&text);
        let hashes = hashed(&vault, OF_ITEMS, &own);
        let likely = search::items_like(conn, &hashes, CANDIDATES)?;
        let mut found: Vec<(usize, Item)> = items::named(conn, &likely)?
            .into_iter()
            .map(|item| (covered(&own, &item), item))
            .filter(|(share, _)| *share >= ALIKE)
            .collect();
        found.sort_by_key(|(share, _)| std::cmp::Reverse(*share));
        found.truncate(at_most);
        Ok(found.into_iter().map(|(_, item)| item).collect())
    };
    app.database.read(read).await
}

/// How much of what is looked for an item has: its words may be many more, or a few.
fn covered(own: &Words, item: &Item) -> usize {
    let theirs = words_of_item(&item.title, &item.summary);
    let titled = words(&item.title);
    let shared = own.intersection(&theirs).count();
    let of_text = 100 * shared / own.len().max(1);
    let of_title = 100 * own.intersection(&titled).count() / titled.len().max(1);
    of_text.max(of_title.min(likeness(own, &theirs) * 2))
}

fn words_of_item(title: &str, summary: &str) -> Words {
    words(&format!("{title}\n{summary}"))
}

/// The words of an item as the index knows them.
pub(super) fn hashed_item(vault: &Vault, item: &Item) -> Vec<i64> {
    hashed(vault, OF_ITEMS, &words_of_item(&item.title, &item.summary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_empty_ones_left_out() {
        let found =
            words("申请公开莲花街道2025年度道路维修项目的预算批复文件（西财预〔2025〕7号）");
        for word in [
            "莲花", "街道", "2025", "道路", "维修", "项目", "预算", "批复",
        ] {
            assert!(found.contains(word), "{word}: {found:?}");
        }
        for word in ["申请", "公开", "文件", "的", "（"] {
            assert!(!found.contains(word), "{word}: {found:?}");
        }
        assert_eq!(words("　，。"), Words::new());
        assert_eq!(words("PM2.5 监测"), words("pm2.5监测"));
    }

    #[test]
    fn a_text_without_words_is_like_nothing() {
        let vault = Vault::ephemeral().unwrap();
        assert!(hashed(&vault, OF_CASES, &words("")).is_empty());
        let other = Vault::ephemeral().unwrap();
        let some = words("道路维修预算");
        assert_ne!(hashed(&vault, OF_CASES, &some), hashed(&other, OF_CASES, &some));
    }
}
