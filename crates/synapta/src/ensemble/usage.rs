//! What a process and a thread have used of the machine.

/// CPU seconds of the calling thread; time passed where the system does not tell.
#[cfg(unix)]
pub fn thread_seconds() -> f64 {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(0.0, |t| t.tv_sec() as f64 + 1e-9 * t.tv_nsec() as f64)
}

/// CPU seconds of the calling thread; time passed where the system does not tell.
#[cfg(not(unix))]
pub fn thread_seconds() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

/// CPU seconds of the process, where the system tells.
#[cfg(unix)]
pub fn process_seconds() -> Option<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    let seconds = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 + 1e-6 * t.tv_usec() as f64;
    Some(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// CPU seconds of the process, where the system tells.
#[cfg(not(unix))]
pub fn process_seconds() -> Option<f64> {
    None
}

/// Largest memory of the process in bytes, where the system tells.
#[cfg(target_os = "linux")]
pub fn peak_memory_bytes() -> Option<u64> {
    // Unlike the largest resident set of `getrusage`, this one does not begin with that of the parent process.
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}

/// Largest memory of the process in bytes, where the system tells.
#[cfg(not(target_os = "linux"))]
pub fn peak_memory_bytes() -> Option<u64> {
    None
}
