//! The papers of a case: what the applicant wrote, sealed under the case's own key.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::casework::CaseworkError;
use crate::domain::applicant::ApplicantKind;
use crate::domain::application::{Draft, Field};
use crate::domain::letter::Particulars;
use crate::storage::cases::Secrets;
use crate::vault::{CaseKey, Vault};

/// The fields that say who asks.
const APPLICANT: &[Field] = &[
    Field::Kind,
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

/// The fields that say what is asked for, and how it is to be given.
const CONTENT: &[Field] = &[
    Field::Title,
    Field::Reference,
    Field::Description,
    Field::Form,
    Field::Route,
];

/// Seals what the applicant wrote under a key of its own.
///
/// # Errors
///
/// [`CaseworkError::Vault`].
pub fn seal(
    vault: &Vault,
    case: Uuid,
    papers: &Draft,
) -> Result<(CaseKey, Secrets), CaseworkError> {
    let (key, wrapped_key) = vault.new_case_key()?;
    let secrets = seal_again(&key, Some(wrapped_key), case, papers)?;
    Ok((key, secrets))
}

/// Seals what the applicant wrote under the key that the case has.
///
/// # Errors
///
/// [`CaseworkError::Vault`].
pub fn seal_again(
    key: &CaseKey,
    wrapped_key: Option<Vec<u8>>,
    case: Uuid,
    papers: &Draft,
) -> Result<Secrets, CaseworkError> {
    Ok(Secrets {
        wrapped_key,
        applicant: key.seal(&encode(papers, APPLICANT)?, &context(case, "applicant"))?,
        content: key.seal(&encode(papers, CONTENT)?, &context(case, "content"))?,
    })
}

/// Opens what the applicant wrote: who asks, and what for.
///
/// # Errors
///
/// [`CaseworkError::Shredded`], if the case's key was destroyed after its time of keeping;
/// [`CaseworkError::Vault`], if the sealed text was altered.
pub fn open(vault: &Vault, case: Uuid, secrets: &Secrets) -> Result<Draft, CaseworkError> {
    let key = case_key(vault, secrets)?;
    let mut papers = Draft::default();
    decode(&key.open(&secrets.applicant, &context(case, "applicant"))?, &mut papers)?;
    decode(&key.open(&secrets.content, &context(case, "content"))?, &mut papers)?;
    Ok(papers)
}

/// The case's own key.
///
/// # Errors
///
/// [`CaseworkError::Shredded`] or [`CaseworkError::Vault`].
pub fn case_key(vault: &Vault, secrets: &Secrets) -> Result<CaseKey, CaseworkError> {
    let wrapped = secrets
        .wrapped_key
        .as_deref()
        .ok_or(CaseworkError::Shredded)?;
    Ok(vault.unwrap_case_key(wrapped)?)
}

/// What a sealed text of a case is bound to, so that none can be put in another's place.
#[must_use]
pub fn context(case: Uuid, what: &str) -> Vec<u8> {
    [case.as_bytes().as_slice(), what.as_bytes()].concat()
}

/// Seals what was filled in for a letter; `None` where nothing was.
///
/// # Errors
///
/// [`CaseworkError::Vault`].
pub fn seal_particulars(
    key: &CaseKey,
    case: Uuid,
    particulars: &Particulars,
) -> Result<Option<Vec<u8>>, CaseworkError> {
    if particulars.is_empty() {
        return Ok(None);
    }
    let texts: BTreeMap<&str, &str> = particulars.iter().collect();
    let text = serde_json::to_vec(&texts).map_err(|_| CaseworkError::Garbled("particulars"))?;
    Ok(Some(key.seal(&text, &context(case, "particulars"))?))
}

/// Opens what was filled in for a letter.
///
/// # Errors
///
/// [`CaseworkError::Vault`] or [`CaseworkError::Garbled`], if it was altered.
pub fn open_particulars(
    key: &CaseKey,
    case: Uuid,
    sealed: &[u8],
) -> Result<Particulars, CaseworkError> {
    let text = key.open(sealed, &context(case, "particulars"))?;
    let texts: BTreeMap<String, String> =
        serde_json::from_slice(&text).map_err(|_| CaseworkError::Garbled("particulars"))?;
    Ok(texts.into_iter().collect())
}

/// A name as something to search for, which says nothing about it.
#[must_use]
pub fn name_index(vault: &Vault, name: &str) -> [u8; 32] {
    vault.blind_index("applicant name", name)
}

/// The number that tells an applicant from namesakes, as something to search for; `None` where
/// none was given.
#[must_use]
pub fn document_index(vault: &Vault, papers: &Draft) -> Option<[u8; 32]> {
    let is_organisation = papers
        .applicant_kind()
        .is_some_and(ApplicantKind::is_organisation);
    let number = if is_organisation {
        &papers.credit_code
    } else {
        &papers.document_number
    };
    let number: String = number.split_whitespace().collect();
    (!number.is_empty()).then(|| vault.blind_index("applicant document", &number.to_uppercase()))
}

/// A name as it may be shown without a reason: its first character, and stars for the rest.
#[must_use]
pub fn masked_name(name: &str) -> String {
    let mut characters = name.trim().chars();
    match characters.next() {
        None => String::new(),
        Some(first) => {
            let rest = characters.count().clamp(1, 2);
            format!("{first}{}", "*".repeat(rest))
        }
    }
}

/// The applicant as a list names them: a person masked, an organisation by its name.
#[must_use]
pub fn masked_applicant(papers: &Draft) -> String {
    if papers
        .applicant_kind()
        .is_some_and(ApplicantKind::is_organisation)
    {
        papers.applicant_name().to_owned()
    } else {
        masked_name(papers.applicant_name())
    }
}

/// A party that was asked for an opinion, as a page names it: what is as short as a person's name, or
/// has the dot of one, is masked as one.
#[must_use]
pub fn masked_party(name: &str) -> String {
    const OF_A_PERSON: usize = 4;
    if name.chars().count() <= OF_A_PERSON || name.contains('·') {
        masked_name(name)
    } else {
        name.to_owned()
    }
}

/// What is asked for, in one line: the title, or how the description begins where there is none
/// (older records have no title).
#[must_use]
pub fn headline(papers: &Draft) -> String {
    const AT_MOST: usize = 60;
    if !papers.title.trim().is_empty() {
        return papers.title.clone();
    }
    let line = papers.description.trim().lines().next().unwrap_or_default();
    let mut headline: String = line.chars().take(AT_MOST).collect();
    if headline.len() < papers.description.trim().len() {
        headline.push('…');
    }
    headline
}

/// The papers as they are shown without a reason: what is asked for in full, who asks with
/// everything personal masked.
#[must_use]
pub fn masked(papers: &Draft) -> Draft {
    let mut masked = papers.clone();
    for (field, mask) in MASKS {
        if let Some(text) = masked.get_mut(*field)
            && !text.is_empty()
        {
            *text = mask(text);
        }
    }
    masked
}

/// How a text is masked.
type Mask = fn(&str) -> String;

/// How each personal field is masked.
const MASKS: &[(Field, Mask)] = &[
    (Field::Name, masked_name),
    (Field::DocumentNumber, |text| ends(text, 1, 1)),
    (Field::LegalRepresentative, masked_name),
    (Field::ContactPerson, masked_name),
    (Field::Representative, masked_name),
    (Field::Telephone, |text| ends(text, 3, 2)),
    (Field::Email, |text| {
        text.split_once('@').map_or_else(
            || ends(text, 1, 0),
            |(local, host)| format!("{}@{host}", ends(local, 1, 0)),
        )
    }),
    (Field::Address, |_| "********".to_owned()),
    (Field::Postcode, |_| "******".to_owned()),
    (Field::Assistance, |_| "********".to_owned()),
];

/// The first and last characters, with stars between them whose number says nothing.
fn ends(text: &str, first: usize, last: usize) -> String {
    let characters: Vec<char> = text.trim().chars().collect();
    if characters.len() <= first + last {
        return "********".to_owned();
    }
    let head: String = characters.iter().take(first).collect();
    let tail: String = characters.iter().skip(characters.len() - last).collect();
    format!("{head}********{tail}")
}

fn encode(papers: &Draft, fields: &[Field]) -> Result<Vec<u8>, CaseworkError> {
    let texts: BTreeMap<&str, &str> = fields
        .iter()
        .map(|field| (field.id(), papers.get(*field)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    serde_json::to_vec(&texts).map_err(|_| CaseworkError::Garbled("papers"))
}

fn decode(bytes: &[u8], papers: &mut Draft) -> Result<(), CaseworkError> {
    let mut texts: BTreeMap<String, String> =
        serde_json::from_slice(bytes).map_err(|_| CaseworkError::Garbled("papers"))?;
    for field in Field::TEXTS {
        if let Some(text) = texts.remove(field.id())
            && let Some(place) = papers.get_mut(field)
        {
            *place = text;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn papers() -> Draft {
        Draft {
            kind: "natural".to_owned(),
            name: "买买提·𠮷".to_owned(),
            title: "预算".to_owned(),
            ..Draft::default()
        }
    }

    #[test]
    fn what_was_written_comes_back_as_it_was() {
        let vault = Vault::ephemeral().unwrap();
        let case = Uuid::from_u128(1);
        let (_, secrets) = seal(&vault, case, &papers()).unwrap();
        assert_eq!(open(&vault, case, &secrets).unwrap(), papers());
    }

    #[test]
    fn papers_put_into_another_case_do_not_open() {
        let vault = Vault::ephemeral().unwrap();
        let (_, secrets) = seal(&vault, Uuid::from_u128(1), &papers()).unwrap();
        assert!(open(&vault, Uuid::from_u128(2), &secrets).is_err());
    }

    #[test]
    fn a_shredded_case_says_so() {
        let vault = Vault::ephemeral().unwrap();
        let (_, secrets) = seal(&vault, Uuid::from_u128(1), &papers()).unwrap();
        let shredded = Secrets { wrapped_key: None, ..secrets };
        assert!(matches!(
            open(&vault, Uuid::from_u128(1), &shredded),
            Err(CaseworkError::Shredded)
        ));
    }

    #[test]
    fn nothing_personal_is_left_in_masked_papers() {
        let papers = Draft {
            document_number: "11010519491231002X".to_owned(),
            telephone: "13800000000".to_owned(),
            email: "zhangsan@126.com".to_owned(),
            address: "白羽路103号".to_owned(),
            ..papers()
        };
        let masked = masked(&papers);
        assert_eq!(masked.name, "买**");
        assert_eq!(masked.document_number, "1********X");
        assert_eq!(masked.telephone, "138********00");
        assert_eq!(masked.email, "z********@126.com");
        assert_eq!(masked.address, "********");
        assert_eq!(masked.title, papers.title);
    }

    #[test]
    fn masks_show_the_first_character_only() {
        assert_eq!(masked_name("张三"), "张*");
        assert_eq!(masked_name("欧阳娜娜"), "欧**");
        assert_eq!(masked_name("𠮷"), "𠮷*");
        assert_eq!(masked_name(""), "");
    }
}
