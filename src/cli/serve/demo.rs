//! The demonstration office: a sub-district with cases in every stage over two years, made by
//! the same deeds as real ones.

mod particulars;
mod script;

use std::collections::HashMap;

use chrono::{Days, NaiveDate, NaiveTime};
use uuid::Uuid;

use crate::app::App;
use crate::casework::accounts::{self, NewAccount};
use crate::casework::advance::{Deed, advance};
use crate::casework::attachments::Incoming;
use crate::casework::file::{Filing, file};
use crate::casework::ids;
use crate::casework::letters::{ServiceReport, report_service};
use crate::casework::publish::{NewItem, publish};
use crate::casework::rectify::{self, NewRectification, RectificationPapers};
use crate::cli::CliError;
use crate::clock::{Clock, from_beijing};
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::Agency;
use crate::domain::case::Act;
use crate::domain::channel::Channel;
use crate::domain::letter::ServedHow;
use crate::domain::outcome::Disposition;
use crate::storage::attachments::Purpose;
use crate::storage::cases::{self, CaseFile};
use crate::storage::{Connection, agencies, letters, meta, officers};

use script::{Part, Scene, Step};

/// Where the office says that it is a demonstration.
const DEMONSTRATION: &str = "demonstration";

/// The staff: name to sign in with, name, duties.
const STAFF: &[(&str, &str, &[Role])] = &[
    ("wangfang", "王芳", &[Role::Clerk]),
    ("zhaoqiang", "赵强", &[Role::Clerk]),
    ("chenjing", "陈静", &[Role::Reviewer]),
    ("liguodong", "李国栋", &[Role::Head]),
    ("admin", "孙管理", &[Role::Admin]),
    ("zhoumin", "周敏", &[Role::Auditor]),
];

/// An account of the demonstration, with its password.
pub(super) struct Account {
    login: &'static str,
    name: &'static str,
    roles: &'static [Role],
    password: String,
}

/// Opens the demonstration: makes it where the office is empty; an earlier one is gone on with,
/// under new passwords.
///
/// # Errors
///
/// [`CliError`], if the office has cases of its own.
pub(super) async fn open(app: &App) -> Result<Vec<Account>, CliError> {
    let known = |conn: &mut Connection| {
        Ok::<_, crate::storage::StorageError>((
            meta::find(conn, DEMONSTRATION)?,
            agencies::list(conn)?,
        ))
    };
    let (demonstration, offices) = app.database.read(known).await?;
    match (demonstration, offices.first()) {
        (Some(_), Some(agency)) => staff(app, agency.id).await,
        (None, None) => {
            let agency = found(app).await?;
            let passwords = staff(app, agency).await?;
            play(app, agency).await?;
            Ok(passwords)
        }
        _ => Err(CliError::new(
            "数据目录中已有正式数据，不能建立演示机关。请用 data.directory 指定一个空目录",
        )),
    }
}

/// What the operator reads.
pub(super) fn welcome(app: &App, passwords: &[Account]) -> String {
    let base_url = app.settings.base_url();
    let mut lines = vec![
        format!("依申演示机关已启动：{base_url}"),
        format!("公众页面：{base_url}/    工作人员：{base_url}/staff/"),
        "演示账户（口令只显示这一次，下次启动会更换）：".to_owned(),
    ];
    for account in passwords {
        let roles: Vec<&str> = account.roles.iter().map(|role| role.label()).collect();
        let (login, password, name) = (account.login, &account.password, account.name);
        lines.push(format!("  {login:<10} {password}  {name}（{}）", roles.join("、")));
    }
    if !app.mailer.leaves_the_house() {
        lines.push(format!("通知邮件写入文件夹：{}", app.settings.mail_folder().display()));
    }
    lines.join("\n") + "\n"
}

