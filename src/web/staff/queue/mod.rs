//! 待办: what is open, by urgency; what is looked for, a page at a time.

pub(super) mod asked;
mod row;

use std::collections::{HashMap, HashSet};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use uuid::Uuid;

pub use self::asked::{Asked, Band};
use self::asked::{SERVICE, SERVICE_LABEL};
use self::row::Row;
use crate::app::App;
use crate::casework::{papers, view};
use crate::documents::hex;
use crate::domain::actor::Role;
use crate::domain::applicant::ApplicantKind;
use crate::domain::case::{Awaited, Stage};
use crate::domain::channel::Channel;
use crate::storage::queue::{self, Bands, Filter, Page};
use crate::storage::{StorageError, officers, reminders};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;

/// How many cases stand on a page.
const PAGE: usize = 25;

/// A band with its count, as a link.
#[derive(Debug)]
struct BandLink {
    href: String,
    label: &'static str,
    tone: &'static str,
    count: u64,
    current: bool,
}

/// A link with words.
#[derive(Debug)]
struct Link {
    href: String,
    label: String,
}

/// What is said where there is nothing to show.
#[derive(Debug)]
struct Empty {
    title: &'static str,
    words: &'static str,
    link: Option<Link>,
}

#[derive(Debug, Template)]
#[template(path = "staff/queue.html")]
struct QueuePage {
    frame: StaffFrame,
    token: String,
    heading: &'static str,
    may_register: bool,
    bands: Vec<BandLink>,
    form: View,
    /// What waits for whoever looks: where it is, and what it says.
    for_me: Option<Link>,
    /// Said to a head whom no mail tells of overdue cases; may be empty.
    not_told: &'static str,
    handlers: Vec<Choice>,
    waits: Vec<Choice>,
    stages: Vec<Choice>,
    channels: Vec<Choice>,
    kinds: Vec<Choice>,
    more_is_open: bool,
    chips: Vec<Link>,
    rows: Vec<Row>,
    empty: Empty,
    first_page: bool,
    first_href: String,
    next_href: Option<String>,
}

/// What the page needs from the database.
struct Found {
    bands: Bands,
    for_me: i64,
    not_told: bool,
    page: Page,
    /// Which of its cases are decided and not served.
    unserved: HashSet<Uuid>,
    names: HashMap<Uuid, String>,
    colleagues: Vec<Choice>,
}

/// `GET /staff/queue`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    let found = find(&app, &officer, &asked).await?;
    let ids = found.page.rows.iter().map(|row| row.id).collect();
    let captions = view::captions(&app, ids).await?;
    let today = app.clock.today();
    let rows = found.page.rows.iter().map(|row| {
        let handler = row.handler.and_then(|id| found.names.get(&id));
        let unserved = found.unserved.contains(&row.id);
        Row::of(row, captions.get(&row.id), handler, unserved, (today, &app.calendar))
    });
    let mut handlers = vec![Choice::new("mine", "我的"), Choice::new("none", "未分办")];
    handlers.extend(found.colleagues);
    let next = found.page.next.as_ref().map(ToString::to_string);
    page::show(
        StatusCode::OK,
        &QueuePage {
            frame: super::frame(&app, &officer, "/staff/queue")?,
            token: officer.token(&app)?,
            heading: heading(&asked),
            may_register: officer.holds(&[Role::Clerk]),
            bands: bands(&asked, found.bands),
            form: filled(&asked),
            for_me: for_me(&asked, found.for_me),
            not_told: match (found.not_told, officer.agency().email.is_empty()) {
                (false, _) => "",
                (true, true) => "您没有登记接收“已逾期”提醒的邮箱，办件逾期时没有人会收到邮件。",
                (true, false) => "您没有登记接收“已逾期”提醒的邮箱，办件逾期时改为提醒机关的邮箱。",
            },
            waits: choices(Awaited::ALL.map(|awaited| (awaited.code(), awaited.label())))
                .into_iter()
                .chain([Choice::new(SERVICE, SERVICE_LABEL)])
                .collect(),
            stages: choices(Stage::CODES.map(|code| (code, Stage::label_of(code).unwrap_or(code)))),
            channels: choices(Channel::ALL.map(|channel| (channel.code(), channel.label()))),
            kinds: choices(ApplicantKind::ALL.map(|kind| (kind.code(), kind.label()))),
            more_is_open: has_more(&asked),
            chips: chips(&asked, &handlers),
            handlers,
            rows: rows.collect(),
            empty: empty(&asked, found.bands),
            first_page: asked.after.is_empty(),
            first_href: asked.first_page().href(),
            next_href: next.map(|after| Asked { after, ..asked.clone() }.href()),
        },
    )
}

