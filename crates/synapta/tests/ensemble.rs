//! `synapta ensemble` as a user types it: the file against `simulate`, threads, lanes, shards, interruptions, failures,
//! bad input.

#![cfg(unix)]

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// Two states, a dose at time 3, and a condition.
const MODEL: &str = "compartment c = 2; species A in c = 10, B in c = 0;
J: A -> B; k*A; K: B -> ; g*B^2/(n + B);
k = 0.5; g = 0.2; n = 0.1; dose = 4;
E: at time > 3: A = A + dose; high := piecewise(1, B > 2, 0);";

/// Rates that keep the integrator busy for some time.
const BUSY: &str = "x = 1; y = 0.5; a = 1; x' = a*x*(1 - y); y' = y*(x - 1);";

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synapta"));
    command.current_dir(folder).args(args);
    command
}

fn synapta(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs it, expecting this exit code; gives standard output.
fn exits(code: i32, folder: &Path, args: &[&str]) -> String {
    let out = synapta(folder, args);
    assert_eq!(out.status.code(), Some(code), "{args:?}\n{}{}", text(&out.stderr), text(&out.stdout));
    text(&out.stdout)
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ensemble").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), content).expect("a file");
}

/// A folder with a model and a table of so many subjects for it.
fn with_table(name: &str, model: &str, header: &str, rows: usize, row: impl Fn(f64) -> String) -> PathBuf {
    let here = folder(name);
    write(&here, "m.ant", model);
    let rows: Vec<String> = (0..rows).map(|i| row(i as f64)).collect();
    write(&here, "t.csv", format!("{header}\n{}\n", rows.join("\n")));
    here
}

/// Two hundred subjects with so many output rows that they make several row groups.
fn several_groups(name: &str) -> PathBuf {
    with_table(name, MODEL, "id,k,A", 200, |i| format!("s{i},{},{}", 0.1 + 0.01 * i, 5.0 + 0.1 * i))
}

const SEVERAL_GROUPS: [&str; 13] = [
    "ensemble",
    "m.ant",
    "--subjects",
    "t.csv",
    "--end",
    "20",
    "--steps",
    "2100",
    "--variables",
    "A,B,J,high",
    "--json",
    "--quiet",
    "--out",
];

fn and<'a>(args: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    args.iter().chain(more).copied().collect()
}

