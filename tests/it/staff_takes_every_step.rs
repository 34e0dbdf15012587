//! Every statutory step by its page: the clock, the letter, the record.

use reqwest::StatusCode;
use yishen::domain::actor::Role;
use yishen::domain::consultation::Party;
use yishen::domain::letter::LetterKind;
use yishen::domain::outcome::Disposition;

use crate::support::database::Engine;
use crate::support::http::Enclosure;
use crate::support::office::{Office, PAPERS, day, in_both_offices};
use crate::support::staff::{Person, location};

const EVERYTHING: [Role; 3] = [Role::Clerk, Role::Reviewer, Role::Head];

/// An office on 1 June with a case that was received that day, and its officers.
async fn in_hand(engine: Engine) -> (Office, Person, Person, String) {
    let office = Office::open(engine, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let head = office.has("liguodong", "李国栋", &[Role::Head]).await;
    let (case, _, _) = office.has_filed(&PAPERS).await;
    clerk.confirm(&case, day(2026, 6, 1)).await;
    (office, clerk, head, case)
}

in_both_offices! {
    async fn a_correction_is_asked_for_and_the_term_starts_anew(engine: Engine) {
        let (office, clerk, _, case) = in_hand(engine).await;
        let path = format!("{case}/ask_for_correction");
        let page = clerk.get(&path).await;
        assert!(page.says("应在2026年6月10日（周三）前（含当日）一次性告知"), "{}", page.text);
        let nothing = clerk.send_with(&path, &page, &[("until", "2026-06-15")], &[]).await;
        assert_eq!(nothing.summary(), ["guidance", "defect_identity"]);
        let asked = clerk.step(&path, &[LetterKind::Correct], &[("until", "2026-06-15")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let page = clerk.get(&case).await;
        assert!(page.says("待补正") && page.says("莲办依申补〔2026〕1号"));
        // Nothing lapses before the applicant's last day is over, nor by itself after it.
        assert_eq!(clerk.get(&format!("{case}/lapse")).await.status, StatusCode::CONFLICT);
        let path = format!("{case}/correct");
        let page = clerk.get(&path).await;
        assert!(page.says("告知补正的内容") && page.says("（所需信息的名称、文号或者特征描述）"));
        let (title, description) = (page.value("title").unwrap(), page.area("description").unwrap());
        let fields = [("on", "2026-06-01"), ("title", &*title), ("description", &*description)];
        let nothing_new = clerk.send_with(&path, &page, &fields, &[]).await;
        assert_eq!(nothing_new.summary(), ["description"]);
        let fields = [
            ("on", "2026-06-01"),
            ("title", &*title),
            ("description", "2025年度道路维修项目的预算批复"),
            ("words", "需要2025年度的"),
        ];
        let scan = [Enclosure::pdf("files", "补正材料.pdf")];
        let corrected = clerk.send_with(&path, &page, &fields, &scan).await;
        assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", corrected.text);
        let page = clerk.get(&case).await;
        assert!(page.says("办理中") && page.says("补正材料.pdf") && page.says("需要2025年度的"));
        assert!(page.says("2025年度道路维修项目的预算批复"), "{}", page.text);
        assert!(page.says(&format!("原内容描述：{description}")), "{}", page.text);
        // A second notice is an exception, said so and with a reason.
        let path = format!("{case}/ask_for_correction");
        let page = clerk.get(&path).await;
        assert!(page.says("再次告知应作为例外"));
        let without = clerk.step(&path, &[LetterKind::Correct], &[("until", "2026-06-15")]).await;
        assert_eq!(without.summary(), ["exception", "words"]);
        let as_exception =
            [("until", "2026-06-15"), ("exception", "yes"), ("words", "补正后仍有一处笔误")];
        let again = clerk.step(&path, &[LetterKind::Correct], &as_exception).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
        assert!(clerk.get(&case).await.says("例外告知"));
        office.wait(chrono::TimeDelta::days(15));
        let clerk = office.has("zhangqi", "张琪", &[Role::Clerk]).await;
        let lapse = LetterKind::Answer(Disposition::NotCorrected);
        let lapsed = clerk.step(&format!("{case}/lapse"), &[lapse], &[("words", "电话未接通")]).await;
        assert_eq!(lapsed.status, StatusCode::SEE_OTHER, "{}", lapsed.text);
        let page = clerk.get(&case).await;
        assert!(page.says("已办结") && page.says("不再处理告知书（逾期不补正）"));
    }

    async fn an_applicant_corrects_online_beside_what_was_asked(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, number, code) = office.has_filed(&PAPERS).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        let path = format!("{case}/ask_for_correction");
        clerk.step(&path, &[LetterKind::Correct], &[("until", "2026-06-15")]).await;
        let track = [("number", number.as_str()), ("code", code.as_str())];
        let track = office.browser.post("/track", &track).await;
        assert!(track.says("在线补正") && track.says("政府信息公开申请补正告知书"));
        let ticket = track.value("ticket").unwrap();
        let form = office.browser.post("/track/correct", &[("ticket", &ticket)]).await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.says("（所需信息的名称、文号或者特征描述）"), "{}", form.text);
        let (token, ticket) = (form.token(), form.value("ticket").unwrap());
        let (title, old) = (form.value("title").unwrap(), form.area("description").unwrap());
        let send = async |description: &str, files: &[Enclosure]| {
            let fields = [
                ("token", token.as_str()),
                ("ticket", ticket.as_str()),
                ("title", title.as_str()),
                ("reference", ""),
                ("description", description),
                ("words", ""),
            ];
            office.browser.post_multipart("/track/correction", &fields, files).await
        };
        // The same words again are no correction; what was uploaded with them waits.
        let same = send(&old, &[]).await;
        assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(same.summary(), ["description"]);
        let empty = send("", &[Enclosure::pdf("files", "说明.pdf")]).await;
        assert_eq!(empty.summary(), ["description"]);
        assert!(empty.says("说明.pdf"));
        let done = send("2025年度道路维修项目预算批复，文号西财预〔2025〕7号", &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        assert!(done.says("补正已收到") && done.says("办理中"));
        // The button was pressed twice.
        let again = send("2025年度道路维修项目预算批复，文号西财预〔2025〕7号", &[]).await;
        assert!(again.says("补正已收到") && !again.says("没有补正"), "{}", again.text);
        // The desk sees the new words, and the old ones in the history.
        let page = clerk.get(&case).await;
        assert!(page.says("文号西财预〔2025〕7号") && page.says("说明.pdf"));
        assert!(page.says(&format!("原内容描述：{old}")), "{}", page.text);
        // Nothing is awaited any more.
        let late = send("再改一次", &[]).await;
        assert!(late.says("没有补正"), "{}", late.text);
    }

    async fn the_head_extends_the_term_and_nobody_else(engine: Engine) {
        let (_office, clerk, head, case) = in_hand(engine).await;
        let path = format!("{case}/extend");
        assert_eq!(clerk.get(&path).await.status, StatusCode::FORBIDDEN);
        let page = head.get(&path).await;
        assert!(page.says("20个工作日：2026年7月28日（周二）"), "{}", page.text);
        let too_long = head.step(&path, &[LetterKind::Extend], &[("days", "21")]).await;
        assert_eq!(too_long.summary(), ["days"]);
        let extended = head.step(&path, &[LetterKind::Extend], &[("days", "20")]).await;
        assert_eq!(extended.status, StatusCode::SEE_OTHER, "{}", extended.text);
        let page = clerk.get(&case).await;
        assert!(page.says("2026年7月28日（周二）") && page.says("莲办依申延〔2026〕1号"));
        assert_eq!(head.get(&path).await.status, StatusCode::CONFLICT);
    }

    async fn reasons_are_required_heard_and_found_wanting(engine: Engine) {
        let (office, clerk, _, case) = in_hand(engine).await;
        // Nobody is refused for asking too often without having been heard.
        let unheard = clerk.get(&format!("{case}/propose?disposition=excessive")).await;
        assert!(unheard.says("请先办理“要求说明理由”") && !unheard.says("提交审核"));
        let guide = clerk.get(&format!("{case}/propose?disposition=guide_reasons&guided=yes&way=guide_nature guide_before")).await;
        assert!(guide.says("申请人说明理由了吗") && guide.says("还没有要求说明理由"));
        let path = format!("{case}/reasons");
        let page = clerk.get(&path).await;
        assert!(page.says("2026年6月已提交1件，2026年已提交1件（均含本件）"), "{}", page.text);
        assert!(page.says("答复期限照常计算"));
        let today = clerk.step(&path, &[LetterKind::Reasons], &[("until", "2026-06-01")]).await;
        assert_eq!(today.summary(), ["until"]);
        let empty = clerk.send_with(&path, &page, &[("until", "2026-06-08")], &[]).await;
        assert_eq!(empty.summary(), ["numbers"]);
        let fields = [("until", "2026-06-08"), ("numbers", "五月以来提交申请120件")];
        let look = [fields.as_slice(), &[("preview", "yes")]].concat();
        let look = clerk.step(&path, &[LetterKind::Reasons], &look).await;
        assert!(look.says("五月以来提交申请120件") && look.says("2026年6月8日前（含当日）书面说明理由"));
        let asked = clerk.step(&path, &[LetterKind::Reasons], &fields).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let page = clerk.get(&case).await;
        assert!(page.says("莲办依申理〔2026〕1号") && page.says("已要求申请人说明理由"));
        // The clock does not stand still.
        assert!(page.says("2026年6月30日（周二）"), "{}", page.text);
        assert_eq!(clerk.get(&path).await.status, StatusCode::CONFLICT);
        let early = clerk.get(&format!("{case}/propose?disposition=excessive")).await;
        assert!(early.says("期限至 2026-06-08 届满"), "{}", early.text);
        let path = format!("{case}/reasons-given");
        let page = clerk.get(&path).await;
        let nothing = clerk.send_with(&path, &page, &[("on", "2026-06-01")], &[]).await;
        assert_eq!(nothing.summary(), ["given"]);
        let silent = [("given", "silent"), ("on", "2026-06-01")];
        assert_eq!(clerk.send_with(&path, &page, &silent, &[]).await.summary(), ["given"]);
        let given = [("given", "given"), ("on", "2026-06-01")];
        assert_eq!(clerk.send_with(&path, &page, &given, &[]).await.summary(), ["words"]);
        office.wait(chrono::TimeDelta::days(8));
        let clerk = office.has("zhangqi", "张琪", &[Role::Clerk]).await;
        let page = clerk.get(&path).await;
        let silent = [("given", "silent"), ("on", "2026-06-09")];
        let silent = clerk.send_with(&path, &page, &silent, &[]).await;
        assert_eq!(silent.status, StatusCode::SEE_OTHER, "{}", silent.text);
        assert!(clerk.get(&case).await.says("期限届满，申请人没有说明理由"));
        // Where no reasons were given, nothing is put off.
        let head = office.has("zhouping", "周平", &[Role::Head]).await;
        let delay = head.get(&format!("{case}/delay")).await;
        assert_eq!(delay.status, StatusCode::CONFLICT);
        let proposed = clerk.propose(&case, "excessive", "数量过多").await;
        assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
    }

    async fn an_answer_is_put_off_by_the_head_after_sound_reasons(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let head = office.has("liguodong", "李国栋", &[Role::Head]).await;
        let (case, number, code) = office.has_filed(&PAPERS).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        let reasons = format!("{case}/reasons");
        clerk.step(&reasons, &[LetterKind::Reasons], &[("until", "2026-06-08")]).await;
        let track = [("number", number.as_str()), ("code", code.as_str())];
        let seen = office.browser.post("/track", &track).await;
        assert!(seen.says("请在2026年6月8日（周一）前（含当日）书面说明理由"), "{}", seen.text);
        // The applicant says why on the page; a second press of the button changes nothing.
        let ticket = seen.value("ticket").unwrap();
        let say = async |words: &str| {
            let fields = [("ticket", ticket.as_str()), ("words", words)];
            office.browser.post("/track/reasons", &fields).await
        };
        assert_eq!(say(" ").await.summary(), ["words"]);
        for _ in 0..2 {
            let told = say("为办理十户的补偿").await;
            assert!(told.says("理由已收到") && told.says("收到您说明的理由"), "{}", told.text);
        }
        let path = format!("{case}/delay");
        assert_eq!(clerk.get(&path).await.status, StatusCode::FORBIDDEN);
        let page = head.get(&path).await;
        assert!(page.says("为办理十户的补偿") && page.says("2026年6月30日（周二）"), "{}", page.text);
        for wrong in ["2026-06-30", "2026-08-29", "2036-06-30", ""] {
            let wrong = head.step(&path, &[LetterKind::Delay], &[("until", wrong)]).await;
            assert_eq!(wrong.summary(), ["until"]);
        }
        let fields = [("until", "2026-08-31"), ("reason", "检索的档案有三百卷")];
        let look = [fields.as_slice(), &[("preview", "yes")]].concat();
        let look = head.step(&path, &[LetterKind::Delay], &look).await;
        assert!(look.says("将于2026年8月31日前（含当日）答复"), "{}", look.text);
        let delayed = head.step(&path, &[LetterKind::Delay], &fields).await;
        assert_eq!(delayed.status, StatusCode::SEE_OTHER, "{}", delayed.text);
        let page = clerk.get(&case).await;
        assert!(page.says("2026年8月31日（周一）") && page.says("莲办依申迟〔2026〕1号"));
        assert!(page.says("延迟答复的期限内"));
        assert_eq!(head.get(&path).await.status, StatusCode::CONFLICT);
        assert_eq!(head.get(&format!("{case}/extend")).await.status, StatusCode::CONFLICT);
        let seen = office.browser.post("/track", &track).await;
        assert!(seen.says("最迟2026年8月31日（周一）答复"), "{}", seen.text);
        assert!(seen.says("答复延迟到上述日期") && !seen.says("提交理由"));
    }

    async fn others_are_asked_and_the_clock_stands_still(engine: Engine) {
        let (_office, clerk, _, case) = in_hand(engine).await;
        let path = format!("{case}/consult");
        let letters = LetterKind::consulting(Party::ThirdParty);
        let asked = clerk.step(&path, &letters, &[("party", "third_party")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let letters = LetterKind::consulting(Party::Agency);
        let asked = clerk.step(&path, &letters, &[("party", "agency")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let page = clerk.get(&case).await;
        assert!(page.says("正在征求意见，期限暂停计算"));
        assert!(page.says("政府信息公开征求第三方意见书") && page.says("第三方意见书（回执）"));
        assert!(page.says("关于征求政府信息公开意见的函"));
        assert!(page.says("莲办依申征〔2026〕1号") && page.says("莲办依申函〔2026〕1号"));
        // Whoever is asked on one day, the applicant is told once.
        assert!(page.says("莲办依申告〔2026〕1号") && !page.says("莲办依申告〔2026〕2号"));
        let path = format!("{case}/record_opinion");
        let page = clerk.get(&path).await;
        assert!(page.says("不视为同意") && page.says("视为同意公开"));
        let without = clerk.send_with(&path, &page, &[("on", "2026-06-01")], &[]).await;
        assert_eq!(without.summary(), ["consultation", "opinion"]);
        for (number, opinion) in [("1", "objects"), ("2", "agrees")] {
            let page = clerk.get(&path).await;
            let fields = [
                ("consultation", number),
                ("on", "2026-06-01"),
                ("opinion", opinion),
                ("words", "涉及商业秘密"),
            ];
            let slip = [Enclosure::pdf("files", "回执.pdf")];
            let heard = clerk.send_with(&path, &page, &fields, &slip).await;
            assert_eq!(heard.status, StatusCode::SEE_OTHER, "{}", heard.text);
        }
        let page = clerk.get(&case).await;
        assert!(!page.says("正在征求意见，期限暂停计算") && page.says("不同意公开"));
        // What is given against a third party's will is told to them: the proposal asks for it.
        let propose = clerk.get(&format!("{case}/propose?disposition=granted_give")).await;
        assert!(propose.says("决定公开的内容") && propose.says("公开的理由"));
    }

    async fn whoever_objected_is_told_what_is_given(engine: Engine) {
        let (_office, clerk, head, case) = in_hand(engine).await;
        let path = format!("{case}/consult");
        let letters = LetterKind::consulting(Party::ThirdParty);
        for name in ["甲建设公司", "乙监理公司", "丙设计院"] {
            let fields = [("party", "third_party"), ("party_name", name)];
            let asked = clerk.step(&path, &letters, &fields).await;
            assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        }
        let path = format!("{case}/record_opinion");
        for (number, opinion) in [("1", "objects"), ("2", "agrees"), ("3", "agrees_in_part")] {
            let page = clerk.get(&path).await;
            let fields = [("consultation", number), ("on", "2026-06-01"), ("opinion", opinion)];
            let told = clerk.send_with(&path, &page, &fields, &[]).await;
            assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
        }
        let path = format!("{case}/propose?disposition=granted_give");
        let names = clerk.get(&path).await.area("told_name").unwrap();
        assert_eq!(names, "甲建设公司\n丙设计院");
        let letters = [LetterKind::Answer(Disposition::Given), LetterKind::ToldThirdParty];
        let proposed = |names| {
            let fields = [
                ("disposition", "granted_give"),
                ("words", "涉及公共资金的使用"),
                ("told_name", names),
            ];
            let (clerk, path) = (&clerk, format!("{case}/propose?disposition=granted_give"));
            async move { clerk.step(&path, &letters, &fields).await }
        };
        let one_forgotten = proposed("甲建设公司").await;
        assert_eq!(one_forgotten.summary(), ["told_name"]);
        let both = proposed(names.as_str()).await;
        assert_eq!(both.status, StatusCode::SEE_OTHER, "{}", both.text);
        let path = format!("{case}/approve");
        let page = head.get(&path).await;
        let approved = head.send(&path, &page, &[]).await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
        let page = clerk.get(&case).await;
        for number in [1, 2] {
            assert!(page.says(&format!("莲办依申公〔2026〕{number}号")), "{}", page.text);
        }
        assert!(!page.says("莲办依申公〔2026〕3号"), "{}", page.text);
    }

    async fn the_guide_leads_to_a_decision_question_by_question(engine: Engine) {
        let (_office, clerk, _, case) = in_hand(engine).await;
        let path = format!("{case}/propose");
        assert!(clerk.get(&path).await.says("按七步逐项判断"));
        let begin = clerk.get(&format!("{path}?disposition=guide_clear")).await;
        assert!(begin.says("第三十条") && begin.text.contains("value=\"guide_nature\""));
        let steps = [
            ("guide_nature", "第三十九条", "guide_before"),
            ("guide_before", "第三十五条", "guide_whose"),
            ("guide_whose", "第十条", "guide_held"),
            ("guide_held", "第三十八条", "not_exist"),
        ];
        let mut page = begin;
        for (answer, article, next) in steps {
            let way = page.value("way").unwrap();
            page = clerk.get(&format!("{path}?guided=yes&way={way}&disposition={answer}")).await;
            assert!(page.says(article), "{answer}: {}", page.text);
            assert!(page.text.contains(&format!("value=\"{next}\"")), "{answer}: {}", page.text);
        }
        // Without an answer, and with one that is none, the same question is asked again.
        let way = page.value("way").unwrap();
        assert_eq!(way, "guide_nature guide_before guide_whose guide_held");
        let blank = clerk.get(&format!("{path}?asked=yes&guided=yes&way={way}")).await;
        assert_eq!(blank.summary(), ["disposition"]);
        assert!(blank.says("第三十八条"), "{}", blank.text);
        let other = clerk.get(&format!("{path}?guided=yes&way={way}&disposition=granted_give")).await;
        assert!(other.says("第三十八条"), "{}", other.text);
        let end = clerk.get(&format!("{path}?guided=yes&way={way}&disposition=not_exist")).await;
        assert!(end.says("检索的范围") && end.says("提交审核"), "{}", end.text);
        let first = format!("{path}?guided=yes&way=&disposition=first_ask_for_correction");
        let first = clerk.get(&first).await;
        assert!(first.says("还不能拟办"), "{}", first.text);
        assert!(first.text.contains(&format!("{case}/ask_for_correction")));
        // Whoever does not let themselves be guided says why.
        assert!(!end.says("直接选择决定的理由"));
        for unguided in ["", "&guided=yes&way=guide_nature", "&guided=yes&way=made_up"] {
            let page = clerk.get(&format!("{path}?disposition=not_exist{unguided}")).await;
            let says_why = page.says("直接选择决定的理由");
            assert_eq!(says_why, unguided != "&guided=yes&way=guide_nature", "{}", page.text);
        }
        // A question of the guide is no decision.
        let page = clerk.get(&format!("{path}?disposition=not_exist")).await;
        let fields = [("disposition", "guide_held"), ("words", "未检索到")];
        let wrong = clerk.send_with(&path, &page, &fields, &[]).await;
        assert_eq!(wrong.summary(), ["disposition"]);
        // The answers that led to a decision stay with it, for the reviewer and the record.
        let led = end.value("way").unwrap();
        assert_eq!(led, format!("{way} not_exist"));
        let letters = crate::support::letters::fields(&[LetterKind::Answer(Disposition::NonExistent)]);
        let mut fields = vec![
            ("disposition", "not_exist"),
            ("guided", "yes"),
            ("way", led.as_str()),
            ("words", "检索三处均无"),
        ];
        fields.extend(letters.iter().map(|(id, text)| (id.as_str(), text.as_str())));
        let done = clerk.send_with(&path, &end, &fields, &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let page = clerk.get(&case).await;
        let answer = "四、有没有：检索到了吗？经过检索，没有";
        assert_eq!(page.text.matches(answer).count(), 2, "{}", page.text);
        // Proposed again without the guide, and that is told.
        let done = clerk.propose(&case, "not_exist", "已核对，无需再判断").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let page = clerk.get(&case).await;
        assert!(page.says("没有按指引逐项判断，直接选择"), "{}", page.text);
    }

    async fn a_fee_is_worked_out_told_and_paid(engine: Engine) {
        let (_office, clerk, head, case) = in_hand(engine).await;
        let path = format!("{case}/charge_fee");
        let page = head.get(&path).await;
        assert!(page.says("本件是该申请人6月提交的第1件"), "{}", page.text);
        let fields = [("tariff", "applications"), ("place", "10")];
        let nothing = head.step(&path, &[LetterKind::Fee], &fields).await;
        assert_eq!(nothing.summary(), ["place"]);
        assert!(nothing.says("不收费"));
        let fields = [("tariff", "pages"), ("pages", "72")];
        let look = [fields.as_slice(), &[("preview", "yes"), ("working", "乱写")]].concat();
        let look = head.step(&path, &[LetterKind::Fee], &look).await;
        assert!(look.says("信息处理费420元") && look.says("42页×10元＝420元"), "{}", look.text);
        assert!(!look.says("乱写"));
        let charged = head.step(&path, &[LetterKind::Fee], &fields).await;
        assert_eq!(charged.status, StatusCode::SEE_OTHER, "{}", charged.text);
        assert!(clerk.get(&case).await.says("应缴420元"));
        assert_eq!(clerk.get(&format!("{case}/lapse")).await.status, StatusCode::CONFLICT);
        let path = format!("{case}/record_fee_delivery");
        let page = clerk.get(&path).await;
        let told = clerk.send_with(&path, &page, &[("on", "2026-06-01")], &[]).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
        let path = format!("{case}/pay");
        let page = clerk.get(&path).await;
        let fields = [("on", "2026-06-01"), ("words", "票据 00012345")];
        let paid = clerk.send_with(&path, &page, &fields, &[]).await;
        assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.text);
        let page = clerk.get(&case).await;
        assert!(page.says("办理中") && page.says("重新起算") && page.says("票据 00012345"));
    }

    async fn letters_are_numbered_once_however_many_write_at_once(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let mut cases = Vec::new();
        for _ in 0..6 {
            cases.push(office.has_filed(&PAPERS).await.0);
        }
        let confirmed = cases.iter().map(|case| clerk.confirm(case, day(2026, 6, 1)));
        futures_util::future::join_all(confirmed).await;
        let mut numbers = Vec::new();
        for case in &cases {
            let page = clerk.get(case).await;
            numbers.push(page.between("莲办依申登〔2026〕", "号").unwrap().parse::<u32>().unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    }

    async fn a_letter_never_changes_and_its_service_is_on_record(engine: Engine) {
        let (_office, clerk, _, case) = in_hand(engine).await;
        let page = clerk.get(&case).await;
        assert!(page.says("尚未送达"));
        let files = format!("{case}/attachments/");
        let pdf = page.between(&format!("<a href=\"{files}"), "\">PDF").unwrap();
        let pdf = format!("{files}{pdf}");
        let reason = [("reason", "打印盖章")];
        let first = clerk.post(&pdf, &reason).await;
        assert_eq!(first.status, StatusCode::OK);
        assert!(first.text.starts_with("%PDF-"));
        let service = page.between("DOCX<span class=\"hidden-text\">政府信息公开申请登记回执</span></a>　<a href=\"", "\"").unwrap();
        let form = clerk.get(&service).await;
        let posted = [("how", "posted"), ("on", "2026-06-01")];
        let without = clerk.send_with(&service, &form, &posted, &[]).await;
        assert_eq!(without.summary(), ["postal_number"]);
        let ahead = [("how", "handed_over"), ("on", "2026-06-02")];
        let ahead = clerk.send_with(&service, &form, &ahead, &[]).await;
        assert_eq!(ahead.summary(), ["on"]);
        let posted = [("how", "posted"), ("on", "2026-06-01"), ("postal_number", "EY123456789CN")];
        let slip = [Enclosure::pdf("evidence", "邮寄凭证.pdf")];
        let served = clerk.send_with(&service, &form, &posted, &slip).await;
        assert_eq!(served.status, StatusCode::SEE_OTHER, "{}", served.text);
        assert!(location(&served).ends_with("#letters"));
        let page = clerk.get(&case).await;
        assert!(page.says("邮件号 EY123456789CN") && page.says("登记文书送达"));
        assert!(page.says("邮寄凭证.pdf"));
        let form = clerk.get(&service).await;
        let back = [("how", "came_back"), ("on", "2026-06-01")];
        let back = clerk.send_with(&service, &form, &back, &[]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
        assert!(clerk.get(&case).await.says("退回，请另行送达"));
        let again = clerk.post(&pdf, &reason).await;
        assert_eq!(again.text, first.text);
    }
}

#[tokio::test]
async fn a_letter_that_would_lack_the_court_is_not_issued() {
    let (office, _, _, case) = in_hand(Engine::Sqlite).await;
    let all = [EVERYTHING.as_slice(), &[Role::Admin]].concat();
    let one = office.has("lige", "李歌", &all).await;
    let agency = [("initials", "莲办"), ("own_review", "yes")];
    assert_eq!(one.post("/staff/agency", &agency).await.status, StatusCode::SEE_OTHER);
    let refused = one.propose(&case, "not_exist", "没有检索到").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.says("机关信息中没有填写行政复议机关") && refused.says("没有检索到"));
}

#[tokio::test]
async fn what_was_typed_into_a_form_with_files_is_given_back_when_the_session_has_ended() {
    let (office, clerk, _, case) = in_hand(Engine::Sqlite).await;
    let path = format!("{case}/propose");
    let page = clerk.get(&format!("{path}?disposition=not_exist")).await;
    office.wait(chrono::TimeDelta::hours(9));
    let fields = [
        ("disposition", "not_exist"),
        ("words", "核对了三个科室的台账，没有这份文件"),
        ("search_where", "党政办、城建办、财政所"),
    ];
    let files = [Enclosure::pdf("files", "台账.pdf")];
    let ended = clerk.send_with(&path, &page, &fields, &files).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(
        ended.says("核对了三个科室的台账，没有这份文件") && ended.says("党政办、城建办、财政所")
    );
    assert!(!ended.text.contains(&page.token()));
}
