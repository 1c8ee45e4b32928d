#!/usr/bin/env bash
# Every test: format, lints, Rust tests, community suites, parity with other simulators, and speed beside them.
# Needs a Rust toolchain, Python 3 with venv, and a C compiler. Fetches packages by name only (crates.io, PyPI).
set -u -o pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
log=target/test-logs
mkdir -p "$log"
passed=0 failed=0 skipped=0

# step NAME COMMAND...: runs a step that counts as one test.
step() {
  local name=$1
  shift
  printf '== %s\n' "$name"
  if "$@" >"$log/$name.log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    tail -n 60 "$log/$name.log"
    printf 'FAILED: %s (%s)\n' "$name" "$log/$name.log"
  fi
}

# count WORD: the sum of cargo's "N WORD" over all test binaries.
count() {
  awk -v word="$1" '/^test result/ { for (i = 2; i <= NF; i++) if ($i ~ "^" word) n += $(i - 1) } END { print n + 0 }' \
    "$log/cargo-test.log"
}

# cargo_tests: runs the workspace's tests and adds up cargo's own counts.
cargo_tests() {
  printf '== cargo test\n'
  cargo test --release --workspace --no-fail-fast 2>&1 | tee "$log/cargo-test.log" |
    grep -E '^(test result|failures:|error|warning: unused|     Running|   Doc-tests|SKIPPED|note: )|panicked|FAILED|passed,'
  local status=${PIPESTATUS[0]}
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed)))
  skipped=$((skipped + $(count ignored)))
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    failed=$((failed + 1))
    tail -n 40 "$log/cargo-test.log"
  fi
}

# parity: the shipped models in the public antimony package and libroadrunner against synapta.
parity() {
  printf '== parity\n'
  local venv=target/parity-venv
  if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv" || return 1
  fi
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/parity/requirements.txt || return 1
  "$venv/bin/python" tests/parity/run.py target/release/synapta target/parity 2>&1 | grep -v "^.WARNING." | tee "$log/parity.log"
  passed=$((passed + $(grep -c '^ok ' "$log/parity.log")))
  failed=$((failed + $(grep -c '^FAIL' "$log/parity.log")))
  grep -q '^parity: ' "$log/parity.log"
}

# speed: Synapta beside libroadrunner and CVODE on a yardstick model; a line a peer, bad if a ratio of docs/benchmarks.md has
# fallen to a tenth. Then the tests of what the numbers are made with.
speed() {
  printf '== speed\n'
  local work=target/peers
  python3 benches/peers/run.py --short --work "$work" --synapta target/release/synapta >"$log/speed.log" 2>"$log/speed.err"
  local status=$?
  grep -E '^(ok|FAIL|    ) ' "$log/speed.log"
  "$work/venv/bin/python" benches/peers/tests.py 2>&1 | tee "$log/peers-tests.log" | tail -n 3
  passed=$((passed + $(grep -c '^ok ' "$log/speed.log") + $(awk '/^Ran [0-9]+ test/ { print $2 }' "$log/peers-tests.log")))
  [ "$status" -eq 0 ] && grep -q '^OK' "$log/peers-tests.log" && return
  tail -n 20 "$log/speed.err"
  return 1
}

step format cargo fmt --all --check
step clippy cargo clippy --workspace --all-targets --quiet -- -D warnings
step build cargo build --release --workspace
cargo_tests
parity || { failed=$((failed + 1)); printf 'FAILED: parity did not finish\n'; }

speed || { failed=$((failed + 1)); printf 'FAILED: speed\n'; }

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
