//! Real tables are rebuilt, cell for cell, from cases that were taken over.

use std::sync::Arc;

use uuid::Uuid;
use yishen::casework::advance::{Deed, advance};
use yishen::casework::annual::{Gathered, gather};
use yishen::casework::import;
use yishen::casework::record;
use yishen::documents::annual::html_page;
use yishen::documents::reading;
use yishen::domain::actor::{Actor, Role};
use yishen::domain::agency::Agency;
use yishen::domain::case::Act;
use yishen::domain::letter::LetterKind;
use yishen::domain::outcome::Disposition;
use yishen::report::layout::Layout;
use yishen::report::line::{Cell, Column, Line};
use yishen::report::lint::lint;
use yishen::report::published::PublishedReport;
use yishen::report::reconcile::{across_years, findings, review};
use yishen::report::section_three::SectionThree;
use yishen::report::table::Table;
use yishen::storage::{self, StorageError};

use crate::published::{as_csv, cases_behind, table};
use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both_engines};

/// An office with a province above these agencies.
fn office(database: &TestDatabase, names: &[(&str, &str)]) -> (TestApp, Agency, Vec<Agency>) {
    let office = TestApp::open(database, "", "2026-03-02T01:00:00Z".parse().unwrap());
    let top = agency(1, "TOP", "某省人民政府", None);
    let below: Vec<Agency> = names
        .iter()
        .zip(2..)
        .map(|((code, name), id)| agency(id, code, name, Some(top.id)))
        .collect();
    let (kept, now) = ([vec![top.clone()], below.clone()].concat(), office.app.clock.now());
    let done: Result<(), StorageError> = office.app.database.write_blocking(move |conn| {
        kept.iter()
            .try_for_each(|agency| storage::agencies::insert(conn, agency, now))
    });
    done.unwrap();
    (office, top, below)
}

fn agency(id: u128, code: &str, name: &str, parent: Option<Uuid>) -> Agency {
    Agency {
        id: Uuid::from_u128(id),
        code: code.to_owned(),
        name: name.to_owned(),
        parent,
        initials: "依申".to_owned(),
        address: String::new(),
        postcode: String::new(),
        telephone: String::new(),
        hours: String::new(),
        email: String::new(),
        review_authority: "上一级人民政府".to_owned(),
        court: "某市人民法院".to_owned(),
        own_review_allowed: false,
    }
}

fn import(office: &TestApp, file: &str) -> usize {
    let batch = import::check(&office.app, file.as_bytes()).unwrap();
    assert_eq!(batch.remarks, Vec::<String>::new());
    import::keep(&office.app, batch, &Actor::System, Arc::new(|_| {})).unwrap()
}

fn section(office: &TestApp, agencies: &[Uuid], year: i32) -> SectionThree {
    let agencies = agencies.to_vec();
    let tallies: Result<_, StorageError> = office
        .app
        .database
        .read_blocking(move |conn| storage::yearly::tallies(conn, &agencies, year));
    SectionThree::of(year, tallies.unwrap())
}

fn counted(office: &TestApp, agency: &Agency, published: &Table) -> Table {
    section(office, &[agency.id], published.year).table(&*agency.name, published.layout)
}

/// Every case behind a cell, page by page.
fn listed(office: &TestApp, agency: &Agency, cell: Cell) -> u64 {
    let (id, mut after, mut found) = (agency.id, None, 0);
    loop {
        let page: Result<_, StorageError> = office.app.database.read_blocking(move |conn| {
            storage::yearly::cases_of_cell(conn, &[id], cell, after, 500)
        });
        let page = page.unwrap();
        for case in &page {
            assert!(cell.why(&case.facts).is_some());
        }
        found += u64::try_from(page.len()).unwrap();
        let Some(last) = page.last() else {
            return found;
        };
        after = Some(last.id);
    }
}

