//! What to run: the words of the command line. The runner of Synapta reads the same ones from this file.

use std::path::PathBuf;

const USAGE: &str = "usage: PROGRAM FOLDER RTOL ATOL TIMES COLUMNS SUBJECTS VARIED FIRST COUNT REPEATS CAP DUMP KEEP";

/// One measurement; see `native/cvode.c` for the meaning of each word.
pub struct Job {
    pub folder: PathBuf,
    pub rtol: f64,
    pub atol: f64,
    pub times: Vec<f64>,
    pub all_states: bool,
    subjects: Option<Vec<f64>>,
    varied: usize,
    first: usize,
    pub count: usize,
    pub repeats: usize,
    pub cap: f64,
    pub dump: PathBuf,
    pub keep: usize,
}

impl Job {
    /// Reads the command line.
    pub fn from_arguments() -> Result<Self, Box<dyn std::error::Error>> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let [folder, rtol, atol, times, columns, subjects, varied, first, count, repeats, cap, dump, keep] =
            words.as_slice()
        else {
            return Err(USAGE.into());
        };
        let one = subjects == "-";
        Ok(Self {
            folder: folder.into(),
            rtol: rtol.parse()?,
            atol: atol.parse()?,
            times: doubles(times)?,
            all_states: columns == "1",
            subjects: if one { None } else { Some(doubles(subjects)?) },
            varied: varied.parse()?,
            first: first.parse()?,
            count: if one { 1 } else { count.parse()? },
            repeats: repeats.parse()?,
            cap: cap.parse()?,
            dump: dump.into(),
            keep: keep.parse()?,
        })
    }

    /// The values of the `q`-th subject of the slice; none for the written values.
    pub fn subject(&self, q: usize) -> Option<&[f64]> {
        let from = (self.first + q) * self.varied;
        self.subjects.as_ref().and_then(|all| all.get(from..from + self.varied))
    }
}

fn doubles(path: &str) -> Result<Vec<f64>, std::io::Error> {
    let bytes = std::fs::read(path)?;
    Ok(bytes.chunks_exact(8).filter_map(|c| c.try_into().ok()).map(f64::from_le_bytes).collect())
}

/// CPU time of the process, from the kernel's accounting of its threads, in seconds.
pub fn cpu_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a value of the right type that lives through the call.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

/// Largest resident memory of the process, in bytes; 0 where the kernel has no status file.
///
/// `getrusage` would count the memory of the process before exec as well.
pub fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}
