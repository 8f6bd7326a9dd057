//! Records that are stored: users, contacts, the organization.

use time::{Date, Month, OffsetDateTime};

use super::{Table, Value, accounts::Accounts, schema::Object};
use crate::{ids, parties::UserSetup};

/// Rows in memory, values in the order of the schema's fields.
#[derive(Debug, Default)]
pub(super) struct Stored {
    rows: Vec<Vec<Value>>,
}

impl Table for Stored {
    fn live(&self) -> usize {
        self.rows.len()
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn value(&self, row: usize, column: usize) -> Value {
        let value = self.rows.get(row).and_then(|row| row.get(column));
        value.cloned().unwrap_or(Value::Null)
    }

    fn find(&self, id: &str) -> Option<usize> {
        // The first 15 characters are the whole id; the rest is its checksum.
        let short = id.get(..15)?;
        self.rows.iter().position(|row| {
            let own = row.first().and_then(Value::as_text);
            own.is_some_and(|own| own.starts_with(short))
        })
    }
}

/// Two owners of records who cannot log in; those who can are added after them.
pub(super) fn users() -> Stored {
    let owner = |number, name: &str, username: &str| user_row(number, name, username, true);
    Stored {
        rows: vec![
            owner(0, "Olga Owner", "olga@sfsim.example"),
            owner(1, "Ümit \"Otto\" Owner", "otto@sfsim.example"),
        ],
    }
}

pub(super) fn add_user(users: &mut Stored, user: &UserSetup) -> String {
    let known = users.rows.iter().position(|row| {
        let username = row.get(1).and_then(Value::as_text);
        username.is_some_and(|name| name.eq_ignore_ascii_case(&user.username))
    });
    let place = known.unwrap_or(users.rows.len());
    let name = user
        .name
        .clone()
        .unwrap_or_else(|| default_name(&user.username));
    let row = user_row(place, &name, &user.username, user.active);
    match users.rows.get_mut(place) {
        Some(old) => *old = row,
        None => users.rows.push(row),
    }
    user_id(place)
}

pub(super) fn user_id(number: usize) -> String {
    ids::id("005", number as u64)
}

/// `integration` of `integration@example.com`.
fn default_name(username: &str) -> String {
    username.split('@').next().unwrap_or(username).to_owned()
}

fn user_row(number: usize, name: &str, username: &str, active: bool) -> Vec<Value> {
    vec![
        Value::Text(user_id(number)),
        Value::text(username),
        Value::text(name),
        Value::text(username),
        Value::Boolean(active),
        Value::text("Standard"),
        founded(),
    ]
}

/// Five contacts: the first ones belong to accounts, as far as there are any.
pub(super) fn contacts(accounts: &Accounts) -> Stored {
    let people = [
        ("Ada", "Lovelace", "1815-12-10"),
        ("Grace", "Hopper", "1906-12-09"),
        ("Emmy", "Noether", "1882-03-23"),
        ("Karl", "Weierstraß", "1815-10-31"),
        ("Blaise", "O'Pascal", "1623-06-19"),
    ];
    let rows = people
        .iter()
        .enumerate()
        .map(|(number, (first, last, birthdate))| {
            let account = (number < 3 && number < accounts.live()).then(|| Accounts::id(number));
            vec![
                Value::Text(ids::id("003", number as u64)),
                Value::Boolean(false),
                account.map_or(Value::Null, Value::Text),
                Value::text(*first),
                Value::text(*last),
                Value::text(format!("{first} {last}")),
                Value::text(format!("{}@sfsim.example", first.to_lowercase())),
                super::parse_date(birthdate).map_or(Value::Null, Value::Date),
                Value::Text(user_id(number % 2)),
                founded(),
            ]
        });
    Stored {
        rows: rows.collect(),
    }
}

pub(super) fn organization(seed: u64) -> Stored {
    let number = ids::mix(seed, 0) % 1_000_000;
    let prefix = Object::named("Organization").map_or("00D", |object| object.prefix);
    Stored {
        rows: vec![vec![
            Value::Text(ids::id(prefix, number)),
            Value::text("Miniature Org"),
            Value::text("Developer Edition"),
            Value::text("SIM1"),
            Value::Boolean(false),
            Value::Null,
            Value::Null,
            Value::text("en_US"),
            founded(),
        ]],
    }
}

/// The day on which every stored record was made.
fn founded() -> Value {
    Date::from_calendar_date(2020, Month::January, 6).map_or(Value::Null, |day| {
        Value::DateTime(OffsetDateTime::new_utc(day, time::Time::MIDNIGHT))
    })
}