async fn found(app: &App) -> Result<Uuid, CliError> {
    let agency = Agency {
        id: ids::new(),
        code: "LHJD".to_owned(),
        name: "莲花街道办事处".to_owned(),
        parent: None,
        initials: "莲街".to_owned(),
        address: "西峡县白羽路103号莲花街道办事处党政办".to_owned(),
        postcode: "474500".to_owned(),
        telephone: "0377-00000000".to_owned(),
        hours: "工作日 8:00—12:00，15:00—18:00".to_owned(),
        email: "lhjd@example.com".to_owned(),
        review_authority: "西峡县人民政府".to_owned(),
        court: "西峡县人民法院".to_owned(),
        own_review_allowed: false,
    };
    let (id, now) = (agency.id, app.clock.now());
    let write = move |conn: &mut Connection| {
        agencies::insert(conn, &agency, now)?;
        meta::set(conn, DEMONSTRATION, "莲花街道办事处")
    };
    app.database.write(write).await?;
    Ok(id)
}

/// Opens the accounts that are missing, and gives each a new password.
async fn staff(app: &App, agency: Uuid) -> Result<Vec<Account>, CliError> {
    let known = app
        .database
        .read(move |conn: &mut Connection| officers::list(conn, &[agency]));
    let known = known.await?;
    let mut passwords = Vec::new();
    for (login, name, roles) in STAFF {
        let opened = known.iter().find(|officer| officer.login == *login);
        let invitation = if let Some(officer) = opened {
            accounts::reset(app, agency, officer.id, &Actor::System).await?
        } else {
            let account = NewAccount {
                agency,
                login: (*login).to_owned(),
                name: (*name).to_owned(),
                roles: roles.to_vec(),
            };
            accounts::open(app, account, &Actor::System).await?
        };
        let password = password(app)?;
        let code = invitation.code.to_string();
        accounts::set_password(app, &code, &password, app.vault.random_bytes()?).await?;
        passwords.push(Account { login, name, roles, password });
    }
    Ok(passwords)
}

/// A password that can be typed from a screen: a 查询码 is made for that.
fn password(app: &App) -> Result<String, CliError> {
    let bytes = app.vault.random_bytes()?;
    Ok(crate::domain::number::QueryCode::from_bytes(bytes)
        .to_string()
        .to_lowercase())
}

/// Plays the script: every scene on its day, on a clock of its own.
async fn play(app: &App, agency: Uuid) -> Result<(), CliError> {
    let today = app.clock.today();
    let clock = Clock::fixed(app.clock.now());
    let stage = App { clock: clock.clone(), ..app.clone() };
    let staff = app
        .database
        .read(move |conn: &mut Connection| officers::list(conn, &[agency]));
    let staff: HashMap<String, Actor> = staff
        .await?
        .into_iter()
        .map(|officer| (officer.login, Actor::Officer { id: officer.id, roles: officer.roles }))
        .collect();
    let parts = script::parts(today, &app.calendar);
    let mut scenes = script::scenes(&parts, today);
    scenes.sort_by_key(|scene| (scene.day, scene.part));
    let mut filed_cases: HashMap<usize, Uuid> = HashMap::new();
    for scene in scenes {
        let Some(part) = parts.get(scene.part) else {
            continue;
        };
        set(&clock, scene.day, part.hour);
        match filed_cases.get(&scene.part) {
            None => {
                let filed = file(&stage, filing(agency, part, scene.part, &staff)).await?;
                filed_cases.insert(scene.part, filed.case);
            }
            Some(case) => {
                let case = *case;
                let standing = stage
                    .database
                    .read(move |conn| cases::find(conn, agency, case))
                    .await?;
                advance(&stage, deed(&standing, &scene, &staff)?).await?;
                // The latest letters still lie on the clerk's desk.
                if scene.day < before(today, 10) {
                    post_letters(&stage, &standing, scene.day, &actor(&staff, "wangfang")).await?;
                }
            }
        }
    }
    beside(app, agency, &actor(&staff, "wangfang")).await
}

/// Posts the letters of a case that were not served, on this day.
async fn post_letters(
    app: &App,
    case: &CaseFile,
    on: NaiveDate,
    clerk: &Actor,
) -> Result<(), CliError> {
    let (agency, id) = (case.agency_id, case.id);
    let written = app
        .database
        .read(move |conn: &mut Connection| letters::of_case(conn, id))
        .await?;
    for letter in written
        .into_iter()
        .filter(|letter| letter.service.is_none())
    {
        let report = ServiceReport {
            letter: letter.id,
            how: Some(ServedHow::Posted),
            on,
            postal_number: Some("EX000000000CN".to_owned()),
            evidence: Vec::new(),
        };
        report_service(app, agency, clerk, report).await?;
    }
    Ok(())
}

