//! The paper as a piece of a page.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{Block, CellKind, Grid, GridCell, Paper};

/// Writes the paper, every text escaped.
pub(super) fn write(paper: &Paper) -> String {
    let mut html = String::from("<article class=\"paper\" lang=\"zh-CN\">\n");
    for block in &paper.blocks {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Title(text) => {
                writeln!(html, "<h2>{}</h2>", escaped(text).replace('\n', "<br>"))
            }
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
            Block::Heading(text) => writeln!(html, "<h3>{}</h3>", escaped(text)),
            Block::Table(grid) => write!(html, "{}", table(grid)),
            Block::Image(image) => writeln!(
                html,
                "<figure><img src=\"data:{};base64,{}\" width=\"{}\" height=\"{}\" alt=\"{caption}\">\
                 <figcaption>{caption}</figcaption></figure>",
                escaped(&image.media_type),
                BASE64_STANDARD.encode(&image.content),
                image.width,
                image.height,
                caption = escaped(&image.caption),
            ),
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

/// A table whose headings say what they head, every text escaped.
#[must_use]
pub fn table(grid: &Grid) -> String {
    let mut rows = String::new();
    for (number, row) in grid.rows.iter().enumerate() {
        if number == grid.head {
            rows.push_str("</thead>\n<tbody>\n");
        }
        let cells: String = row.iter().map(cell).collect();
        rows.extend(["<tr>", &cells, "</tr>\n"]);
    }
    let caption = escaped(&grid.caption);
    format!(
        "<div class=\"paper-table\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table>\n\
         <caption>{caption}</caption>\n<thead>\n{rows}</tbody>\n</table></div>\n"
    )
}

fn cell(cell: &GridCell) -> String {
    let (tag, scope) = match (cell.kind, cell.rows > 1, cell.columns > 1) {
        (CellKind::Number, ..) => ("td", ""),
        (CellKind::Head, _, true) => ("th", " scope=\"colgroup\""),
        (CellKind::Head, ..) => ("th", " scope=\"col\""),
        (CellKind::Group | CellKind::Label, true, _) => ("th", " scope=\"rowgroup\""),
        (CellKind::Group | CellKind::Label, ..) => ("th", " scope=\"row\""),
    };
    let span = |name: &str, count: usize| match count {
        0 | 1 => String::new(),
        count => format!(" {name}=\"{count}\""),
    };
    let (down, across) = (span("rowspan", cell.rows), span("colspan", cell.columns));
    format!("<{tag}{scope}{down}{across}>{}</{tag}>", escaped(&cell.text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