/// Every row: subject, then time and variables as bits.
fn rows(path: &Path) -> Vec<(String, Vec<u64>)> {
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    let row = |row: parquet::record::Row| {
        let mut columns = row.into_columns().into_iter().map(|(_, field)| field);
        let subject = match columns.next() {
            Some(Field::Str(s)) => s,
            Some(Field::Long(n)) => n.to_string(),
            other => panic!("{other:?}"),
        };
        let number = |f: Field| match f {
            Field::Double(v) => v.to_bits(),
            other => panic!("{other:?}"),
        };
        (subject, columns.map(number).collect())
    };
    reader.get_row_iter(None).expect("rows").map(|r| row(r.expect("a row"))).collect()
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The rows of a CSV without its header, as bits.
fn csv_bits(path: &Path) -> Vec<Vec<u64>> {
    let text = std::fs::read_to_string(path).expect("csv");
    let number = |x: &str| x.parse::<f64>().expect("a number").to_bits();
    text.lines().skip(1).map(|l| l.split(',').map(number).collect()).collect()
}

#[test]
fn every_row_is_what_simulate_gives() {
    let value = |i: f64| (0.05 + 0.03 * i, 2.0 + i);
    let here = with_table("equal", MODEL, "subject,k,A", 40, |i| {
        let (k, a) = value(i);
        // Every seventh subject keeps the model's own value.
        if i as usize % 7 == 3 { format!("p{i},,{a}") } else { format!("p{i},{k},{a}") }
    });
    let grid = ["--start", "0", "--end", "20", "--steps", "40", "--rtol", "1e-7", "--atol", "1e-10"];
    let grid = and(&grid, &["--variables", "A,B,J,high", "--amount", "B"]);
    let args =
        and(&["ensemble", "m.ant", "--subjects", "t.csv", "--out", "f.parquet", "--json", "--threads", "2"], &grid);
    let report: Value = serde_json::from_str(&exits(0, &here, &args)).expect("JSON");
    assert_eq!((&report["subjects"], &report["failures"], &report["rows"]), (&40.into(), &0.into(), &(40 * 41).into()));
    for key in ["steps", "rhs", "jacobians", "factorisations", "load_seconds", "wall_seconds", "cpu_seconds"] {
        assert!(report[key].as_f64().is_some_and(|v| v > 0.0), "{key}: {}", report[key]);
    }
    let found = rows(&here.join("f.parquet"));
    for i in 0..40 {
        let (k, a) = value(f64::from(i));
        let set = [format!("k={k}"), format!("A={a}")];
        let set: Vec<&str> = set.iter().skip(usize::from(i % 7 == 3)).flat_map(|s| ["--set", s.as_str()]).collect();
        exits(0, &here, &and(&and(&["simulate", "m.ant", "--output-csv", "one.csv"], &grid), &set));
        let mine: Vec<Vec<u64>> = found.iter().filter(|(s, _)| *s == format!("p{i}")).map(|(_, v)| v.clone()).collect();
        assert!(mine == csv_bits(&here.join("one.csv")), "subject p{i}");
    }
}

#[test]
fn threads_lanes_and_shards_change_no_bit() {
    let here = several_groups("same");
    exits(0, &here, &and(&SEVERAL_GROUPS, &["a.parquet", "--threads", "1", "--lanes", "1"]));
    for (name, threads, lanes) in [("b", "2", "8"), ("c", "1", "4"), ("d", "2", "16"), ("e", "3", "1")] {
        let file = format!("{name}.parquet");
        exits(0, &here, &and(&SEVERAL_GROUPS, &[&file, "--threads", threads, "--lanes", lanes]));
        assert!(bytes(&here.join(&file)) == bytes(&here.join("a.parquet")), "{threads} threads, {lanes} lanes");
    }
    let mut shards = vec![];
    for shard in ["1/3", "2/3", "3/3"] {
        let file = format!("shard{}.parquet", &shard[..1]);
        exits(0, &here, &and(&SEVERAL_GROUPS, &[&file, "--shard", shard]));
        shards.extend(rows(&here.join(&file)));
    }
    assert!(shards == rows(&here.join("a.parquet")), "shards one after another");
    assert_eq!(shards.len(), 200 * 2101);
}

#[test]
fn rows_are_in_the_tables_order_and_the_file_says_what_it_is() {
    let here = several_groups("about");
    let report: Value = serde_json::from_str(&exits(0, &here, &and(&SEVERAL_GROUPS, &["a.parquet"]))).expect("JSON");
    let reader =
        SerializedFileReader::new(std::fs::File::open(here.join("a.parquet")).expect("file")).expect("Parquet");
    let groups: Vec<i64> = reader.metadata().row_groups().iter().map(|g| g.num_rows() / 2101).collect();
    assert_eq!(groups, [64, 64, 64, 8], "whole subjects, at least 64 in a row group");
    assert_eq!(report["row_groups"], 4);
    let found = rows(&here.join("a.parquet"));
    assert!(found.iter().enumerate().all(|(i, (subject, _))| *subject == format!("s{}", i / 2101)));
    let entries = reader.metadata().file_metadata().key_value_metadata().expect("metadata");
    let entry = |key: &str| entries.iter().find(|e| e.key == key).and_then(|e| e.value.clone()).expect("an entry");
    let manifest: Value = serde_json::from_str(&entry("synapta:ensemble")).expect("JSON");
    assert_eq!(manifest["table"]["subjects"], 200);
    assert_eq!(manifest["solver"]["atol"], "scale");
    assert_eq!(entry("title:high"), "high");
    assert!(!here.join("a.parquet.parts").exists() && !here.join("a.failures.csv").exists());
}

/// A long run of many row groups in a folder of its own.
fn busy(name: &str) -> (PathBuf, Vec<&'static str>) {
    let here = with_table(name, BUSY, "a", 640, |i| format!("{}", 1.0 + 0.001 * i));
    let args = and(
        &["ensemble", "m.ant", "--subjects", "t.csv", "--end", "400", "--steps", "2100", "--rtol", "1e-9"],
        &["--variables", "x,y", "--threads", "1", "--out", "f.parquet"],
    );
    (here, args)
}

/// Number of finished row groups that wait for the others.
fn parts(here: &Path) -> usize {
    let is_part = |e: std::fs::DirEntry| e.file_name().to_string_lossy().ends_with(".parquet");
    std::fs::read_dir(here.join("f.parquet.parts"))
        .map_or(0, |d| d.flatten().filter_map(|e| is_part(e).then_some(())).count())
}

/// Starts a run, waits for a row group that it finished and ends it by a signal; gives its exit code and messages.
fn ended_by(signal: nix::sys::signal::Signal, here: &Path, args: &[&str]) -> (Option<i32>, String) {
    let before = parts(here);
    let mut child = command(here, args).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the binary runs");
    while parts(here) <= before {
        assert_eq!(child.try_wait().expect("a child"), None, "it ended before its first row group was seen");
        std::thread::sleep(Duration::from_millis(1));
    }
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id() as i32), signal).expect("a signal");
    let out = child.wait_with_output().expect("it ends");
    assert!(!here.join("f.parquet").exists(), "it was done before the signal came");
    (out.status.code(), text(&out.stderr))
}

