//! What a user waits for: whole processes of the release build against the org on loopback, beside
//! the recipe by hand in the same run.
//!
//! `cargo build --release -p sfjwt && cargo bench -p sfjwt-tests --bench processes`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints and may stop"
)]

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sfjwt_tests::{CLIENT_ID, Outcome, Running, USERNAME, World};
use sfsim::Tls;

/// Runs of each, in turns, so that all of them meet the same weather.
const RUNS: usize = 20;

const ROWS: u64 = 200_000;
const CSV: [&str; 4] = ["query", "SELECT Id, Name FROM Account", "--output", "csv"];

fn main() {
    let http = World::new();
    let https = World::with(|setup| setup.tls(Tls::on()));
    let mut token = || http.command(["token"]);
    let mut secure = || https.command(["token"]);
    let by_hand = || by_hand(&http);
    let mut walls = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        walls[0].push(wall(&mut token()));
        walls[1].push(wall(&mut secure()));
        walls[2].push(wall(&mut by_hand()));
    }
    let [token_wall, secure_wall, by_hand_wall] = walls.map(median);
    println!("median of {RUNS} runs, whole process");
    println!(
        "sfjwt token, http    {token_wall:>10.1?}  peak {} KiB",
        peak(&mut token)
    );
    println!(
        "sfjwt token, https   {secure_wall:>10.1?}  peak {} KiB",
        peak(&mut secure)
    );
    println!("openssl and curl     {by_hand_wall:>10.1?}  (http)");
    let ratio = by_hand_wall.as_secs_f64() / token_wall.as_secs_f64();
    println!("by hand takes {ratio:.1} times as long");
    query();
}

fn query() {
    let world = World::with(|setup| setup.accounts(ROWS));
    let mut walls = Vec::new();
    let mut peak_kib = 0;
    for _ in 0..3 {
        let begin = Instant::now();
        let mut process = Running::start(&mut world.command(CSV));
        let drained = process.drain();
        process.end().succeeds();
        walls.push(begin.elapsed());
        peak_kib = peak_kib.max(drained.peak_kib);
    }
    let wall = median(walls);
    println!("sfjwt query, {ROWS} rows to CSV  {wall:.1?} (with the org)  peak {peak_kib} KiB");
}

/// The seed's recipe: claims by `printf`, signature by `openssl`, exchange by `curl`.
fn by_hand(world: &World) -> Command {
    const SCRIPT: &str = r#"
base64url() { basenc --base64url -w0 | tr -d =; }
claims='{"iss":"'$1'","sub":"'$2'","aud":"'$3'","exp":'$(($(date +%s) + 180))'}'
input=$(printf '{"alg":"RS256"}' | base64url).$(printf %s "$claims" | base64url)
signature=$(printf %s "$input" | openssl dgst -sha256 -sign key.pem -binary | base64url)
curl -sS --fail -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer \
    -d "assertion=$input.$signature" "$3/services/oauth2/token"
"#;
    let mut command = Command::new("bash");
    command
        .args(["-c", SCRIPT, "by-hand", CLIENT_ID, USERNAME, world.url()])
        .current_dir(world.path(""));
    command
}

fn wall(command: &mut Command) -> Duration {
    let command = command.stdin(Stdio::null());
    let begin = Instant::now();
    let output = command.output().unwrap();
    let wall = begin.elapsed();
    let printed = Outcome::from(output).succeeds();
    assert!(printed.contains("00D"), "{printed}");
    wall
}

/// The median of the most memory seen while a process ran, looked at without a pause.
fn peak(command: &mut impl FnMut() -> Command) -> u64 {
    let one = |_| {
        let process = Running::start(&mut command());
        let mut peak = 0;
        while let Some(kib) = process.peak_kib() {
            peak = peak.max(kib);
        }
        process.end().succeeds();
        peak
    };
    median((0..RUNS).map(one).collect())
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}
