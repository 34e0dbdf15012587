//! 统计: the year so far against last year to the same day, as pictures, tables and a workbook.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::documents::chart::Chart;
use crate::documents::paper::{CellKind, Grid, GridCell, html_table};
use crate::documents::xlsx::Book;
use crate::domain::redress::Ruling;
use crate::report::figures::{Figures, Timeliness, Unsent, same_day};
use crate::report::line::chinese_date;
use crate::storage::{StorageError, agencies, answers, figures, redress};
use crate::web::error::WebError;
use crate::web::page::{self, StaffFrame};
use crate::web::public::reports::{handed_out, media_type};
use crate::web::session::CurrentOfficer;

/// Where the figures stand.
const HERE: &str = "/staff/figures";

/// A picture with its table.
#[derive(Debug)]
struct Picture {
    title: String,
    svg: String,
    table: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/figures.html")]
struct FiguresPage {
    frame: StaffFrame,
    agency: String,
    until: String,
    before: String,
    open: u64,
    totals: String,
    timeliness: String,
    pictures: Vec<Picture>,
    roll_up: bool,
    has_agencies_below: bool,
    download: String,
}

/// Whose figures are asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    roll_up: String,
}

/// Everything that is shown.
struct Gathered {
    figures: Figures,
    timeliness: [Timeliness; 2],
    unsent: Unsent,
    lost: [u64; 2],
    open: u64,
    below: usize,
}

async fn gather(app: &App, officer: &CurrentOfficer, roll_up: bool) -> Result<Gathered, WebError> {
    let (root, today) = (officer.agency().id, app.clock.today());
    let gathered = app
        .database
        .read(move |conn| {
            let all = agencies::subtree(conn, root)?;
            let below = all.len().saturating_sub(1);
            let ids = if roll_up { all } else { vec![root] };
            let year = today.year();
            let years = [year, year - 1];
            let received = figures::received(conn, &ids, years)?;
            let closed = figures::closed(conn, &ids, years)?;
            let named = agencies::named(conn, &ids)?;
            let name = |id: Uuid| {
                let found = named.iter().find(|agency| agency.id == id);
                found.map(|agency| agency.name.clone()).unwrap_or_default()
            };
            let mut timeliness = [Timeliness::default(); 2];
            let mut lost = [0; 2];
            for ((of_year, lost), year) in timeliness.iter_mut().zip(&mut lost).zip(years) {
                let until = same_day(today, year);
                let from = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(until);
                *of_year = Timeliness::of(&answers::taken(conn, &ids, from, until)?);
                let records = redress::of_year(conn, &ids, year)?.into_iter();
                let corrected = records.filter(|(record, _)| {
                    record.redress.ended.is_some_and(|(on, ruling)| {
                        ruling == Ruling::Corrected && on.year() == year && on <= until
                    })
                });
                *lost = u64::try_from(corrected.count()).unwrap_or_default();
            }
            Ok::<_, StorageError>(Gathered {
                figures: Figures::of(today, &received, &closed, name),
                timeliness,
                unsent: answers::unsent(conn, &ids, today)?,
                lost,
                open: figures::open(conn, &ids)?,
                below,
            })
        })
        .await?;
    Ok(gathered)
}

impl Gathered {
    fn years(&self) -> (String, String) {
        let year = self.figures.until.year();
        (format!("{year}年"), format!("{}年", year - 1))
    }

    /// The pictures: what each is called, and how the rows of its table are.
    fn charts(&self) -> Vec<(Chart, &'static str)> {
        let (this, last) = self.years();
        let years = (this.as_str(), last.as_str());
        let figures = &self.figures;
        let mut charts = vec![
            (Chart::compared("各月新收（件）", years, &figures.received_by_month), "月份"),
            (Chart::compared("各月办结（件）", years, &figures.closed_by_month), "月份"),
            (Chart::compared("新收，按提交渠道（件）", years, &figures.channels), "渠道"),
            (Chart::compared("新收，按申请人类型（件）", years, &figures.kinds), "申请人"),
            (Chart::compared("办结，按办理结果（件）", years, &figures.outcomes), "办理结果"),
        ];
        if figures.units.len() > 1 {
            charts.push((Chart::compared("新收，按机关（件）", years, &figures.units), "机关"));
        }
        charts
    }

