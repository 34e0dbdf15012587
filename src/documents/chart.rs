//! Pictures of figures: bars that can be told apart without colour, and read as a table too.

use std::fmt::Write as _;

use crate::documents::paper::{CellKind, Grid, GridCell};
use crate::report::figures::Comparison;

/// Numbers side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What is shown.
    pub title: String,
    /// What stands below each group of bars.
    pub categories: Vec<String>,
    /// The bars of each group: a name, and a number for each category.
    pub series: Vec<(String, Vec<u64>)>,
}

/// How each series is filled: full, hatched, dotted, empty.
const FILLS: [&str; 4] = ["chart-full", "chart-hatched", "chart-dotted", "chart-empty"];

/// Sizes in units of the picture.
const HEIGHT: u64 = 200;
const BAR: u64 = 38;
const GAP: u64 = 26;
const LEFT: u64 = 8;
const TOP: u64 = 56;
/// The same for a picture whose bars lie: its width, the longest bar, and what one takes.
const NARROW: u64 = 356;
const LONGEST: u64 = 300;
const LYING: u64 = 24;

impl Chart {
    /// This year beside last year.
    #[must_use]
    pub fn compared(title: &str, years: (&str, &str), rows: &[Comparison]) -> Self {
        let column = |number: fn(&Comparison) -> u64| rows.iter().map(number).collect();
        Self {
            title: title.to_owned(),
            categories: rows.iter().map(|row| row.label.clone()).collect(),
            series: vec![
                (years.0.to_owned(), column(|row| row.this_year)),
                (years.1.to_owned(), column(|row| row.last_year)),
            ],
        }
    }

    /// The picture. `id` sets its parts apart from those of other pictures on the page.
    #[must_use]
    pub fn svg(&self, id: &str) -> String {
        let highest = self.series.iter().flat_map(|(_, numbers)| numbers).copied();
        let highest = highest.max().unwrap_or_default().max(1);
        let bars = u64::try_from(self.series.len()).unwrap_or(1);
        let groups = u64::try_from(self.categories.len()).unwrap_or(1).max(1);
        let group = (bars * BAR + GAP).max(92);
        // Wide enough for the legend, even over a single group.
        let (width, base) = ((LEFT * 2 + groups * group).max(360), TOP + HEIGHT);
        let mut body = String::new();
        self.legend(id, &mut body);
        for (place, category) in (0_u64..).zip(&self.categories) {
            let left = LEFT + place * group + (group - bars * BAR) / 2;
            for ((bar, fill), (_, numbers)) in (0_u64..).zip(FILLS).zip(&self.series) {
                let number = usize::try_from(place)
                    .ok()
                    .and_then(|place| numbers.get(place));
                let number = number.copied().unwrap_or_default();
                let tall = number.saturating_mul(HEIGHT) / highest;
                let x = left + bar * BAR;
                // Writing to a string cannot fail.
                let _ = write!(
                    body,
                    "<rect class=\"{fill}\" fill=\"url(#{id}-{fill})\" x=\"{x}\" y=\"{}\" width=\"{}\" \
                     height=\"{tall}\"/><text class=\"chart-number\" x=\"{}\" y=\"{}\">{number}</text>",
                    base - tall,
                    BAR - 2,
                    x + (BAR - 2) / 2,
                    base - tall - 4,
                );
            }
            let middle = LEFT + place * group + group / 2;
            for (line, words) in (1_u64..).zip(lines(category)) {
                let y = base + line * 20;
                let words = escaped(&words);
                let _ = write!(
                    body,
                    "<text class=\"chart-label\" x=\"{middle}\" y=\"{y}\">{words}</text>"
                );
            }
        }
        let title = escaped(&self.title);
        format!(
            "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width} {}\" \
             width=\"{width}\" xmlns=\"http://www.w3.org/2000/svg\"><title id=\"{id}-title\">{title}</title>\
             <desc id=\"{id}-desc\">数字见下表</desc><defs>{}</defs>\
             <line class=\"chart-axis\" x1=\"0\" x2=\"{width}\" y1=\"{base}\" y2=\"{base}\"/>{body}</svg>",
            base + 70,
            patterns(id),
        )
    }

