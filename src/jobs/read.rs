//! Looks at the words of applications that came in, so that like ones are found later. It is
//! done beside the filing, which nothing may slow down.

use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::casework::similar;

/// How long nothing is looked at after everything was.
const ROUND: Duration = Duration::from_secs(20);
/// How many at a time.
const AT_MOST: i64 = 50;

/// Looks at what is new until `stop` says so.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match similar::look_at_new(&app, AT_MOST).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "new applications cannot be looked at"),
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            changed = stop.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}
