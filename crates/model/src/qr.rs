//! Signing in a new device by a QR code (MSC4108): one which is signed in shows it and the new one reads it, or the other way round.

/// A QR code as it is drawn: a square of modules, with the light margin that a reader wants around it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QrPicture {
    /// How many modules a side has.
    pub width: u32,
    /// One byte a module, row by row from the top: 1 where it is dark, 0 where it is light. Draw them black on white, also where the
    /// app is dark.
    pub modules: Vec<u8>,
}

/// How far the new device is.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum QrSignInState {
    /// It looks for the other device, or asks the server for a place to meet.
    Connecting,
    /// Where it is the one that shows: the other device is to read this.
    ShowCode {
        /// What the QR code holds, in byte mode.
        bytes: Vec<u8>,
    },
    /// The other device has read the code: the person types the two digits that it shows.
    EnterCheckCode,
    /// Where it has read the other's code: the person types these two digits on the other device, which so knows that nobody is in between.
    ShowCheckCode {
        /// From 0 to 99; show two digits.
        code: u8,
    },
    /// The person lets this device in on the other one, in the browser.
    WaitingForApproval {
        /// What the browser's page shows too: they are to be the same.
        user_code: String,
    },
    /// It is let in, and receives the account's secrets.
    Receiving,
    /// It is signed in.
    Done,
}

/// How far the device is that lets the other one in.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum QrGrantState {
    /// It asks the server for a place to meet, or looks for the other device.
    Connecting,
    /// Where it is the one that shows: the other device is to read this.
    ShowCode {
        /// What the QR code holds, in byte mode.
        bytes: Vec<u8>,
    },
    /// The other device has read it: the person types the two digits that it shows.
    EnterCheckCode,
    /// Where it has read the other's code: the person types these two digits on the new device, which so knows that nobody is in between.
    ShowCheckCode {
        /// From 0 to 99; show two digits.
        code: u8,
    },
    /// Open this in the system's browser, where the person lets the device in, after a `confirm`.
    Approve {
        /// A page of the account's own authentication service.
        url: String,
    },
    /// The other device is in, and is sent the account's secrets.
    Sending,
    /// It has them.
    Done,
}
