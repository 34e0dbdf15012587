//! Looks at the words of applications that came in, so that like ones are found later. It is
//! done beside the filing and slowly, for nothing may slow the filing down.

use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::casework::similar;

/// How long nothing is looked at after everything was.
const ROUND: Duration = Duration::from_secs(20);
/// How long nothing is looked at while more waits: people file in the meantime.
const PAUSE: Duration = Duration::from_secs(1);
/// How many at a time.
const AT_MOST: i64 = 25;

/// Looks at what is new until `stop` says so.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let pause = match similar::look_at_new(&app, AT_MOST).await {
            Ok(0) => ROUND,
            Ok(_) => PAUSE,
            Err(error) => {
                tracing::error!(%error, "new applications cannot be looked at");
                ROUND
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = stop.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}
