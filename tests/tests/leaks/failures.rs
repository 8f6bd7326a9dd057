//! Everything that can go wrong, as talkative as it gets.

use super::cage::Cage;

const TROUBLE: [&str; 25] = [
    "token_error=invalid_grant:user hasn't approved this consumer",
    "token_error=server_error",
    "token_status=503",
    "empty_500=1,on=token",
    "rate_limit=1,on=token",
    "drop_connection=1,on=token",
    "redirect=https://collector.example/,on=token",
    "huge_body=3000000,on=token",
    "html=200,on=token",
    "cut_body_after=200,on=token",
    "truncated_json=1,on=token",
    "oversized_header=2000000,on=token",
    "instance_url=https://collector.example",
    "empty_500=1,on=data",
    "unavailable=1,on=data",
    "drop_connection=1,on=data",
    "redirect=https://collector.example/,on=data",
    "html=200,on=data",
    "cut_body_after=200,on=data",
    "truncated_json=1,on=data",
    "unauthorized=1",
    "expire_after=0",
    "wrong_total=3",
    "lost_page=3",
    "next_url=https://collector.example/",
];

#[test]
fn no_failure_lets_a_canary_out() {
    let mut cage = Cage::new();
    for fault in TROUBLE {
        for format in ["jsonl", "json"] {
            cage.world.fault(fault);
            let arguments = ["query", "SELECT Id FROM Account", "--output", format];
            let outcome = cage.run(&arguments);
            assert_ne!(outcome.status, Some(0), "{fault} did not hurt");
            // The failed attempt may have been given a token of its own.
            cage.remember_token();
            cage.holds(&format!("stdout at {fault}"), &outcome.stdout);
            cage.holds(&format!("stderr at {fault}"), &outcome.stderr);
        }
    }
    cage.holds("the audit file", &cage.audit());
}

#[test]
fn no_refused_login_lets_a_canary_out() {
    let cage = Cage::new();
    cage.world
        .sfjwt(["key", "create", "--key", "other.pem"])
        .succeeds();
    for wrong in [
        ["--client-id", "unknown"],
        ["--username", "unknown@example.com"],
        ["--audience", "https://elsewhere.example"],
        ["--key", "other.pem"],
        ["--public-key-sha256", &"00".repeat(32)],
        ["--ca-bundle", "canary.pem"],
        ["--client-cert", "canary.pem"],
    ] {
        let mut command = cage.command(&["whoami"]);
        // https, so that the files of the last two are read; nobody answers there.
        if wrong[1] == "canary.pem" {
            command.args(["--login-url", "https://127.0.0.1:1"]);
        }
        let outcome = sfjwt_tests::run_with(command.args(wrong), "");
        assert_ne!(outcome.status, Some(0), "{wrong:?} did not hurt");
        cage.holds(&format!("{wrong:?}"), &outcome.stderr);
    }
}
