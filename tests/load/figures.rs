//! What a run took.

use std::fmt;
use std::time::Duration;

/// How long each request took, and how many failed.
#[derive(Default)]
pub struct Figures {
    times: Vec<Duration>,
    errors: usize,
    elapsed: Duration,
}

impl Figures {
    /// One request that took so long.
    pub fn add(&mut self, took: Duration, succeeded: bool) {
        self.times.push(took);
        self.errors += usize::from(!succeeded);
    }

    /// What another connection saw.
    pub fn join(&mut self, other: Self) {
        self.times.extend(other.times);
        self.errors += other.errors;
    }

    /// The whole, once it has ended.
    pub fn ended(mut self, elapsed: Duration) -> Self {
        self.times.sort_unstable();
        self.elapsed = elapsed;
        self
    }

    /// The time that so many of a hundred did not exceed.
    fn percentile(&self, percent: usize) -> Duration {
        let at = self.times.len() * percent / 100;
        let last = self.times.len().saturating_sub(1);
        self.times.get(at.min(last)).copied().unwrap_or_default()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let count = u32::try_from(self.times.len()).unwrap_or(u32::MAX);
        write!(
            f,
            "{:>7.0}/s  p50 {:>6.1} ms  p99 {:>6.1} ms  max {:>6.1} ms  errors {}",
            f64::from(count) / self.elapsed.as_secs_f64(),
            ms(self.percentile(50)),
            ms(self.percentile(99)),
            ms(self.percentile(100)),
            self.errors
        )
    }
}
