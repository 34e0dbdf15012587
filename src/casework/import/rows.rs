//! Rows as cases, or everything that is wrong with them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::casework::import::columns::{Column, Columns};
use crate::casework::import::row::Row;
use crate::casework::import::sheet::Sheet;
use crate::domain::applicant::ApplicantKind;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::channel::Channel;
use crate::domain::number::CaseNumber;
use crate::domain::outcome::Outcome;
use crate::report::layout::Layout;

/// What a file is read against.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// Today; nothing was received or closed later.
    pub today: NaiveDate,
    /// The agencies that a row may name: identity, code and name.
    pub agencies: &'a [(Uuid, String, String)],
    /// The layout of every year, where the office has set one.
    pub layout: Option<Layout>,
    /// Which days count, for cases that are still open.
    pub calendar: &'a WorkingCalendar,
}

/// A case as the file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedCase {
    /// The line of the file.
    pub line: u64,
    /// 受理编号; nothing where one is to be assigned.
    pub number: Option<CaseNumber>,
    /// 机关.
    pub agency: Uuid,
    /// 渠道.
    pub channel: Channel,
    /// 申请人类型.
    pub kind: ApplicantKind,
    /// 申请人.
    pub name: String,
    /// 申请内容.
    pub content: String,
    /// 收到日期.
    pub received_on: NaiveDate,
    /// 办结日期 and 办理结果.
    pub closed: Option<(NaiveDate, Outcome)>,
    /// 期限, as the file has it.
    pub due_on: Option<NaiveDate>,
    /// 延期工作日; zero for none.
    pub extension: u32,
    /// 备注.
    pub note: Option<String>,
}

/// What is wrong with a row; nobody's name or words are said back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowFault {
    /// The line of the file, counted from 1.
    pub line: u64,
    /// The column; none for a cell that stands under no heading.
    pub column: Option<Column>,
    /// What is wrong, as a Chinese sentence.
    pub reason: String,
}

impl fmt::Display for RowFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.column.map_or("（无表头）", Column::label);
        write!(out, "第 {} 行“{column}”列：{}", self.line, self.reason)
    }
}

