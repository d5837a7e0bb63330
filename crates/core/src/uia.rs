//! What a server wants the password for once more (Matrix specification, "User-Interactive Authentication API").

use bulla_model::{Barrier, Failure, Field, FieldTrouble, Password};
use matrix_sdk::{Client, HttpError};
use ruma::api::{
    client::uiaa::{AuthData, AuthType, MatrixUserIdentifier, Password as PasswordStage, UiaaInfo, UserIdentifier},
    error::ErrorKind,
};

use crate::failure::CoreError;

/// Asks by `ask`, and where the server wants a proof of who is there, once more with the password. Servers that leave signing in
/// to others are not asked: there is no password to show.
pub(crate) async fn with_password<T, A: IntoFuture<Output = Result<T, HttpError>>>(
    client: &Client,
    password: Option<&Password>,
    ask: impl Fn(Option<AuthData>) -> A,
) -> Result<T, CoreError> {
    signs_in_itself(client)?;
    let refused = match ask(None).await {
        Err(error) => error,
        Ok(done) => return Ok(done),
    };
    let Some(info) = refused.as_uiaa_response() else { return Err(refused.into()) };
    if !info.flows.iter().any(|flow| flow.stages == [AuthType::Password]) {
        return Err(Failure::Rejected { code: "UIA_UNSUPPORTED".to_owned() }.into());
    }
    let wrong = |why| CoreError::Said(Failure::Invalid { field: Field::Password, why });
    let password = password.filter(|password| !password.expose().is_empty()).ok_or(wrong(FieldTrouble::Empty))?;
    let user = client.user_id().ok_or(CoreError::Defect("not signed in"))?;
    let user = UserIdentifier::Matrix(MatrixUserIdentifier::new(user.to_string()));
    let mut stage = PasswordStage::new(user, password.expose().to_owned());
    stage.session.clone_from(&info.session);
    match ask(Some(AuthData::Password(stage))).await {
        Err(error) if error.as_uiaa_response().is_some_and(is_wrong) => Err(wrong(FieldTrouble::Wrong)),
        other => Ok(other?),
    }
}

/// Fails where the server leaves signing in, and all that has to do with it, to others.
pub(crate) fn signs_in_itself(client: &Client) -> Result<(), Failure> {
    match client.oauth().full_session() {
        Some(_) => Err(Failure::Forbidden { why: Barrier::Delegated }),
        None => Ok(()),
    }
}

fn is_wrong(info: &UiaaInfo) -> bool {
    info.auth_error.as_ref().is_some_and(|error| error.kind == ErrorKind::Forbidden)
}
