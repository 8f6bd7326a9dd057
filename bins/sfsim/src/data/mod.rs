//! `/services/data/...`: one door, then one arm for each resource.

mod guard;
mod limits;
mod page;
mod query;
mod versions;

pub(crate) use query::Cursor;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode};

use self::{guard::Caller, versions::Version};
use crate::{
    answer::{self, ApiError},
    site::{Pen, Site},
};

/// A call that was let in.
pub(crate) struct Call<'a> {
    site: &'a Site,
    pen: &'a Pen,
    headers: &'a HeaderMap,
    version: Version,
    caller: Caller,
}

impl Call<'_> {
    fn json(&self, body: &impl serde::Serialize) -> Response {
        answer::json(StatusCode::OK, self.headers, body)
    }
}

/// Answers every request below `/services/data`.
pub(crate) async fn data(State(site): State<Site>, request: Request) -> Response {
    let pen = Pen::of(&request);
    let path = request.uri().path().trim_end_matches('/').to_owned();
    let segments: Vec<&str> = path.split('/').skip(3).collect();
    let answered = match segments.as_slice() {
        // The only resource that needs no token.
        [] => Ok(versions::list(request.headers())),
        [version, resource @ ..] => resource_of(&site, &pen, &request, version, resource),
    };
    answered.unwrap_or_else(|error| {
        pen.write(|entry| entry.error = Some(error.code().to_owned()));
        error.into_response()
    })
}

fn resource_of(
    site: &Site,
    pen: &Pen,
    request: &Request,
    version: &str,
    resource: &[&str],
) -> Result<Response, ApiError> {
    let headers = request.headers();
    let version = Version::parse(version)?;
    let caller = guard::admit(site, pen, headers)?;
    let limits = limits::header(site);
    let call = Call {
        site,
        pen,
        headers,
        version,
        caller,
    };
    let answered = dispatch(&call, request, resource);
    // Refusals carry the header too.
    let mut response = answered.unwrap_or_else(|error| {
        pen.write(|entry| entry.error = Some(error.code().to_owned()));
        error.into_response()
    });
    response.headers_mut().insert("sforce-limit-info", limits);
    Ok(response)
}

/// The resources. Writing calls (records, composite, Bulk 2.0) will have their arms here.
fn dispatch(call: &Call<'_>, request: &Request, resource: &[&str]) -> Result<Response, ApiError> {
    let parameters = request.uri().query().unwrap_or_default();
    let reading = |answer: &dyn Fn() -> Result<Response, ApiError>| {
        read_only(request).and_then(|()| answer())
    };
    match resource {
        [] => reading(&|| Ok(versions::resources(call))),
        ["limits"] => reading(&|| Ok(limits::list(call))),
        ["query"] => reading(&|| query::first(call, parameters, false)),
        ["queryAll"] => reading(&|| query::first(call, parameters, true)),
        ["query" | "queryAll", locator] => reading(&|| query::next(call, locator)),
        _ => Err(ApiError::not_found()),
    }
}

fn read_only(request: &Request) -> Result<(), ApiError> {
    let method = request.method();
    if *method == Method::GET || *method == Method::HEAD {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        format!("HTTP Method '{method}' not allowed. Allowed are GET,HEAD"),
    ))
}