/// The cases of a sheet.
///
/// # Errors
///
/// Every fault of every row, in order of the lines; never an empty list.
pub fn parse(
    sheet: &Sheet,
    columns: &Columns,
    rules: &Rules<'_>,
) -> Result<Vec<ImportedCase>, Vec<RowFault>> {
    let mut cases = Vec::with_capacity(sheet.lines.len());
    let mut faults = Vec::new();
    let mut numbers: HashMap<(Uuid, String), u64> = HashMap::new();
    for line in &sheet.lines {
        let mut row = Row { line, columns, rules, faults: Vec::new() };
        let case = row.case();
        if let Ok(ImportedCase { number: Some(number), agency, .. }) = &case {
            match numbers.entry((*agency, number.as_str().to_owned())) {
                Entry::Occupied(first) => {
                    let complaint = format!("与第 {} 行的受理编号重复", first.get());
                    row.fault(Column::Number, complaint);
                }
                Entry::Vacant(place) => {
                    place.insert(line.number);
                }
            }
        }
        if row.faults.is_empty() {
            cases.extend(case);
        }
        faults.append(&mut row.faults);
    }
    if faults.is_empty() {
        Ok(cases)
    } else {
        faults.sort();
        Err(faults)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::casework::import::sheet::read;
    use crate::domain::calendar::Arrangement;
    use crate::domain::outcome::Exemption;

    const HEADINGS: &str = "受理编号,机关,渠道,申请人类型,申请人,申请内容,收到日期,办结日期,办理结果,期限,延期工作日,备注";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> WorkingCalendar {
        WorkingCalendar::new((2019..=2026).map(|year| Arrangement {
            year,
            notice: String::new(),
            holidays: BTreeMap::new(),
            makeup_workdays: BTreeMap::new(),
        }))
    }

    fn office(code: u128) -> (Uuid, String, String) {
        (Uuid::from_u128(code), format!("JG{code}"), format!("第{code}局"))
    }

    fn parsed(
        rows: &str,
        agencies: &[(Uuid, String, String)],
        layout: Option<Layout>,
    ) -> Result<Vec<ImportedCase>, Vec<String>> {
        let sheet = read(format!("{HEADINGS}\n{rows}").as_bytes()).unwrap();
        let columns = Columns::find(&sheet.headings).unwrap();
        let calendar = calendar();
        let rules = Rules { today: day("2026-03-02"), agencies, layout, calendar: &calendar };
        parse(&sheet, &columns, &rules)
            .map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    fn alone(rows: &str) -> Result<Vec<ImportedCase>, Vec<String>> {
        parsed(rows, &[office(1)], None)
    }

    #[test]
    fn a_row_becomes_a_case() {
        let cases = alone(
            "旧-7,第1局,邮寄,自然人,买买提·𠮷,\"征地\n批复\",2024年1月5日,2024/2/1,3、危及“三安全一稳定”,2024-02-02,15,=1+1",
        )
        .unwrap();
        assert_eq!(
            cases,
            [ImportedCase {
                line: 2,
                number: Some("旧-7".parse().unwrap()),
                agency: Uuid::from_u128(1),
                channel: Channel::RegisteredMail,
                kind: ApplicantKind::Natural,
                name: "买买提·𠮷".to_owned(),
                content: "征地\n批复".to_owned(),
                received_on: day("2024-01-05"),
                closed: Some((day("2024-02-01"), Outcome::Refused(Exemption::ThreeSafeties))),
                due_on: Some(day("2024-02-02")),
                extension: 15,
                note: Some("=1+1".to_owned()),
            }]
        );
    }

    #[test]
    fn blank_cells_mean_open_unnumbered_and_the_only_agency() {
        let cases = alone(",,online,business,某公司,预算,2025-12-30").unwrap();
        let [case] = cases.as_slice() else {
            panic!("{cases:?}")
        };
        assert_eq!((&case.number, case.closed, case.extension), (&None, None, 0));
        assert_eq!((case.agency, case.due_on, &case.note), (Uuid::from_u128(1), None, &None));
    }

    #[test]
    fn every_fault_of_every_row_is_told() {
        let long = "长".repeat(10_001);
        let rows = "a b,别局,飞鸽,公司,,LONG,2026-03-03,1999-01-01,公开,明天,21,坏\u{7}\n\
             ,,当面,自然人,李四,预算,2024-02-30,2024-03-01,,2024-01-01,-1,\n\
             ,,当面,自然人,李四,预算,2024-02-20,2024-02-19,予以公开,2024-02-01,,\n\
             ,,当面,自然人,李四,预算,2024-02-20,,予以公开,,,,多";
        let faults = alone(&rows.replace("LONG", &long)).unwrap_err();
        assert_eq!(
            faults,
            [
                "第 2 行“受理编号”列：受理编号应为 1 至 60 个字符，不含空格和控制字符",
                "第 2 行“机关”列：没有代码或名称为“别局”的机关",
                "第 2 行“渠道”列：“飞鸽”无法识别",
                "第 2 行“申请人类型”列：“公司”无法识别",
                "第 2 行“申请人”列：不能为空",
                "第 2 行“申请内容”列：不能超过 10000 字，现有 10001 字",
                "第 2 行“收到日期”列：2026-03-03 在今天之后",
                "第 2 行“办结日期”列：1999-01-01 早于《条例》施行的 2008 年",
                "第 2 行“办理结果”列：“公开”不是第三部分的办理结果",
                "第 2 行“期限”列：“明天”不是日期，请写成 2024-01-05、2024/1/5 或 2024年1月5日",
                "第 2 行“延期工作日”列：最多延长 20 个工作日",
                "第 2 行“备注”列：含有无法识别的控制字符，请删除后再导入",
                "第 3 行“收到日期”列：“2024-02-30”不是日期，请写成 2024-01-05、2024/1/5 或 2024年1月5日",
                "第 3 行“办理结果”列：填了办结日期，还应填写办理结果",
                "第 3 行“延期工作日”列：“-1”不是整数",
                "第 4 行“办结日期”列：早于收到日期",
                "第 4 行“期限”列：早于收到日期",
                "第 5 行“（无表头）”列：第 13 列有内容而没有表头，请检查该行是否多了逗号或错了列",
                "第 5 行“办结日期”列：填了办理结果，还应填写办结日期",
            ]
        );
    }

    #[test]
    fn a_number_that_stands_twice_is_told_with_its_first_place() {
        let row = "X-1,,当面,自然人,李四,预算,2024-02-20";
        assert_eq!(
            alone(&format!("{row}\n,,当面,自然人,李四,预算,2024-02-20\n{row}")).unwrap_err(),
            ["第 4 行“受理编号”列：与第 2 行的受理编号重复"]
        );
    }

    #[test]
    fn one_of_several_agencies_must_be_named() {
        let agencies = [office(1), office(2)];
        let row = |agency: &str| format!(",{agency},当面,自然人,李四,预算,2024-02-20");
        let found = |agency: &str| parsed(&row(agency), &agencies, None).unwrap()[0].agency;
        assert_eq!(found("jg2"), Uuid::from_u128(2));
        assert_eq!(found("第1局"), Uuid::from_u128(1));
        assert_eq!(
            parsed(&row(""), &agencies, None).unwrap_err(),
            ["第 2 行“机关”列：系统中有多个机关，请填写机关代码或名称"]
        );
    }

    #[test]
    fn undivided_endings_belong_to_years_of_the_2019_form() {
        let row = |on: &str| format!(",,当面,自然人,李四,预算,2019-02-20,{on},other_total");
        assert!(alone(&row("2020-12-31")).is_ok());
        assert_eq!(
            alone(&row("2021-01-01")).unwrap_err(),
            [
                "第 2 行“办理结果”列：“其他处理”只用于2019年格式；2021年办结的应区分为逾期不补正、逾期未缴费或其他"
            ]
        );
        assert!(parsed(&row("2023-01-01"), &[office(1)], Some(Layout::Trial2019)).is_ok());
        assert!(parsed(&row("2020-01-01"), &[office(1)], Some(Layout::Form2021)).is_err());
    }

    #[test]
    fn an_open_case_needs_a_calendar_and_a_closed_one_does_not() {
        let row = ",,当面,自然人,李四,预算,2015-02-20";
        assert_eq!(
            alone(row).unwrap_err(),
            ["第 2 行“收到日期”列：案件未办结，而没有 2015 年的节假日安排，无法计算期限"]
        );
        assert!(alone(&format!("{row},2015-03-01,予以公开")).is_ok());
    }
}
