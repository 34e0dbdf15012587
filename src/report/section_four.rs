//! 第四部分: 政府信息公开行政复议、行政诉讼情况, one row of fifteen numbers.
//!
//! Source: 《政府信息公开工作年度报告格式》; statute reading §5.6.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_block_is_checked() {
        let row = SectionFour::of(&[1, 2, 0, 1, 4, 0, 0, 0, 0, 1, 3, 0, 0, 0, 3]).unwrap();
        assert_eq!(row.off().collect::<Vec<_>>(), [(Block::DirectLitigation, 0, 1)]);
        assert_eq!(SectionFour::of(&[0; 14]), None);
        assert_eq!(SectionFour::of(&[0; 20]), None);
    }
}
