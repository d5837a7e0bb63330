//! How good a password is.

/// How hard a password is to guess, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, uniffi::Record)]
pub struct PasswordStrength {
    /// From 0, guessed at once, to 4, out of reach, as zxcvbn counts. A policy that asks for no strength is best met with 3.
    pub score: u8,
    /// What is weak about it, the gravest first; empty from 3 on.
    pub reasons: Vec<PasswordHint>,
}

/// What is weak about a password, or would make it stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum PasswordHint {
    /// It is among the most used passwords, or close to one.
    Common,
    /// It holds what is known of the person: their name, their e-mail address.
    Personal,
    /// It holds a common first name or surname.
    Name,
    /// It is made of a word that a dictionary has.
    Word,
    /// It follows the keys of a keyboard.
    KeyboardRow,
    /// It repeats itself: `aaa`, `abcabc`.
    Repeats,
    /// It follows an order: `abc`, `6543`.
    Sequence,
    /// It holds a date or a year.
    Date,
    /// It is short.
    Short,
    /// A word or two more, uncommon ones, would make it strong.
    AddWords,
}
