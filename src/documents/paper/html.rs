//! The paper as a piece of a page.

use std::fmt::Write as _;

use super::{Block, Paper};

/// Writes the paper, every text escaped.
pub(super) fn write(paper: &Paper) -> String {
    let mut html = String::from("<article class=\"paper\" lang=\"zh-CN\">\n");
    for block in &paper.blocks {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Title(text) => writeln!(html, "<h2>{}</h2>", escaped(text)),
            Block::Number(text) => {
                writeln!(html, "<p class=\"paper-number\">{}</p>", escaped(text))
            }
            Block::Addressee(text) => {
                writeln!(html, "<p class=\"paper-addressee\">{}</p>", escaped(text))
            }
            Block::Paragraph(text) => writeln!(html, "<p>{}</p>", escaped(text)),
            Block::Item(text) => writeln!(html, "<p class=\"paper-item\">{}</p>", escaped(text)),
            Block::Quote(text) => {
                writeln!(html, "<blockquote><p>{}</p></blockquote>", escaped(text))
            }
            Block::Signature { agency, date } => writeln!(
                html,
                "<p class=\"paper-signature\">{}<br>{}</p>",
                escaped(agency),
                escaped(date)
            ),
        };
    }
    html.push_str("</article>\n");
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
