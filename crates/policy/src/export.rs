//! What an exported conversation looks like.

use std::time::{Duration, SystemTime};

use bulla_model::ExportWords;

/// One thing that was said, as the page shows it.
pub struct ExportRow<'a> {
    /// Who, by name or id.
    pub sender: &'a str,
    /// Their id.
    pub user: &'a str,
    /// When.
    pub at: SystemTime,
    /// What.
    pub said: Said<'a>,
    /// Whether it was changed after it was sent.
    pub edited: bool,
}

/// What was said.
pub enum Said<'a> {
    /// A text.
    Text(&'a str),
    /// A file, by its name, and where it is beside the page.
    File(&'a str, Option<&'a str>),
    /// Deleted.
    Deleted,
    /// It cannot be read here.
    Unreadable,
}

/// What stands before the rows of a page.
pub fn export_head(words: &ExportWords) -> String {
    let title = escaped(&words.title);
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>\n\
         body {{ font: 1rem/1.5 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}\n\
         article {{ margin: 0.75rem 0 }}\n\
         p {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate }}\n\
         header, small {{ color: #555; font-size: 0.85rem }}\nb {{ unicode-bidi: isolate }}\n\
         </style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )
}

/// One row of a page.
pub fn export_row(row: &ExportRow<'_>, words: &ExportWords) -> String {
    let at = local_time(row.at, words.utc_offset);
    let said = match row.said {
        Said::Text(text) => escaped(text),
        Said::File(name, None) => format!("<i>{}</i> {}", escaped(&words.file), escaped(name)),
        Said::File(name, Some(at)) => {
            format!("<i>{}</i> <a href=\"{}\">{}</a>", escaped(&words.file), escaped(at), escaped(name))
        }
        Said::Deleted => format!("<i>{}</i>", escaped(&words.deleted)),
        Said::Unreadable => format!("<i>{}</i>", escaped(&words.unreadable)),
    };
    let edited = if row.edited { format!(" <small>{}</small>", escaped(&words.edited)) } else { String::new() };
    format!(
        "<article>\n<header><b title=\"{}\">{}</b> <time>{at}</time></header>\n<p>{said}{edited}</p>\n</article>\n",
        escaped(row.user),
        escaped(row.sender),
    )
}

/// What stands after them.
pub fn export_foot() -> &'static str {
    "</body>\n</html>\n"
}

/// A moment as `2026-11-29 07:00`, `offset` minutes ahead of UTC.
fn local_time(at: SystemTime, offset: i16) -> String {
    let seconds = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX / 2).saturating_add(i64::from(offset) * 60);
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(day);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", second / 3_600, second / 60 % 60)
}

/// The date of a day after 1970-01-01, in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// A text that is nothing but text: no markup, nothing that turns around what follows.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            '\u{202D}' | '\u{202E}' => {}
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(title: &str) -> ExportWords {
        ExportWords {
            title: title.into(),
            deleted: "supprimé".into(),
            unreadable: "illisible".into(),
            edited: "(modifié)".into(),
            file: "Fichier".into(),
            utc_offset: 60,
        }
    }

    fn row(said: Said<'_>, edited: bool) -> String {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_251_199);
        export_row(&ExportRow { sender: "Aïcha <b>", user: "@a:b.example", at, said, edited }, &words("x"))
    }

    #[test]
    fn a_row_says_who_when_and_what() {
        assert_eq!(
            row(Said::Text("à <16 h> & \"vite\""), true),
            "<article>\n<header><b title=\"@a:b.example\">Aïcha &lt;b&gt;</b> <time>2024-03-01 00:59</time></header>\n\
             <p>à &lt;16 h&gt; &amp; &quot;vite&quot; <small>(modifié)</small></p>\n</article>\n"
        );
        assert!(row(Said::File("plan.pdf", None), false).contains("<p><i>Fichier</i> plan.pdf</p>"));
        let linked = row(Said::File("\"><script>.pdf", Some("files/00001.pdf")), false);
        assert!(linked.contains("<a href=\"files/00001.pdf\">&quot;&gt;&lt;script&gt;.pdf</a>"));
        assert!(row(Said::Deleted, false).contains("<p><i>supprimé</i></p>"));
        assert!(row(Said::Unreadable, false).contains("<p><i>illisible</i></p>"));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let on = |seconds| local_time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds), 0);
        for (seconds, date) in [
            (0, "1970-01-01 00:00"),
            (951_782_400, "2000-02-29 00:00"),
            (1_735_689_599, "2024-12-31 23:59"),
            (253_402_300_799, "9999-12-31 23:59"),
        ] {
            assert_eq!(on(seconds), date);
        }
        assert_eq!(local_time(SystemTime::UNIX_EPOCH, -60), "1969-12-31 23:00");
    }

    proptest! {
        #[test]
        fn what_people_write_makes_no_markup(text in "[<>\"'&a-c/= \u{202e}\u{0}]{0,60}") {
            let plain = row(Said::Text(""), false);
            let tags = |html: &str| (html.matches('<').count(), html.matches('>').count(), html.matches('"').count());
            prop_assert_eq!(tags(&row(Said::Text(&text), false)), tags(&plain));
            prop_assert_eq!(tags(&export_head(&words(&text))), tags(&export_head(&words(""))));
        }
    }
}
