//! As little of HTTP/1.1 as the office needs: the generator shares the machine with it.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// What separates the parts of a form; it stands in none of them.
const BOUNDARY: &str = "----yishen-load";

/// A connection that is kept open.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    /// The `set-cookie` header up to its first semicolon.
    pub cookie: Option<String>,
    pub body: Vec<u8>,
}

/// A file to enclose: the field, its name, its content.
pub type File<'a> = (&'a str, &'a str, &'a [u8]);

impl Connection {
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(64 * 1024, stream) })
    }

    pub async fn get(&mut self, path: &str, cookie: &str) -> io::Result<Answer> {
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n{cookie}\r\n");
        self.ask(head.as_bytes()).await
    }

    /// Posts fields as a form without files.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        self.send(path, "application/x-www-form-urlencoded", body.join("&").as_bytes())
            .await
    }

    /// Posts fields and files as a browser does.
    pub async fn post_multipart(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[File<'_>],
    ) -> io::Result<Answer> {
        let mut body = Vec::new();
        for (name, value) in fields {
            let disposition = format!("form-data; name=\"{name}\"");
            part(&mut body, &disposition, value.as_bytes());
        }
        for (field, name, bytes) in files {
            let disposition = format!("form-data; name=\"{field}\"; filename=\"{name}\"");
            part(&mut body, &disposition, bytes);
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        self.send(path, &format!("multipart/form-data; boundary={BOUNDARY}"), &body)
            .await
    }

    async fn send(&mut self, path: &str, kind: &str, body: &[u8]) -> io::Result<Answer> {
        let length = body.len();
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\n\
             content-length: {length}\r\n\r\n"
        )
        .into_bytes();
        request.extend(body);
        self.ask(&request).await
    }

    async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.get_mut().write_all(request).await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
        let (mut length, mut cookie) = (None, None);
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            match line.trim_end().split_once(": ") {
                None => break,
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().ok();
                }
                Some((name, value)) if name.eq_ignore_ascii_case("set-cookie") => {
                    cookie = value.split(';').next().map(str::to_owned);
                }
                Some(_) => {}
            }
        }
        let length = length.ok_or_else(|| io::Error::other("no length is given"))?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(Answer { status, cookie, body })
    }
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    /// The token of the page's form.
    pub fn token(&self) -> Option<String> {
        let (_, rest) = self.text().split_once("name=\"token\" value=\"")?;
        rest.split_once('"').map(|(token, _)| token.to_owned())
    }
}

fn part(body: &mut Vec<u8>, disposition: &str, content: &[u8]) {
    body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: {disposition}\r\n\r\n").bytes());
    body.extend(content);
    body.extend(b"\r\n");
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        write!(escaped, "%{byte:02X}").unwrap();
        escaped
    })
}
