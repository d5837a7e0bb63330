//! Messages: their text, their formatting, their files, types that nobody knows.

use serde_json::{Value, json};

use super::case::{Case, MAX, MIN, deep, deep_list, event, html, say, text};

pub fn cases() -> Vec<Case> {
    [bodies(), formats(), files(), places(), types()].into_iter().flatten().collect()
}

fn bodies() -> Vec<Case> {
    let said = |name: &str, body: &str| say(name, text(body), "text");
    vec![
        said("as large as it may be", &"é".repeat(31 * 1024)),
        say("larger than it may be", text(&"é".repeat(33 * 1024)), "refused text"),
        said("one very long word", &"a".repeat(60_000)),
        said("lines and nothing else", &"\n".repeat(20_000)),
        said("marks upon marks", &format!("e{}", "\u{301}".repeat(20_000))),
        said("a family of a thousand", &"👩\u{200d}".repeat(8_000)),
        said("NUL and overrides", "\u{0}\u{202e}\u{2066}\u{200b}\u{feff}\u{1f}"),
        said("overrides that nobody closes", &"\u{202e}".repeat(10_000)),
        said("no letter at all", "\u{200b}\u{200c}\u{200d}\u{2060}"),
        said("an empty body", ""),
        said("noncharacters", "\u{fffe}\u{ffff}\u{10ffff}\u{fdd0}"),
        said("surrogates as text", "\\ud800\\udfff"),
        said("a reply's fallback and nothing under it", "> <@a:b> x\n\n"),
        said("quotes without end", &"> ".repeat(20_000)),
        said("links without end", &"https://a.example/ ".repeat(3_000)),
        said("a link to a room that is no room", "https://matrix.to/#/!x/$y?via=&via="),
        say("deep", json!({"msgtype": "m.text", "body": "x", "deep": deep(90)}), "text"),
        say("deep lists", json!({"msgtype": "m.text", "body": "x", "deep": deep_list(90)}), "text"),
        say(
            "deeper than Matrix goes",
            json!({"msgtype": "m.text", "body": "x", "deep": deep(600)}),
            "refused malformed",
        ),
        say("a fraction", json!({"msgtype": "m.text", "body": "x", "n": 1.5}), "refused text"),
        say("a number above all", json!({"msgtype": "m.text", "body": "x", "n": u64::MAX}), "refused text"),
        say("the largest number", json!({"msgtype": "m.text", "body": "x", "n": MAX}), "text"),
        say("five thousand fields", many_fields(5_000), "text"),
        say("a field with an empty name", json!({"msgtype": "m.text", "body": "x", "": {"": []}}), "text"),
        say(
            "a field of the language's own",
            json!({"msgtype": "m.text", "body": "x", "__proto__": {"y": 1}, "constructor": 1}),
            "text",
        ),
        say("no body", json!({"msgtype": "m.text"}), "refused malformed"),
        say("body of another type", json!({"msgtype": "m.text", "body": {"a": []}}), "refused malformed"),
        say("body of null", json!({"msgtype": "m.text", "body": null}), "refused malformed"),
        say("body of a number", json!({"msgtype": "m.notice", "body": MIN}), "refused malformed"),
        say("empty content", json!({}), "refused malformed"),
        say("null everywhere", json!({"msgtype": null, "body": null, "m.relates_to": null}), "refused malformed"),
        say("an emote of nothing", json!({"msgtype": "m.emote", "body": ""}), "emote"),
        say(
            "a server's notice from nobody",
            json!({"msgtype": "m.server_notice", "body": "x", "server_notice_type": "org.example"}),
            "notice",
        ),
        say("a server's notice of nothing", json!({"msgtype": "m.server_notice", "body": "x"}), "malformed"),
        say(
            "mentions of nonsense",
            with(text("x"), "m.mentions", json!({"user_ids": ["x", "", "@:", "@a:b"], "room": 1})),
            "refused malformed",
        ),
        say("mentions of another type", with(text("x"), "m.mentions", json!(7)), "refused malformed"),
        say("mentions of a thousand", with(text("x"), "m.mentions", json!({"user_ids": people(1_000)})), "text"),
        say("an announcement of another type", with(text("x"), "org.bulla.announcement", json!([MIN])), "text"),
    ]
}

