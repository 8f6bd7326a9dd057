//! What the org received, so that a test can say "one token request, then two queries".

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

/// The oldest entries go when there are more: a load test must not fill the memory.
const CAPACITY: usize = 100_000;

/// One request, written down when it arrived and completed when it was answered.
///
/// Nothing secret: tokens appear as a short hash, unknown query parameters without their value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// 1, 2, 3, ... in the order of arrival.
    pub sequence: u64,
    /// Seconds since 1970 on the org's clock.
    pub time: i64,
    /// Which port it came to.
    pub role: Role,
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path, without the query string.
    pub path: String,
    /// The query string, decoded, secrets removed.
    pub query: String,
    /// The status of the answer; `None` when no answer was sent (yet).
    pub status: Option<u16>,
    /// `grant_type` of a token request.
    pub grant: Option<String>,
    /// The app, from `iss` or from the session.
    pub client_id: Option<String>,
    /// The user, from `sub` or from the session.
    pub username: Option<String>,
    /// Number of the rule that refused, as in docs/SIMULATOR.md.
    pub rule: Option<u8>,
    /// The error code of the answer.
    pub error: Option<String>,
    /// A short hash of the bearer token that was sent.
    pub bearer: Option<String>,
    /// A short hash of the access token that was given out.
    pub issued: Option<String>,
    /// Names of the faults that fired.
    pub faults: Vec<String>,
    /// `Content-Type` of the request.
    pub content_type: Option<String>,
    /// `Content-Encoding` of the request.
    pub content_encoding: Option<String>,
    /// `Transfer-Encoding` of the request.
    pub transfer_encoding: Option<String>,
    /// `Accept-Encoding` of the request.
    pub accept_encoding: Option<String>,
    /// `User-Agent` of the request.
    pub user_agent: Option<String>,
}

/// The two faces of the org: where one logs in, and where the data are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The login URL.
    #[default]
    Login,
    /// The instance URL.
    Instance,
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    entries: VecDeque<Entry>,
    written: u64,
}

impl Journal {
    /// Writes an entry down and returns its sequence number.
    pub(crate) fn open(&self, mut entry: Entry) -> u64 {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.written += 1;
        entry.sequence = pages.written;
        if pages.entries.len() == CAPACITY {
            pages.entries.pop_front();
        }
        pages.entries.push_back(entry);
        pages.written
    }

    /// Completes an entry, if it is still there.
    pub(crate) fn amend(&self, sequence: u64, change: impl FnOnce(&mut Entry)) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        // The newest are at the end, and that is where the open ones are.
        let entry = pages
            .entries
            .iter_mut()
            .rev()
            .find(|entry| entry.sequence == sequence);
        if let Some(entry) = entry {
            change(entry);
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.entries.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.entries.clear();
    }
}

/// Enough of a token's hash to tell two tokens apart, too little to be of any use.
pub(crate) fn fingerprint(token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, token.as_bytes());
    let short = digest
        .as_ref()
        .first_chunk::<4>()
        .copied()
        .unwrap_or_default();
    format!("{:08x}", u32::from_be_bytes(short))
}

/// The query string for the journal. Only parameters known to be harmless keep their value.
pub(crate) fn without_secrets(query: &str) -> String {
    const HARMLESS: [&str; 7] = [
        "q",
        "columns",
        "explain",
        "format",
        "grant_type",
        "version",
        "fields",
    ];
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| {
            let shown = if HARMLESS.contains(&name.as_ref()) {
                &value
            } else {
                "[removed]"
            };
            format!("{name}={shown}")
        })
        .collect::<Vec<_>>()
        .join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_a_query_string_are_removed() {
        assert_eq!(
            without_secrets("q=SELECT+Id&assertion=a.b.c&token=00D!x"),
            "q=SELECT Id&assertion=[removed]&token=[removed]"
        );
    }

    #[test]
    fn an_entry_is_completed_by_its_number() {
        let journal = Journal::default();
        let first = journal.open(Entry::default());
        journal.open(Entry::default());
        journal.amend(first, |entry| entry.status = Some(200));
        let statuses: Vec<_> = journal.entries().iter().map(|entry| entry.status).collect();
        assert_eq!(statuses, [Some(200), None]);
    }

    #[test]
    fn numbers_go_on_after_the_journal_was_cleared() {
        let journal = Journal::default();
        journal.open(Entry::default());
        journal.clear();
        assert_eq!(journal.open(Entry::default()), 2);
    }
}
