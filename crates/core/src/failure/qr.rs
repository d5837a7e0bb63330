//! What a sign-in by QR code met.

use bulla_model::Failure;
use matrix_sdk::authentication::oauth::qrcode::{
    DeviceAuthorizationOAuthError, DeviceCodeErrorResponseType, LoginFailureReason, QRCodeGrantLoginError,
    QRCodeLoginError, SecureChannelError,
};

use ruma::api::error::ErrorKind;

use super::{of_http, of_oauth, of_sdk};

pub fn of_sign_in(error: &QRCodeLoginError) -> Failure {
    match error {
        QRCodeLoginError::OAuth(oauth) => of_device_grant(oauth),
        QRCodeLoginError::LoginFailure { reason, .. } => of_reason(reason),
        QRCodeLoginError::SecureChannel(channel) => of_channel(channel),
        QRCodeLoginError::NotFound => rejected("QR_EXPIRED"),
        QRCodeLoginError::UserIdDiscovery(http) => of_http(http),
        QRCodeLoginError::SessionTokens(sdk)
        | QRCodeLoginError::DeviceKeyUpload(sdk)
        | QRCodeLoginError::ServerReset(sdk) => of_sdk(sdk),
        _ => rejected("QR_REFUSED"),
    }
}

pub fn of_grant(error: &QRCodeGrantLoginError) -> Failure {
    match error {
        QRCodeGrantLoginError::InvalidCheckCode => rejected("QR_CHECK_CODE"),
        QRCodeGrantLoginError::NotFound => rejected("QR_EXPIRED"),
        QRCodeGrantLoginError::LoginFailure { reason } => of_reason(reason),
        QRCodeGrantLoginError::SecureChannel(channel) => of_channel(channel),
        _ => rejected("QR_REFUSED"),
    }
}

fn of_device_grant(error: &DeviceAuthorizationOAuthError) -> Failure {
    if let Some(answer) = error.as_request_token_error() {
        return match answer {
            DeviceCodeErrorResponseType::AccessDenied => rejected("access_denied"),
            DeviceCodeErrorResponseType::ExpiredToken => rejected("QR_EXPIRED"),
            _ => rejected("OAUTH_REFUSED"),
        };
    }
    match error {
        DeviceAuthorizationOAuthError::OAuth(oauth) => of_oauth(oauth),
        DeviceAuthorizationOAuthError::NoDeviceAuthorizationEndpoint => rejected("QR_UNSUPPORTED"),
        // The authorization server did not answer, or not as one does.
        _ => Failure::Offline,
    }
}

fn of_channel(error: &SecureChannelError) -> Failure {
    match error {
        // A server without a place where devices meet.
        SecureChannelError::RendezvousChannel(http)
            if matches!(http.client_api_error_kind(), Some(ErrorKind::Unrecognized)) =>
        {
            rejected("QR_UNSUPPORTED")
        }
        SecureChannelError::RendezvousChannel(http) => of_http(http),
        SecureChannelError::InvalidCheckCode => rejected("QR_CHECK_CODE"),
        SecureChannelError::UnsupportedQrCodeType => rejected("QR_UNSUPPORTED"),
        _ => rejected("QR_REFUSED"),
    }
}

/// What the other device said.
fn of_reason(reason: &LoginFailureReason) -> Failure {
    match reason {
        LoginFailureReason::AuthorizationExpired => rejected("QR_EXPIRED"),
        LoginFailureReason::UserCancelled => rejected("QR_CANCELLED"),
        _ => rejected("QR_REFUSED"),
    }
}

fn rejected(code: &str) -> Failure {
    Failure::Rejected { code: code.to_owned() }
}
