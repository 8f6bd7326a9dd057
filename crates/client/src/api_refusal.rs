//! What an API request is refused with.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use sfjwt_signer::Class;
use sfjwt_transport::retry_after;
use url::form_urlencoded;

use crate::{
    ApiResponse, ClientError,
    error::is_temporary,
    wording::{asked_to_wait, printable},
};

/// What a refused request was refused with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiRefusal {
    /// The HTTP status.
    pub status: u16,
    /// The server's own words, at least one.
    pub errors: Vec<ApiError>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

/// One error of the API (REST API Developer Guide, "Status Codes and Error Responses").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// Such as `INVALID_FIELD`.
    #[serde(rename = "errorCode")]
    pub error_code: String,
    /// What happened, in the server's words.
    pub message: String,
    /// The fields it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// How many errors a message repeats; all of them are in [`ApiRefusal::errors`].
const MOST_SHOWN: usize = 5;

/// Two bodies of a 401 that a new login does not cure: trying would be a loop.
const HOPELESS: [&str; 2] = [
    "Connected app is not attached to Agent",
    "This session is not valid for use with the REST API",
];

impl ApiRefusal {
    /// Reads the error of an answer with status 400 or more; an answer that is no error in
    /// Salesforce's vocabulary becomes [`ClientError::Unexpected`].
    pub(crate) fn read(answer: &ApiResponse) -> ClientError {
        let errors = match answer.body.trim_ascii() {
            // The identity endpoints answer in plain text, one word, whatever the content type is.
            word if is_plain_word(word) => vec![ApiError {
                error_code: String::from_utf8_lossy(word).into_owned(),
                message: "the identity service refused the request".to_owned(),
                fields: Vec::new(),
            }],
            _ if answer.is_form() => form_errors(&answer.body),
            _ if !answer.is_json() => return answer.not_json(),
            _ => match answer.json::<WireErrors>() {
                Ok(errors) => errors.into_errors(),
                Err(error) => return error,
            },
        };
        if errors.is_empty() {
            return answer.unexpected("its list of errors is empty");
        }
        ClientError::Api(Box::new(Self {
            status: answer.status.as_u16(),
            errors,
            retry_after: retry_after(&answer.headers),
        }))
    }

    /// Whether the refusal says that the access token is dead. A new login helps then.
    pub fn is_dead_token(&self) -> bool {
        self.errors.iter().any(|error| match self.status {
            401 => {
                matches!(
                    error.error_code.as_str(),
                    "INVALID_SESSION_ID" | "INVALID_JWT_FORMAT" | "INVALID_AUTH_HEADER"
                ) && !HOPELESS.iter().any(|text| error.message.contains(text))
            }
            403 => error.error_code == "Bad_OAuth_Token",
            _ => false,
        })
    }

    /// Who has to act; `None` for the one who wrote the request.
    pub fn class(&self) -> Option<Class> {
        let codes = |wanted: &str| self.errors.iter().any(|e| e.error_code == wanted);
        if is_temporary(self.status) || codes("REQUEST_LIMIT_EXCEEDED") {
            Some(Class::Retry)
        } else if self.status == 401 || codes("Bad_OAuth_Token") {
            Some(Class::Operator)
        } else {
            None
        }
    }

    pub(crate) fn hint(&self) -> String {
        match (
            self.class(),
            self.errors.first().map(|e| e.error_code.as_str()),
        ) {
            (_, Some("REQUEST_LIMIT_EXCEEDED")) => {
                "the org's allocation of API requests is used up: try again later"
            }
            (Some(Class::Retry), _) => "try again in a few minutes; see status.salesforce.com",
            (Some(_), _) => "see the app's session policies and the user's permissions",
            (None, Some("MALFORMED_QUERY" | "INVALID_FIELD" | "INVALID_TYPE")) => {
                "correct the query: objects and fields go by their API names (custom ones end in __c), and \
                 fields that the user may not see do not exist for this user"
            }
            (None, Some("NOT_FOUND" | "ENTITY_IS_DELETED")) => {
                "check the id or path, and that this user may see it"
            }
            (None, Some("invalid_token" | "unsupported_token_type")) => {
                "nothing to do if the token is dead already; else check that it is whole, and of this org"
            }
            (None, Some("API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED")) => {
                "the org's edition or the user's profile has no API: ask the administrator"
            }
            (None, _) => "correct the request",
        }
        .to_owned()
    }
}

impl fmt::Display for ApiRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Salesforce answered {}", self.status)?;
        for (number, error) in self.errors.iter().take(MOST_SHOWN).enumerate() {
            let separator = if number == 0 { " " } else { "; " };
            write!(f, "{separator}{}", printable(&error.error_code))?;
            if !error.message.is_empty() {
                write!(f, ": {}", printable(&error.message))?;
            }
        }
        f.write_str(&asked_to_wait(self.retry_after))
    }
}

impl std::error::Error for ApiRefusal {}

