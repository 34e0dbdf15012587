//! A last day over a year that nobody has arranged yet is provisional, and becomes the true one
//! when the arrangement is there.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use yishen::app::App;
use yishen::casework::recount::{Recounted, recount};
use yishen::domain::actor::Role;
use yishen::domain::calendar::{Arrangement, WorkingCalendar};
use yishen::domain::case::Act;
use yishen::domain::deadline::DueDate;
use yishen::domain::outcome::Disposition;
use yishen::storage::cases::CaseFile;
use yishen::storage::{self, Connection, StorageError};

use crate::support::office::{Office, PAPERS, day, in_both_offices, papers};

/// The office with 2027 arranged: three working days off after New Year.
fn with_2027(app: &App) -> App {
    let off = [1, 4, 5, 6].map(|of| (day(2027, 1, of), "元旦".to_owned()));
    let arrangement = Arrangement {
        year: 2027,
        notice: "国办发明电〔2026〕1号".to_owned(),
        holidays: off.into(),
        makeup_workdays: [].into(),
    };
    let known = app.calendar.years();
    let known = known
        .filter_map(|year| app.calendar.arrangement(year))
        .cloned();
    let calendar = Arc::new(WorkingCalendar::new(known.chain([arrangement])));
    App { calendar, ..app.clone() }
}

async fn counted(app: App) -> Recounted {
    tokio::task::spawn_blocking(move || recount(&app).unwrap())
        .await
        .unwrap()
}

async fn kept(office: &Office, number: &str) -> CaseFile {
    let number = number.parse().unwrap();
    let read = move |conn: &mut Connection| storage::cases::list_by_number(conn, &number);
    let found: Result<Vec<_>, StorageError> = office.app.database.read(read).await;
    found.unwrap().remove(0)
}

fn due(file: &CaseFile) -> (NaiveDate, bool) {
    let DueDate { on, provisional } = file.due.unwrap();
    (on, provisional)
}

in_both_offices! {
    async fn open_cases_are_counted_again_once(engine: Engine) {
        let office = Office::open(engine, day(2026, 12, 21)).await;
        let (number, _) = office.file(&PAPERS).await;
        office.act(&number, Act::ConfirmReceipt).await;
        counted(office.app.clone()).await;
        let before = kept(&office, &number).await;
        assert_eq!(due(&before), (day(2027, 1, 18), true), "by weekends alone");

        let renewed = with_2027(&office.app);
        assert_eq!(counted(renewed.clone()).await, Recounted { cases: 1, changed: 1 });
        let after = kept(&office, &number).await;
        assert_eq!(due(&after), (day(2027, 1, 22), false));
        assert_eq!(after.version, before.version, "whoever has the page open may go on");
        assert_eq!(counted(renewed.clone()).await, Recounted::default(), "nothing is left to do");

        // A replica that still has the old calendar writes once more; the next start mends it.
        office.act(&number, Act::Extend { days: 1 }).await;
        assert!(due(&kept(&office, &number).await).1);
        assert_eq!(counted(renewed).await, Recounted { cases: 1, changed: 1 });
        assert_eq!(due(&kept(&office, &number).await), (day(2027, 1, 25), false));
    }

    async fn an_answer_over_the_new_year_has_its_days_then(engine: Engine) {
        let office = Office::open(engine, day(2026, 12, 21)).await;
        let by_mail = papers(&[("email", "a@example.com"), ("route", "email")]);
        let (number, _) = office.file(&by_mail).await;
        office.act(&number, Act::ConfirmReceipt).await;
        office.wait(TimeDelta::days(18));
        office.act(&number, Act::Propose { disposition: Disposition::Given }).await;
        office.act_by(&number, Act::Approve, 8).await;
        let head = office.has("liwei", "李伟", &[Role::Head]).await;
        let row = |page: &str| {
            let (_, rest) = page.split_once("答复所用工作日，中位数</th>").unwrap();
            let (_, cell) = rest.split_once("<td>").unwrap();
            cell.split('<').next().unwrap().to_owned()
        };
        assert_eq!(row(&head.get("/staff/figures").await.text), "—", "no figure rather than a wrong one");
        counted(with_2027(&office.app)).await;
        assert_eq!(row(&head.get("/staff/figures").await.text), "10");
    }
}
