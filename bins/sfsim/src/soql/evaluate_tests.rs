//! Queries over the stored contacts and a few generated accounts.

use super::*;
use crate::soql::{SoqlError, parse, resolve};

fn rows(query: &str) -> Vec<usize> {
    let database = Database::new(1, 100);
    let plan = plan(query).unwrap();
    let selection = select(&plan, &database, false);
    selection.page(0..selection.len())
}

fn plan(query: &str) -> Result<Plan, SoqlError> {
    parse(query).and_then(resolve)
}

fn contacts(rest: &str) -> Vec<usize> {
    rows(&format!("SELECT Id FROM Contact {rest}"))
}

#[test]
fn without_conditions_all_rows_come_in_order() {
    assert_eq!(contacts(""), [0, 1, 2, 3, 4]);
    assert_eq!(contacts("LIMIT 2 OFFSET 1"), [1, 2]);
    assert_eq!(contacts("LIMIT 0"), Vec::<usize>::new());
}

#[test]
fn text_is_compared_without_regard_to_case() {
    assert_eq!(contacts("WHERE FirstName = 'ada'"), [0]);
    assert_eq!(contacts("WHERE FirstName > 'e'"), [1, 2, 3]);
    assert_eq!(contacts(r"WHERE LastName = 'O\'Pascal'"), [4]);
}

#[test]
fn dates_are_compared_as_dates() {
    assert_eq!(contacts("WHERE Birthdate < 1815-12-10"), [3, 4]);
    assert_eq!(
        contacts("WHERE CreatedDate >= 2020-01-06T01:00:00+01:00"),
        [0, 1, 2, 3, 4]
    );
}

#[test]
fn conditions_are_joined_negated_and_nested() {
    assert_eq!(
        contacts("WHERE FirstName = 'Ada' OR LastName = 'Hopper'"),
        [0, 1]
    );
    assert_eq!(
        contacts("WHERE NOT FirstName = 'Ada' AND AccountId != null"),
        [1, 2]
    );
    assert_eq!(
        contacts("WHERE AccountId = null AND (FirstName = 'Karl' OR FirstName = 'Ada')"),
        [3]
    );
}

#[test]
fn like_has_two_wildcards() {
    assert_eq!(contacts("WHERE LastName LIKE '%LACE'"), [0]);
    assert_eq!(contacts("WHERE LastName LIKE '_o%'"), [0, 1, 2]);
    assert_eq!(contacts("WHERE LastName LIKE '%a%a%'"), [4]);
}

#[test]
fn in_and_not_in_compare_with_a_list() {
    assert_eq!(contacts("WHERE FirstName IN ('Ada', 'Karl')"), [0, 3]);
    assert_eq!(
        contacts("WHERE FirstName NOT IN ('Ada', 'Karl')"),
        [1, 2, 4]
    );
}

#[test]
fn booleans_are_words() {
    assert_eq!(contacts("WHERE IsDeleted = false").len(), 5);
    assert_eq!(contacts("WHERE IsDeleted = TRUE").len(), 0);
}

#[test]
fn a_parents_field_is_reached_by_its_relationship() {
    assert_eq!(
        contacts("WHERE Account.Name != null AND Owner.Name LIKE 'olga%'"),
        [0, 2]
    );
    assert_eq!(contacts("WHERE Account.Owner.Username = 'nobody'").len(), 0);
}

#[test]
fn an_id_is_found_in_both_its_forms() {
    let id = crate::ids::id("003", 2);
    assert_eq!(contacts(&format!("WHERE Id = '{id}'")), [2]);
    assert_eq!(contacts(&format!("WHERE Id = '{}'", &id[..15])), [2]);
}

#[test]
fn order_sorts_both_ways_and_places_nulls() {
    assert_eq!(contacts("ORDER BY LastName"), [1, 0, 2, 4, 3]);
    assert_eq!(contacts("ORDER BY Birthdate DESC"), [1, 2, 0, 3, 4]);
    assert_eq!(contacts("ORDER BY AccountId"), [3, 4, 0, 1, 2]);
    assert_eq!(contacts("ORDER BY AccountId NULLS LAST"), [0, 1, 2, 3, 4]);
    assert_eq!(
        contacts("ORDER BY AccountId NULLS LAST, LastName DESC LIMIT 4"),
        [0, 1, 2, 3]
    );
}

#[test]
fn deleted_rows_are_only_in_query_all() {
    let database = Database::new(1, 100);
    let plan = plan("SELECT COUNT() FROM Account").unwrap();
    assert_eq!(select(&plan, &database, false).len(), 100);
    assert_eq!(select(&plan, &database, true).len(), 103);
}

#[test]
fn names_may_carry_the_object_or_its_alias() {
    assert_eq!(
        rows("SELECT c.Id FROM Contact c WHERE c.FirstName = 'Ada'"),
        [0]
    );
    assert_eq!(
        rows("SELECT Contact.Id FROM contact WHERE CONTACT.firstname = 'Ada'"),
        [0]
    );
}

#[test]
fn what_the_schema_does_not_know_is_refused_in_salesforces_words() {
    let code = |query| plan(query).unwrap_err().code;
    assert_eq!(code("SELECT Id FROM Planet"), "INVALID_TYPE");
    assert_eq!(code("SELECT Mass FROM Account"), "INVALID_FIELD");
    assert_eq!(code("SELECT Moon.Name FROM Account"), "INVALID_FIELD");
    assert_eq!(
        code("SELECT Id FROM Account WHERE Name = 5"),
        "INVALID_FIELD"
    );
    assert_eq!(
        code("SELECT Id FROM Account WHERE AnnualRevenue = '5'"),
        "INVALID_FIELD"
    );
    assert_eq!(
        code("SELECT Id FROM Account OFFSET 2001"),
        "NUMBER_OUTSIDE_VALID_RANGE"
    );
    assert_eq!(code("SELECT Id, id FROM Account"), "MALFORMED_QUERY");
}

#[test]
fn an_order_of_equal_keys_is_the_order_of_the_rows() {
    let names = rows("SELECT Id FROM Account ORDER BY Industry NULLS LAST LIMIT 5");
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted);
}