#[test]
fn a_run_ended_by_force_or_by_ctrl_c_goes_on_and_gives_the_same_bytes() {
    let (whole, args) = busy("whole");
    exits(0, &whole, &args);
    let (here, _) = busy("ended");
    let (code, _) = ended_by(nix::sys::signal::Signal::SIGKILL, &here, &args);
    assert_eq!(code, None, "killed");
    let part = here.join("f.parquet.parts/part-00000.parquet");
    let written = std::fs::metadata(&part).and_then(|m| m.modified()).expect("a part");
    let (code, message) = ended_by(nix::sys::signal::Signal::SIGINT, &here, &args);
    assert_eq!(code, Some(130), "{message}");
    assert!(message.contains("resuming: ") && message.contains("the same command goes on from there"), "{message}");
    let out = synapta(&here, &and(&args, &["--json"]));
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains(" of 10 row groups are there"), "{}", text(&out.stderr));
    let report: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert!(report["resumed"].as_u64().is_some_and(|n| n >= 1), "{report}");
    assert!(report["computed"].as_u64().is_some_and(|n| n <= 640 - 64), "{report}");
    assert!(written < std::fs::metadata(here.join("f.parquet")).and_then(|m| m.modified()).expect("the file"));
    assert!(bytes(&here.join("f.parquet")) == bytes(&whole.join("f.parquet")));
    assert!(!here.join("f.parquet.parts").exists());
}

#[test]
fn what_is_there_is_not_overwritten_unasked() {
    let (here, args) = busy("there");
    ended_by(nix::sys::signal::Signal::SIGKILL, &here, &args);
    let other: Vec<&str> = args.iter().map(|a| if *a == "1e-9" { "1e-8" } else { *a }).collect();
    let message = text(&synapta(&here, &other).stderr);
    assert!(
        message.contains("other-run") && message.contains("solver") && message.contains("--overwrite"),
        "{message}"
    );
    let short = |rtol: &'static str| {
        vec!["ensemble", "m.ant", "--subjects", "t.csv", "--end", "1", "--rtol", rtol, "--out", "f.parquet", "--quiet"]
    };
    exits(2, &here, &short("1e-6"));
    exits(0, &here, &and(&short("1e-6"), &["--overwrite"]));
    let before = bytes(&here.join("f.parquet"));
    let message = text(&synapta(&here, &short("1e-5")).stderr);
    assert!(message.contains("output-exists") && message.contains("--overwrite"), "{message}");
    assert!(bytes(&here.join("f.parquet")) == before);
    exits(0, &here, &and(&short("1e-5"), &["--overwrite"]));
    assert!(bytes(&here.join("f.parquet")) != before);
}

#[test]
fn a_damaged_part_is_made_again() {
    let (here, args) = busy("damaged");
    ended_by(nix::sys::signal::Signal::SIGKILL, &here, &args);
    let part = here.join("f.parquet.parts/part-00000.parquet");
    let content = bytes(&part);
    write(&here, "f.parquet.parts/part-00000.parquet", &content[..content.len() / 2]);
    ended_by_part_two(&here, &args);
    assert!(bytes(&part) == content, "the part is the same again");
}

