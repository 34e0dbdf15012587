//! Talks to a spawned office as a browser without scripts does.

use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, StatusCode};

/// A page as it came.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

/// A file that somebody encloses.
#[derive(Debug, Clone)]
pub struct Enclosure {
    pub field: &'static str,
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Enclosure {
    /// A small PDF.
    pub fn pdf(field: &'static str, name: &str) -> Self {
        Self {
            field,
            name: name.to_owned(),
            bytes: include_bytes!("../../data/small.pdf").to_vec(),
        }
    }
}

/// A browser: it keeps cookies, and follows no redirect by itself.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    base: String,
}

impl Browser {
    pub fn new(base: &str) -> Self {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { client, base: base.to_owned() }
    }

    /// The client, for requests that no browser would make.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The whole address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub async fn get(&self, path: &str) -> Page {
        Page::of(self.client.get(self.url(path)).send().await.unwrap()).await
    }

    /// Posts a form without files.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.client.post(self.url(path)).form(fields);
        Page::of(request.send().await.unwrap()).await
    }

    /// Posts a form that can hold files.
    pub async fn post_multipart(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[Enclosure],
    ) -> Page {
        let mut form = Form::new();
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        for file in files {
            let part = Part::bytes(file.bytes.clone()).file_name(file.name.clone());
            form = form.part(file.field, part);
        }
        let request = self.client.post(self.url(path)).multipart(form);
        Page::of(request.send().await.unwrap()).await
    }
}

impl Page {
    pub async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// The value of a hidden or text input.
    pub fn value(&self, name: &str) -> Option<String> {
        let input = self.tag("input", &format!("name=\"{name}\""))?;
        attribute(input, "value").map(unescaped)
    }

    /// The form's token.
    pub fn token(&self) -> String {
        self.value("token").unwrap()
    }

    /// What stands in a text area.
    pub fn area(&self, name: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(&format!("<textarea id=\"{name}\""))?;
        let (_, rest) = rest.split_once(">\n")?;
        rest.split_once("</textarea>")
            .map(|(text, _)| unescaped(text))
    }

    /// Whether a radio button, a box or an option is chosen.
    pub fn is_chosen(&self, name: &str, value: &str) -> bool {
        let value = format!("value=\"{value}\"");
        self.tags("input").any(|tag| {
            tag.contains(&format!("name=\"{name}\""))
                && tag.contains(&value)
                && tag.contains(" checked")
        })
    }

    /// What is said to be wrong with a field, at the field itself.
    pub fn fault(&self, field: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(&format!("id=\"{field}-fault\">"))?;
        let (_, rest) = rest.split_once("错误：</span>")?;
        rest.split_once("</span>").map(|(text, _)| unescaped(text))
    }

    /// The fields that the summary on top leads to, in order.
    pub fn summary(&self) -> Vec<String> {
        let Some((_, rest)) = self.text.split_once("id=\"faults\"") else {
            return Vec::new();
        };
        let (summary, _) = rest.split_once("</div>").unwrap();
        let links = summary.split("<a href=\"#").skip(1);
        links
            .map(|link| link.split_once('"').unwrap().0.to_owned())
            .collect()
    }

    pub fn says(&self, words: &str) -> bool {
        unescaped(&self.text).contains(words)
    }

    /// The text between two pieces of the page.
    pub fn between(&self, before: &str, after: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(before)?;
        rest.split_once(after).map(|(text, _)| unescaped(text))
    }

    /// The first tag of this kind that contains `what`.
    fn tag(&self, kind: &str, what: &str) -> Option<&str> {
        self.tags(kind).find(|tag| tag.contains(what))
    }

    fn tags<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a str> {
        let opening = format!("<{kind} ");
        let pieces: Vec<&str> = self.text.split(opening.as_str()).skip(1).collect();
        pieces
            .into_iter()
            .filter_map(|piece| piece.split_once('>').map(|(tag, _)| tag))
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// What a browser reads for what the page writes.
fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}
