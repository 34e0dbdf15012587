//! A citizen, from the home page to the withdrawal.

use fantoccini::key::Key;
use tempfile::TempDir;

use crate::driver::{Browser, RECTIFICATION, Screen, a_file};
use crate::looks;
use crate::support::database::Engine;
use crate::support::office::{NAME, Office, PAPERS, day, papers};

async fn an_office() -> Office {
    Office::open(Engine::Sqlite, day(2026, 11, 23)).await
}

/// Writes a whole application as a person does.
async fn fill_in(browser: &Browser, directory: &TempDir) {
    browser.click("#kind").await;
    for (field, text) in PAPERS {
        match field {
            "kind" | "document_kind" => {}
            "form" | "route" => {
                browser
                    .click(&format!("input[name={field}][value={text}]"))
                    .await;
            }
            _ => browser.write(field, text).await,
        }
    }
    browser
        .write("identity", &a_file(directory, "身份证.pdf"))
        .await;
}

#[tokio::test]
async fn every_page_a_citizen_sees_can_be_used_by_everybody() {
    for screen in Screen::BOTH {
        let office = an_office().await;
        let browser = Browser::open(&office.browser.url(""), screen).await;
        for (path, name) in [
            ("/", "home"),
            ("/guide", "guide"),
            ("/apply", "apply"),
            ("/track", "track"),
            ("/nirgends", "not-found"),
        ] {
            browser.go(path).await;
            browser.says(NAME).await;
            looks::check(&browser, name).await;
        }

        browser.go("/apply").await;
        browser.click("#kind").await;
        browser.write("document_number", "110105194912310021").await;
        browser.click(".actions button").await;
        browser.says("请改正以下").await;
        looks::check(&browser, "apply-faults").await;
        // Each line of the summary leads to its question.
        browser.click(".faults a[href='#telephone']").await;
        let focused = browser.measure("return document.activeElement.id").await;
        assert_eq!(focused, "telephone");

        let directory = TempDir::new().unwrap();
        browser.go("/apply").await;
        fill_in(&browser, &directory).await;
        browser.click(".actions button").await;
        browser.says("核对后提交").await;
        looks::check(&browser, "check").await;
        // The browser's own Back keeps what was typed, and leads on as before.
        browser.back().await;
        for (field, text) in PAPERS {
            let typed = match field {
                "kind" | "form" | "route" => {
                    format!("document.querySelector('input[name={field}]:checked').value")
                }
                _ => format!("document.getElementById('{field}').value"),
            };
            assert_eq!(browser.measure(&format!("return {typed}")).await, text, "{field}");
        }
        browser.click(".actions button").await;
        browser.says("核对后提交").await;
        browser.click("button[value=submit]").await;
        browser.says("申请已提交").await;
        looks::check(&browser, "receipt").await;

        let number = browser.find(".receipt-number").await.text().await.unwrap();
        let code = browser.find(".code-box strong").await.text().await.unwrap();
        office
            .act(&number, yishen::domain::case::Act::ConfirmReceipt)
            .await;
        browser.go("/track").await;
        browser.write("number", &number).await;
        browser.write("code", &code).await;
        browser.click(".actions button").await;
        browser.says("最迟2026年12月21日（周一）答复").await;
        browser.click("summary").await;
        looks::check(&browser, "progress").await;
        browser.click("form[action='/track/withdraw'] button").await;
        looks::check(&browser, "withdraw").await;
        browser.click("button[name=sure]").await;
        browser.says("申请已撤回").await;
        looks::check(&browser, "withdrawn").await;
        browser.close().await;
    }
}

#[tokio::test]
async fn an_application_is_written_with_the_keyboard_alone() {
    let office = an_office().await;
    let browser = Browser::open(&office.browser.url(""), Screen::Desk).await;
    let directory = TempDir::new().unwrap();
    browser.go("/apply").await;
    let press = async |keys: &str| browser.press(keys).await;
    let focused = async || {
        let name = "return document.activeElement.name || document.activeElement.id || ''";
        browser
            .measure(name)
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let tab = String::from(char::from(Key::Tab));
    let mut filled = Vec::new();
    // From the top of the page on: the skip link, the navigation, and then every question.
    for _ in 0..60 {
        press(&tab).await;
        let field = focused().await;
        match field.as_str() {
            "kind" | "form" | "route" => press(" ").await,
            "identity" => {
                browser
                    .write("identity", &a_file(&directory, "身份证.pdf"))
                    .await;
            }
            "step" => break,
            other => {
                if let Some((_, text)) = PAPERS.iter().find(|(known, _)| *known == other)
                    && other != "document_kind"
                {
                    press(text).await;
                }
            }
        }
        filled.push(field);
    }
    assert!(filled.contains(&"description".to_owned()), "{filled:?}");
    press(&String::from(char::from(Key::Enter))).await;
    browser.says("核对后提交").await;
    browser.close().await;
}

#[tokio::test]
async fn a_record_is_rectified_and_a_mailbox_confirmed_by_everybody() {
    for screen in Screen::BOTH {
        let office = an_office().await;
        let browser = Browser::open(&office.browser.url(""), screen).await;
        let directory = TempDir::new().unwrap();
        browser.go("/").await;
        browser.click("a[href='/rectify']").await;
        looks::check(&browser, "rectify").await;
        browser
            .write("files", &a_file(&directory, "户口簿.pdf"))
            .await;
        browser.click(".actions button").await;
        browser.says("请改正以下").await;
        browser.says("户口簿.pdf").await;
        looks::check(&browser, "rectify-faults").await;
        for (field, text) in RECTIFICATION {
            browser.write(field, text).await;
        }
        browser.click(".actions button").await;
        browser.says("更正申请已提交").await;
        looks::check(&browser, "rectify-receipt").await;
        let number = browser.find(".receipt-number").await.text().await.unwrap();
        let code = browser.find(".code-box strong").await.text().await.unwrap();
        browser.go("/track").await;
        browser.write("number", &number).await;
        browser.write("code", &code).await;
        browser.click(".actions button").await;
        browser.says("正在核实").await;
        looks::check(&browser, "rectify-standing").await;

        // The link of the first mail, as its reader opens it.
        office
            .file(&papers(&[("email", "zhang@example.com")]))
            .await;
        let agency = office.agency.id;
        let read = move |conn: &mut yishen::storage::Connection| {
            yishen::storage::outbox::page(
                conn,
                agency,
                &yishen::storage::outbox::Wanted::default(),
                None,
                1,
            )
        };
        let mails: Result<Vec<_>, yishen::storage::StorageError> =
            office.app.database.read(read).await;
        let mail = mails.unwrap().remove(0).mail;
        let (_, link) = mail.body_text.split_once("/mailbox/").unwrap();
        let link = link.split_whitespace().next().unwrap();
        browser.go(&format!("/mailbox/{link}")).await;
        looks::check(&browser, "mailbox").await;
        browser.click("button[value=confirmed]").await;
        browser.says("已经确认").await;
        looks::check(&browser, "mailbox-confirmed").await;
        browser.close().await;
    }
}
