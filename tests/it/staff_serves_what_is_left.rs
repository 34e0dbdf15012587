//! What still has to reach somebody stands on one page until it did.

use chrono::TimeDelta;
use reqwest::StatusCode;
use uuid::Uuid;
use yishen::domain::actor::Role;
use yishen::domain::case::Act;
use yishen::domain::letter::LetterKind;
use yishen::jobs::deliver::deliver_one;
use yishen::storage::{self, Connection, StorageError};

use crate::support::office::{Office, day, in_both_offices, papers};
use crate::support::staff::Person;

in_both_offices! {
    async fn a_letter_stands_there_until_its_service_is_on_record(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let page = clerk.get("/staff/to-serve").await;
        assert!(page.says("没有待送达的文书和邮件"), "{}", page.text);
        assert!(!page.text.contains("tab-count"));

        let (case, number, _) = office.has_filed(&papers(&[("route", "post")])).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        office.act(&number, Act::Extend { days: 5 }).await;
        let page = clerk.get("/staff/to-serve").await;
        let letters = page.text.matches("/service\"").count();
        assert!(letters > 0 && page.says(&number) && page.says("尚未送达"), "{}", page.text);
        let count = format!("tab-count\">{letters}<");
        assert!(clerk.get("/staff/queue").await.text.contains(&count), "{}", page.text);
        assert!(!page.says("张三丰"));

        for _ in 0..letters {
            let page = clerk.get("/staff/to-serve").await;
            let links = page.text.split("href=\"").skip(1);
            let mut ends = links.filter_map(|rest| rest.split('"').next());
            let service = ends.find(|href| href.ends_with("/service")).unwrap().to_owned();
            let served = [("how", "handed_over"), ("on", "2026-06-01"), ("postal_number", "")];
            let form = clerk.get(&service).await;
            let done = clerk.send_with(&service, &form, &served, &[]).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        }
        assert!(clerk.get("/staff/to-serve").await.says("没有待送达的文书和邮件"));

        let elsewhere = office.has_agency("BYJD", "白羽街道办事处").await;
        let stranger = office.has_at(&elsewhere, "qianjin", "钱进", &[Role::Clerk]).await;
        assert!(!stranger.get("/staff/to-serve").await.says(&number));
    }

    async fn an_answer_is_in_time_by_the_day_on_which_it_left(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, _, _) = office.has_filed(&papers(&[("route", "post")])).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        // The last day is 30 June: decided on the day before, posted on the day after.
        office.wait(TimeDelta::days(28));
        let clerk = office.has("lina", "李娜", &[Role::Clerk]).await;
        let head = office.has("liwei", "李伟", &[Role::Head]).await;
        clerk.propose(&case, "not_exist", "三处均未检索到").await;
        let path = format!("{case}/approve");
        let page = head.get(&path).await;
        head.send(&path, &page, &[]).await;
        let figures = async |head: &Person| {
            let page = head.get("/staff/figures").await.text;
            ["答复已发出（件）", "按期答复（件）", "已决定、尚未发出（件）", "其中已超过期限（件）"].map(|row| {
                let (_, rest) = page.split_once(&format!("{row}</th>")).unwrap();
                let (_, cell) = rest.split_once("<td>").unwrap();
                cell.split('<').next().unwrap().to_owned()
            })
        };
        assert_eq!(figures(&head).await, ["0", "0", "1", "0"]);
        assert!(clerk.get("/staff/to-serve").await.says("答复期限 2026年6月30日（周二）"));
        office.wait(TimeDelta::days(2));
        let clerk = office.has("zhaomin", "赵敏", &[Role::Clerk]).await;
        let head = office.has("chenjing", "陈静", &[Role::Head]).await;
        assert_eq!(figures(&head).await, ["0", "0", "1", "1"]);
        assert!(clerk.get("/staff/to-serve").await.says("逾期1个工作日"));

        let page = clerk.get("/staff/to-serve").await;
        let links = page.text.split("href=\"").skip(1);
        let ends = links.filter_map(|rest| rest.split('"').next());
        // The newest stands last, after the receipt for who writes letters.
        let service = ends.filter(|href| href.ends_with("/service")).last().unwrap().to_owned();
        let serve = |how: &'static str, on: &'static str| {
            let (clerk, service) = (&clerk, service.clone());
            async move {
                let form = clerk.get(&service).await;
                let fields = [("how", how), ("on", on), ("postal_number", "EX123456789CN")];
                let done = clerk.send_with(&service, &form, &fields, &[]).await;
                assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
            }
        };
        serve("posted", "2026-07-01").await;
        assert_eq!(figures(&head).await, ["1", "0", "0", "0"]);
        // The clerk had mistaken the day, and puts it right; then the letter comes back.
        serve("posted", "2026-06-30").await;
        assert_eq!(figures(&head).await, ["1", "1", "0", "0"]);
        serve("came_back", "2026-07-01").await;
        serve("handed_over", "2026-07-01").await;
        assert_eq!(figures(&head).await, ["1", "1", "0", "0"], "it left when it was posted first");
    }

    async fn a_mail_that_came_back_leaves_the_case_undone(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let head = office.has("liwei", "李伟", &[Role::Head]).await;
        let by_mail = papers(&[("email", "zhang@example.com"), ("route", "email")]);
        let (case, number, _) = office.has_filed(&by_mail).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        clerk.propose(&case, "not_exist", "三处均未检索到").await;
        let path = format!("{case}/approve");
        let page = head.get(&path).await;
        head.send(&path, &page, &[]).await;
        while deliver_one(&office.app).await.unwrap().is_some() {}
        assert!(!clerk.get(&case).await.says("通知没有送到"));

        let page = clerk.get("/staff/outbox").await;
        let returned = page.between("href=\"/staff/outbox/", "/returned\"").unwrap();
        let path = format!("/staff/outbox/{returned}/returned");
        assert_eq!(head.get(&path).await.status, StatusCode::FORBIDDEN);
        let form = clerk.get(&path).await;
        assert!(form.says("收件人的信箱已满") && !form.says("zhang@example.com"), "{}", form.text);
        let why = clerk.send(&path, &form, &[]).await;
        assert_eq!(why.summary(), ["why"]);
        let noted = clerk.send(&path, &form, &[("why", "full")]).await;
        assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.text);
        assert_eq!(clerk.send(&path, &form, &[("why", "full")]).await.status, StatusCode::NOT_FOUND);
        let page = clerk.get("/staff/to-serve").await;
        assert!(page.says("退信：收件人的信箱已满") && page.says(&number), "{}", page.text);
        let page = clerk.get(&case).await;
        assert!(page.says("办理结果（通知没有送到）") && page.says("登记邮件退信"), "{}", page.text);
        let settled = format!("/staff/to-serve/{returned}/settled");
        let form = clerk.get(&settled).await;
        assert!(!form.says("zhang@example.com"), "{}", form.text);
        let early = [("how", "telephone"), ("on", "2026-05-31"), ("words", "本人接听")];
        let early = clerk.send(&settled, &form, &early).await;
        assert!(early.fault("on").unwrap().contains("不能早于"), "{}", early.text);
        let told = [("how", "telephone"), ("on", "2026-06-01"), ("words", "十点半本人接听，已知悉")];
        assert_eq!(clerk.send(&settled, &form, &told).await.status, StatusCode::SEE_OTHER);
        let page = clerk.get(&case).await;
        assert!(!page.says("通知没有送到"));
        assert!(page.says("电话，2026-06-01") && page.says("十点半本人接听，已知悉"), "{}", page.text);
    }

    async fn a_cases_own_handler_finds_a_reason_written_for_the_offices_letters(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let other = office.has("zhaoli", "赵丽", &[Role::Clerk]).await;
        let (case, number, _) = office.has_filed(&papers(&[])).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        let to = clerk.id.to_string();
        let done = clerk.act(&format!("{case}/assign"), &[("to", &to), ("words", "")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let id = office.case_id(&number).await;
        let read = move |conn: &mut Connection| {
            let letters = storage::letters::of_case(conn, id)?;
            let files = storage::attachments::of_case(conn, id)?;
            let identity = |file: &&storage::attachments::Attachment| {
                file.purpose == storage::attachments::Purpose::Identity
            };
            let identity = files.iter().find(identity).map(|file| file.id);
            Ok::<_, StorageError>((letters[0].pdf, identity.unwrap()))
        };
        let (letter, identity) = office.app.database.read(read).await.unwrap();
        let page = |file: Uuid| format!("{case}/attachments/{file}");
        let reason = async |person: &Person, file| person.get(&page(file)).await.value("reason");
        assert_eq!(reason(&clerk, letter).await.unwrap(), "查看本机关文书");
        assert_eq!(reason(&other, letter).await.unwrap_or_default(), "");
        assert_eq!(reason(&clerk, identity).await.unwrap_or_default(), "", "never for what is theirs");
        let file = clerk.post(&page(letter), &[("reason", "查看本机关文书")]).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(clerk.get(&case).await.says("查看本机关文书"), "it is on record all the same");
    }

    async fn a_case_names_whom_it_asked_and_is_told_apart_until_it_is_served(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let head = office.has("liwei", "李伟", &[Role::Head]).await;
        let (case, number, _) = office.has_filed(&papers(&[])).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        let asked = [("party", "third_party"), ("party_name", "赵子龙")];
        let letters = [LetterKind::ConsultThirdParty];
        let done = clerk.step(&format!("{case}/consult"), &letters, &asked).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let page = clerk.get(&case).await;
        assert!(page.says("第三方　赵**") && !page.says("赵子龙"), "{}", page.text);
        assert!(page.says("尚未登记") && page.says("自2026年6月2日（周二）起停止计算，最迟到"));
        assert!(page.says("致：赵**") && page.says("致：张**"), "{}", page.text);
        let opinion = [("consultation", "1"), ("opinion", "agrees"), ("on", "2026-06-01"), ("words", "同意")];
        let path = format!("{case}/record_opinion");
        let form = clerk.get(&path).await;
        let recorded = clerk.send_with(&path, &form, &opinion, &[]).await;
        assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", recorded.text);
        let page = clerk.get(&case).await;
        assert!(page.says("2026年6月1日（周一），同意公开"), "{}", page.text);
        assert!(page.says("没有停止计算的日子"), "answered on the day of sending");

        let proposed = clerk.propose(&case, "not_exist", "没有检索到").await;
        assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
        assert!(!clerk.get("/staff/queue?awaits=service").await.says(&number));
        let path = format!("{case}/approve");
        let form = head.get(&path).await;
        let approved = head.send(&path, &form, &[]).await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
        // Whom it asked is still there to be read.
        assert!(clerk.get(&case).await.says("第三方　赵**"));
        let queue = clerk.get("/staff/queue?awaits=service").await;
        assert!(queue.says(&number), "{}", queue.text);
        let rows = queue.between("<tbody>", "</tbody>").unwrap();
        assert!(rows.contains("已决定，待送达"), "{rows}");
        let id = office.case_id(&number).await;
        let on = day(2026, 6, 1);
        let serve = move |conn: &mut Connection| {
            for letter in storage::letters::of_case(conn, id)? {
                let how = yishen::domain::letter::ServedHow::HandedOver;
                let service =
                    yishen::domain::letter::Service { on, how, postal_number: None, evidence: None };
                storage::letters::serve(conn, letter.id, &service)?;
            }
            Ok::<_, StorageError>(())
        };
        office.app.database.write(serve).await.unwrap();
        assert!(!clerk.get("/staff/queue?awaits=service").await.says(&number));
        let closed = clerk.get("/staff/queue?stage=closed").await;
        let rows = closed.between("<tbody>", "</tbody>").unwrap();
        assert!(rows.contains(&number) && !rows.contains("已决定，待送达"), "{rows}");
    }

    async fn an_extension_into_a_year_without_calendar_is_provisional(engine: Engine) {
        let office = Office::open(engine, day(2026, 12, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, _, _) = office.has_filed(&papers(&[])).await;
        clerk.confirm(&case, day(2026, 12, 1)).await;
        let page = clerk.get(&format!("{case}/ask_to_extend")).await;
        let sentence = page.between("延长后的答复期限届满日：", "。").unwrap();
        assert!(sentence.matches("，暂定").count() >= 3, "{sentence}");
        assert!(!clerk.get(&format!("{case}/what-if")).await.says("，暂定"), "29 December is known");
        let page = clerk.get(&format!("{case}/what-if?extend=10")).await;
        assert!(page.says("日期为暂定"), "{}", page.text);
    }

    async fn a_mail_that_failed_waits_until_somebody_told_the_applicant(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let head = office.has("liwei", "李伟", &[Role::Head]).await;
        let (case, number, _) = office.has_filed(&papers(&[("email", "zhang@example.com")])).await;
        let id = office.case_id(&number).await;
        let at = office.app.clock.now();
        let give_up = move |conn: &mut Connection| {
            let mail = storage::outbox::of_case(conn, id)?.remove(0).mail.id;
            storage::outbox::given_up(conn, mail, "550 没有这个信箱", at)?;
            Ok::<_, StorageError>(mail)
        };
        let mail: Uuid = office.app.database.write(give_up).await.unwrap();
        let settled = format!("/staff/to-serve/{mail}/settled");
        let page = clerk.get("/staff/to-serve").await;
        assert!(page.says("改用其他方式送达") && page.says("550 没有这个信箱"), "{}", page.text);
        assert!(page.text.contains(&settled) && page.text.contains("tab-count\">1<"));
        assert!(!page.says("zhang@example.com"));
        assert!(!head.get("/staff/to-serve").await.text.contains(&settled));

        let elsewhere = office.has_agency("BYJD", "白羽街道办事处").await;
        let stranger = office.has_at(&elsewhere, "qianjin", "钱进", &[Role::Clerk]).await;
        let told = [("how", "letter"), ("on", "2026-06-01"), ("words", "挂号信 XA12345")];
        assert_eq!(stranger.post(&settled, &told).await.status, StatusCode::NOT_FOUND);
        assert_eq!(clerk.post(&settled, &[]).await.summary(), ["how", "on", "words"]);
        assert_eq!(clerk.post(&settled, &told).await.status, StatusCode::SEE_OTHER);
        assert_eq!(clerk.post(&settled, &told).await.status, StatusCode::NOT_FOUND);
        let (_, other, _) = office.has_filed(&papers(&[("email", "li@example.com")])).await;
        let found = clerk.get(&format!("/staff/outbox?number={number}")).await;
        assert!(found.says(&number) && !found.says(&other), "{}", found.text);
        assert!(clerk.get("/staff/outbox?number=LHJD-2026-9").await.says("没有这个受理编号的邮件"));
        assert!(clerk.get("/staff/outbox?number=%25").await.says("没有这个受理编号的邮件"));
        assert!(clerk.get("/staff/to-serve").await.says("没有待送达的文书和邮件"));
        assert!(clerk.get(&case).await.says("已用其他方式告知"));
    }
}