    /// The same picture with its bars lying: as narrow as a telephone, so that nothing has to be
    /// scrolled sideways to be seen.
    #[must_use]
    pub fn svg_lying(&self, id: &str) -> String {
        let highest = self.series.iter().flat_map(|(_, numbers)| numbers).copied();
        let highest = highest.max().unwrap_or_default().max(1);
        let mut body = String::new();
        let mut y = if self.series.len() > 1 {
            self.legend_in_rows(id, &mut body)
        } else {
            0
        };
        for (place, category) in self.categories.iter().enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(
                body,
                "<text class=\"chart-legend\" x=\"0\" y=\"{}\">{}</text>",
                y + 18,
                escaped(category)
            );
            y += 26;
            for (fill, (_, numbers)) in FILLS.iter().zip(&self.series) {
                let number = numbers.get(place).copied().unwrap_or_default();
                let long = number.saturating_mul(LONGEST) / highest;
                let _ = write!(
                    body,
                    "<rect class=\"{fill}\" fill=\"url(#{id}-{fill})\" x=\"1\" y=\"{y}\" width=\"{long}\" \
                     height=\"{}\"/><text class=\"chart-legend chart-number\" x=\"{}\" y=\"{}\">{number}</text>",
                    LYING - 4,
                    long + 8,
                    y + 15,
                );
                y += LYING;
            }
            y += 6;
        }
        let title = escaped(&self.title);
        format!(
            "<svg class=\"chart chart-lying\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             viewBox=\"0 0 {NARROW} {y}\" width=\"{NARROW}\" xmlns=\"http://www.w3.org/2000/svg\">\
             <title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">数字见下表</desc>\
             <defs>{}</defs>{body}</svg>",
            patterns(id),
        )
    }

    /// The legend in as many rows as it needs; where what comes below it begins.
    fn legend_in_rows(&self, id: &str, body: &mut String) -> u64 {
        let (mut x, mut y) = (0, 0);
        for (fill, (name, _)) in FILLS.iter().zip(&self.series) {
            let wide = 38 + 17 * u64::try_from(name.chars().count()).unwrap_or_default();
            if x > 0 && x + wide > NARROW {
                (x, y) = (0, y + 26);
            }
            // Writing to a string cannot fail.
            let _ = write!(
                body,
                "<rect class=\"{fill}\" fill=\"url(#{id}-{fill})\" x=\"{}\" y=\"{}\" width=\"16\" height=\"16\"/>\
                 <text class=\"chart-legend\" x=\"{}\" y=\"{}\">{}</text>",
                x + 1,
                y + 3,
                x + 23,
                y + 17,
                escaped(name),
            );
            x += wide;
        }
        y + 34
    }

    fn legend(&self, id: &str, body: &mut String) {
        let mut x = LEFT;
        for (fill, (name, _)) in FILLS.iter().zip(&self.series) {
            let name = escaped(name);
            // Writing to a string cannot fail.
            let _ = write!(
                body,
                "<rect class=\"{fill}\" fill=\"url(#{id}-{fill})\" x=\"{x}\" y=\"4\" width=\"16\" height=\"16\"/>\
                 <text class=\"chart-legend\" x=\"{}\" y=\"17\">{name}</text>",
                x + 22,
            );
            x += 44 + 17 * u64::try_from(name.chars().count()).unwrap_or_default();
        }
    }

    /// The same numbers as a table.
    #[must_use]
    pub fn grid(&self, subject: &str) -> Grid {
        let mut head = vec![GridCell::new(CellKind::Head, subject)];
        head.extend(
            self.series
                .iter()
                .map(|(name, _)| GridCell::new(CellKind::Head, name)),
        );
        let mut rows = vec![head];
        rows.extend(self.categories.iter().enumerate().map(|(place, category)| {
            let mut row = vec![GridCell::new(CellKind::Label, category)];
            row.extend(self.series.iter().map(|(_, numbers)| {
                let number = numbers.get(place).copied().unwrap_or_default();
                GridCell::new(CellKind::Number, number.to_string())
            }));
            row
        }));
        let mut widths = vec![3];
        widths.extend(self.series.iter().map(|_| 1));
        Grid { caption: self.title.clone(), widths, head: 1, rows }
    }
}