    fn totals(&self) -> Chart {
        let (this, last) = self.years();
        Chart::compared("新收和办结（件）", (&this, &last), &self.figures.totals)
    }

    fn timeliness(&self) -> Grid {
        let (this, last) = self.years();
        let number = |text: String| GridCell::new(CellKind::Number, text);
        let days = |days: Option<u32>| days.map_or_else(|| "—".to_owned(), |days| days.to_string());
        let row = |label: &str, of: &dyn Fn(usize) -> String| {
            vec![
                GridCell::new(CellKind::Label, label),
                number(of(0)),
                number(of(1)),
            ]
        };
        let at = |place: usize| self.timeliness.get(place).copied().unwrap_or_default();
        let unsent = |place: usize, number: u64| match place {
            0 => number.to_string(),
            _ => "—".to_owned(),
        };
        let corrected = |place: usize| self.lost.get(place).copied().unwrap_or_default();
        Grid {
            caption: "答复是否及时".to_owned(),
            widths: vec![3, 1, 1],
            head: 1,
            rows: vec![
                ["项目", &this, &last]
                    .map(|text| GridCell::new(CellKind::Head, text))
                    .to_vec(),
                row("答复已发出（件）", &|place| at(place).answers.to_string()),
                row("按期答复（件）", &|place| at(place).in_time.to_string()),
                row("按期答复率", &|place| {
                    at(place).share_in_time().unwrap_or_else(|| "—".to_owned())
                }),
                row("答复所用工作日，中位数", &|place| days(at(place).median)),
                row("答复所用工作日，九成不超过", &|place| days(at(place).ninety)),
                row("已决定、尚未发出（件）", &|place| unsent(place, self.unsent.all)),
                row("其中已超过期限（件）", &|place| unsent(place, self.unsent.late)),
                row("复议、诉讼被纠正（件）", &|place| corrected(place).to_string()),
            ],
        }
    }
}

/// `GET /staff/figures`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let roll_up = !asked.roll_up.is_empty();
    let gathered = gather(&app, &officer, roll_up).await?;
    let until = gathered.figures.until;
    let pictures = gathered.charts().into_iter().enumerate();
    page::show(
        StatusCode::OK,
        &FiguresPage {
            frame: super::frame(&app, &officer, HERE)?,
            agency: officer.agency().name.clone(),
            until: chinese_date(until),
            before: chinese_date(same_day(until, until.year() - 1)),
            open: gathered.open,
            totals: html_table(&gathered.totals().grid("项目")),
            timeliness: html_table(&gathered.timeliness()),
            pictures: pictures
                .map(|(place, (chart, subject))| Picture {
                    title: chart.title.clone(),
                    svg: chart.svg(&format!("chart-{place}")),
                    table: html_table(&chart.grid(subject)),
                })
                .collect(),
            roll_up,
            has_agencies_below: gathered.below > 0,
            download: format!("{HERE}.xlsx{}", if roll_up { "?roll_up=1" } else { "" }),
        },
    )
}

/// `GET /staff/figures.xlsx`
///
/// # Errors
///
/// [`WebError`].
pub async fn download(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let gathered = gather(&app, &officer, !asked.roll_up.is_empty()).await?;
    let until = gathered.figures.until;
    let title = format!("{}依申请公开统计", officer.agency().name);
    let subtitle = format!("{}年1月1日至{}，与上年同期比较", until.year(), chinese_date(until));
    let failed = |error: crate::documents::xlsx::XlsxError| WebError::Internal(error.to_string());
    let mut book = Book::new(&title, until.year()).map_err(failed)?;
    let head = [gathered.totals().grid("项目"), gathered.timeliness()];
    book.sheet("总计和时效", &subtitle, &head).map_err(failed)?;
    for (chart, subject) in gathered.charts() {
        let name = chart.title.replace("（件）", "");
        book.sheet(&name, &subtitle, &[chart.grid(subject)])
            .map_err(failed)?;
    }
    let media = media_type("xlsx").ok_or(WebError::NoSuchPage)?;
    Ok(handed_out(media, &format!("{title}{until}"), book.finish().map_err(failed)?))
}
