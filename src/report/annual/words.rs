//! Figures in prose that stay in step: `{本年新收}` in a text is printed as the number of the
//! table, whatever it is on that day.

use super::Basis;
use super::form::Form;
use crate::domain::applicant::ApplicantKind;
use crate::domain::outcome::Outcome;
use crate::report::line::{Column, Line};
use crate::report::section_four::{Block, SectionFour};

/// What a name in braces stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Year,
    LastYear,
    Agency,
    Address,
    Postcode,
    Telephone,
    Email,
    /// A line of section three, in the column of totals.
    Line(Line),
    /// A group of outcomes, by the beginning of their codes.
    Group(&'static str),
    NewNatural,
    NewOrganisations,
    /// A column of section four, of 行政复议 or of both kinds of 行政诉讼.
    Reconsideration(usize),
    Litigation(usize),
    Fees,
}

const WORDS: &[(&str, Word)] = &[
    ("年度", Word::Year),
    ("上年", Word::LastYear),
    ("机关", Word::Agency),
    ("地址", Word::Address),
    ("邮编", Word::Postcode),
    ("电话", Word::Telephone),
    ("电子邮箱", Word::Email),
    ("本年新收", Word::Line(Line::New)),
    ("上年结转", Word::Line(Line::CarriedIn)),
    ("予以公开", Word::Line(Line::Closed(Outcome::Granted))),
    ("部分公开", Word::Line(Line::Closed(Outcome::Partial))),
    ("不予公开", Word::Group("refused_")),
    ("无法提供", Word::Group("unable_")),
    ("不予处理", Word::Group("not_processed_")),
    ("其他处理", Word::Group("other_")),
    ("办结总计", Word::Line(Line::Total)),
    ("结转下年度", Word::Line(Line::CarriedOut)),
    ("自然人新收", Word::NewNatural),
    ("法人或其他组织新收", Word::NewOrganisations),
    ("行政复议维持", Word::Reconsideration(0)),
    ("行政复议纠正", Word::Reconsideration(1)),
    ("行政复议其他结果", Word::Reconsideration(2)),
    ("行政复议尚未审结", Word::Reconsideration(3)),
    ("行政复议总计", Word::Reconsideration(4)),
    ("行政诉讼维持", Word::Litigation(0)),
    ("行政诉讼纠正", Word::Litigation(1)),
    ("行政诉讼其他结果", Word::Litigation(2)),
    ("行政诉讼尚未审结", Word::Litigation(3)),
    ("行政诉讼总计", Word::Litigation(4)),
    ("信息处理费", Word::Fees),
];

/// The names in braces of a text.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
}

/// The names that may stand in braces, those of the form's own tables last.
#[must_use]
pub fn known(form: &Form) -> Vec<String> {
    let ours = WORDS.iter().map(|(name, _)| (*name).to_owned());
    ours.chain(form.slots().map(|slot| slot.name())).collect()
}

/// Whether a name in braces stands for something in this form.
#[must_use]
pub fn is_known(name: &str, form: &Form) -> bool {
    WORDS.iter().any(|(known, _)| *known == name) || form.slots().any(|slot| slot.name() == name)
}

/// The text with its numbers. What is not known, or not filled in yet, stays in its braces.
#[must_use]
pub fn filled(text: &str, form: &Form, basis: &Basis) -> String {
    let mut pieces = text.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let value = piece
            .split_once('}')
            .and_then(|(name, rest)| Some((value(name, form, basis)?, rest)));
        if let Some((value, rest)) = value {
            filled.push_str(&value);
            filled.push_str(rest);
        } else {
            filled.push('{');
            filled.push_str(piece);
        }
    }
    filled
}

fn value(name: &str, form: &Form, basis: &Basis) -> Option<String> {
    let Some((_, word)) = WORDS.iter().find(|(known, _)| *known == name) else {
        let slot = form.slots().find(|slot| slot.name() == name)?;
        return basis.figures.get(&slot.key()).map(ToString::to_string);
    };
    let agency = &basis.agency;
    let total = |line: Line| basis.table.cell(line, Column::Total);
    let number = match *word {
        Word::Year => return Some(basis.year().to_string()),
        Word::LastYear => return Some(basis.year().saturating_sub(1).to_string()),
        Word::Agency => return Some(agency.name.clone()),
        Word::Address => return Some(agency.address.clone()),
        Word::Postcode => return Some(agency.postcode.clone()),
        Word::Telephone => return Some(agency.telephone.clone()),
        Word::Email => return Some(agency.email.clone()),
        Word::Line(line) => total(line),
        Word::Group(code) => {
            let lines = basis.table.layout.outcome_lines().into_iter();
            let group = lines.filter(|line| line.id().starts_with(code));
            group.map(total).sum()
        }
        Word::NewNatural => natural(basis),
        Word::NewOrganisations => total(Line::New).saturating_sub(natural(basis)),
        Word::Reconsideration(column) => {
            four(basis.section_four, &[Block::Reconsideration], column)
        }
        Word::Litigation(column) => {
            let blocks = [Block::DirectLitigation, Block::AfterReconsideration];
            four(basis.section_four, &blocks, column)
        }
        Word::Fees => basis.fees,
    };
    Some(number.to_string())
}

fn natural(basis: &Basis) -> u64 {
    basis
        .table
        .cell(Line::New, Column::Kind(ApplicantKind::Natural))
}

fn four(section: SectionFour, blocks: &[Block], column: usize) -> u64 {
    Block::ALL
        .iter()
        .zip(section.blocks)
        .filter(|(block, _)| blocks.contains(block))
        .filter_map(|(_, numbers)| numbers.get(column).copied())
        .fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::annual::tests::{basis, form};

    #[test]
    fn names_in_braces_become_the_numbers_of_the_tables() {
        let (form, basis) = (form("2021"), basis("suqian-2023"));
        let told = |text: &str| filled(text, &form, &basis);
        assert_eq!(
            told("{年度}年新收{本年新收}件，上年结转{上年结转}件，结转{结转下年度}件"),
            "2023年新收3511件，上年结转96件，结转121件"
        );
        assert_eq!(told("{规章.现行有效件数}件、{行政诉讼总计}件"), "{规章.现行有效件数}件、3件");
        assert_eq!(told("一{二"), "一{二");
        assert_eq!(told("{没有}"), "{没有}");
        let groups = told("{予以公开}+{部分公开}+{不予公开}+{无法提供}+{不予处理}+{其他处理}");
        let sum: u64 = groups
            .split('+')
            .map(|part| part.parse::<u64>().unwrap())
            .sum();
        assert_eq!(sum.to_string(), told("{办结总计}"));
    }

    #[test]
    fn every_known_name_has_a_value_once_the_tables_are_filled_in() {
        for code in ["2019", "2021", "street"] {
            let (form, mut basis) = (form(code), basis("suqian-2023"));
            basis.figures = form
                .slots()
                .map(|slot| (slot.key(), super::super::figure::Figure::whole(7)))
                .collect();
            for name in known(&form) {
                assert!(value(&name, &form, &basis).is_some(), "{name}");
            }
        }
    }
}
