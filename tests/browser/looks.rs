//! What every page has to keep: nothing sticks out, everything has a name, can be hit with a
//! thumb, and can be read.

use crate::driver::Browser;

/// Finds what is wrong with the page that is shown; each line says what and where.
const CHECKS: &str = include_str!("looks.js");

/// Asserts that the page that is shown keeps what every page has to, and takes a picture.
pub async fn check(browser: &Browser, page: &str) {
    let wrong = browser.measure(CHECKS).await;
    let wrong: Vec<String> = serde_json::from_value(wrong).unwrap();
    assert!(wrong.is_empty(), "{page} ({:?}):\n{}", browser.screen, wrong.join("\n"));
    browser.picture(page).await;
}
