//! 概览: what is open and how urgent, what falls due in the weeks ahead, how fast answers are.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use crate::app::App;
use crate::documents::chart::Chart;
use crate::documents::paper::{CellKind, Grid, GridCell, html_table};
use crate::domain::outcome::Outcome;
use crate::report::figures::{Closed, Timeliness};
use crate::report::workload::{Due, Share, WEEKS, Workload, last_day};
use crate::storage::queue::Bands;
use crate::storage::{StorageError, answers, figures, officers, queue};
use crate::web::error::WebError;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::access::CASES;
use crate::web::staff::queue::asked::soon;
use crate::web::staff::queue::{Asked, Band};
use crate::web::words;

/// Where the page stands.
const HERE: &str = "/staff/dashboard";
/// How many series a picture tells apart.
const SERIES: usize = 4;

/// A band of urgency with its count; a link for those who may see the queue.
#[derive(Debug)]
struct BandCount {
    label: &'static str,
    tone: &'static str,
    count: u64,
    href: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "staff/dashboard.html")]
struct DashboardPage {
    frame: StaffFrame,
    today: String,
    weeks: u64,
    bands: Vec<BandCount>,
    load_is_empty: bool,
    load: String,
    by_handler: String,
    by_day: String,
    timeliness: String,
    outcomes: String,
    /// How the cases of this year ended, as a picture.
    ended: String,
}

/// Everything that is shown, as the database says it.
struct Gathered {
    bands: Bands,
    due: Vec<Due>,
    names: HashMap<Uuid, String>,
    /// This year to today, and all of last year.
    timeliness: [Timeliness; 2],
    closed: Vec<Closed>,
}

/// `GET /staff/dashboard`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(app: Data<App>, officer: CurrentOfficer) -> Result<HttpResponse, WebError> {
    let today = app.clock.today();
    let gathered = gather(&app, officer.agency().id, today).await?;
    let load = Workload::of(today, &gathered.due, &app.calendar);
    let picture = gathered.picture(&load, SERIES);
    let full = gathered.picture(&load, usize::MAX);
    page::show(
        StatusCode::OK,
        &DashboardPage {
            frame: super::frame(&app, &officer, HERE)?,
            today: words::full_day(today),
            weeks: WEEKS,
            bands: bands(gathered.bands, CASES.admits(officer.roles())),
            load_is_empty: load.handlers.is_empty(),
            load: picture.svg_lying("chart-load"),
            by_handler: html_table(&full.grid("周")),
            by_day: html_table(&days(&load, today.year())),
            timeliness: html_table(&gathered.timeliness(today.year())),
            outcomes: html_table(&gathered.outcomes(today.year())),
            ended: gathered.ended(today.year()).svg_lying("chart-ended"),
        },
    )
}

async fn gather(app: &App, agency: Uuid, today: NaiveDate) -> Result<Gathered, WebError> {
    let soon = soon(today, &app.calendar);
    let year = today.year();
    let gathered = app.database.read(move |conn| {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
        let mut took = |from, until| {
            answers::taken(conn, &[agency], from, until).map(|taken| Timeliness::of(&taken))
        };
        let timeliness = [
            took(day(year, 1, 1), today)?,
            took(day(year - 1, 1, 1), day(year - 1, 12, 31))?,
        ];
        let named = officers::list(conn, &[agency])?.into_iter();
        Ok::<_, StorageError>(Gathered {
            names: named.map(|officer| (officer.id, officer.name)).collect(),
            timeliness,
            bands: queue::bands(conn, &[agency], None, today, soon)?,
            due: queue::due_between(conn, agency, today, last_day(today))?,
            closed: figures::closed(conn, &[agency], [year, year - 1])?,
        })
    });
    Ok(gathered.await?)
}

fn bands(counts: Bands, may_open: bool) -> Vec<BandCount> {
    let band = |band: Option<Band>, label, tone, count| BandCount {
        label,
        tone: if count == 0 { "" } else { tone },
        count,
        href: may_open.then(|| {
            let band = band.map_or("", Band::code).to_owned();
            Asked { band, ..Asked::default() }.href()
        }),
    };
    let parts = Band::ALL.into_iter().map(|each| {
        let (tone, count) = match each {
            Band::Overdue => ("band-late", counts.overdue),
            Band::Today => ("band-soon", counts.today),
            Band::Soon => ("band-soon", counts.soon),
            Band::Later => ("", counts.later),
            Band::Unconfirmed => ("", counts.unconfirmed),
            Band::Waiting => ("", counts.waiting),
        };
        band(Some(each), each.label(), tone, count)
    });
    std::iter::once(band(None, "全部在办", "", counts.total()))
        .chain(parts)
        .collect()
}

