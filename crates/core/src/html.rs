//! Formatted text of others, reduced to what Matrix allows (specification, "m.room.message msgtypes").
//!
//! The SDK does this too, with two holes: it looks at the scheme of an address only where no other attribute comes before it by name, so that
//! `alt` lets any `src` through; and what it gives is not always what a parser makes of it.

use ruma::html::{Html, LocalName, NodeRef, SanitizerConfig};

/// How often a text is read again until it comes to rest. Honest ones are at rest.
const ROUNDS: usize = 4;
/// With more tags than this a text is shown without its formatting: reading it again would take long, and nobody wrote it by hand.
const TAGS: usize = 2_000;
/// Schemes of a link, and of an image.
const LINKS: [&str; 6] = ["https", "http", "ftp", "mailto", "magnet", "matrix"];
const IMAGES: [&str; 1] = ["mxc"];
/// What ends a line.
const BLOCKS: [&str; 14] = ["p", "li", "pre", "blockquote", "br", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"];

/// `html` with Matrix's tags, attributes and schemes alone, in a form that every parser reads as it is. None where there is no such form.
pub(crate) fn safe(html: &str) -> Option<String> {
    if html.matches('<').count() > TAGS {
        return None;
    }
    let mut html = html.to_owned();
    for _ in 0..ROUNDS {
        let again = reduced(&html);
        if again == html {
            return Some(html);
        }
        html = again;
    }
    None
}

/// The words of what [`safe`] gave, without its marks: what a row of a list shows.
pub(crate) fn words(html: &str) -> String {
    let mut said = String::new();
    Html::parse(html).children().for_each(|node| collect(&node, &mut said));
    said.trim().to_owned()
}

fn collect(node: &NodeRef, said: &mut String) {
    if let Some(text) = node.as_text() {
        said.push_str(&text.borrow());
    }
    node.children().for_each(|child| collect(&child, said));
    let Some(element) = node.as_element() else { return };
    // A picture within a text stands for a sign.
    let sign = element.attrs.borrow().iter().find(|it| &*it.name.local == "alt").map(|it| it.value.to_string());
    said.push_str(&sign.unwrap_or_default());
    if BLOCKS.contains(&&*element.name.local) && !said.ends_with(char::is_whitespace) {
        said.push(' ');
    }
}

fn reduced(html: &str) -> String {
    let html = Html::parse(html);
    html.sanitize_with(&SanitizerConfig::compat());
    html.children().for_each(|node| check_addresses(&node));
    html.to_string()
}

/// Takes out the addresses that lead elsewhere.
fn check_addresses(node: &NodeRef) {
    if let Some(element) = node.as_element() {
        let (name, schemes): (_, &[&str]) = match &*element.name.local {
            "a" => ("href", &LINKS),
            "img" => ("src", &IMAGES),
            _ => ("", &[]),
        };
        let name = LocalName::from(name);
        element
            .attrs
            .borrow_mut()
            .retain(|attribute| attribute.name.local != name || has_scheme(&attribute.value, schemes));
    }
    node.children().for_each(|child| check_addresses(&child));
}

fn has_scheme(address: &str, schemes: &[&str]) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| schemes.contains(&scheme))
}

#[cfg(test)]
mod tests;
