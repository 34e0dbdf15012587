//! Markup as texts and tables: pages of portals, and the XML inside a DOCX.
//!
//! Portals' pages are rarely well-formed, so tags are taken as they come: what is opened and
//! never closed ends with the file.

use crate::report::published::Piece;

/// What the tags of a kind of markup mean.
pub(super) struct Tags {
    table: &'static str,
    row: &'static str,
    cells: &'static [&'static str],
    /// Tags that end a line of text.
    breaks: &'static [&'static str],
    /// Tags whose content is no text for people.
    silent: &'static [&'static str],
    /// The only tag whose content is text; any, if empty.
    text: &'static str,
}

/// Pages.
pub(super) const HTML: Tags = Tags {
    table: "table",
    row: "tr",
    cells: &["td", "th"],
    breaks: &[
        "p", "br", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "section",
        "article", "title",
    ],
    silent: &["script", "style", "noscript", "template", "svg"],
    text: "",
};

/// `word/document.xml`.
pub(super) const WORD: Tags = Tags {
    table: "w:tbl",
    row: "w:tr",
    cells: &["w:tc"],
    breaks: &["w:p", "w:br"],
    silent: &["w:del", "mc:fallback"],
    text: "w:t",
};

/// The deepest nesting of tables that is followed.
const DEPTH: usize = 16;

/// The texts and tables of the markup, in order; a table inside a table comes before it.
pub(super) fn pieces(source: &str, tags: &Tags) -> Vec<Piece> {
    let mut reader = Reader::new(tags);
    let mut rest = source;
    while let Some(place) = rest.find('<') {
        let (text, tail) = rest.split_at(place);
        reader.text(text);
        rest = reader.markup(tail);
    }
    reader.text(rest);
    reader.finish()
}

struct Reader<'a> {
    tags: &'a Tags,
    pieces: Vec<Piece>,
    /// The tables that are open, the outermost first; a row's last cell is being written.
    tables: Vec<Vec<Vec<String>>>,
    line: String,
    in_text: bool,
}

impl<'a> Reader<'a> {
    const fn new(tags: &'a Tags) -> Self {
        Self {
            tags,
            pieces: Vec::new(),
            tables: Vec::new(),
            line: String::new(),
            in_text: false,
        }
    }

    /// Takes in what begins with `<`, and returns what comes after it.
    fn markup<'s>(&mut self, tail: &'s str) -> &'s str {
        if let Some(comment) = tail.strip_prefix("<!--") {
            return after(comment, "-->");
        }
        let inner = tail.strip_prefix('<').unwrap_or(tail);
        if !inner.starts_with(|first: char| first.is_ascii_alphabetic() || "/!?".contains(first)) {
            self.text("<");
            return inner;
        }
        let Some((tag, rest)) = inner.split_once('>') else {
            return "";
        };
        let is_end = tag.starts_with('/');
        let is_whole = tag.ends_with('/');
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == ':')
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        if !is_end && !is_whole && self.tags.silent.contains(&name.as_str()) {
            return after_tag(rest, &name);
        }
        self.tag(&name, is_end, is_whole);
        rest
    }

    fn tag(&mut self, name: &str, is_end: bool, is_whole: bool) {
        let Tags { table, row, cells, breaks, text, .. } = *self.tags;
        if name == text {
            self.in_text = !is_end && !is_whole;
        } else if name == table {
            self.end_line();
            if is_end {
                self.end_table();
            } else if self.tables.len() < DEPTH {
                self.tables.push(Vec::new());
            }
        } else if name == row && !is_end {
            self.end_line();
            if let Some(open) = self.tables.last_mut() {
                open.push(Vec::new());
            }
        } else if cells.contains(&name) {
            self.end_line();
            if !is_end && let Some(open) = self.tables.last_mut().and_then(|rows| rows.last_mut()) {
                open.push(String::new());
            }
        } else if breaks.contains(&name) {
            self.end_line();
        }
    }

    fn text(&mut self, text: &str) {
        if self.tags.text.is_empty() || self.in_text {
            self.line.push_str(&unescaped(text));
        }
    }

    /// Puts the line into the open cell, or among the texts.
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() {
            return;
        }
        let line = words.join(" ");
        match self
            .tables
            .last_mut()
            .and_then(|rows| rows.last_mut()?.last_mut())
        {
            Some(cell) => cell.push_str(&line),
            None => self.pieces.push(Piece::Text(line)),
        }
    }

    fn end_table(&mut self) {
        if let Some(rows) = self.tables.pop().filter(|rows| !rows.is_empty()) {
            self.pieces.push(Piece::Table(rows));
        }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.end_line();
        while !self.tables.is_empty() {
            self.end_table();
        }
        self.pieces
    }
}

/// What comes after `end`; nothing, if it never comes.
fn after<'s>(text: &'s str, end: &str) -> &'s str {
    text.split_once(end).map_or("", |(_, rest)| rest)
}

/// What comes after the end tag of `name`, in whatever case it is written.
fn after_tag<'s>(text: &'s str, name: &str) -> &'s str {
    let mut rest = text;
    while let Some((_, tail)) = rest.split_once("</") {
        let found = tail.get(..name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after(tail, ">");
        }
        rest = tail;
    }
    ""
}

/// The text with its character references resolved; those that are not known stay.
pub(in crate::documents) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('&') {
        plain.push_str(before);
        let reference = tail
            .split_once(';')
            .filter(|(name, _)| name.len() <= 8)
            .and_then(|(name, beyond)| Some((character(name)?, beyond)));
        if let Some((character, beyond)) = reference {
            plain.push(character);
            rest = beyond;
        } else {
            plain.push('&');
            rest = tail;
        }
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    let known = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" => ' ',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "hellip" => '…',
        "mdash" => '—',
        "middot" => '·',
        _ => {
            let digits = name.strip_prefix('#')?;
            let hexadecimal = digits.strip_prefix(['x', 'X']);
            let code = match hexadecimal {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => digits.parse(),
            };
            return char::from_u32(code.ok()?);
        }
    };
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    fn table(rows: &[&[&str]]) -> Piece {
        let row = |cells: &&[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        Piece::Table(rows.iter().map(row).collect())
    }

    #[test]
    fn a_page_is_texts_and_tables() {
        let page = "<!DOCTYPE html><style>p{}</STYLE><script>if(1<2){'<p>'}</script><p>一、总体&nbsp;情况<p>好\
                    <TABLE><tr><td>甲<td>&#50;<tr><th>乙</th><th><b>3</b>4</th></table>尾&x;";
        assert_eq!(
            pieces(page, &HTML),
            [
                text("一、总体 情况"),
                text("好"),
                table(&[&["甲", "2"], &["乙", "34"]]),
                text("尾&x;")
            ]
        );
    }

    #[test]
    fn tables_that_lay_out_a_page_hold_tables() {
        let page = "<table><tr><td>外<table><tr><td>内</td></tr></table>后</td></tr>";
        assert_eq!(pieces(page, &HTML), [table(&[&["内"]]), table(&[&["外后"]])]);
    }

    #[test]
    fn a_document_has_text_only_where_it_says_so() {
        let page = "<w:p><w:pPr>x</w:pPr><w:r><w:t>总</w:t></w:r><w:r><w:t xml:space=\"preserve\">体</w:t></w:r>\
                    </w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc/></w:tr></w:tbl>";
        assert_eq!(pieces(page, &WORD), [text("总体"), table(&[&["1", ""]])]);
    }
}
