//! What is made to be taken for something else: links that show another address than they lead to, and names whose letters look like others.

use bulla_model::{DisguisedLink, NameDoubt};
use url::Url;

/// How much of a formatted message is looked at, in bytes, and how many of its links are told.
const LOOKED_AT: usize = 64 * 1024;
const TOLD: usize = 20;
/// The longest name that is looked at, in characters.
const NAME: usize = 256;

/// The links of a message, in the safe subset of HTML, that show an address of one host and lead to another.
pub fn disguised_links(html: &str) -> Vec<DisguisedLink> {
    let mut end = html.len().min(LOOKED_AT);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let (mut rest, mut found) = (&html[..end], Vec::new());
    while let Some(begin) = rest.find("<a ") {
        let (Some(close), true) = (rest[begin..].find('>'), found.len() < TOLD) else { break };
        let tag = &rest[begin..begin + close];
        let inner = &rest[begin + close + 1..];
        let stop = inner.find("</a>").unwrap_or(inner.len());
        if let Some(link) = href(tag).and_then(|target| disguised(&text_of(&inner[..stop]), &target)) {
            found.push(link);
        }
        rest = &inner[stop..];
    }
    found
}

/// What is doubtful about a name that a person or a room gives itself; none where nothing is.
pub fn name_doubt(name: &str) -> Option<NameDoubt> {
    let letters = || name.chars().take(NAME);
    if letters().any(hides) {
        return Some(NameDoubt::Hidden);
    }
    let words = || name.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).take(NAME);
    if words().any(is_mixed) {
        return Some(NameDoubt::MixedAlphabets);
    }
    if letters().any(is_dressed) || words().any(looks_latin) {
        return Some(NameDoubt::LookAlike);
    }
    None
}

fn disguised(shown: &str, target: &str) -> Option<DisguisedLink> {
    let target = Url::parse(target).ok()?;
    let target = match target.scheme() {
        "http" | "https" => target.host_str()?.to_owned(),
        "mailto" => target.path().rsplit_once('@')?.1.to_ascii_lowercase(),
        _ => return None,
    };
    // Only a text that reads as one address shows one: `voir ici` hides nothing.
    let shown = shown.trim();
    if shown.contains(char::is_whitespace) {
        return None;
    }
    let claimed = match shown.split_once("://") {
        Some(_) => Url::parse(shown).ok()?.host_str()?.to_owned(),
        None => {
            let host = shown.rsplit_once('@').map_or(shown, |(_, host)| host);
            let host = host.split(['/', '?', '#', ':']).next()?;
            let (_, last) = host.rsplit_once('.')?;
            if last.len() < 2 || !last.chars().all(char::is_alphabetic) {
                return None;
            }
            Url::parse(&format!("https://{host}/")).ok()?.host_str()?.to_owned()
        }
    };
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_ascii_lowercase();
    (bare(&claimed) != bare(&target)).then_some(DisguisedLink { shown: claimed, target })
}

fn href(tag: &str) -> Option<String> {
    let rest = &tag[tag.find("href=")? + 5..];
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    Some(decoded(rest[1..].split(quote).next()?))
}

/// The words of some HTML.
pub(crate) fn text_of(html: &str) -> String {
    let (mut text, mut inside) = (String::with_capacity(html.len()), false);
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    decoded(&text)
}

/// Without the entities that the safe subset is written with.
pub(crate) fn decoded(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&nbsp;", " ")];
    let text = entities.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter));
    // The last, so that what was escaped twice is unescaped once.
    text.replace("&amp;", "&")
}

/// What is not seen, or turns around what is.
fn hides(letter: char) -> bool {
    matches!(letter,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{200E}'
        | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{E0000}'..='\u{E007F}')
        || letter.is_control()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    Coptic,
    Other,
}

/// The alphabets that have letters like those of another; what is written in any other mixes with nothing here.
fn script(letter: char) -> Script {
    match letter {
        'a'..='z'
        | 'A'..='Z'
        | '\u{AA}'
        | '\u{BA}'
        | '\u{C0}'..='\u{24F}'
        | '\u{250}'..='\u{2AF}'
        | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{370}'..='\u{3E1}' | '\u{3F0}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{3E2}'..='\u{3EF}' | '\u{2C80}'..='\u{2CFF}' => Script::Coptic,
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A640}'..='\u{A69F}' => {
            Script::Cyrillic
        }
        '\u{531}'..='\u{58F}' => Script::Armenian,
        '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}' => Script::Cherokee,
        _ => Script::Other,
    }
}

/// Whether a word is written in two alphabets that can be taken for each other.
fn is_mixed(word: &str) -> bool {
    let mut scripts = word.chars().map(script).filter(|script| *script != Script::Other);
    let first = scripts.next();
    scripts.any(|script| Some(script) != first)
}

