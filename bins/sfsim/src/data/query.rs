//! `/query`, `/queryAll` and the pages after the first.

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use url::form_urlencoded;

use super::{
    Call,
    page::{Page, columns},
};
use crate::{
    answer::{self, ApiError},
    faults::{Kind, Scope},
    soql::{self, Output, Plan, Selection},
};

/// What the next pages of a query need. The rows do not change while the org lives.
#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    plan: Plan,
    selection: Selection,
    batch: usize,
    user_id: String,
}

/// The answer to `?q=`.
pub(super) fn first(
    call: &Call<'_>,
    parameters: &str,
    deleted: bool,
) -> Result<Response, ApiError> {
    let text = parameter(parameters, "q")
        .filter(|text| !text.is_empty())
        .ok_or_else(|| {
            ApiError::bad_request("MALFORMED_QUERY", "A query string has to be specified")
        })?;
    let plan = soql::parse(&text)
        .and_then(soql::resolve)
        .map_err(|error| error.into_answer(&text))?;
    if parameter(parameters, "columns").as_deref() == Some("true") {
        return Ok(call.json(&columns(&plan)));
    }
    let batch = batch_size(call.headers, call.site.org.fidelity.strict_batch_size)?;
    let selection = soql::select(&plan, &call.site.org.read_database(), deleted);
    if matches!(plan.output, Output::Count) {
        let total = selection.len();
        return Ok(call.json(&json!({ "totalSize": total, "done": true, "records": [] })));
    }
    let user_id = call.caller.user_id.clone();
    let cursor = Cursor {
        plan,
        selection,
        batch,
        user_id,
    };
    // A single page needs no locator.
    let locator =
        (cursor.selection.len() > batch).then(|| call.site.org.state().keep_cursor(cursor.clone()));
    Ok(page(call, &cursor, &locator.unwrap_or_default(), 0))
}

fn parameter(parameters: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(parameters.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// The page that starts at the offset in a locator such as `01gsf0000000000AAA-2000`.
pub(super) fn next(call: &Call<'_>, locator: &str) -> Result<Response, ApiError> {
    let invalid = || ApiError::bad_request("INVALID_QUERY_LOCATOR", "invalid query locator");
    let (id, start) = locator.split_once('-').ok_or_else(invalid)?;
    let start: usize = start.parse().map_err(|_| invalid())?;
    let cursor = call.site.org.state().cursor(id);
    let cursor = cursor
        .filter(|cursor| cursor.user_id == call.caller.user_id && start < cursor.selection.len())
        .ok_or_else(invalid)?;
    Ok(page(call, &cursor, id, start))
}

fn page(call: &Call<'_>, cursor: &Cursor, locator: &str, start: usize) -> Response {
    let end = (start + cursor.batch).min(cursor.selection.len());
    let mut rows = cursor.selection.page(start..end);
    let lost = (start > 0).then(|| lost_records(call)).flatten();
    rows.truncate(rows.len().saturating_sub(lost.unwrap_or(0)));
    let next = (end < cursor.selection.len()).then(|| {
        elsewhere(call).unwrap_or_else(|| format!("{}/query/{locator}-{end}", call.version.path()))
    });
    let database = call.site.org.read_database();
    let body = Page {
        plan: &cursor.plan,
        database: &database,
        version_path: &call.version.path(),
        total: announced(call, cursor.selection.len()),
        next,
        rows: &rows,
    };
    answer::json(StatusCode::OK, call.headers, &body)
}

/// `Sforce-Query-Options: batchSize=500`, between 200 and 2,000.
fn batch_size(headers: &HeaderMap, strict: bool) -> Result<usize, ApiError> {
    const LARGEST: usize = 2_000;
    let options = headers
        .get("sforce-query-options")
        .and_then(|value| value.to_str().ok());
    let asked = options
        .into_iter()
        .flat_map(|options| options.split([',', ';']))
        .filter_map(|option| option.trim().split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("batchSize"));
    let Some((_, size)) = asked else {
        return Ok(LARGEST);
    };
    let refused = || {
        let message = "batchSize must be between 200 and 2000";
        ApiError::bad_request("INVALID_QUERY_OPTIONS", message)
    };
    let size: usize = size.trim().parse().map_err(|_| refused())?;
    if strict && !(200..=LARGEST).contains(&size) {
        return Err(refused());
    }
    Ok(size.clamp(200, LARGEST))
}

fn announced(call: &Call<'_>, total: usize) -> i64 {
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    let off_by = call.site.fault(call.pen, Scope::Data, |kind| match kind {
        Kind::WrongTotal(off_by) => Some(*off_by),
        _ => None,
    });
    total.saturating_add(off_by.unwrap_or(0))
}

fn lost_records(call: &Call<'_>) -> Option<usize> {
    call.site.fault(call.pen, Scope::Data, |kind| match kind {
        Kind::LostPage(records) => Some(*records),
        _ => None,
    })
}

fn elsewhere(call: &Call<'_>) -> Option<String> {
    call.site.fault(call.pen, Scope::Data, |kind| match kind {
        Kind::NextUrl(url) => Some(url.clone()),
        _ => None,
    })
}