/// Runs until the first part is whole again, then ends it.
fn ended_by_part_two(here: &Path, args: &[&str]) {
    let size = |p: &Path| std::fs::metadata(p).map_or(0, |m| m.len());
    let part = here.join("f.parquet.parts/part-00000.parquet");
    let damaged = size(&part);
    let mut child = command(here, args).stderr(Stdio::null()).stdout(Stdio::null()).spawn().expect("the binary runs");
    while size(&part) == damaged {
        assert_eq!(child.try_wait().expect("a child"), None, "it ended before the part was made");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("a child");
    child.wait().expect("it ends");
}

#[test]
fn subjects_that_fail_are_listed_and_have_no_rows() {
    // With a positive `k`, x grows beyond all bounds at time 1/k.
    let here = with_table("failing", "x = 1; k = 0; x' = k*x^2;", "k", 20, |i| {
        if i as usize % 5 == 2 { "0.5".to_string() } else { format!("{}", -0.1 * i) }
    });
    let args = ["ensemble", "m.ant", "--subjects", "t.csv", "--end", "4", "--steps", "4", "--out", "f.parquet"];
    for more in [&[][..], &["--overwrite", "--threads", "1", "--lanes", "1"]] {
        let out = synapta(&here, &and(&and(&args, &["--json"]), more));
        assert_eq!(out.status.code(), Some(1), "{}", text(&out.stderr));
        let report: Value = serde_json::from_slice(&out.stdout).expect("JSON");
        assert_eq!((&report["failures"], &report["rows"]), (&4.into(), &(16 * 5).into()));
        assert_eq!(report["failed"][1]["subject"], "8");
        let when = report["failed"][1]["time"].as_f64().expect("a time");
        assert!((1.9..=2.1).contains(&when), "{when}");
        let found = rows(&here.join("f.parquet"));
        assert!(found.len() == 16 * 5 && found.iter().all(|(subject, _)| subject != "8"));
        let list = std::fs::read_to_string(here.join("f.failures.csv")).expect("the list");
        assert_eq!((list.lines().count(), list.lines().next()), (5, Some("subject,time,reason")));
    }
    let shown = exits(1, &here, &and(&args, &["--overwrite"]));
    assert!(shown.contains("4 failed") && shown.contains("f.failures.csv"), "{shown}");
    // Without failures the list goes.
    write(&here, "t.csv", "k\n-1\n");
    exits(0, &here, &and(&args, &["--overwrite"]));
    assert!(!here.join("f.failures.csv").exists());
}

#[test]
fn all_may_fail_and_values_may_be_no_numbers() {
    let here = with_table("nothing", "x = 1; k = 1; x' = k*x^2;", "k", 3, |_| "1".to_string());
    let args = ["ensemble", "m.ant", "--subjects", "t.csv", "--end", "4", "--out", "f.parquet"];
    exits(1, &here, &args);
    assert_eq!(rows(&here.join("f.parquet")).len(), 0);
    write(&here, "m.ant", "x = 1; k = 1; x' = -k*x; y := log(x - 0.5);");
    let out = synapta(&here, &and(&args, &["--overwrite"]));
    assert_eq!(out.status.code(), Some(0));
    assert!(text(&out.stderr).contains("3 subjects have a value that is not a number"), "{}", text(&out.stderr));
}

/// Runs with a table and expects exit 2, these words and help, and no file.
fn refuses(name: &str, table: &[u8], more: &[&str], words: &[&str]) {
    let here = folder(&format!("bad-{name}"));
    write(&here, "m.ant", MODEL);
    write(&here, "t.csv", table);
    let args = and(&["ensemble", "m.ant", "--subjects", "t.csv", "--out", "f.parquet"], more);
    let out = synapta(&here, &args);
    let shown = text(&out.stderr) + &text(&out.stdout);
    assert_eq!(out.status.code(), Some(2), "{name}: {shown}");
    for word in words.iter().chain(&["help: "]) {
        assert!(shown.contains(word), "{name}: no `{word}` in\n{shown}");
    }
    assert!(!shown.contains("panicked"), "{shown}");
    assert!(!here.join("f.parquet").exists() && !here.join("f.parquet.parts").exists(), "{name}");
}

#[test]
fn bad_tables_get_a_place_and_a_remedy() {
    refuses("empty", b"", &[], &["table-empty"]);
    refuses("no-rows", b"k,A\n", &[], &["table-empty", "t.csv:1:1"]);
    refuses("name", b"id,dosse\n1,2\n", &[], &["unknown-name", "t.csv:1:4", "did you mean `dose`"]);
    refuses("rule", b"k,high\n1,2\n", &[], &["set-not-settable", "t.csv:1:3"]);
    refuses("number", b"k,A\n1,2\n1,two\n", &[], &["set-number", "t.csv:3:3", "leave the cell empty"]);
    refuses("infinite", b"k\n1\ninf\n", &[], &["set-number", "t.csv:3:1"]);
    refuses("decimal-comma", b"k\r\n\"0,5\"\r\n", &[], &["t.csv:2:1", "decimals with a point"]);
    refuses("cells", b"k,A\n1\n", &[], &["table-fields", "t.csv:2:1", "1 cells, the header 2"]);
    refuses("more-cells", b"k,A\n1,2,3\n", &[], &["table-fields", "t.csv:2:1"]);
    refuses("separator", b"k;A\n1;2\n", &[], &["table-separator", "t.csv:1:1", "commas"]);
    refuses("twice", b"k,A,k\n1,2,3\n", &[], &["table-column", "t.csv:1:5", "first here"]);
    refuses("two-ids", b"id,k\na,1\na,2\n", &[], &["table-subject", "t.csv:3:1", "`a` stands twice"]);
    refuses("no-id", b"id,k\n,1\n", &[], &["table-subject", "t.csv:2:1"]);
    refuses("late-id", b"k,id\n1,a\n", &[], &["table-column", "t.csv:1:3", "first"]);
    refuses("latin-1", b"k,A\n1,2\xe9\n", &[], &["table-encoding", "t.csv:2:4", "UTF-8"]);
    refuses("utf-16", b"\xff\xfek\0\n\0", &[], &["table-encoding", "UTF-16"]);
    refuses("quote", b"id,k\n\"a,1\n", &[], &["table-malformed", "t.csv:2:1"]);
    refuses("no-header", b"1,2\n3,4\n", &[], &["t.csv:1:1", "the first row names the columns"]);
}

#[test]
fn bad_requests_get_a_remedy() {
    let refuse = |name: &str, more: &[&str], words: &[&str]| refuses(name, b"k\n1\n", more, words);
    refuse("shard", &["--shard", "9/8"], &["bad-shard", "1/8"]);
    refuse("threads", &["--threads", "0"], &["bad-threads"]);
    refuse("lanes", &["--lanes", "5"], &["bad-lanes"]);
    refuse("end", &["--end", "-1"], &["bad-time"]);
    refuse("steps", &["--steps", "0"], &["bad-time"]);
    refuse("rtol", &["--rtol", "2"], &["bad-tolerance"]);
    refuse("variable", &["--variables", "A,C2"], &["unknown-name"]);
    refuse("same-variable", &["--variables", "A,A"], &["table-column", "two columns"]);
    refuse("set", &["--set", "kk=1"], &["unknown-name"]);
    refuse("dosed", &["--dose", "1 mg iv"], &["wrong-assembly"]);
    refuse("regimen", &["--regimen", "doses.csv"], &["wrong-assembly"]);
    let here = folder("bad-paths");
    write(&here, "m.ant", MODEL);
    write(&here, "t.csv", "k\n1\n");
    let told = |args: &[&str], word: &str| {
        let out = synapta(&here, args);
        let shown = text(&out.stderr);
        assert!(out.status.code() == Some(2) && shown.contains(word) && shown.contains("help: "), "{args:?}: {shown}");
    };
    told(&["ensemble", "m.ant", "--subjects", "no.csv", "--out", "f.parquet"], "unreadable-file");
    told(&["ensemble", "m.ant", "--subjects", "t.csv", "--out", "no/f.parquet"], "unwritable-file");
    told(&["ensemble", "no.ant", "--subjects", "t.csv", "--out", "f.parquet"], "unreadable-file");
    told(&["ensemble", "--subjects", "t.csv", "--out", "f.parquet"], "no-model");
    told(&["ensemble", "human", "--subject", "rat", "--subjects", "t.csv", "--out", "f.parquet"], "wrong-assembly");
    told(&["ensemble", "human", "--subjects", "t.csv", "--dose", "1 mg nectar", "--out", "f.parquet"], "regimen-");
}

#[test]
fn a_byte_order_mark_windows_line_ends_and_spaces_are_read() {
    let here = folder("windows");
    write(&here, "m.ant", MODEL);
    write(&here, "unix.csv", "id,k,A\na,0.5,\nb,0.25,3\n");
    write(&here, "windows.csv", "\u{feff}ID , \"k\", A\r\n\r\n a,0.5,\r\n\"b\" ,2.5e-1,3");
    for name in ["unix", "windows"] {
        let (table, out) = (format!("{name}.csv"), format!("{name}.parquet"));
        exits(0, &here, &["ensemble", "m.ant", "--subjects", &table, "--out", &out, "--quiet"]);
    }
    assert!(rows(&here.join("unix.parquet")) == rows(&here.join("windows.parquet")));
}

/// Columns of a study's trajectory by name: in its first row and in its last.
fn ends_of_trajectory(folder: &Path, columns: &[&str]) -> [Vec<f64>; 2] {
    let text = std::fs::read_to_string(folder.join("trajectory.csv")).expect("csv");
    let header: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
    let at = |name: &&str| header.iter().position(|h| h == name).expect("a column");
    let of = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        columns.iter().map(|c| cells[at(c)].parse().expect("a number")).collect()
    };
    let rows: Vec<&str> = text.lines().skip(1).collect();
    [of(rows[0]), of(rows[rows.len() - 1])]
}