async fn find(app: &App, officer: &CurrentOfficer, asked: &Asked) -> Result<Found, WebError> {
    let (agency, me, today) = (officer.agency().id, officer.id(), app.clock.today());
    let filter = asked.filter(agency, me, today, &app.calendar);
    let (after, hands) = (asked.after.parse().ok(), asked.in_hands(me));
    let soon = asked::soon(today, &app.calendar);
    let (mine, is_head) = (awaited_by(officer), officer.holds(&[Role::Head]));
    let found = app.database.read(move |conn| {
        let bands = queue::bands(conn, &[agency], hands, today, soon)?;
        let page = queue::page(conn, &filter, after.as_ref(), PAGE)?;
        let for_me = queue::count_awaiting(conn, agency, &mine)?;
        let officers = officers::list(conn, &[agency])?;
        let works = |roles: &[Role]| super::works_on_cases(roles);
        let colleagues = officers
            .iter()
            .filter(|officer| officer.id != me && works(&officer.roles))
            .map(|officer| Choice::new(officer.id.to_string(), officer.name.as_str()));
        let not_told = is_head
            && reminders::heads_not_told(conn)?
                .iter()
                .any(|head| head.id == me);
        let shown: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
        Ok::<_, StorageError>(Found {
            unserved: queue::decided_unserved(conn, &shown)?,
            not_told,
            bands,
            for_me,
            page,
            colleagues: colleagues.collect(),
            names: officers
                .into_iter()
                .map(|officer| (officer.id, officer.name))
                .collect(),
        })
    });
    Ok(found.await?)
}

/// `POST /staff/queue`: what is looked for becomes an address, a name becomes its index.
///
/// # Errors
///
/// [`WebError`].
pub async fn search(
    app: Data<App>,
    officer: CurrentOfficer,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let text = |field| form.text(field).to_owned();
    let mut asked = Asked {
        band: text("band"),
        stage: text("stage"),
        awaits: text("awaits"),
        channel: text("channel"),
        kind: text("kind"),
        handler: text("handler"),
        from: text("from"),
        until: text("until"),
        applicant: text("applicant"),
        ..Asked::default()
    };
    if !asked.stage.is_empty() || asked.awaits == SERVICE {
        asked.band.clear();
    }
    let words = text("words");
    if !words.is_empty() {
        asked.band.clear();
        if is_number(&app, officer.agency().id, &words).await? {
            asked.applicant.clear();
            asked.number = words;
        } else {
            asked.applicant = hex(&papers::name_index(&app.vault, &words));
        }
    }
    Ok(see_other(&asked.href()))
}

/// Whether some case has a number that begins so; what is no number is taken for a name.
async fn is_number(app: &App, agency: Uuid, words: &str) -> Result<bool, WebError> {
    let is_plain = words.is_ascii() && words.bytes().any(|byte| byte.is_ascii_digit());
    let filter = Filter {
        agencies: vec![agency],
        scope: queue::Scope::All,
        number_prefix: Some(words.to_owned()),
        ..Filter::default()
    };
    let found = app
        .database
        .read(move |conn| queue::page(conn, &filter, None, 1));
    Ok(is_plain || !found.await?.rows.is_empty())
}

/// What waits for somebody with these duties.
fn awaited_by(officer: &CurrentOfficer) -> Vec<Awaited> {
    if officer.holds(&[Role::Head]) {
        Awaited::ALL.to_vec()
    } else if officer.holds(&[Role::Reviewer]) {
        vec![Awaited::Review]
    } else {
        Vec::new()
    }
}

fn for_me(asked: &Asked, count: i64) -> Option<Link> {
    (count > 0 && asked.awaits.is_empty()).then(|| Link {
        href: Asked { awaits: "any".to_owned(), ..Asked::default() }.href(),
        label: format!("{count}件等待审核或者批准延期"),
    })
}

fn heading(asked: &Asked) -> &'static str {
    if asked.stage == "closed" {
        "已办结"
    } else if asked.is_narrowed() {
        "查找结果"
    } else {
        "待办"
    }
}

fn bands(asked: &Asked, counts: Bands) -> Vec<BandLink> {
    let link = |band: Option<Band>, label, tone, count| BandLink {
        href: Asked {
            band: band.map_or("", Band::code).to_owned(),
            handler: asked.handler.clone(),
            ..Asked::default()
        }
        .href(),
        label,
        tone,
        count,
        current: asked.band() == band && !asked.is_narrowed(),
    };
    let all = link(None, "全部在办", "", counts.total());
    let parts = Band::ALL.into_iter().map(|band| {
        let (tone, count) = match band {
            Band::Overdue => ("band-late", counts.overdue),
            Band::Today => ("band-soon", counts.today),
            Band::Soon => ("band-soon", counts.soon),
            Band::Later => ("", counts.later),
            Band::Unconfirmed => ("", counts.unconfirmed),
            Band::Waiting => ("", counts.waiting),
        };
        link(Some(band), band.label(), if count == 0 { "" } else { tone }, count)
    });
    std::iter::once(all).chain(parts).collect()
}

