//! The year so far against last year, with how long answers took by the case's own clock.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Reader as _, Xlsx};
use chrono::TimeDelta;
use yishen::casework::import;
use yishen::domain::actor::{Actor, Role};
use yishen::domain::case::Act;
use yishen::domain::consultation::{Opinion, Party};
use yishen::domain::outcome::Disposition;

use crate::support::office::{Office, day, in_both_offices, papers};

/// The number in the row of a table that begins with these words, this year's first.
fn row(page: &str, words: &str) -> Vec<String> {
    let (_, rest) = page
        .split_once(&format!("<th scope=\"row\">{words}</th>"))
        .unwrap();
    let (row, _) = rest.split_once("</tr>").unwrap();
    row.split("<td>")
        .skip(1)
        .map(|cell| cell.split('<').next().unwrap().to_owned())
        .collect()
}

in_both_offices! {
    async fn figures_count_what_happened_and_days_by_the_clock(engine: Engine) {
        let office = Office::open(engine, day(2026, 3, 2)).await;
        let file = "受理编号,渠道,申请人类型,申请人,申请内容,收到日期,办结日期,办理结果\n\
             旧-1,邮寄,商业企业,某公司,一份文件,2025-01-10,2025-02-10,granted\n\
             旧-2,邮寄,自然人,某人,一份文件,2025-05-10,2025-06-10,granted\n";
        let batch = import::check(&office.app, file.as_bytes()).unwrap();
        import::keep(&office.app, batch, &Actor::System, Arc::new(|_| {})).unwrap();

        let by_mail = papers(&[("email", "zhang@example.com"), ("route", "email")]);
        let (first, _) = office.file(&by_mail).await;
        let (second, _) = office.file(&by_mail).await;
        office.act(&first, Act::ConfirmReceipt).await;
        office.act(&second, Act::ConfirmReceipt).await;
        office.act(&second, Act::Consult { party: Party::ThirdParty }).await;
        // A week later: five working days, on which the second case stood still.
        office.wait(TimeDelta::days(7));
        office.act(&second, Act::RecordOpinion { consultation: 1, opinion: Opinion::Agrees }).await;
        for number in [&first, &second] {
            office.act(number, Act::Propose { disposition: Disposition::ALL[0] }).await;
            office.act_by(number, Act::Approve, 8).await;
        }
        let head = office.has("wang", "王负责", &[Role::Head]).await;
        let page = head.get("/staff/figures").await;
        assert_eq!(page.status, 200);
        assert!(page.says("截至2026年3月9日") && page.says("截至2025年3月9日"), "{}", page.text);
        assert_eq!(row(&page.text, "新收"), ["2", "1"], "May of last year is not yet");
        assert_eq!(row(&page.text, "办结"), ["2", "1"]);
        assert_eq!(row(&page.text, "答复已发出（件）"), ["2", "0"], "what was imported has no clock");
        assert_eq!(row(&page.text, "按期答复率"), ["100.0%", "—"]);
        assert_eq!(row(&page.text, "答复所用工作日，中位数"), ["0", "—"]);
        assert_eq!(row(&page.text, "答复所用工作日，九成不超过"), ["5", "—"]);
        assert_eq!(row(&page.text, "自然人"), ["2", "0"]);
        assert!(page.text.contains("<svg class=\"chart\" role=\"img\""));

        let file = head.browser.client().get(head.browser.url("/staff/figures.xlsx"));
        let bytes = file.send().await.unwrap().bytes().await.unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let names = book.sheet_names();
        assert_eq!(names[0], "总计和时效");
        assert!(names.contains(&"办结，按办理结果".to_owned()), "{names:?}");
        let sheet = book.worksheet_range(&names[0]).unwrap();
        assert!(sheet.used_cells().any(|(_, _, cell)| *cell == calamine::Data::String("100.0%".to_owned())));
    }
}