fn formats() -> Vec<Case> {
    let formatted = |name: &str, body: &str| say(name, html(body), "text");
    vec![
        formatted("deep formatting", &"<div>".repeat(5_000)),
        formatted("tags in tags", &"<b>".repeat(20_000)),
        formatted("tags beside tags", &"a<b>".repeat(15_000)),
        formatted("lines", &"a<br>".repeat(12_000)),
        formatted("tables in tables", &"<table><tr><td>".repeat(2_000)),
        formatted("lists in lists", &"<ul><li>".repeat(5_000)),
        formatted("quotes in quotes", &"<blockquote>".repeat(4_000)),
        formatted("links in links", &"<a href=https://a.example>".repeat(2_000)),
        formatted("closing what was never open", &"</div>".repeat(9_000)),
        formatted("entities", &"&amp;".repeat(12_000)),
        formatted("comments without end", &"<!--".repeat(10_000)),
        formatted("broken formatting", "<a href='javascript:alert(1)'><img src=x onerror=y><<<>&#0;&#x110000;</script"),
        formatted("nothing but a script", "<script>x</script>"),
        say(
            "a format that nobody knows",
            json!({"msgtype": "m.text", "body": "x", "format": "org.example.rtf", "formatted_body": "{\\rtf1}"}),
            "text",
        ),
        say(
            "a format without a text",
            json!({"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html"}),
            "text",
        ),
        say(
            "a formatted text without a format",
            json!({"msgtype": "m.text", "body": "x", "formatted_body": "<b>x</b>"}),
            "text",
        ),
        say(
            "a formatted text of another type",
            json!({"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html", "formatted_body": [1]}),
            "text",
        ),
        say(
            "formatting of an emote",
            json!({"msgtype": "m.emote", "body": "x", "format": "org.matrix.custom.html", "formatted_body": "<p>".repeat(9_000)}),
            "emote",
        ),
    ]
}

fn files() -> Vec<Case> {
    let mut cases = Vec::new();
    for (msgtype, shown) in [("m.image", "image"), ("m.video", "video"), ("m.audio", "audio"), ("m.file", "file")] {
        let of = |url: Value, info: Value| json!({"msgtype": msgtype, "body": "x", "url": url, "info": info});
        cases.push(say(format!("{msgtype} of all sizes at once"), of(json!("mxc://a/b"), sizes(MAX)), shown));
        cases.push(say(format!("{msgtype} below all sizes"), of(json!("mxc://a/b"), sizes(MIN)), "malformed"));
        cases.push(say(
            format!("{msgtype} with a path for an address"),
            of(json!("mxc://../../etc/passwd"), json!({})),
            shown,
        ));
        cases.push(say(format!("{msgtype} from the web"), of(json!("https://evil.example/x.png"), json!({})), shown));
        cases.push(say(format!("{msgtype} without an address"), json!({"msgtype": msgtype, "body": "x"}), "malformed"));
        cases.push(say(format!("{msgtype} at a number"), of(json!(7), json!({})), "malformed"));
        cases.push(say(
            format!("{msgtype} with keys of nonsense"),
            json!({"msgtype": msgtype, "body": "x", "file": {"url": "mxc://a/b", "v": "v9", "iv": "!", "hashes": {}, "key": {}}}),
            shown,
        ));
    }
    cases.extend([
        say("path in a file name", json!({"msgtype": "m.file", "body": "../../etc/passwd", "url": "mxc://a/b"}), "file"),
        say("a file name of overrides", json!({"msgtype": "m.file", "body": "x", "filename": "gpj\u{202e}exe.\u{0}", "url": "mxc://a/b"}), "file"),
        say("an image of no type", json!({"msgtype": "m.image", "body": "x", "url": "mxc://a/b", "info": {"mimetype": "x/\u{0}"}}), "image"),
        say("a thumbnail of nonsense", json!({"msgtype": "m.image", "body": "x", "url": "mxc://a/b", "info": {"thumbnail_url": "javascript:x", "thumbnail_info": {"w": MAX}}}), "image"),
        say("a voice of a million waves", json!({"msgtype": "m.audio", "body": "x", "url": "mxc://a/b", "org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": {"duration": MAX, "waveform": vec![1024; 5_000]}}), "voice"),
        event("a sticker of nothing", "m.sticker", json!({"body": 1}), "malformed"),
        event("a sticker from the web", "m.sticker", json!({"body": "x", "url": "https://evil.example/x.png", "info": {}}), "sticker"),
        event("a sticker of all sizes", "m.sticker", json!({"body": "x".repeat(9_000), "url": "mxc://a/b", "info": {"w": MAX, "h": MAX, "size": MAX}}), "sticker"),
    ]);
    cases
}