fn choices<const N: usize>(all: [(&'static str, &'static str); N]) -> Vec<Choice> {
    all.into_iter()
        .map(|(code, label)| Choice::new(code, label))
        .collect()
}

fn filled(asked: &Asked) -> View {
    View::filled([
        ("band", asked.band.as_str()),
        ("stage", &asked.stage),
        ("awaits", &asked.awaits),
        ("channel", &asked.channel),
        ("kind", &asked.kind),
        ("handler", &asked.handler),
        ("from", &asked.from),
        ("until", &asked.until),
        ("words", &asked.number),
        ("applicant", &asked.applicant),
    ])
}

/// Whether one of the conditions is set that stand folded away.
fn has_more(asked: &Asked) -> bool {
    [
        &asked.stage,
        &asked.awaits,
        &asked.channel,
        &asked.kind,
        &asked.from,
        &asked.until,
    ]
    .iter()
    .any(|text| !text.is_empty())
}

/// The conditions that are set, each with the page without it.
fn chips(asked: &Asked, handlers: &[Choice]) -> Vec<Link> {
    let base = asked.first_page();
    let handler = handlers
        .iter()
        .find(|choice| choice.value == asked.handler)
        .map(|choice| format!("经办人：{}", choice.label));
    let kind = ApplicantKind::from_code(&asked.kind).map(ApplicantKind::label);
    let day = |label: &str, text: &str| (!text.is_empty()).then(|| format!("{label}{text}"));
    let all = [
        (
            (!asked.number.is_empty()).then(|| format!("受理编号：{}", asked.number)),
            Asked { number: String::new(), ..base.clone() },
        ),
        (
            (!asked.applicant.is_empty()).then(|| "按申请人全名".to_owned()),
            Asked { applicant: String::new(), ..base.clone() },
        ),
        (handler, Asked { handler: String::new(), ..base.clone() }),
        (
            Stage::label_of(&asked.stage).map(|label| format!("环节：{label}")),
            Asked { stage: String::new(), ..base.clone() },
        ),
        (awaits_chip(&asked.awaits), Asked { awaits: String::new(), ..base.clone() }),
        (
            Channel::from_code(&asked.channel).map(|channel| format!("渠道：{}", channel.label())),
            Asked { channel: String::new(), ..base.clone() },
        ),
        (kind.map(str::to_owned), Asked { kind: String::new(), ..base.clone() }),
        (day("收到日期自", &asked.from), Asked { from: String::new(), ..base.clone() }),
        (day("收到日期至", &asked.until), Asked { until: String::new(), ..base.clone() }),
    ];
    let set = all
        .into_iter()
        .filter_map(|(label, without)| label.map(|label| Link { label, href: without.href() }));
    set.collect()
}

fn awaits_chip(code: &str) -> Option<String> {
    if code == SERVICE {
        return Some(SERVICE_LABEL.to_owned());
    }
    if code == "any" {
        return Some("待审核或者批准延期".to_owned());
    }
    Awaited::from_code(code).map(|awaited| awaited.label().to_owned())
}

/// What is said where there is nothing to show.
fn empty(asked: &Asked, counts: Bands) -> Empty {
    let everything = || {
        Some(Link {
            href: "/staff/queue".to_owned(), label: "查看全部在办".to_owned()
        })
    };
    if !asked.applicant.is_empty() {
        return Empty {
            title: "没有找到这位申请人的申请",
            words: "按全名查找，一个字也不能少；单位用登记的全称。姓名加密保存，不支持按部分文字查找。",
            link: everything(),
        };
    }
    if asked.is_narrowed() {
        return Empty {
            title: "没有符合条件的申请",
            words: "可以去掉一两个条件再查。受理编号从头输入几位即可。",
            link: everything(),
        };
    }
    match asked.band() {
        Some(Band::Overdue) => Empty {
            title: "没有逾期的申请",
            words: "所有在办申请都在答复期限以内。",
            link: everything(),
        },
        Some(_) => Empty {
            title: "这里没有申请", words: "可以看看其他类别。", link: everything()
        },
        None if counts.total() == 0 && asked.handler.is_empty() => Empty {
            title: "没有在办的申请",
            words: "申请人在网上提交的申请会自动出现在这里；当面、邮寄、传真收到的，请在“登记”中录入。",
            link: None,
        },
        None => Empty {
            title: "没有在办的申请",
            words: "这位经办人现在没有在办的申请。",
            link: everything(),
        },
    }
}