/// What the lint says of section three in the annual report of an agency and year, as it is
/// published on a page.
fn told_of_the_report(office: &TestApp, agency: &Agency, year: i32) -> Vec<String> {
    let (app, id, today) = (office.app.clone(), agency.id, office.app.clock.today());
    let gathered: Result<Gathered, StorageError> = office
        .app
        .database
        .read_blocking(move |conn| gather(conn, &app, id, year, today));
    let page = html_page(&gathered.unwrap().report());
    let read = PublishedReport::of_pieces(&reading::read(page.as_bytes()).unwrap());
    assert!(read.section_three.is_some());
    let told = lint(&read, None).into_iter();
    told.filter(|found| found.place.contains("第三部分"))
        .map(|found| found.what)
        .collect()
}

on_both_engines! {
    /// 宿迁 with two years, 金湖, 洪泽 and 莲花 in one office, and all of them summed up.
    async fn published_tables_are_rebuilt_from_their_cases(database: TestDatabase) {
        let (earlier, later) = (table("suqian-2023"), table("suqian-2024"));
        let (jinhu, hongze) = (table("jinhu-2023"), table("hongze-2023"));
        let lianhua = table("lianhua-2022");
        let names: Vec<(&str, &str)> = [("SQ", &earlier), ("JH", &jinhu), ("HZ", &hongze), ("LH", &lianhua)]
            .map(|(code, table)| (code, table.agency.as_str()))
            .to_vec();
        let (office, top, below) = office(&database, &names);
        let [sq, jh, hz, lh] = below.as_slice() else { panic!("four agencies") };

        let both = cases_behind(&[earlier.clone(), later.clone()]);
        assert_eq!(import(&office, &as_csv(&both, "SQ")), 96 + 3511 + 3525);
        for (published, agency) in [(&jinhu, jh), (&hongze, hz)] {
            let rows = cases_behind(std::slice::from_ref(published));
            import(&office, &as_csv(&rows, &agency.name));
        }

        for (published, agency) in
            [(&earlier, sq), (&later, sq), (&jinhu, jh), (&hongze, hz), (&lianhua, lh)]
        {
            assert_eq!(&counted(&office, agency, published), published);
        }
        // The report of each, printed and read again as anybody reads it, stands up to the checks.
        for (published, agency) in
            [(&earlier, sq), (&later, sq), (&jinhu, jh), (&hongze, hz), (&lianhua, lh)]
        {
            let told = told_of_the_report(&office, agency, published.year);
            assert_eq!(told, Vec::<String>::new(), "{} {}", agency.name, published.year);
        }
        let handed_over = counted(&office, sq, &earlier);
        let taken_in = counted(&office, sq, &later);
        assert_eq!(across_years(&handed_over, &taken_in).unwrap().findings, []);
        assert_eq!(taken_in.cell(Line::CarriedIn, Column::Total), 121);

        let ids: Vec<Uuid> = below.iter().map(|agency| agency.id).collect();
        let alone = section(&office, &[top.id], 2023);
        assert_eq!(alone.cell(Line::New, Column::Total), 0);
        let together = section(&office, &ids, 2023);
        for line in Line::all().filter(|line| Layout::Trial2019.prints(*line)) {
            for column in Column::ALL {
                let sum: u64 = [&earlier, &jinhu, &hongze]
                    .into_iter()
                    .map(|table| match line {
                        Line::Other if table.layout == Layout::Form2021 => ["other_not_corrected", "other_fee_unpaid", "other_misc"]
                            .into_iter()
                            .map(|id| table.cell(Line::from_id(id).unwrap(), column))
                            .sum(),
                        _ => table.cell(line, column),
                    })
                    .sum();
                assert_eq!(together.cell(line, column), sum, "{line:?} {column:?}");
            }
        }
        assert_eq!(findings(&review(&together, Layout::Form2021)), []);

        for (line, column) in [
            (Line::CarriedIn, Column::Total),
            (Line::from_id("unable_not_held").unwrap(), Column::from_id("business").unwrap()),
            (Line::CarriedOut, Column::Total),
            (Line::from_id("refused_state_secret").unwrap(), Column::Total),
            (Line::New, Column::from_id("research").unwrap()),
        ] {
            let cell = Cell { year: 2024, line, column };
            assert_eq!(listed(&office, sq, cell), later.cell(line, column), "{cell:?}");
        }

        let vault = office.app.vault.clone();
        let id = sq.id;
        let events = office.app.database.read(move |conn| record::verify(conn, &vault, id)).await;
        assert_eq!(events.unwrap(), 96 + 3511 + 3525 + 1);
    }

    async fn endings_that_older_forms_left_undivided_are_counted_there_and_told_elsewhere(
        database: TestDatabase
    ) {
        let (office, top, _) = office(&database, &[]);
        let file = "渠道,申请人类型,申请人,申请内容,收到日期,办结日期,办理结果\n\
                    当面,自然人,甲,预算,2020-02-20,2020-03-01,（六）其他处理\n\
                    当面,其他,乙,预算,2020-02-20,2020-03-01,other_total\n";
        import(&office, file);
        let section = section(&office, &[top.id], 2020);
        let trial = section.table("", Layout::of_year(2020));
        assert_eq!(trial.cell(Line::Other, Column::Total), 2);
        assert_eq!(findings(&review(&section, Layout::Trial2019)), []);
        assert!(!findings(&review(&section, Layout::Form2021)).is_empty());
    }

    async fn a_file_that_meets_another_leaves_nothing(database: TestDatabase) {
        let (office, top, _) = office(&database, &[]);
        let headings = "受理编号,渠道,申请人类型,申请人,申请内容,收到日期\n";
        let row = |number: &str| format!("{number},当面,自然人,甲,预算,2025-02-20\n");
        let check = |rows: String| import::check(&office.app, format!("{headings}{rows}").as_bytes());
        let first = check(row("A-1")).unwrap();
        let second = check(row("B-1") + &row("A-1")).unwrap();
        let keep = |batch| import::keep(&office.app, batch, &Actor::System, Arc::new(|_| {}));
        assert_eq!(keep(first).unwrap(), 1);
        assert!(keep(second).is_err());
        assert_eq!(section(&office, &[top.id], 2025).cell(Line::New, Column::Total), 1);
    }

    async fn an_open_case_that_was_imported_is_worked_off(database: TestDatabase) {
        let (office, top, _) = office(&database, &[]);
        import(&office, "渠道,申请人类型,申请人,申请内容,收到日期\n当面,自然人,甲,预算,2026-02-25\n");
        let carried_out = Cell { year: 2026, line: Line::CarriedOut, column: Column::Total };
        let id = top.id;
        let found: Result<_, StorageError> = office.app.database.read_blocking(move |conn| {
            storage::yearly::cases_of_cell(conn, &[id], carried_out, None, 2)
        });
        let [case] = <[_; 1]>::try_from(found.unwrap()).unwrap();
        let today = office.app.clock.today();
        let act = |act, by: u128| advance(&office.app, Deed {
            agency: id,
            case: case.id,
            read_version: None,
            act,
            on: today,
            words: Some("已查到".to_owned()),
            particulars: crate::support::letters::filled(&[LetterKind::Answer(Disposition::Given)]),
            amended: None,
            attachments: Vec::new(),
            by: Actor::Officer { id: Uuid::from_u128(by), roles: Role::ALL.to_vec() },
        });
        act(Act::Propose { disposition: Disposition::Given }, 7).await.unwrap();
        act(Act::Approve, 8).await.unwrap();
        let section = section(&office, &[id], 2026);
        assert_eq!(section.cell(Line::from_id("granted").unwrap(), Column::Total), 1);
        assert_eq!(section.cell(Line::CarriedOut, Column::Total), 0);
    }
}
