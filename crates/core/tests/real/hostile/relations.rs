//! What speaks of other events: edits, answers, threads, reactions, redactions, polls.

use serde_json::{Value, json};

use super::case::{Case, MAX, MIN, Odd, Place, deep, event, html, say, text};

pub fn cases(place: &Place) -> Vec<Case> {
    [edits(place), answers(place), reactions(place), redactions(place), polls(place)].into_iter().flatten().collect()
}

fn edits(place: &Place) -> Vec<Case> {
    let edit = |name: &str, of: &str, content: Value, shown| {
        say(
            name,
            json!({"msgtype": "m.text", "body": "* x", "m.new_content": content, "m.relates_to": {"rel_type": "m.replace", "event_id": of}}),
            shown,
        )
    };
    vec![
        edit("edit of another's message", &place.his, text("détourné"), "-"),
        edit("edit of another's message by formatting", &place.his, html("<b>détourné</b>"), "-"),
        edit("edit of nothing", "$nowhere", text("x"), "refused -"),
        edit("edit of no id", "x", text("x"), "refused text"),
        edit("edit without content", &place.hers, Value::Null, "malformed"),
        edit("edit into another type", &place.hers, json!({"msgtype": "org.example", "body": 1}), "malformed"),
        edit(
            "edit into a file without an address",
            &place.hers,
            json!({"msgtype": "m.image", "body": "x"}),
            "malformed",
        ),
        edit(
            "edit into an edit",
            &place.hers,
            json!({"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.replace", "event_id": place.hers}}),
            "-",
        ),
        edit("edit into what is deep", &place.hers, json!({"msgtype": "m.text", "body": "x", "deep": deep(90)}), "-"),
        say(
            "edit that says of nothing",
            json!({"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.replace"}}),
            "text",
        ),
        say(
            "edit without anything new",
            json!({"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.replace", "event_id": place.hers}}),
            "malformed",
        ),
        event(
            "edit of a message by a poll",
            "org.matrix.msc3381.poll.start",
            json!({"m.new_content": {"org.matrix.msc3381.poll.start": {"question": {"body": "x"}, "answers": [{"id": "1", "body": "x"}]}},
                "m.relates_to": {"rel_type": "m.replace", "event_id": place.hers}}),
            "malformed",
        ),
        event(
            "edit by a type that nobody knows",
            "org.example.edit",
            json!({"m.relates_to": {"rel_type": "m.replace", "event_id": place.his}}),
            "unknown",
        ),
    ]
}

fn answers(place: &Place) -> Vec<Case> {
    let relates = |name: &str, relation: Value, shown| {
        say(name, json!({"msgtype": "m.text", "body": "x", "m.relates_to": relation}), shown)
    };
    let thread = |of: &str| json!({"rel_type": "m.thread", "event_id": of, "is_falling_back": true, "m.in_reply_to": {"event_id": of}});
    vec![
        relates("reply to nothing", json!({"m.in_reply_to": {"event_id": "$nowhere"}}), "text"),
        relates("reply to no id", json!({"m.in_reply_to": {"event_id": 7}}), "malformed"),
        relates("reply to an id without a sign", json!({"m.in_reply_to": {"event_id": "nowhere"}}), "malformed"),
        relates("reply to an id of another room", json!({"m.in_reply_to": {"event_id": "$x:evil.example"}}), "text"),
        relates(
            "reply to an id without end",
            json!({"m.in_reply_to": {"event_id": format!("${}", "a".repeat(40_000))}}),
            "text",
        ),
        relates("reply of another type", json!({"m.in_reply_to": []}), "malformed"),
        relates("relation of another type", json!([1]), "malformed"),
        relates("relation of nothing", json!({}), "text"),
        relates("unknown relation", json!({"rel_type": "org.example.rel", "event_id": place.his}), "text"),
        relates("unknown relation to a number", json!({"rel_type": "org.example.rel", "event_id": 7}), "text"),
        relates("relation without end", json!({"rel_type": "r".repeat(40_000), "event_id": place.his}), "text"),
        relates("thread on nothing", thread("$nowhere"), "refused -"),
        relates("thread on no id", json!({"rel_type": "m.thread", "event_id": 7}), "text"),
        relates("thread on another's message", thread(&place.his), "-"),
        relates(
            "thread that answers the room",
            json!({"rel_type": "m.thread", "event_id": place.room}),
            "refused text",
        ),
        relates(
            "thread of a thread of nothing",
            json!({"rel_type": "m.thread", "event_id": "$a", "m.in_reply_to": {"event_id": "$b"}}),
            "refused -",
        ),
        relates("a message that refers to all", json!({"rel_type": "m.reference", "event_id": place.hers}), "text"),
    ]
}

