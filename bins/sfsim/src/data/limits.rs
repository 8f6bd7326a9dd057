//! The daily allowance: `/limits` and the header that every answer carries.

use axum::response::Response;
use http::HeaderValue;
use serde_json::json;

use super::Call;
use crate::site::Site;

/// A Developer Edition's allowance is 15,000; it is not enforced here.
const DAILY_CALLS: u64 = 15_000;

/// `Sforce-Limit-Info: api-usage=18/15000`.
pub(super) fn header(site: &Site) -> HeaderValue {
    let used = site.org.state().api_calls;
    // Digits and ASCII only.
    HeaderValue::from_str(&format!("api-usage={used}/{DAILY_CALLS}"))
        .unwrap_or_else(|_| HeaderValue::from_static(""))
}

pub(super) fn list(call: &Call<'_>) -> Response {
    let used = call.site.org.state().api_calls;
    let of = |max: u64, used: u64| json!({ "Max": max, "Remaining": max.saturating_sub(used) });
    call.json(&json!({
        "DailyApiRequests": of(DAILY_CALLS, used),
        "DailyBulkV2QueryJobs": of(10_000, 0),
        "DailyBulkV2QueryFileStorageMB": of(976_562, 0),
        "DataStorageMB": of(5, 1),
        "FileStorageMB": of(20, 0),
    }))
}