fn sizes(number: i64) -> Value {
    json!({"size": number, "w": number, "h": number, "duration": number, "mimetype": "x/y"})
}

fn places() -> Vec<Case> {
    let place =
        |name: &str, geo: Value, shown| say(name, json!({"msgtype": "m.location", "body": "x", "geo_uri": geo}), shown);
    vec![
        place("a place that is a script", json!("javascript:alert(1)"), "location"),
        place("a place off the earth", json!("geo:999,-999;u=-1"), "location"),
        place("a place without end", json!(format!("geo:{}", "1".repeat(40_000))), "location"),
        place("a place of another type", json!({"lat": 1}), "malformed"),
        say("a place nowhere", json!({"msgtype": "m.location", "body": "x"}), "malformed"),
    ]
}

fn types() -> Vec<Case> {
    vec![
        event("unknown type", "org.example.vote", json!({"choice": 1}), "unknown"),
        event("unknown type, deep", "org.example.vote", deep(90), "unknown"),
        event("type with odd letters", "\u{202e}type\u{0}", json!({}), "unknown"),
        event("a type of overrides", "\u{202e}epyt", json!({}), "unknown"),
        event("a type of 255 letters", &"t".repeat(255), json!({}), "unknown"),
        event("a type of 256 letters", &"t".repeat(256), json!({}), "refused unknown"),
        event("a type that looks like state", "m.room.name", json!({"name": "x"}), "refused unknown"),
        event("a type that is nearly one", "m.room.message ", text("x"), "unknown"),
        say("unknown msgtype", json!({"msgtype": "org.example.hologram", "body": "x"}), "unknown"),
        say("a msgtype without end", json!({"msgtype": "m".repeat(40_000), "body": "x"}), "unknown"),
        say("a msgtype of nothing", json!({"msgtype": "", "body": "x"}), "unknown"),
        say("a msgtype of overrides", json!({"msgtype": "\u{202e}txet.m", "body": "x"}), "unknown"),
        say("no msgtype", json!({"body": "x"}), "refused malformed"),
        say("a msgtype of another type", json!({"msgtype": 7, "body": "x"}), "refused malformed"),
        say("a gallery of nothing", json!({"msgtype": "dm.filament.gallery", "body": "x", "itemtypes": 7}), "unknown"),
        event("encrypted with nothing", "m.room.encrypted", json!({}), "malformed"),
        event(
            "encrypted with what nobody knows",
            "m.room.encrypted",
            json!({"algorithm": "org.example.rot13", "ciphertext": "k"}),
            "malformed",
        ),
        event(
            "encrypted with garbage",
            "m.room.encrypted",
            json!({"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "!!!", "session_id": "x", "sender_key": "x", "device_id": "x"}),
            "unreadable Waiting",
        ),
        event(
            "encrypted to one person",
            "m.room.encrypted",
            json!({"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "x", "ciphertext": {"k": {"type": MAX, "body": "!"}}}),
            "unreadable UnknownAlgorithm",
        ),
        event("encrypted with a number", "m.room.encrypted", json!({"algorithm": 7, "ciphertext": MIN}), "malformed"),
        event("a call of nothing", "m.call.invite", json!({"lifetime": MIN}), "malformed"),
        event(
            "a call of another version",
            "m.call.invite",
            json!({"call_id": "x", "lifetime": MAX, "offer": {"type": "offer", "sdp": "\u{0}"}, "version": "org.example"}),
            "call",
        ),
        event("an answer to no call", "m.call.answer", json!({"call_id": "x", "answer": 7, "version": 1}), "malformed"),
        event(
            "candidates of no call",
            "m.call.candidates",
            json!({"call_id": "x", "candidates": [7], "version": 1}),
            "malformed",
        ),
        say(
            "verification in the room",
            json!({"msgtype": "m.key.verification.request", "body": "x", "to": "@a:b", "methods": [], "from_device": "\u{0}"}),
            "unknown",
        ),
        event(
            "a step of no verification",
            "m.key.verification.start",
            json!({"from_device": 7, "method": "x"}),
            "malformed",
        ),
    ]
}

fn many_fields(count: usize) -> Value {
    let mut content = text("x");
    (0..count).for_each(|n| content[format!("f{n}")] = json!(n));
    content
}

fn people(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("@person.{n}:a.example")).collect()
}

fn with(mut content: Value, key: &str, value: Value) -> Value {
    content[key] = value;
    content
}