fn reactions(place: &Place) -> Vec<Case> {
    let react = |name: &str, of: &str, key: Value, shown| {
        let relation = json!({"rel_type": "m.annotation", "event_id": of, "key": key});
        event(name, "m.reaction", json!({ "m.relates_to": relation }), shown)
    };
    let odd = |name: &str, content: Value, shown| event(name, "m.reaction", content, shown);
    vec![
        react("huge reaction", &place.his, json!("k".repeat(40_000)), "refused -"),
        react("reaction of NUL", &place.his, json!("\u{0}"), "-"),
        react("reaction of nothing", &place.his, json!(""), "-"),
        react("reaction of overrides", &place.his, json!("\u{202e}👍\u{200b}"), "-"),
        react("reaction of a script", &place.his, json!("<script>alert(1)</script>"), "-"),
        react("reaction of a number", &place.his, json!(7), "refused malformed"),
        react("reaction to nothing", "$nowhere", json!("👍"), "refused -"),
        react("reaction to no id", "", json!("👍"), "refused malformed"),
        odd(
            "reaction without key",
            json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": place.his}}),
            "refused malformed",
        ),
        odd(
            "reaction that replaces",
            json!({"m.relates_to": {"rel_type": "m.replace", "event_id": place.his, "key": "x"}}),
            "-",
        ),
        odd("reaction without a relation", json!({}), "malformed"),
    ]
}

fn redactions(place: &Place) -> Vec<Case> {
    let redact = |name: &str, of: &str, shown| Case { name: name.into(), odd: Odd::Redaction(of.into()), shown };
    vec![
        redact("redaction of nothing", "$nowhere", "-"),
        redact("redaction of an id of another room", "$x:evil.example", "-"),
        redact("redaction of no id", "x", "-"),
        redact("redaction of a room", &place.room, "-"),
        event("redaction that says nothing", "m.room.redaction", json!({}), "refused malformed"),
        event(
            "redaction of another type",
            "m.room.redaction",
            json!({"redacts": 7, "reason": []}),
            "refused malformed",
        ),
    ]
}

fn polls(place: &Place) -> Vec<Case> {
    let start = |name: &str, content: Value, shown| {
        event(
            name,
            "org.matrix.msc3381.poll.start",
            json!({"org.matrix.msc1767.text": "x", "org.matrix.msc3381.poll.start": content}),
            shown,
        )
    };
    let answers = |count: usize| {
        (0..count)
            .map(|n| json!({"id": n.to_string(), "org.matrix.msc1767.text": format!("réponse {n}")}))
            .collect::<Vec<_>>()
    };
    let question = |text: &str| json!({"org.matrix.msc1767.text": text});
    let respond = |name: &str, of: &str, answers: Value, shown| {
        let relation = json!({"rel_type": "m.reference", "event_id": of});
        let content = json!({"m.relates_to": relation, "org.matrix.msc3381.poll.response": {"answers": answers}});
        event(name, "org.matrix.msc3381.poll.response", content, shown)
    };
    let end = |name: &str, of: &str, shown| {
        let relation = json!({"rel_type": "m.reference", "event_id": of});
        event(
            name,
            "org.matrix.msc3381.poll.end",
            json!({"m.relates_to": relation, "org.matrix.msc3381.poll.end": {}}),
            shown,
        )
    };
    vec![
        event("a poll of nothing", "m.poll.start", json!({"m.poll": {"answers": 7}}), "malformed"),
        event("a poll of less than nothing", "m.poll.start", json!({}), "malformed"),
        start("a poll without answers", json!({"question": question("x"), "answers": []}), "malformed"),
        start(
            "a poll of a thousand answers",
            json!({"question": question("x"), "answers": answers(1_000), "max_selections": 1_000}),
            "poll",
        ),
        start(
            "a poll of one answer a thousand times",
            json!({"question": question("x"), "answers": vec![json!({"id": "1", "org.matrix.msc1767.text": "y"}); 20]}),
            "poll",
        ),
        start(
            "a poll of any number of choices",
            json!({"question": question("x"), "answers": answers(2), "max_selections": MAX}),
            "poll",
        ),
        start(
            "a poll of fewer than no choices",
            json!({"question": question("x"), "answers": answers(2), "max_selections": MIN}),
            "malformed",
        ),
        start(
            "a poll of no choice",
            json!({"question": question("x"), "answers": answers(2), "max_selections": 0}),
            "poll",
        ),
        start(
            "a poll of a kind that nobody knows",
            json!({"kind": "org.example.secret", "question": question("x"), "answers": answers(2)}),
            "poll",
        ),
        start(
            "a poll whose question has no end",
            json!({"question": question(&"q".repeat(40_000)), "answers": answers(2)}),
            "poll",
        ),
        start(
            "a poll of overrides",
            json!({"question": question("\u{202e}\u{0}"), "answers": [{"id": "", "org.matrix.msc1767.text": "\u{202e}"}]}),
            "poll",
        ),
        respond("a vote in no poll", "$nowhere", json!(["1"]), "refused -"),
        respond("a vote on a message", &place.his, json!(["1"]), "-"),
        respond("a vote for everything", &place.his, json!(vec!["1"; 5_000]), "-"),
        respond("a vote of another type", &place.his, json!({"1": 1}), "malformed"),
        end("the end of no poll", "$nowhere", "refused malformed"),
        end("the end of a message", &place.his, "malformed"),
        event("the end of nothing", "m.poll.end", json!({}), "malformed"),
    ]
}
