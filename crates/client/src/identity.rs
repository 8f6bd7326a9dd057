//! Who is logged in, and logging out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sfjwt_transport::{HeaderValue, Method, Replay, header};
use url::form_urlencoded;

use crate::{ApiRequest, Client, ClientError, Origin, Token};

/// The claims of `/services/oauth2/userinfo` (OpenID Connect Core §5.3).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UserInfo {
    /// The user, 18 characters.
    pub user_id: String,
    /// The org, 18 characters.
    pub organization_id: String,
    /// The user name.
    pub preferred_username: String,
    /// The full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Client {
    /// Who the token belongs to.
    pub async fn userinfo(&self) -> Result<UserInfo, ClientError> {
        let request = ApiRequest::get("/services/oauth2/userinfo");
        self.send(request).await?.json()
    }

    /// The identity of the user, from the `id` URL of the login.
    ///
    /// That URL often names the login host. The token goes to its own instance only, so the host is
    /// checked and the path is asked for at the instance, which serves it too.
    pub async fn identity(&self) -> Result<Map<String, Value>, ClientError> {
        let token = self.session().token().await?;
        let Some(id) = &token.id else {
            return Err(ClientError::Setting {
                setting: "the session",
                problem: "its token came without an identity URL".to_owned(),
            });
        };
        let near = token.instance_url.is_loopback();
        self.hosts().check(&Origin::of(id)?, "id", near)?;
        self.send(ApiRequest::get(id.path())).await?.json()
    }

    /// Ends the session of a token. Salesforce shares one session between all logins of the same
    /// user and app, so this logs out every other holder of it too.
    pub async fn revoke(&self, token: &Token) -> Result<(), ClientError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.expose_access_token())
            .finish();
        let request = ApiRequest::new(Method::POST, "/services/oauth2/revoke")
            .body(
                HeaderValue::from_static("application/x-www-form-urlencoded"),
                form,
            )
            .header(header::ACCEPT, HeaderValue::from_static("application/json"))
            .replay(Replay::Never);
        self.exchange(&request, token, false).await?;
        self.session().invalidate(token);
        Ok(())
    }
}
