//! A browser that a test drives.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What the visitor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 390 pixels wide.
    Phone,
    /// 1280 pixels wide.
    Desk,
}

impl Screen {
    pub const BOTH: [Self; 2] = [Self::Phone, Self::Desk];

    const fn width(self) -> u32 {
        match self {
            Self::Phone => 390,
            Self::Desk => 1280,
        }
    }
}

/// A browser of its own, gone when the test ends.
pub struct Browser {
    pub client: Client,
    pub screen: Screen,
    base: String,
    driver: Child,
}

impl Browser {
    /// A browser that knows the office at `base`.
    pub async fn open(base: &str, screen: Screen) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(driver.stdout.take().unwrap());
        let port: u16 = said
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse().ok()
            })
            .unwrap();
        let capabilities = capabilities(screen);
        let client = ClientBuilder::native()
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self { client, screen, base: base.to_owned(), driver }
    }

    /// Goes to a page of the office.
    pub async fn go(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.base))
            .await
            .unwrap();
    }

    /// Goes back as the browser's own button does.
    pub async fn back(&self) {
        self.client.back().await.unwrap();
    }

    /// The first element that fits.
    pub async fn find(&self, css: &str) -> Element {
        self.client
            .find(Locator::Css(css))
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Clicks, in the middle of the screen: nothing that sticks to an edge is in the way.
    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        let script = "arguments[0].scrollIntoView({ block: 'center' })";
        let arguments = vec![serde_json::to_value(element.clone()).unwrap()];
        self.client.execute(script, arguments).await.unwrap();
        element.click().await.unwrap();
    }

    /// Types into a field, or chooses a file for it.
    pub async fn write(&self, field: &str, text: &str) {
        let css = format!("#{field}");
        self.find(&css).await.send_keys(text).await.unwrap();
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub async fn press(&self, keys: &str) {
        let strokes = keys
            .chars()
            .flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        let empty = KeyActions::new("keyboard".to_owned());
        let actions = strokes.fold(empty, KeyActions::then);
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Waits until the page says this: the next page may still be on its way.
    pub async fn says(&self, words: &str) {
        let mut text = String::new();
        for _ in 0..100 {
            let body = self.client.find(Locator::Css("body")).await;
            if let Ok(body) = body
                && let Ok(read) = body.text().await
            {
                text = read;
            }
            if text.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.picture("failed").await;
        let address = self.client.current_url().await.unwrap();
        panic!("{words} is not in {address}:\n{text}");
    }

    /// Runs a script in the page and gives its answer.
    pub async fn measure(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Keeps a picture in `target/screenshots`.
    pub async fn picture(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.client.screenshot().await.unwrap();
        let file = folder.join(format!("{name}-{}.png", self.screen.width()));
        std::fs::write(file, picture).unwrap();
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver takes its browser along.
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// A file on disk, to be chosen in a file input.
pub fn a_file(directory: &TempDir, name: &str) -> String {
    let path = directory.path().join(name);
    std::fs::write(&path, include_bytes!("../data/small.pdf")).unwrap();
    path.to_str().unwrap().to_owned()
}

fn capabilities(screen: Screen) -> Value {
    let mut options = json!({
        "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--force-prefers-reduced-motion", "--lang=zh-CN", "--window-size=1280,1600",
        ],
    });
    if screen == Screen::Phone {
        options["mobileEmulation"] =
            json!({ "deviceMetrics": { "width": 390, "height": 1600, "pixelRatio": 1.0 } });
    }
    json!({ "goog:chromeOptions": options })
}

/// What an application for rectification says.
pub const RECTIFICATION: [(&str, &str); 6] = [
    ("name", "张三丰"),
    ("document", "居民身份证11010519491231002X"),
    ("contact", "13800000000"),
    ("record", "莲办〔2025〕3号文件所附名册"),
    ("wrong", "出生年份误为1994年，应为1949年"),
    ("evidence", "户口簿复印件"),
];
