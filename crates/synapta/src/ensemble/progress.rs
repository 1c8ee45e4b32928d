//! How far an ensemble is, on standard error.

use std::io::IsTerminal;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use synapta_study::ensemble::Progress;

/// Time between two looks on a terminal, and between two lines elsewhere.
const ON_TERMINAL: Duration = Duration::from_millis(300);
const ELSEWHERE: Duration = Duration::from_secs(10);

/// Tells how far it is until the sender of `ended` is dropped. `total` counts subjects.
pub fn tell_until(ended: &Receiver<()>, progress: &Progress, total: usize) {
    let terminal = std::io::stderr().is_terminal();
    let every = if terminal { ON_TERMINAL } else { ELSEWHERE };
    let started = Instant::now();
    let mut first = None;
    while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
        let done = progress.done.load(Ordering::Relaxed);
        let first = *first.get_or_insert(done);
        let failed = progress.failed.load(Ordering::Relaxed);
        let text = line(done, total, failed, done - first, started.elapsed().saturating_sub(every));
        crate::tell(&if terminal { format!("\r{text}\x1b[K") } else { format!("{text}\n") });
    }
    if terminal {
        crate::tell("\r\x1b[K");
    }
}

fn line(done: usize, total: usize, failed: usize, new: usize, time: Duration) -> String {
    let mut out = format!("{done} of {total} subjects");
    let rate = new as f64 / time.as_secs_f64().max(1e-9);
    if new > 0 {
        let left = (total - done.min(total)) as f64 / rate;
        out.push_str(&format!(", {} a second, {} left", synapta_report::significant(rate, 3), duration(left)));
    }
    if failed > 0 {
        out.push_str(&format!(", {failed} failed"));
    }
    out
}

/// Seconds as a person says them.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 100.0 => format!("{s:.0} s"),
        s if s < 6000.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rate_time_left_and_failures() {
        assert_eq!(line(5, 100, 0, 0, Duration::ZERO), "5 of 100 subjects");
        let text = line(20, 100, 2, 10, Duration::from_secs(5));
        assert_eq!(text, "20 of 100 subjects, 2.00 a second, 40 s left, 2 failed");
        assert_eq!((duration(200.0), duration(9000.0)), ("3 min".to_string(), "2.5 h".to_string()));
    }
}