/// What tells the bars apart where colour does not.
fn patterns(id: &str) -> String {
    format!(
        "<pattern id=\"{id}-chart-full\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">\
         <rect class=\"chart-ink\" width=\"4\" height=\"4\"/></pattern>\
         <pattern id=\"{id}-chart-hatched\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
         <path class=\"chart-stroke\" d=\"M0 6L6 0M-1 1L1 -1M5 7L7 5\"/></pattern>\
         <pattern id=\"{id}-chart-dotted\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
         <circle class=\"chart-ink\" cx=\"3\" cy=\"3\" r=\"1.3\"/></pattern>\
         <pattern id=\"{id}-chart-empty\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"/>"
    )
}

/// A label in lines of five characters, three at most.
fn lines(label: &str) -> Vec<String> {
    let letters: Vec<char> = label.chars().collect();
    let mut lines: Vec<String> = letters
        .chunks(5)
        .take(3)
        .map(|line| line.iter().collect())
        .collect();
    if letters.len() > 15
        && let Some(last) = lines.last_mut()
    {
        last.pop();
        last.push('…');
    }
    lines
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        Chart {
            title: "按月新收<件>".to_owned(),
            categories: vec!["1月".to_owned(), "2月".to_owned()],
            series: vec![
                ("2026年".to_owned(), vec![3, 0]),
                ("2025年".to_owned(), vec![6, 1]),
            ],
        }
    }

    #[test]
    fn a_picture_carries_its_numbers_its_name_and_no_markup_of_others() {
        let svg = chart().svg("months");
        assert!(svg.contains("<title id=\"months-title\">按月新收&lt;件&gt;</title>"));
        assert!(svg.contains("role=\"img\"") && !svg.contains("style="));
        let heights: Vec<&str> = svg
            .split("height=\"")
            .skip(1)
            .filter_map(|rest| rest.split_once("\"/><text class=\"chart-number\""))
            .map(|(height, _)| height)
            .collect();
        assert_eq!(heights, ["100", "200", "0", "33"]);
        assert_eq!(svg.matches("class=\"chart-number\"").count(), 4);
    }

    #[test]
    fn a_lying_picture_is_as_narrow_as_a_telephone_whatever_it_shows() {
        let name = |n: u32| format!("经办人姓名较长者{n}");
        let chart = Chart {
            series: (0..4).map(|n| (name(n), vec![u64::from(n), 400])).collect(),
            ..chart()
        };
        let svg = chart.svg_lying("load");
        assert!(svg.contains("viewBox=\"0 0 356 "), "{svg}");
        let ends = svg.split("<rect class=\"chart-").skip(1).filter_map(|bar| {
            let of = |name: &str| {
                bar.split_once(name)?
                    .1
                    .split_once('"')?
                    .0
                    .parse::<u64>()
                    .ok()
            };
            Some(of(" x=\"")? + of(" width=\"")?)
        });
        let ends: Vec<u64> = ends.collect();
        // The four marks of the legend, the eight bars and the ink of a pattern.
        assert_eq!(ends.iter().filter(|end| **end == 301).count(), 4, "the longest");
        assert!(ends.len() >= 12 && ends.iter().all(|end| *end <= 356), "{ends:?}");
        // A legend that does not fit beside the others begins a row of its own.
        assert!(svg.contains("y=\"3\"") && svg.contains("y=\"29\""), "{svg}");
        assert_eq!(svg.matches("chart-number").count(), 8);
    }

    #[test]
    fn the_same_numbers_stand_in_a_table() {
        let grid = chart().grid("月份");
        let row: Vec<&str> = grid.rows[1].iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(row, ["1月", "3", "6"]);
    }

    #[test]
    fn long_labels_are_broken_and_cut() {
        assert_eq!(lines("法律服务机构"), ["法律服务机", "构"]);
        assert_eq!(lines("一二三四五六七八九十一二三四五六").last().unwrap(), "一二三四…");
    }
}