fn number(text: impl Into<String>) -> GridCell {
    GridCell::new(CellKind::Number, text)
}

fn grid(caption: &str, head: [&str; 3], rows: Vec<Vec<GridCell>>) -> Grid {
    let head = head.map(|text| GridCell::new(CellKind::Head, text));
    let rows = std::iter::once(head.to_vec()).chain(rows);
    Grid {
        caption: caption.to_owned(),
        widths: vec![3, 1, 1],
        head: 1,
        rows: rows.collect(),
    }
}

/// What falls due on each working day; the sum up to it beside it.
fn days(load: &Workload, year: i32) -> Grid {
    let mut sum = 0;
    let rows = load.days.iter().map(|(day, count)| {
        sum += count;
        vec![
            GridCell::new(CellKind::Label, words::day(*day, year)),
            number(count.to_string()),
            number(sum.to_string()),
        ]
    });
    grid("每个工作日到期（件）", ["日期", "到期", "累计"], rows.collect())
}

/// `part` of `whole`, in tenths of a per cent.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let tenths = (part.saturating_mul(1000) + whole / 2) / whole;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

impl Gathered {
    fn name(&self, who: Share) -> String {
        match who {
            Share::Rest => "其余经办人".to_owned(),
            Share::Nobody => "未分办".to_owned(),
            Share::Officer(id) => self
                .names
                .get(&id)
                .cloned()
                .unwrap_or_else(|| "其他".to_owned()),
        }
    }

    fn picture(&self, load: &Workload, places: usize) -> Chart {
        let rows = load.busiest(places).into_iter();
        Chart {
            title: "各周到期，按经办人（件）".to_owned(),
            categories: load
                .weeks
                .iter()
                .map(|first| format!("{}月{}日起", first.month(), first.day()))
                .collect(),
            series: rows.map(|(who, weeks)| (self.name(who), weeks)).collect(),
        }
    }

    fn timeliness(&self, year: i32) -> Grid {
        let [this, last] = self.timeliness;
        let days = |days: Option<u32>| days.map_or_else(|| "—".to_owned(), |days| days.to_string());
        let share = |of: Timeliness| of.share_in_time().unwrap_or_else(|| "—".to_owned());
        let row = |label: &str, this: String, last: String| {
            vec![
                GridCell::new(CellKind::Label, label),
                number(this),
                number(last),
            ]
        };
        grid(
            "答复用时",
            [
                "项目",
                &format!("{year}年至今"),
                &format!("{}年全年", year - 1),
            ],
            vec![
                row("答复已发出（件）", this.answers.to_string(), last.answers.to_string()),
                row("按期答复率", share(this), share(last)),
                row("所用工作日，中位数", days(this.median), days(last.median)),
                row("所用工作日，九成不超过", days(this.ninety), days(last.ninety)),
            ],
        )
    }

    /// How many cases of this year ended in each group of section three.
    fn groups(&self, year: i32) -> Vec<(&'static str, u64)> {
        let mut groups: Vec<(&str, u64)> = Vec::new();
        for outcome in Outcome::ALL {
            if groups
                .last()
                .is_none_or(|(group, _)| *group != outcome.group())
            {
                groups.push((outcome.group(), 0));
            }
        }
        for closed in self.closed.iter().filter(|closed| closed.on.year() == year) {
            let group = groups
                .iter_mut()
                .find(|(group, _)| *group == closed.outcome.group());
            if let Some((_, count)) = group {
                *count += closed.count;
            }
        }
        groups
    }

    /// How the cases of this year ended, as a picture.
    fn ended(&self, year: i32) -> Chart {
        let (groups, counts) = self.groups(year).into_iter().unzip::<_, _, Vec<_>, _>();
        Chart {
            title: format!("{year}年办理结果（件）"),
            categories: groups.into_iter().map(str::to_owned).collect(),
            series: vec![(format!("{year}年"), counts)],
        }
    }

    /// The same as a table, with shares.
    fn outcomes(&self, year: i32) -> Grid {
        let groups = self.groups(year);
        let total = groups.iter().map(|(_, count)| count).sum();
        let rows = groups
            .into_iter()
            .chain([("合计", total)])
            .map(|(group, count)| {
                vec![
                    GridCell::new(CellKind::Label, group),
                    number(count.to_string()),
                    number(share(count, total)),
                ]
            });
        grid(&format!("{year}年办理结果"), ["办理结果", "件", "占比"], rows.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_to_a_tenth_and_none_of_nothing() {
        assert_eq!(share(1, 3), "33.3%");
        assert_eq!(share(2, 3), "66.7%");
        assert_eq!(share(3, 3), "100.0%");
        assert_eq!(share(0, 0), "—");
    }
}
