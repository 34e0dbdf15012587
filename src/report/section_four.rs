//! 第四部分: 政府信息公开行政复议、行政诉讼情况, one row of fifteen numbers.
//!
//! Source: 《政府信息公开工作年度报告格式》; statute reading §5.6.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::redress::{Ruling, Way};

/// The title of the section.
pub const TITLE: &str = "四、政府信息公开行政复议、行政诉讼情况";

/// One of the three blocks of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// 行政复议.
    Reconsideration,
    /// 行政诉讼: 未经复议直接起诉.
    DirectLitigation,
    /// 行政诉讼: 复议后起诉.
    AfterReconsideration,
}

impl Block {
    /// The three blocks, in printed order.
    pub const ALL: [Self; 3] = [
        Self::Reconsideration,
        Self::DirectLitigation,
        Self::AfterReconsideration,
    ];

    /// The block that counts what goes this way.
    #[must_use]
    pub const fn of(way: Way) -> Self {
        match way {
            Way::Reconsideration => Self::Reconsideration,
            Way::DirectLitigation => Self::DirectLitigation,
            Way::AfterReconsideration => Self::AfterReconsideration,
        }
    }

    /// The block's name, as printed.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Reconsideration => "行政复议",
            Self::DirectLitigation => "行政诉讼（未经复议直接起诉）",
            Self::AfterReconsideration => "行政诉讼（复议后起诉）",
        }
    }
}

/// The five columns of each block, as printed; the last is the sum.
pub const COLUMNS: [&str; 5] = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"];

/// So many reviews or suits that do not differ in anything that section four looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Which of the three blocks.
    pub way: Way,
    /// The year in which they were taken up.
    pub begun_year: i32,
    /// The year in which they ended, and how.
    pub ended: Option<(i32, Ruling)>,
    /// How many.
    pub count: u64,
}

/// The row as it is printed, right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SectionFour {
    /// The blocks in the order of [`Block::ALL`], each in the order of [`COLUMNS`].
    pub blocks: [[u64; 5]; 3],
}

impl SectionFour {
    /// The row of fifteen printed numbers; nothing, if there are more or fewer.
    #[must_use]
    pub fn of(numbers: &[u64]) -> Option<Self> {
        let (blocks, []) = numbers.as_chunks::<5>() else {
            return None;
        };
        Some(Self { blocks: blocks.try_into().ok()? })
    }

    /// Counts the reviews and suits of a year: those that began in it or before and were not
    /// ended before it. What ended later, or not yet, was 尚未审结 on its last day; so what is
    /// carried over from the year before is included, and a past year gives the same again.
    #[must_use]
    pub fn count(year: i32, groups: impl IntoIterator<Item = Group>) -> Self {
        let mut blocks = [[0_u64; 5]; 3];
        for group in groups {
            let column = match group.ended {
                _ if group.begun_year > year => continue,
                Some((ended, _)) if ended < year => continue,
                Some((ended, ruling)) if ended == year => match ruling {
                    Ruling::Upheld => 0,
                    Ruling::Corrected => 1,
                    Ruling::Other => 2,
                },
                _ => 3,
            };
            let place = Block::ALL
                .iter()
                .position(|block| *block == Block::of(group.way));
            if let Some(block) = place.and_then(|place| blocks.get_mut(place)) {
                for column in [column, 4] {
                    if let Some(number) = block.get_mut(column) {
                        *number = number.saturating_add(group.count);
                    }
                }
            }
        }
        Self { blocks }
    }

    /// The blocks whose 总计 is not the sum of what stands before it: block, sum, 总计.
    pub fn off(&self) -> impl Iterator<Item = (Block, u64, u64)> {
        Block::ALL
            .into_iter()
            .zip(self.blocks)
            .map(|(block, [upheld, corrected, other, pending, total])| {
                let sum = [upheld, corrected, other, pending]
                    .into_iter()
                    .fold(0_u64, u64::saturating_add);
                (block, sum, total)
            })
            .filter(|(_, sum, total)| sum != total)
    }
}

/// As one array of fifteen numbers, in printed order.
impl Serialize for SectionFour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.blocks.as_flattened().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SectionFour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = Vec::<u64>::deserialize(deserializer)?;
        Self::of(&numbers).ok_or_else(|| D::Error::custom("第四部分应有 15 个数"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn group() -> impl Strategy<Value = Group> {
        let way = prop::sample::select(&Way::ALL[..]);
        let ended = prop::option::of((0..4, prop::sample::select(&Ruling::ALL[..])));
        (way, 2019..2026, ended, 1_u64..5).prop_map(|(way, begun_year, ended, count)| Group {
            way,
            begun_year,
            ended: ended.map(|(after, ruling)| (begun_year + after, ruling)),
            count,
        })
    }

    proptest! {
        #[test]
        fn every_block_adds_up_and_what_is_open_appears_again(
            groups in prop::collection::vec(group(), 0..60)
        ) {
            for year in 2018..2031 {
                let row = SectionFour::count(year, groups.iter().copied());
                prop_assert_eq!(row.off().count(), 0);
                // What was open at the end of the year, and what begins in the next one, is all
                // that the next one counts.
                let next = SectionFour::count(year + 1, groups.iter().copied());
                for (place, way) in Way::ALL.into_iter().enumerate() {
                    let fresh: u64 = groups
                        .iter()
                        .filter(|group| group.way == way && group.begun_year == year + 1)
                        .map(|group| group.count)
                        .sum();
                    prop_assert_eq!(next.blocks[place][4], row.blocks[place][3] + fresh);
                }
            }
        }
    }

    #[test]
    fn each_block_is_checked() {
        let row = SectionFour::of(&[1, 2, 0, 1, 4, 0, 0, 0, 0, 1, 3, 0, 0, 0, 3]).unwrap();
        assert_eq!(row.off().collect::<Vec<_>>(), [(Block::DirectLitigation, 0, 1)]);
        assert_eq!(SectionFour::of(&[0; 14]), None);
        assert_eq!(SectionFour::of(&[0; 20]), None);
    }
}
