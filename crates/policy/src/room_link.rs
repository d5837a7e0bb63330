//! The link by which people come into a private room.

/// How much of a room's name stands in its link.
const NAME_CHARS: usize = 40;
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The local part of a room's address: what its name has of plain letters and digits, and after them as many of chance as there are
/// numbers in `chance`, so that nobody guesses it.
pub fn link_name(name: &str, chance: &[u8]) -> String {
    let named = name.chars().filter(char::is_ascii_alphanumeric).take(NAME_CHARS);
    named.chain(chance.iter().map(|number| ALPHABET[usize::from(*number) % ALPHABET.len()] as char)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_nothing_but_letters_and_digits() {
        for (name, expected) in [
            ("Cellule de crise", "CelluledecriseABC9"),
            ("", "ABC9"),
            ("Été #1:x!", "t1xABC9"),
            ("\u{202e}../", "ABC9"),
        ] {
            assert_eq!(link_name(name, &[0, 1, 2, 61]), expected, "{name}");
        }
        assert_eq!(link_name(&"a".repeat(300), &[0]).len(), NAME_CHARS + 1);
    }
}
