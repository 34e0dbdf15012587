//! Published tables of section three, and cases that would have produced them.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use yishen::domain::applicant::ApplicantKind;
use yishen::domain::channel::Channel;
use yishen::domain::outcome::Outcome;
use yishen::report::layout::Layout;
use yishen::report::line::{Column, Line};
use yishen::report::table::Table;

/// Every table in `tests/data/tables`, by the name of its file.
pub fn tables() -> Vec<(String, Table)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tables");
    let mut tables: Vec<(String, Table)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, Table::from_json(&std::fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect();
    tables.sort_by(|left, right| left.0.cmp(&right.0));
    assert!(tables.len() >= 6, "the tables are gone");
    tables
}

/// One table by name.
pub fn table(name: &str) -> Table {
    tables()
        .into_iter()
        .find(|(known, _)| known == name)
        .unwrap()
        .1
}

/// A case that somebody writes into an import file.
#[derive(Debug, Clone)]
pub struct Row {
    /// 申请人类型.
    pub kind: ApplicantKind,
    /// 收到日期.
    pub received_on: NaiveDate,
    /// 办结日期 and 办理结果.
    pub closed: Option<(NaiveDate, Outcome)>,
}

/// Numbers that look random and are the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// One of several.
    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of.get(self.throw(of.len())).unwrap().clone()
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = self.throw(last + 1);
            things.swap(last, other);
        }
    }

    /// A day from `first` to `last`; often one of the two, where mistakes are made.
    fn day(&mut self, first: NaiveDate, last: NaiveDate) -> NaiveDate {
        let between = usize::try_from((last - first).num_days()).unwrap();
        match self.throw(10) {
            0 => first,
            1 => last,
            _ => first + Days::new(u64::try_from(self.throw(between + 1)).unwrap()),
        }
    }
}

fn new_year(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap()
}

fn last_day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap()
}

/// Cases that give these tables of consecutive years, cell for cell. What the first year
/// takes over was received in the year before; what the last one hands over stays open.
pub fn cases_behind(tables: &[Table]) -> Vec<Row> {
    let mut dice = Dice::new(20_190_515);
    let mut rows = Vec::new();
    for kind in ApplicantKind::ALL {
        let column = Column::Kind(kind);
        let first = tables.first().unwrap();
        let before = first.year - 1;
        let mut open: Vec<Row> = (0..first.cell(Line::CarriedIn, column))
            .map(|_| received(kind, dice.day(new_year(before), last_day(before))))
            .collect();
        for table in tables {
            let year = table.year;
            assert_eq!(
                u64::try_from(open.len()).unwrap(),
                table.cell(Line::CarriedIn, column),
                "{year} does not take in what the year before hands over"
            );
            open.extend(
                (0..table.cell(Line::New, column))
                    .map(|_| received(kind, dice.day(new_year(year), last_day(year)))),
            );
            dice.shuffle(&mut open);
            for outcome in endings(table, column) {
                let mut case = open.pop().unwrap();
                let from = case.received_on.max(new_year(year));
                case.closed = Some((dice.day(from, last_day(year)), outcome));
                rows.push(case);
            }
        }
        let last = tables.last().unwrap();
        assert_eq!(u64::try_from(open.len()).unwrap(), last.cell(Line::CarriedOut, column));
        rows.append(&mut open);
    }
    dice.shuffle(&mut rows);
    rows
}

fn received(kind: ApplicantKind, received_on: NaiveDate) -> Row {
    Row { kind, received_on, closed: None }
}

/// The outcomes of a column, each as often as the table counts it.
fn endings(table: &Table, column: Column) -> Vec<Outcome> {
    let mut endings = Vec::new();
    for line in table.layout.outcome_lines() {
        let outcome = match line {
            Line::Closed(outcome) => outcome,
            _ => Outcome::from_code("other_total").unwrap(),
        };
        endings.extend((0..table.cell(line, column)).map(|_| outcome));
    }
    endings
}

/// The rows as an import file, written as many hands would write it: every way to name a kind,
/// a channel, an outcome and a day comes up. `agency` is whose cases they are, by code.
pub fn as_csv(rows: &[Row], agency: &str) -> String {
    let mut dice = Dice::new(7);
    let printed = printed_outcomes();
    let mut file =
        "\u{feff}收到日期,申请人,申请人类型,渠道,申请内容,办结日期,办理结果,受理编号,备注,机关\r\n"
            .to_owned();
    for (row, number) in rows.iter().zip(1..) {
        let channel = dice.pick(&Channel::ALL);
        let kind = dice.pick(&[row.kind.label(), row.kind.code()]);
        let channel = dice.pick(&[channel.label(), channel.code()]);
        let (closed_on, outcome) = row.closed.map_or_else(Default::default, |(on, outcome)| {
            let ways = [
                outcome.code().to_owned(),
                outcome.full_label(),
                printed
                    .iter()
                    .find(|(known, _)| *known == outcome)
                    .unwrap()
                    .1
                    .clone(),
            ];
            (written(on, &mut dice), dice.pick(&ways))
        });
        let received_on = written(row.received_on, &mut dice);
        write!(
            file,
            "{received_on},申请人{number},{kind},{channel},\"第 {number} 号信息\",{closed_on},\
             \"{outcome}\",旧-{number},,{agency}\r\n"
        )
        .unwrap();
    }
    file
}

/// Every outcome as the forms print it.
fn printed_outcomes() -> Vec<(Outcome, String)> {
    Layout::ALL
        .into_iter()
        .flat_map(Layout::rows)
        .filter_map(|row| {
            let outcome = match row.line {
                Line::Closed(outcome) => outcome,
                Line::Other => Outcome::from_code("other_total")?,
                _ => return None,
            };
            Some((outcome, row.path.concat()))
        })
        .collect()
}

fn written(day: NaiveDate, dice: &mut Dice) -> String {
    let formats = ["%Y-%m-%d", "%Y/%-m/%-d", "%Y年%-m月%-d日", "%Y.%m.%d"];
    day.format(dice.pick(&formats)).to_string()
}
