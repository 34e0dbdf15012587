//! `serve`: opens the office and keeps it open until the process is asked to end.

mod demo;

use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;

use tokio::sync::watch;

use super::{CliError, office, print, user};
use crate::app::App;
use crate::casework::accounts::{self, NewAccount};
use crate::casework::{founding, recount, rectify};
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::Agency;
use crate::jobs::{deliver, read, remind};
use crate::server;
use crate::storage::officers;

/// The name that the first administrator signs in with.
const FIRST: &str = "admin";

/// The command line of `serve`.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Args {
    /// 在空的数据目录中建立演示机关（各环节的办件、各岗位的账户），并输出一次性口令
    #[arg(long)]
    demo: bool,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let app = office::open(config)?;
    recount::recount(&app)?;
    rectify::seal_old_letters(&app)?;
    let address = app.settings.server.listen;
    let listener = TcpListener::bind(address)
        .map_err(|error| CliError::new(format!("无法监听 {address}：{error}")))?;
    actix_web::rt::System::new().block_on(async {
        if args.demo {
            let accounts = demo::open(&app).await?;
            print(&demo::welcome(&app, &accounts))?;
        } else {
            invite_first(&app, &founding::agencies_aside(&app).await?).await?;
        }
        serve(&app, listener).await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Where nobody works yet, opens the account of the first administrator.
async fn invite_first(app: &App, agencies: &[Agency]) -> Result<(), CliError> {
    let anybody = app.database.read(officers::any).await?;
    let top = agencies.iter().find(|agency| agency.parent.is_none());
    let (false, Some(agency)) = (anybody, top) else {
        return Ok(());
    };
    let account = NewAccount {
        agency: agency.id,
        login: FIRST.to_owned(),
        name: Role::Admin.label().to_owned(),
        roles: vec![Role::Admin],
    };
    let invited = accounts::open(app, account, &Actor::System).await?;
    print(&format!("已建立系统管理员账号 {FIRST}。\n{}", user::invitation(app, &invited)))
}

/// Serves pages and delivers mail; when the pages end, lets the mail that is being handed over
/// be finished.
async fn serve(app: &App, listener: TcpListener) -> Result<(), CliError> {
    let address = listener.local_addr()?;
    let server = server::run(app, listener)?;
    let (stop, stopped) = watch::channel(false);
    let reading = actix_web::rt::spawn(read::run(app.clone(), stopped.clone()));
    let reminders = actix_web::rt::spawn(remind::run(app.clone(), stopped.clone()));
    let delivery = actix_web::rt::spawn(deliver::run(app.clone(), stopped));
    print(&format!("依申已启动：http://{address}/（按 Ctrl+C 停止）\n"))?;
    tracing::info!(%address, database = app.database.engine_name(), "the office is open");
    let ended = server.await;
    // The job may have ended on its own; then nobody listens.
    let _ = stop.send(true);
    let delivered = delivery.await;
    let reminded = reminders.await;
    let has_read = reading.await;
    tracing::info!("the office is closed");
    ended?;
    delivered?;
    reminded?;
    has_read?;
    Ok(())
}