/// Equal up to this share of the larger one.
fn assert_close(found: &[f64], wanted: &[f64], share: f64, what: &str) {
    for (a, b) in found.iter().zip(wanted) {
        assert!((a - b).abs() <= share * a.abs().max(b.abs()), "{what}: {found:?} is not {wanted:?}");
    }
}

#[test]
fn people_of_the_human_model_are_dosed_by_their_own_weight_from_their_own_baseline() {
    let here = folder("human");
    let rate = |i: i32| 0.45 + 0.1 * f64::from(i);
    let rows_text: Vec<String> =
        (0..10).map(|i| format!("p{i},{},{}", 50 + 5 * i, rate(i))).chain(["typical,,".to_string()]).collect();
    write(&here, "t.csv", format!("id,weight,prefrontal.synapse.consolidation_rate\n{}\n", rows_text.join("\n")));
    let names = ["subject.mood.madrs", "subject.brain_ketamine"];
    let variables = names.join(",");
    let study = ["--dose", "0.5 mg/kg iv over 40 min, then naltrexone 50 mg oral at -1 h", "--without", "expectation"];
    let args = and(&["ensemble", "--subject", "trd", "--subjects", "t.csv"], &study);
    let args = and(&args, &["--start", "-1", "--end", "2 d", "--steps", "49"]);
    let args = and(&args, &["--variables", &variables, "--json", "--quiet", "--out"]);
    let report: Value = serde_json::from_str(&exits(0, &here, &and(&args, &["a.parquet"]))).expect("JSON");
    assert!(report["baseline_seconds"].as_f64().is_some_and(|s| s > 0.0), "{report}");
    exits(0, &here, &and(&args, &["b.parquet", "--threads", "1", "--lanes", "1"]));
    assert!(bytes(&here.join("a.parquet")) == bytes(&here.join("b.parquet")));
    let found = rows(&here.join("a.parquet"));
    assert_eq!(found.len(), 11 * 50);
    for (who, set) in [
        ("p0", vec!["weight=50".to_string(), format!("prefrontal.synapse.consolidation_rate={}", rate(0))]),
        ("p9", vec!["weight=95".to_string(), format!("prefrontal.synapse.consolidation_rate={}", rate(9))]),
        ("typical", vec![]),
    ] {
        let set: Vec<&str> = set.iter().flat_map(|s| ["--set", s.as_str()]).collect();
        let one = and(&["simulate", "--subject", "trd", "--end", "48", "--out", who], &study);
        exits(0, &here, &and(&one, &set));
        let [first, last] = ends_of_trajectory(&here.join(who), &names);
        let mine: Vec<Vec<f64>> = found
            .iter()
            .filter(|(s, _)| s == who)
            .map(|(_, row)| row.iter().map(|b| f64::from_bits(*b)).collect())
            .collect();
        assert_eq!((mine.len(), mine[0][0], mine[49][0]), (50, -1.0, 48.0));
        // The way to the baseline begins elsewhere, so it ends within rounding; the run repeats it within its tolerance.
        assert_close(&mine[0][1..], &first, 1e-11, who);
        assert_close(&mine[49][1..], &last, 1e-6, who);
    }
    refuses_human(&here);
}

fn refuses_human(here: &Path) {
    write(here, "bad.csv", "id,weight\na,70\nb,0\n");
    let out = synapta(here, &["ensemble", "human", "--subjects", "bad.csv", "--out", "c.parquet"]);
    let message = text(&out.stderr);
    assert!(out.status.code() == Some(2) && message.contains("bad.csv:3:3"), "{message}");
}
