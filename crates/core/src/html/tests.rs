use proptest::prelude::*;
use ruma::html::{Html, NodeRef};

use super::{safe, words};

/// What others try, a line each: scripts, handlers, addresses, styles, tags that hide tags, broken quoting and nesting.
const ATTACKS: &str = include_str!("attacks.txt");

const TAGS: &str = "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td \
    caption pre span img details summary mx-reply";

/// What may not be there after all, by a list of our own; nothing that the sanitiser says is used.
fn trouble(html: &str) -> Option<String> {
    fn look(node: &NodeRef, depth: usize) -> Option<String> {
        let Some(element) = node.as_element() else {
            return node.as_text().is_none().then(|| "neither a tag nor text".to_owned());
        };
        let name = &*element.name.local;
        if !TAGS.split_whitespace().any(|tag| tag == name) || depth > 100 {
            return Some(format!("<{name}> at {depth}"));
        }
        for attribute in element.attrs.borrow().iter() {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            let begins = |schemes: &[&str]| schemes.iter().any(|scheme| value.starts_with(scheme));
            let fine = match (name, key) {
                ("a", "href") => begins(&["https:", "http:", "ftp:", "mailto:", "magnet:", "matrix:"]),
                ("img", "src") => begins(&["mxc:"]),
                ("code", "class") => value.split_whitespace().all(|class| class.starts_with("language-")),
                ("a", "target")
                | ("img", "width" | "height" | "alt" | "title")
                | ("ol", "start")
                | ("div", "data-mx-maths")
                | ("span", "data-mx-bg-color" | "data-mx-color" | "data-mx-spoiler" | "data-mx-maths") => true,
                _ => false,
            };
            if !fine {
                return Some(format!("{key}={value:?} of <{name}>"));
            }
        }
        node.children().find_map(|child| look(&child, depth + 1))
    }
    Html::parse(html).children().find_map(|child| look(&child, 1))
}

#[test]
fn what_others_try_leaves_no_tag_attribute_or_scheme_that_is_not_allowed() {
    let attacks: Vec<&str> = ATTACKS.lines().filter(|line| !line.is_empty()).collect();
    assert!(attacks.len() >= 150, "{} attacks", attacks.len());
    for attack in attacks {
        let attack = attack.replace("\\0", "\0").replace("\\t", "\t").replace("\\n", "\n");
        let Some(safe) = safe(&attack) else { continue };
        assert_eq!(trouble(&safe), None, "{attack:?} became {safe:?}");
        assert_eq!(super::safe(&safe).as_ref(), Some(&safe), "{attack:?}");
    }
}

#[test]
fn an_attribute_before_an_address_hides_it_not() {
    for (given, wanted) in [
        (r#"<img alt="x" src="https://evil.example/seen.png">"#, r#"<img alt="x">"#),
        (r#"<img height="1" src="data:image/png;base64,AA">"#, r#"<img height="1">"#),
        (r#"<a class="x" href="javascript:alert(1)">y</a>"#, "<a>y</a>"),
        (r#"<a data-x="" href="vbscript:x">y</a>"#, "<a>y</a>"),
        (
            r#"<a aria-label="x" href="https://a.example/" target="_blank">y</a>"#,
            r#"<a href="https://a.example/" target="_blank">y</a>"#,
        ),
        (r#"<img alt="x" src="mxc://a.example/b">"#, r#"<img alt="x" src="mxc://a.example/b">"#),
    ] {
        assert_eq!(safe(given).as_deref(), Some(wanted), "{given}");
    }
}

#[test]
fn what_is_allowed_stays() {
    for html in [
        "<b>gras</b> et <em>penché</em>",
        r#"<a href="https://matrix.to/#/@a:b.example">A</a>"#,
        r#"<a href="matrix:u/a:b.example">A</a>"#,
        r#"<pre><code class="language-rust">let x = 1;</code></pre>"#,
        r##"<span data-mx-color="#ff0000">rouge</span>"##,
        r#"<ol start="3"><li>trois</li></ol>"#,
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
        "<details><summary>a</summary>b</details>",
        "a &lt;b&gt; c &amp; d",
    ] {
        assert_eq!(safe(html).as_deref(), Some(html));
    }
}

#[test]
fn a_row_shows_words_without_marks() {
    for (html, wanted) in [
        ("<b>gras</b> et <em>penché</em>", "gras et penché"),
        ("<p>un</p><p>deux</p>", "un deux"),
        ("<ul><li>a</li><li>b &lt; c</li></ul>", "a b < c"),
        ("ligne<br>suite", "ligne suite"),
        (r#"<img src="mxc://a.example/b" alt=":wave:"> salut"#, ":wave: salut"),
        ("", ""),
    ] {
        assert_eq!(words(&safe(html).unwrap()), wanted, "{html}");
    }
}

#[test]
fn what_would_take_long_to_read_loses_its_formatting() {
    for (piece, times) in [("<b>", 20_000), ("a<b>", 15_000), ("<table><tr><td>", 2_000), ("<p>x<b class=a>", 4_000)] {
        assert_eq!(safe(&piece.repeat(times)), None, "{piece}");
    }
}

/// Pieces that a parser treats in a way of its own, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let tags = "a b i p div span table tr td th thead caption ul li pre code h1 img br hr font script style svg math template noscript \
        title textarea select option iframe object form button nobr marquee plaintext xmp mx-reply details summary body html frameset";
    let tags: Vec<&'static str> = tags.split_whitespace().collect();
    let attributes = [
        "",
        " href=javascript:x",
        " href=https://a.example",
        " alt=x src=https://a.example",
        " src=mxc://a/b",
        " onclick=x",
        " class='language-x y'",
        " style=x",
        " color=red",
        " data-mx-color='\"'",
        " href='java\nscript:x' class=a",
        " id=x name=y",
    ];
    let piece = prop_oneof![
        (prop::sample::select(tags.clone()), prop::sample::select(attributes.to_vec()))
            .prop_map(|(tag, attribute)| format!("<{tag}{attribute}>")),
        prop::sample::select(tags).prop_map(|tag| format!("</{tag}>")),
        prop::sample::select(vec![
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<",
            ">",
            "\"",
            "&lt;",
            "&amp;lt;",
            "\0",
            "</",
            "<!",
            "<?x"
        ])
        .prop_map(str::to_owned),
        "[a-z<>&\"'/= é]{0,6}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn any_text_is_made_safe_and_stays_so(html in pieces()) {
        if let Some(safe) = safe(&html) {
            prop_assert_eq!(trouble(&safe), None);
            prop_assert_eq!(super::safe(&safe), Some(safe));
        }
    }
}