/// Letters in another dress: mathematical, of full width, in circles.
fn is_dressed(letter: char) -> bool {
    matches!(letter, '\u{1D400}'..='\u{1D7FF}' | '\u{FF10}'..='\u{FF5A}' | '\u{24B6}'..='\u{24E9}'
        | '\u{1F130}'..='\u{1F189}' | '\u{2100}'..='\u{214F}' if letter.is_alphanumeric() || matches!(letter, '\u{24B6}'..='\u{24E9}'))
}

/// Letters of other alphabets that are drawn as Latin ones.
const AS_LATIN: &str = "аеіјорсухѕԁԛԝһӏьАВЕЅІЈКМНОРСТУХԌԚԜοαινρυκτΑΒΕΖΗΙΚΜΝΟΡΤΥΧոսօցհᎪᎬᎳᎡᎠᎥᏢᏚᏴ";

/// Whether every letter of a word of another alphabet is drawn as a Latin one. A short one means too little.
fn looks_latin(word: &str) -> bool {
    let foreign = |letter| !matches!(script(letter), Script::Latin | Script::Other);
    word.chars().count() >= 3 && word.chars().all(|letter| foreign(letter) && AS_LATIN.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link(shown: &str, target: &str) -> Vec<(String, String)> {
        let html = format!("<p>voir <a href=\"{target}\">{shown}</a> merci</p>");
        disguised_links(&html).into_iter().map(|link| (link.shown, link.target)).collect()
    }

    #[test]
    fn a_link_to_elsewhere_is_told() {
        for (shown, target) in [
            ("https://impots.gouv.fr/compte", "https://impots.example/compte"),
            ("impots.gouv.fr", "https://evil.example"),
            ("<b>www.impots</b>.gouv.fr/", "http://evil.example"),
            ("https://impots.gouv.fr@evil.example/", "https://other.example"),
            ("contact@impots.gouv.fr", "mailto:contact@evil.example"),
            ("https://impots.gouv.fr", "https://impots.gouv.fr&#46;evil.example"),
        ] {
            assert_eq!(link(shown, target).len(), 1, "{shown} to {target}");
        }
        assert_eq!(
            link("impots.gouv.fr", "https://evil.example/impots.gouv.fr"),
            [("impots.gouv.fr".into(), "evil.example".into())]
        );
    }

    #[test]
    fn a_link_that_shows_where_it_leads_or_nothing_is_left_alone() {
        for (shown, target) in [
            ("https://impots.gouv.fr/a", "https://impots.gouv.fr/b"),
            ("impots.gouv.fr", "https://www.impots.gouv.fr/"),
            ("le compte rendu", "https://evil.example"),
            ("la version 1.2", "https://evil.example"),
            ("1.2", "https://evil.example"),
            ("@Jean", "https://matrix.to/#/@jean:a.example"),
            ("fichier", "matrix:u/jean:a.example"),
            ("a.b.fr", "not a link"),
        ] {
            assert_eq!(link(shown, target), [], "{shown} to {target}");
        }
        assert_eq!(disguised_links(&"<a href=\"https://evil.example\">a.fr</a>".repeat(100)).len(), TOLD);
        for broken in ["<a ", "<a href=", "<a href=\"https://x.example\">a.fr", "<a href=x>a.fr</a>"] {
            assert!(disguised_links(broken).len() <= 1, "{broken}");
        }
    }

    #[test]
    fn names_of_one_alphabet_are_names() {
        for name in [
            "Aïcha Benali [DGFiP]",
            "Иван Петров",
            "Γιώργος",
            "Ольга (Olga) DUPONT",
            "山田太郎",
            "محمد",
            "Zoë Nguyễn",
            "Łukasz",
            "Équipe 2 ½ €",
            "👩‍🚀 Jeanne",
            "नेहा",
            "Он",
            "Հայկ",
            "№ 5",
        ] {
            assert_eq!(name_doubt(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_can_be_taken_for_others_are_told() {
        for (name, doubt) in [
            ("pаul", NameDoubt::MixedAlphabets),
            ("Direction Générаle", NameDoubt::MixedAlphabets),
            ("Αdmin", NameDoubt::MixedAlphabets),
            ("раураӏ", NameDoubt::LookAlike),
            ("ＡＤＭＩＮ", NameDoubt::LookAlike),
            ("𝐀𝐝𝐦𝐢𝐧", NameDoubt::LookAlike),
            ("Ⓐdmin", NameDoubt::LookAlike),
            ("Jean\u{202e}gnp", NameDoubt::Hidden),
            ("Je\u{200b}an", NameDoubt::Hidden),
            ("\u{3164}", NameDoubt::Hidden),
        ] {
            assert_eq!(name_doubt(name), Some(doubt), "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_others_write_stops_it(text in "\\PC{0,80}", html in "(<a href=\"[^\"]{0,9}\">|</a>|\\PC){0,40}") {
            _ = name_doubt(&text);
            prop_assert!(disguised_links(&html).len() <= TOLD);
        }
    }
}
