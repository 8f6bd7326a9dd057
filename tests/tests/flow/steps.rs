//! Each command once, on an org that works.

use serde_json::Value;
use sfjwt_tests::{ACCOUNTS, CLIENT_ID, USERNAME, World};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_key_and_a_certificate_made_here_log_in() {
    // A world is made of `key create` and `cert create`; this is what they are good for.
    let world = World::new();
    world
        .sfjwt(["key", "check", "--cert", "app.crt"])
        .succeeds();
    world.sfjwt(["token"]).succeeds();
    assert_eq!(world.token_requests()[0].status, Some(200));
}

#[test]
fn a_token_is_one_request_a_form_in_the_body_of_a_post() {
    let world = World::new();
    world.sfjwt(["token"]).succeeds();
    let journal = world.org().journal();
    let [request] = &journal[..] else {
        panic!("not one request: {journal:#?}");
    };
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/services/oauth2/token")
    );
    assert_eq!(request.query, "");
    assert_eq!(
        request.content_type.as_deref(),
        Some("application/x-www-form-urlencoded")
    );
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    assert_eq!(request.grant.as_deref(), Some(grant));
    assert_eq!(request.client_id.as_deref(), Some(CLIENT_ID));
    assert_eq!(request.username.as_deref(), Some(USERNAME));
}

#[test]
fn the_token_request_carries_no_bearer_and_comes_to_the_login_host() {
    let world = World::new();
    world.sfjwt(["whoami"]).succeeds();
    let request = &world.token_requests()[0];
    assert_eq!(
        (request.role, request.bearer.as_deref()),
        (sfsim::Role::Login, None)
    );
}

#[test]
fn the_token_alone_is_printed_on_one_line() {
    let world = World::new();
    let printed = world.sfjwt(["token"]).succeeds();
    let token = printed.strip_suffix('\n').unwrap();
    assert!(
        token.starts_with("00D") && !token.contains(char::is_whitespace),
        "{printed:?}"
    );
}

#[test]
fn repeated_logins_return_the_token_of_the_living_session() {
    let world = World::new();
    let first = world.sfjwt(["token"]).succeeds();
    assert_eq!(world.sfjwt(["token"]).succeeds(), first);
    world.org().expire_tokens();
    assert_ne!(world.sfjwt(["token"]).succeeds(), first);
}

#[test]
fn a_token_as_json_is_the_whole_answer() {
    let world = World::new();
    let answer = json(&world.sfjwt(["token", "--output", "json"]).succeeds());
    assert_eq!(
        answer["access_token"],
        world.sfjwt(["token"]).succeeds().trim_end()
    );
    assert_eq!(answer["instance_url"], world.server().instance_url());
    assert_eq!(answer["token_type"], "Bearer");
    let names: Vec<_> = answer.as_object().unwrap().keys().collect();
    assert!(
        !names.iter().any(|name| name.contains("sfsim")),
        "unknown members: {names:?}"
    );
}

#[test]
fn whoami_names_the_user_and_asks_the_instance() {
    let world = World::new();
    let user = json(&world.sfjwt(["whoami", "--output", "json"]).succeeds());
    assert_eq!(user["preferred_username"], USERNAME);
    assert_eq!(user["organization_id"], world.org().id());
    let asked = &world.requests("/services/oauth2/userinfo")[0];
    assert_eq!(asked.role, sfsim::Role::Instance);
    assert_eq!(asked.bearer, world.token_requests()[0].issued);
}

#[test]
fn a_query_reads_every_page_with_the_bearer_on_the_instance_only() {
    let world = World::new();
    let outcome = world.sfjwt(["query", "SELECT Id FROM Account"]);
    assert_eq!(outcome.whole_json_lines() as u64, ACCOUNTS);
    outcome.succeeds();
    let pages = world.data_requests();
    assert_eq!(pages.len(), 3);
    let issued = &world.token_requests()[0].issued;
    assert!(issued.is_some());
    for entry in world.org().journal() {
        match entry.role {
            sfsim::Role::Login => assert_eq!(entry.bearer, None),
            sfsim::Role::Instance => assert_eq!(entry.bearer, *issued),
        }
    }
}

#[test]
fn a_query_as_csv_quotes_what_needs_it() {
    let world = World::new();
    let soql = "SELECT Id, Name, Owner.Name FROM Account LIMIT 60";
    let csv = world.sfjwt(["query", soql, "--output", "csv"]).succeeds();
    assert!(csv.starts_with("Id,Name,Owner.Name\n"), "{csv}");
    // Row 20 of the generated accounts has quotes in its name, row 30 a line ending.
    assert!(csv.contains("\"\"") && csv.contains(",\""), "{csv}");
    assert!(csv.lines().count() > 61, "{csv}");
}

#[test]
fn a_query_as_json_is_one_array_in_the_order_of_the_select_list() {
    let world = World::new();
    let soql = "SELECT Name, Id FROM Account LIMIT 3";
    let text = world.sfjwt(["query", soql, "--output", "json"]).succeeds();
    assert_eq!(json(&text).as_array().unwrap().len(), 3);
    assert!(
        text.find("\"Name\"").unwrap() < text.find("\"Id\"").unwrap(),
        "{text}"
    );
    assert!(!text.contains("attributes"), "{text}");
}

#[test]
fn a_query_as_table_has_a_heading_and_its_rows() {
    let world = World::new();
    let soql = "SELECT Id, BillingCity FROM Account LIMIT 3";
    let table = world.sfjwt(["query", soql, "--output", "table"]).succeeds();
    assert!(
        table.contains("Id") && table.contains("BillingCity"),
        "{table}"
    );
    assert_eq!(table.matches("001sf").count(), 3, "{table}");
}

#[test]
fn a_count_is_a_number() {
    let world = World::new();
    let count = world
        .sfjwt(["query", "SELECT COUNT() FROM Account"])
        .succeeds();
    assert_eq!(count.trim_end(), ACCOUNTS.to_string());
}

#[test]
fn deleted_rows_are_there_when_asked_for() {
    let world = World::new();
    let outcome = world.sfjwt(["query", "--all", "SELECT Id FROM Account"]);
    assert_eq!(outcome.whole_json_lines() as u64, ACCOUNTS + 3);
    let path = &world.data_requests()[0].path;
    assert!(path.ends_with("/queryAll"), "{path}");
}

#[test]
fn a_query_may_come_on_stdin() {
    let world = World::new();
    let rows = world.sfjwt_reads(["query", "-"], "SELECT Id FROM Account LIMIT 2\n");
    assert_eq!(rows.whole_json_lines(), 2);
}

#[test]
fn a_batch_size_makes_pages_of_that_size() {
    let world = World::new();
    world
        .sfjwt(["query", "SELECT Id FROM Account", "--batch-size", "500"])
        .succeeds();
    assert_eq!(world.data_requests().len(), 10);
}

#[test]
fn revoke_ends_the_session() {
    let world = World::new();
    world.sfjwt(["revoke"]).succeeds();
    assert_eq!(world.org().sessions(), []);
}

#[test]
fn revoke_ends_the_session_of_a_token_from_stdin_without_a_login() {
    let world = World::new();
    let token = world.sfjwt(["token"]).succeeds();
    world.org().clear_journal();
    world
        .sfjwt_reads(["revoke", "--token", "-"], &token)
        .succeeds();
    assert_eq!(world.org().sessions(), []);
    assert_eq!(world.token_requests(), []);
}
