//! Generated accounts. Every value is computed from the seed and the row's number when it is asked
//! for, so that five million rows cost nothing.

use time::{Duration, OffsetDateTime};

use super::{Table, Value, schema::Object, stored};
use crate::ids;

/// A few deleted rows, after the live ones, which only `queryAll` shows.
const DELETED: usize = 3;

#[derive(Debug)]
pub(super) struct Accounts {
    seed: u64,
    live: usize,
    owners: usize,
    object: Option<&'static Object>,
}

impl Accounts {
    pub(super) fn new(seed: u64, live: u64, owners: usize) -> Self {
        let live = usize::try_from(live).unwrap_or(usize::MAX - DELETED);
        Self {
            seed,
            live,
            owners,
            object: Object::named("Account"),
        }
    }

    pub(super) fn id(row: usize) -> String {
        ids::id("001", row as u64)
    }

    /// A number below `bound` that belongs to this row and use.
    fn draw(&self, row: usize, salt: u64, bound: usize) -> usize {
        let mixed = ids::mix(self.seed ^ salt, row as u64);
        // The bound is a small number, and so is the remainder.
        usize::try_from(mixed % bound.max(1) as u64).unwrap_or(0)
    }

    fn name(&self, row: usize) -> String {
        const FIRST: [&str; 8] = [
            "Northern", "Acme", "Blue", "Zürcher", "Grand", "Quick", "Old", "Silver",
        ];
        const SECOND: [&str; 8] = [
            "Foods",
            "Steel",
            "Logistics",
            "Optics",
            "Energy",
            "Paper",
            "Brücken",
            "Media",
        ];
        // Below the length of each table, by the bound.
        let first = FIRST[self.draw(row, 1, FIRST.len())];
        let second = SECOND[self.draw(row, 2, SECOND.len())];
        // Every tenth name has something that a careless CSV writer gets wrong.
        match row % 50 {
            10 => format!("{first} {second}, Inc. {row}"),
            20 => format!("{first} \"{second}\" {row}"),
            30 => format!("{first}\n{second} {row}"),
            40 => format!("={first}+{second}({row})"),
            49 => format!("Müller & Söhne, \"{second}\"\r\n{row}"),
            _ => format!("{first} {second} {row}"),
        }
    }

    fn industry(&self, row: usize) -> Value {
        const INDUSTRIES: [&str; 6] = [
            "Agriculture",
            "Banking",
            "Chemicals",
            "Energy",
            "Media",
            "Transportation",
        ];
        let drawn = self.draw(row, 3, INDUSTRIES.len() + 1);
        INDUSTRIES
            .get(drawn)
            .map_or(Value::Null, |&industry| Value::text(industry))
    }

    /// Two of three accounts have no parent; the others have one that comes before them.
    fn parent(&self, row: usize) -> Value {
        if row == 0 || self.draw(row, 4, 3) != 0 {
            return Value::Null;
        }
        Value::Text(Self::id(row / 2))
    }

    fn revenue(&self, row: usize) -> Value {
        if self.draw(row, 5, 5) == 0 {
            return Value::Null;
        }
        let cents = u32::try_from(self.draw(row, 6, 4_000_000_000)).unwrap_or(0);
        Value::Number(f64::from(cents) / 100.0)
    }

    fn employees(&self, row: usize) -> Value {
        let employees = u32::try_from(self.draw(row, 7, 20_000)).unwrap_or(0);
        Value::Number(f64::from(employees))
    }

    /// One account an hour or so since 2015.
    fn created(&self, row: usize) -> Value {
        const FIRST_OF_2015: i64 = 1_420_070_400;
        let start = OffsetDateTime::from_unix_timestamp(FIRST_OF_2015)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        // Within ten years, however many rows there are.
        let seconds = (row % 87_600) * 3_600 + self.draw(row, 8, 3_600);
        let since = Duration::seconds(i64::try_from(seconds).unwrap_or(0));
        Value::DateTime(start.saturating_add(since))
    }
}

impl Table for Accounts {
    fn live(&self) -> usize {
        self.live
    }

    fn len(&self) -> usize {
        match self.live {
            0 => 0,
            live => live + DELETED,
        }
    }

    fn value(&self, row: usize, column: usize) -> Value {
        const CITIES: [&str; 5] = ["Zürich", "Boston", "Łódź", "Osaka", "Lagos"];
        const TYPES: [&str; 3] = ["Customer", "Partner", "Prospect"];
        let field = self.object.and_then(|object| object.fields.get(column));
        if row >= self.len() {
            return Value::Null;
        }
        match field.map_or("", |field| field.name) {
            "Id" => Value::Text(Self::id(row)),
            "IsDeleted" => Value::Boolean(row >= self.live),
            "Name" => Value::Text(self.name(row)),
            "Type" => Value::text(TYPES[self.draw(row, 9, TYPES.len())]),
            "ParentId" => self.parent(row),
            "BillingCity" => Value::text(CITIES[self.draw(row, 10, CITIES.len())]),
            "Industry" => self.industry(row),
            "AnnualRevenue" => self.revenue(row),
            "NumberOfEmployees" => self.employees(row),
            "OwnerId" => Value::Text(stored::user_id(self.draw(row, 11, self.owners))),
            "CreatedDate" | "LastModifiedDate" | "SystemModstamp" => self.created(row),
            _ => Value::Null,
        }
    }

    fn find(&self, id: &str) -> Option<usize> {
        let row = usize::try_from(ids::number("001", id)?).ok()?;
        (row < self.len()).then_some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> usize {
        Object::named("Account").unwrap().column(name).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_account() {
        let name = |seed| Accounts::new(seed, 100, 2).value(42, column("Name"));
        assert_eq!(name(1), name(1));
        let names: Vec<_> = (0..20).map(name).collect();
        assert!(names.iter().any(|other| *other != names[0]));
    }

    #[test]
    fn deleted_accounts_come_after_the_live_ones() {
        let accounts = Accounts::new(1, 10, 2);
        let deleted = |row| accounts.value(row, column("IsDeleted"));
        assert_eq!(deleted(9), Value::Boolean(false));
        assert_eq!(deleted(10), Value::Boolean(true));
        assert_eq!(accounts.len(), 13);
    }

    #[test]
    fn every_id_finds_its_row() {
        let accounts = Accounts::new(1, 5_000_000, 2);
        assert_eq!(accounts.find(&Accounts::id(4_999_999)), Some(4_999_999));
        assert_eq!(accounts.find(&ids::id("001", 5_000_003)), None);
    }

    #[test]
    fn some_names_have_what_careless_writers_get_wrong() {
        let accounts = Accounts::new(1, 50, 2);
        for odd in [",", "\"", "\n", "="] {
            assert!(
                (0..50).any(|row| accounts.name(row).contains(odd)),
                "{odd:?}"
            );
        }
    }
}
