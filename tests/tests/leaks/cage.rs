//! The canaries, and the cage that they should not leave.

use std::{collections::BTreeSet, process::Command};

use sfjwt_tests::{Outcome, Wiretap, World};

pub(crate) const PASSPHRASE: &str = "correct-canary-battery-staple";

/// An org whose login host is tapped, an encrypted key, and the product talking as much as it can.
pub(crate) struct Cage {
    pub(crate) world: World,
    tap: Wiretap,
    /// The lines of the key, as text: encrypted, and as they are underneath.
    key: Vec<String>,
    tokens: BTreeSet<String>,
}

impl Cage {
    pub(crate) fn new() -> Self {
        let world = World::new();
        world.write("passphrase.txt", PASSPHRASE);
        // Few iterations: what is tested is where a passphrase goes, not how long it resists.
        let cipher = "-topk8 -v2 aes-256-cbc -iter 2048 -passout file:passphrase.txt";
        let recipe = format!("umask 077; openssl pkcs8 {cipher} -in key.pem -out canary.pem");
        let mut shell = Command::new("sh");
        let run = shell.args(["-c", &recipe]).current_dir(world.path(""));
        Outcome::from(run.output().unwrap()).succeeds();
        let mut cage = Self {
            tap: Wiretap::before(world.url()),
            key: [
                body(&world.read("canary.pem")),
                body(&world.read("key.pem")),
            ]
            .concat(),
            tokens: BTreeSet::new(),
            world,
        };
        cage.remember_token();
        cage
    }

    /// The product with the encrypted key, through the tap, with every message and an audit file.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(arguments);
        command
            .env("SFJWT_KEY", "file:canary.pem?passphrase-source=env:CANARY")
            .env("CANARY", PASSPHRASE)
            .env("SFJWT_LOGIN_URL", self.tap.url())
            .env("SFJWT_AUDIENCE", self.world.url())
            .env("SFJWT_AUDIT_FILE", self.world.path("audit.jsonl"))
            .env("SFJWT_MAX_ATTEMPTS", "1")
            .env("SFJWT_LOG", "trace")
            .arg("-vvv");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.command(arguments).output().unwrap().into()
    }

    /// Adds the token of the session that lives now to those that are looked for.
    pub(crate) fn remember_token(&mut self) {
        self.world.org().set_faults(sfsim::Faults::none());
        let outcome = self.run(&["token"]);
        let token = outcome.succeeds().trim_end().to_owned();
        assert!(token.len() > 50, "{token}");
        self.tokens.insert(token);
    }

    /// The assertions that were sent to the org so far.
    pub(crate) fn assertions(&self) -> Vec<String> {
        let sent = self.tap.form_values("assertion");
        assert!(
            sent.iter().all(|jwt| jwt.split('.').count() == 3),
            "the tap heard something else than assertions"
        );
        sent
    }

    pub(crate) fn newest_token(&self) -> &str {
        self.tokens.last().unwrap()
    }

    /// Asserts that none of the canaries is in the text.
    #[track_caller]
    pub(crate) fn holds(&self, what: &str, text: &str) {
        let found = self.escaped(text);
        assert!(found.is_empty(), "{what}: {found:?} escaped: {text}");
    }

    /// The kinds of canaries in the text.
    pub(crate) fn escaped(&self, text: &str) -> Vec<&'static str> {
        let has = |canary: &String| text.contains(canary.as_str());
        let assertions = self.assertions();
        // Half an assertion is too much: the signature, and the claims as they are sent.
        let mut halves = assertions
            .iter()
            .flat_map(|jwt| jwt.split('.').skip(1).map(str::to_owned));
        let checks = [
            ("passphrase", has(&PASSPHRASE.to_owned())),
            ("key", self.key.iter().any(has)),
            ("token", self.tokens.iter().any(has)),
            ("assertion", halves.any(|half| has(&half))),
        ];
        let escaped = checks.into_iter().filter(|(_, found)| *found);
        escaped.map(|(name, _)| name).collect()
    }

    pub(crate) fn audit(&self) -> String {
        self.world.read("audit.jsonl")
    }
}

/// The whole lines between the lines with dashes: each of them is key.
pub(crate) fn body(pem: &str) -> Vec<String> {
    let whole = |line: &&str| line.len() == 64;
    let lines: Vec<_> = pem.lines().filter(whole).map(str::to_owned).collect();
    assert!(lines.len() > 20, "there is no key in {pem}");
    lines
}
