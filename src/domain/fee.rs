//! 信息处理费: the progressive tariff, in whole yuan.

/// How a fee is counted; one application is charged by one of them, never by both.
///
/// Source: 《政府信息公开信息处理费管理办法》 (国办函〔2020〕109号) art. 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tariff {
    /// 按件计收: the applicant's applications in the calendar month, this one included.
    ByApplication {
        /// How many, from 1.
        of_the_month: u32,
    },
    /// 按量计收: the pages given on this application.
    ByPage {
        /// How many.
        pages: u32,
    },
}

impl Tariff {
    /// What this application costs, in yuan.
    ///
    /// By application: nothing for the first 10 of a month, 100 each for the 11th to the 30th,
    /// then 100 more for each further ten (art. 4). By page: nothing for 30, 10 each to 100,
    /// 20 each to 200, then 40 each (art. 5).
    #[must_use]
    pub const fn yuan(self) -> u32 {
        match self {
            Self::ByApplication { of_the_month } => rate_of_application(of_the_month),
            Self::ByPage { pages } => {
                10 * within(pages, 30, 100)
                    + 20 * within(pages, 100, 200)
                    + 40 * pages.saturating_sub(200)
            }
        }
    }
}

impl Tariff {
    /// How the fee comes about, in a sentence.
    #[must_use]
    pub fn working(self) -> String {
        match self {
            Self::ByApplication { of_the_month } => format!(
                "按件计收：同一申请人一个自然月内的申请，第1至10件不收费，第11至30件每件100元，\
                 第31件起每10件为一档，每档每件增加100元。本件为该月第{of_the_month}件，{}。",
                match rate_of_application(of_the_month) {
                    0 => "不收费".to_owned(),
                    yuan => format!("计{yuan}元"),
                }
            ),
            Self::ByPage { pages } => {
                let bands = [(30, 100, 10), (100, 200, 20), (200, u32::MAX, 40)];
                let parts: Vec<_> = bands
                    .into_iter()
                    .filter(|(floor, _, _)| pages > *floor)
                    .map(|(floor, ceiling, rate)| {
                        let last = pages.min(ceiling);
                        let count = within(pages, floor, ceiling);
                        let first = floor + 1;
                        let pages = if first == last {
                            format!("第{last}页")
                        } else {
                            format!("第{first}至{last}页")
                        };
                        format!("{pages}，{count}页×{rate}元＝{}元", count * rate)
                    })
                    .collect();
                let total = self.yuan();
                if parts.is_empty() {
                    format!("按量计收：共{pages}页，不超过30页，不收费。")
                } else {
                    format!(
                        "按量计收：共{pages}页，第1至30页不收费；{}，合计{total}元。",
                        parts.join("；")
                    )
                }
            }
        }
    }
}

const fn rate_of_application(place: u32) -> u32 {
    match place {
        0..=10 => 0,
        11..=30 => 100,
        _ => 200 + (place - 31) / 10 * 100,
    }
}

/// How many of `n` lie above `floor` and not above `ceiling`.
const fn within(n: u32, floor: u32, ceiling: u32) -> u32 {
    (if n < ceiling { n } else { ceiling }).saturating_sub(floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(applications: u32) -> u32 {
        (1..=applications)
            .map(|of_the_month| Tariff::ByApplication { of_the_month }.yuan())
            .sum()
    }

    fn pages(pages: u32) -> u32 {
        Tariff::ByPage { pages }.yuan()
    }

    #[test]
    fn thirty_five_applications_in_a_month_cost_three_thousand() {
        assert_eq!(month(10), 0);
        assert_eq!(month(35), 3000);
        assert_eq!(Tariff::ByApplication { of_the_month: 41 }.yuan(), 300);
    }

    #[test]
    fn the_working_adds_up_to_the_fee() {
        assert_eq!(
            Tariff::ByPage { pages: 210 }.working(),
            "按量计收：共210页，第1至30页不收费；第31至100页，70页×10元＝700元；第101至200页，100页×20元＝2000元；\
             第201至210页，10页×40元＝400元，合计3100元。"
        );
        assert_eq!(pages(210), 3100);
        assert!(Tariff::ByPage { pages: 30 }.working().contains("不收费"));
        assert!(
            Tariff::ByApplication { of_the_month: 31 }
                .working()
                .contains("第31件，计200元")
        );
        let one_more = Tariff::ByPage { pages: 201 }.working();
        assert!(one_more.contains("第201页，1页×40元＝40元"), "{one_more}");
    }

    #[test]
    fn pages_cost_by_bands() {
        assert_eq!(pages(30), 0);
        assert_eq!(pages(68), 380);
        assert_eq!(pages(72), 420);
        assert_eq!(pages(100), 700);
        assert_eq!(pages(200), 2700);
        assert_eq!(pages(201), 2740);
    }
}
