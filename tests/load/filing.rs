//! Citizens file at many connections at once.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use crate::figures::Figures;
use crate::http::Connection;
use crate::server::Server;

/// How many connections are open at once.
const CONNECTIONS: usize = 64;

/// What a citizen typically writes.
const PAPERS: [(&str, &str); 10] = [
    ("kind", "natural"),
    ("name", "张三丰"),
    ("document_kind", "resident_card"),
    ("document_number", "11010519491231002X"),
    ("telephone", "13800000000"),
    ("address", "西峡县白羽路103号"),
    ("title", "2025年道路维修预算"),
    ("description", "莲花街道2025年度道路维修项目的预算批复文件"),
    ("form", "electronic"),
    ("route", "online"),
];

/// Files so many applications, each with an attachment of so many bytes, or without one.
pub async fn measure(server: &Server, filings: usize, attachment: usize) {
    let file = pdf(attachment);
    let each = filings / CONNECTIONS;
    let alive = at_once(|| alive(server.address, each)).await;
    println!("  GET /healthz, the same connections    {alive}");
    let forms = at_once(|| forms(server.address, each)).await;
    println!("  GET /apply, the form with its token   {forms}");
    let mut tokens = Vec::new();
    for _ in 0..CONNECTIONS {
        tokens.push(tokens_of(server.address, each).await);
    }
    let posts = at_once(|| posts(server.address, tokens.pop().unwrap(), file.as_deref())).await;
    println!("  POST that files, receipt shown        {posts}");
    let walks = at_once(|| walks(server.address, each / 4, file.as_deref())).await;
    println!("  form, check page, receipt: the walk   {walks}");
}

/// Fills the queue with applications that have papers.
pub async fn fill(address: SocketAddr, filings: usize) {
    at_once(|| walks(address, filings / CONNECTIONS, None)).await;
}

/// Raw commits of a bare row by SQLite with `synchronous=FULL`: what the disk gives alone.
pub fn bare_commits(directory: &Path) -> String {
    use diesel::connection::SimpleConnection as _;
    use diesel::{Connection as _, SqliteConnection};
    let path = directory.join("probe.db");
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE bare (n INTEGER)",
    )
    .unwrap();
    let (begun, mut figures) = (Instant::now(), Figures::default());
    for _ in 0..2000 {
        let asked = Instant::now();
        let kept = conn.batch_execute("INSERT INTO bare VALUES (1)");
        figures.add(asked.elapsed(), kept.is_ok());
    }
    figures.ended(begun.elapsed()).to_string()
}

/// Runs what `each` makes on every connection, and adds up what they saw.
async fn at_once<F>(mut each: impl FnMut() -> F) -> Figures
where
    F: Future<Output = Figures> + 'static,
{
    let runs: Vec<_> = (0..CONNECTIONS).map(|_| each()).collect();
    let begun = Instant::now();
    let mut figures = Figures::default();
    let running: Vec<_> = runs.into_iter().map(tokio::task::spawn_local).collect();
    for run in running {
        figures.join(run.await.unwrap());
    }
    figures.ended(begun.elapsed())
}

async fn alive(address: SocketAddr, count: usize) -> Figures {
    let mut connection = Connection::open(address).await.unwrap();
    let mut figures = Figures::default();
    for _ in 0..count {
        let asked = Instant::now();
        let answer = connection.get("/healthz", "").await.unwrap();
        figures.add(asked.elapsed(), answer.status == 200);
    }
    figures
}

async fn forms(address: SocketAddr, count: usize) -> Figures {
    let mut connection = Connection::open(address).await.unwrap();
    let mut figures = Figures::default();
    for _ in 0..count {
        let asked = Instant::now();
        let answer = connection.get("/apply", "").await.unwrap();
        figures.add(asked.elapsed(), answer.token().is_some());
    }
    figures
}

async fn tokens_of(address: SocketAddr, count: usize) -> Vec<String> {
    let mut connection = Connection::open(address).await.unwrap();
    let mut tokens = Vec::new();
    for _ in 0..count {
        tokens.push(connection.get("/apply", "").await.unwrap().token().unwrap());
    }
    tokens
}

fn posts(
    address: SocketAddr,
    tokens: Vec<String>,
    file: Option<&[u8]>,
) -> impl Future<Output = Figures> + 'static {
    let file = file.map(<[u8]>::to_vec);
    async move {
        let mut connection = Connection::open(address).await.unwrap();
        let mut figures = Figures::default();
        for token in tokens {
            let asked = Instant::now();
            let filed = step(&mut connection, &token, "submit", file.as_deref()).await;
            figures.add(asked.elapsed(), filed);
        }
        figures
    }
}

fn walks(
    address: SocketAddr,
    count: usize,
    file: Option<&[u8]>,
) -> impl Future<Output = Figures> + 'static {
    let file = file.map(<[u8]>::to_vec);
    async move {
        let mut connection = Connection::open(address).await.unwrap();
        let mut figures = Figures::default();
        for _ in 0..count {
            let asked = Instant::now();
            let token = connection.get("/apply", "").await.unwrap().token().unwrap();
            let checked = step(&mut connection, &token, "check", file.as_deref()).await;
            // What was enclosed waits in the office by now.
            let filed = step(&mut connection, &token, "submit", None).await;
            figures.add(asked.elapsed(), checked && filed);
        }
        figures
    }
}

/// Sends a step of the form; whether the page that should follow came.
async fn step(connection: &mut Connection, token: &str, step: &str, file: Option<&[u8]>) -> bool {
    let mut fields = vec![("token", token), ("step", step)];
    fields.extend(PAPERS);
    let files = file.map(|bytes| ("attachments", "reason.pdf", bytes));
    let files = files.as_slice();
    let answer = connection
        .post_multipart("/apply", &fields, files)
        .await
        .unwrap();
    let shown = if step == "submit" {
        "class=\"receipt-number\""
    } else {
        "核对"
    };
    answer.status == 200 && answer.text().contains(shown)
}

/// A file that looks like a PDF, of so many bytes; none for none.
fn pdf(bytes: usize) -> Option<Vec<u8>> {
    let mut file = b"%PDF-1.7\n".to_vec();
    file.resize(bytes, b'x');
    (bytes > 0).then_some(file)
}