/// What stands beside the cases: something public, and an application for rectification.
async fn beside(app: &App, agency: Uuid, clerk: &Actor) -> Result<(), CliError> {
    let today = app.clock.today();
    let plan = NewItem {
        title: "街道防汛应急预案".to_owned(),
        summary: "现行防汛应急预案全文，包括组织指挥、预警和转移安置".to_owned(),
        place: "https://www.example.com/plan/flood.html".to_owned(),
        published_on: before(today, 40),
        case: None,
    };
    publish(app, agency, plan, clerk).await?;
    let papers = RectificationPapers {
        name: "张建国".to_owned(),
        document: "居民身份证11010519491231002X".to_owned(),
        contact: "13800000000".to_owned(),
        record: "征地补偿安置公示名册".to_owned(),
        wrong: "本人的门牌号误为13号，应为31号".to_owned(),
        evidence: "不动产权证书复印件".to_owned(),
        ..RectificationPapers::default()
    };
    let new = NewRectification {
        agency,
        form_token: "demonstration".to_owned(),
        received_on: before(today, 3),
        papers,
        evidence: Vec::new(),
        by: clerk.clone(),
    };
    rectify::take_in(app, new).await?;
    Ok(())
}

fn set(clock: &Clock, day: NaiveDate, hour: u32) {
    let time = NaiveTime::from_hms_opt(hour, 20, 0).unwrap_or_default();
    clock.set(from_beijing(day.and_time(time)));
}

fn filing(agency: Uuid, part: &Part, number: usize, staff: &HashMap<String, Actor>) -> Filing {
    let online = part.channel == Channel::Online;
    let proof = Incoming {
        purpose: Purpose::Identity,
        name: "身份证明（演示）.txt".to_owned(),
        media_type: "text/plain; charset=utf-8".to_owned(),
        bytes: "这是演示用的身份证明，不含真实信息。\n".into(),
    };
    Filing {
        agency,
        form_token: format!("demonstration {number}"),
        channel: part.channel,
        arrived_on: part.arrived_on,
        confirmed_on: None,
        papers: part.papers.clone(),
        as_written: false,
        attachments: if online { vec![proof] } else { Vec::new() },
        by: if online {
            Actor::Applicant
        } else {
            actor(staff, "wangfang")
        },
    }
}

fn deed(
    standing: &CaseFile,
    scene: &Scene,
    staff: &HashMap<String, Actor>,
) -> Result<Deed, CliError> {
    let (who, words, act) = scene.step.direction();
    let act = match act {
        Some(act) => act,
        None => Act::Assign {
            to: actor(staff, who)
                .officer()
                .ok_or_else(|| CliError::new("演示账户缺失"))?,
        },
    };
    let information = Incoming {
        purpose: Purpose::Reply,
        name: "提供的信息（演示）.txt".to_owned(),
        media_type: "text/plain; charset=utf-8".to_owned(),
        bytes: "这是演示用的文件，代表提供给申请人的政府信息。\n".into(),
    };
    let gives = matches!(scene.step, Step::Propose(Disposition::Given | Disposition::PartlyGiven));
    let letters = match &act {
        Act::Propose { disposition } => standing.case.answering(*disposition),
        act => act.letters(&standing.case, scene.day),
    };
    Ok(Deed {
        agency: standing.agency_id,
        case: standing.id,
        read_version: None,
        particulars: particulars::of(&letters),
        amended: None,
        act,
        on: scene.day,
        words: (!words.is_empty()).then(|| words.to_owned()),
        attachments: if gives { vec![information] } else { Vec::new() },
        by: if who == "applicant" {
            Actor::Applicant
        } else {
            actor(staff, who)
        },
    })
}

fn actor(staff: &HashMap<String, Actor>, login: &str) -> Actor {
    staff.get(login).cloned().unwrap_or(Actor::System)
}

/// A day some days before another.
pub(super) fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}
