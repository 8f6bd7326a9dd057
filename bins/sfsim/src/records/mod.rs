//! The records: a few that are stored, and any number of accounts that are made when looked at.

mod accounts;
mod schema;
mod stored;
mod value;

pub(crate) use schema::{Field, Kind, Object, Parent};
pub(crate) use value::{Value, parse_date, parse_date_time};

use self::{accounts::Accounts, stored::Stored};
use crate::parties::UserSetup;

/// All tables.
#[derive(Debug)]
pub(crate) struct Database {
    accounts: Accounts,
    users: Stored,
    contacts: Stored,
    organization: Stored,
    scratch_orgs: Stored,
}

/// Rows of one object, addressed by position. Columns are those of the schema.
///
/// Live rows come first, deleted ones after them: a plain query never has to look at a row to know.
pub(crate) trait Table {
    /// Rows that are not deleted.
    fn live(&self) -> usize;
    /// All rows.
    fn len(&self) -> usize;
    /// The value of one field of one row; null beyond the end.
    fn value(&self, row: usize, column: usize) -> Value;
    /// The row with this id, in either form.
    fn find(&self, id: &str) -> Option<usize>;
}

impl Database {
    pub(crate) fn new(seed: u64, accounts: u64) -> Self {
        let users = stored::users();
        let accounts = Accounts::new(seed, accounts, users.len());
        Self {
            contacts: stored::contacts(&accounts),
            organization: stored::organization(seed),
            scratch_orgs: Stored::default(),
            users,
            accounts,
        }
    }

    pub(crate) fn table(&self, object: &Object) -> &dyn Table {
        match object.name {
            "Account" => &self.accounts,
            "Contact" => &self.contacts,
            "Organization" => &self.organization,
            "ScratchOrgInfo" => &self.scratch_orgs,
            _ => &self.users,
        }
    }

    /// Adds or replaces the record of a user and returns its id.
    pub(crate) fn add_user(&mut self, user: &UserSetup) -> String {
        stored::add_user(&mut self.users, user)
    }
}