/// A list of errors (data APIs), or one OAuth error (identity endpoints).
#[derive(Deserialize)]
#[serde(untagged)]
enum WireErrors {
    List(Vec<ApiError>),
    One(ApiError),
    OAuth {
        error: String,
        #[serde(default)]
        error_description: String,
    },
}

impl WireErrors {
    fn into_errors(self) -> Vec<ApiError> {
        match self {
            Self::List(errors) => errors,
            Self::One(error) => vec![error],
            Self::OAuth {
                error,
                error_description,
            } => vec![ApiError {
                error_code: error,
                message: error_description,
                fields: Vec::new(),
            }],
        }
    }
}

/// `error=unsupported_token_type&error_description=...`, as the revocation endpoint may say it.
fn form_errors(body: &[u8]) -> Vec<ApiError> {
    let value = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(body);
        pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    let error = |error_code| ApiError {
        error_code,
        message: value("error_description").unwrap_or_default(),
        fields: Vec::new(),
    };
    value("error").map(error).into_iter().collect()
}

/// `Bad_OAuth_Token`, `Missing_OAuth_Token`, `Wrong_Org`, ...
fn is_plain_word(body: &[u8]) -> bool {
    body.len() <= 64
        && body.first().is_some_and(u8::is_ascii_uppercase)
        && body.contains(&b'_')
        && body.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

#[cfg(test)]
mod tests {
    use sfjwt_transport::{Bytes, HeaderMap, Response, StatusCode, header};

    use super::*;

    fn read(status: u16, content_type: &'static str, body: &'static str) -> ClientError {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        let response = Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: Bytes::from_static(body.as_bytes()),
        };
        let origin = "https://acme.my.salesforce.com".parse().unwrap();
        ApiRefusal::read(&ApiResponse::new(response, &origin))
    }

    fn refusal(status: u16, content_type: &'static str, body: &'static str) -> ApiRefusal {
        match read(status, content_type, body) {
            ClientError::Api(refusal) => *refusal,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn the_servers_words_are_kept() {
        let body = r#"[{"message":"Required fields are missing: [Name]","errorCode":"REQUIRED_FIELD_MISSING","fields":["Name"]}]"#;
        let refusal = refusal(400, "application/json;charset=UTF-8", body);
        assert_eq!(refusal.errors[0].fields, ["Name"]);
        assert_eq!(refusal.class(), None);
        assert_eq!(
            refusal.to_string(),
            "Salesforce answered 400 REQUIRED_FIELD_MISSING: Required fields are missing: [Name]"
        );
    }

    #[test]
    fn a_dead_token_is_known_by_its_words() {
        for code in [
            "INVALID_SESSION_ID",
            "INVALID_JWT_FORMAT",
            "INVALID_AUTH_HEADER",
        ] {
            let error = ApiError {
                error_code: code.to_owned(),
                message: "Session expired or invalid".to_owned(),
                fields: Vec::new(),
            };
            let mut refusal = ApiRefusal {
                status: 401,
                errors: vec![error],
                retry_after: None,
            };
            assert!(refusal.is_dead_token(), "{code}");
            refusal.status = 403;
            assert!(!refusal.is_dead_token(), "{code} with 403");
        }
    }

    #[test]
    fn two_refusals_that_a_login_does_not_cure_are_no_dead_tokens() {
        for body in [
            r#"[{"message":"Connected app is not attached to Agent","errorCode":"INVALID_SESSION_ID"}]"#,
            r#"[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]"#,
        ] {
            let refusal = refusal(401, "application/json", body);
            assert!(!refusal.is_dead_token(), "{refusal}");
            assert_eq!(refusal.class(), Some(Class::Operator));
        }
    }

    #[test]
    fn the_identity_service_says_it_in_one_plain_word() {
        for content_type in ["text/html", "text/plain;charset=UTF-8", "application/json"] {
            assert!(refusal(403, content_type, "Bad_OAuth_Token\n").is_dead_token());
            assert!(!refusal(403, content_type, "Wrong_Org").is_dead_token());
        }
    }

    #[test]
    fn the_revocation_endpoint_says_it_as_a_form_or_as_json() {
        for (content_type, body) in [
            (
                "application/x-www-form-urlencoded",
                "error=invalid_token&error_description=gone",
            ),
            (
                "application/json",
                r#"{"error":"invalid_token","error_description":"gone"}"#,
            ),
        ] {
            let error = &refusal(400, content_type, body).errors[0];
            assert_eq!(
                (error.error_code.as_str(), error.message.as_str()),
                ("invalid_token", "gone")
            );
        }
    }

    #[test]
    fn html_from_the_edge_is_unexpected_and_not_repeated() {
        let error = read(503, "text/html", "<html>canary</html>");
        assert_eq!(error.class(), Some(Class::Retry));
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
    }

    #[test]
    fn a_used_up_allocation_is_for_later() {
        let body =
            r#"[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#;
        assert_eq!(
            refusal(403, "application/json", body).class(),
            Some(Class::Retry)
        );
    }

    #[test]
    fn an_empty_list_of_errors_is_still_an_error() {
        assert!(matches!(
            read(400, "application/json", "[]"),
            ClientError::Unexpected { .. }
        ));
    }
}
