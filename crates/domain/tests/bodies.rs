//! Bodies as they come over the wire: what they need, what they may hold, and what is left of what is not known.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use domain::{
    Body, Content, Fault, body,
    vocabulary::{Licence, Visibility},
};

fn read(json: &str) -> Result<Body, Vec<Fault>> {
    body::read(json.as_bytes())
}

const MINIMAL: &str = r#"{"v":1,"id":"01996c5e-8a00-7000-8000-000000000002","rev":1,"salt":"EBESExQVFhcYGRobHB0eHw","kind":"page","title":"Wi-Fi survey checklist","visibility":"public"}"#;

#[test]
fn a_body_needs_its_named_fields_and_no_more() {
    let body = read(MINIMAL).unwrap();
    assert_eq!(body.document.common.title, "Wi-Fi survey checklist");
    assert_eq!(body.document.common.visibility, Visibility::Public);
    let put = |pair: &str| format!("{},{pair}}}", MINIMAL.strip_suffix('}').unwrap());
    for good in [
        r#""colour":1"#,
        r#""meta":5"#,
        r#""meta":{"topics":5}"#,
        r#""authors":["A",{"name":"B"},{"role":"C"}]"#,
        r#""licence":"something else""#,
        r#""lang":"cy""#,
        r#""tags":[]"#,
        r#""huge":1e999"#,
        r#""attachments":[{"digest":"sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","len":8388608,"type":"image/png","name":"x.png","alt":""}]"#,
    ] {
        assert!(
            read(&put(good)).is_ok(),
            "{good} gave {:?}",
            read(&put(good))
        );
    }
    for (bad, field) in [
        (r#""summary":null"#, "summary"),
        (r#""summary":5"#, "summary"),
        (r#""tags":"a""#, "tags"),
        (r#""tags":[1]"#, "tags"),
        (r#""created":"2026-01-01""#, "created"),
        (r#""updated":"2026-01-01T00:00:00.5Z""#, "updated"),
        (r#""review_by":"2026-13-01""#, "review_by"),
        (r#""replaces":["x"]"#, "replaces"),
        (r#""based_on":["x"]"#, "based_on"),
        (r#""authors":[5]"#, "authors"),
        (r#""authors":{}"#, "authors"),
        (r#""body_md":["x"]"#, "body_md"),
        (r#""licence":1"#, "licence"),
        (
            r#""attachments":[{"digest":"sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","len":8388609,"type":"image/png","name":"x.png","alt":""}]"#,
            "attachments",
        ),
    ] {
        let faults = read(&put(bad)).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.field == field),
            "{bad} gave {faults:?}"
        );
    }
    for (from, to, field) in [
        ("\"v\":1", "\"v\":2", "v"),
        ("\"rev\":1", "\"rev\":0", "rev"),
        ("\"rev\":1", "\"rev\":1.0", "rev"),
        ("EBES", "EBE", "salt"),
        ("000000000002", "00000000000G", "id"),
        ("\"public\"", "\"organisation\"", "visibility"),
        ("\"public\"", "\"all\"", "visibility"),
        ("Wi-Fi survey checklist", "", "title"),
        ("\"kind\":\"page\",", "", "kind"),
        ("\"page\"", "\"\"", "kind"),
    ] {
        let faults = read(&MINIMAL.replace(from, to)).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.field == field),
            "{from} gave {faults:?}"
        );
    }
    let long = MINIMAL.replace("Wi-Fi survey checklist", &"é".repeat(200));
    assert!(read(&long).is_ok() && read(&long.replacen('é', "éé", 1)).is_err());
    assert!(read(&format!("{MINIMAL}\n")).is_err());
    assert!(
        read(&put(&format!(
            "\"body_md\":\"{}\"",
            "x".repeat(body::MAX_BYTES)
        )))
        .is_err()
    );
}

#[test]
fn every_named_field_of_a_body_has_a_limit() {
    let put = |pair: &str| format!("{},{pair}}}", MINIMAL.strip_suffix('}').unwrap());
    let list = |key: &str, item: &str, count: usize| {
        format!("\"{key}\":[{}]", vec![item; count].join(","))
    };
    let text =
        |key: &str, unit: &str, count: usize| format!("\"{key}\":\"{}\"", unit.repeat(count));
    let reference = format!(
        "\"wr1{}/01996c5e-8a00-7000-8000-000000000001\"",
        "a".repeat(52)
    );
    let id = "\"01996c5e-8a00-7000-8000-000000000001\"";
    let attachment = |key: &str, count: usize| {
        let digest = "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        let mut of = [("type", 1), ("name", 1), ("alt", 1)];
        of.iter_mut()
            .filter(|(held, _)| *held == key)
            .for_each(|held| held.1 = count);
        let texts: Vec<_> = of
            .iter()
            .map(|(key, count)| text(key, "é", *count))
            .collect();
        format!(
            "\"attachments\":[{{\"digest\":\"{digest}\",\"len\":1,{}}}]",
            texts.join(",")
        )
    };
    // The largest that is read, and the smallest that is not.
    for (largest, too_large, field) in [
        (list("tags", "\"a\"", 32), list("tags", "\"a\"", 33), "tags"),
        (
            list("tags", &format!("\"{}\"", "é".repeat(60)), 1),
            list("tags", &format!("\"{}\"", "é".repeat(61)), 1),
            "tags",
        ),
        (
            list("authors", "\"a\"", 50),
            list("authors", "\"a\"", 51),
            "authors",
        ),
        (
            list("authors", &format!("\"{}\"", "é".repeat(200)), 1),
            list("authors", &format!("\"{}\"", "é".repeat(201)), 1),
            "authors",
        ),
        (
            list(
                "authors",
                &format!("{{\"role\":\"{}\"}}", "é".repeat(200)),
                1,
            ),
            list(
                "authors",
                &format!("{{\"role\":\"{}\"}}", "é".repeat(201)),
                1,
            ),
            "authors",
        ),
        (
            list("replaces", id, 32),
            list("replaces", id, 33),
            "replaces",
        ),
        (
            list("based_on", &reference, 32),
            list("based_on", &reference, 33),
            "based_on",
        ),
        (
            text("lang", "en-abcd-", 4).replace("-\"", "\""),
            text("lang", "en-abcde", 5),
            "lang",
        ),
        (text("lang", "e", 8), text("lang", "e", 9), "lang"),
        (
            text("licence", "é", 40),
            text("licence", "é", 41),
            "licence",
        ),
        (
            text("summary", "é", 1000),
            text("summary", "é", 1001),
            "summary",
        ),
        (
            attachment("type", 200),
            attachment("type", 201),
            "attachments",
        ),
        (
            attachment("name", 200),
            attachment("name", 201),
            "attachments",
        ),
        (
            attachment("alt", 1000),
            attachment("alt", 1001),
            "attachments",
        ),
    ] {
        let good = read(&put(&largest));
        assert!(good.is_ok(), "{largest} gave {good:?}");
        let faults = read(&put(&too_large)).unwrap_err();
        let is_named = faults.iter().any(|fault| fault.field == field);
        assert!(is_named, "{too_large} gave {faults:?}");
    }
    for (kind, is_good) in [
        ("a".repeat(40), true),
        ("a".repeat(41), false),
        ("Poem".to_owned(), false),
        ("a poem".to_owned(), false),
        ("poem\u{202e}".to_owned(), false),
    ] {
        let found = read(&MINIMAL.replace("\"page\"", &format!("\"{kind}\"")));
        assert_eq!(found.is_ok(), is_good, "{kind}");
    }
}

#[test]
fn a_list_of_thousands_of_unknown_values_is_one_fault() {
    let topics: Vec<String> = (0..9_000)
        .map(|number| format!("\"topic {number}\""))
        .collect();
    let meta = format!("\"meta\":{{\"topics\":[{}]}}", topics.join(","));
    let body = read(&format!("{},{meta}}}", MINIMAL.strip_suffix('}').unwrap())).unwrap();
    assert_eq!(body.meta_faults.len(), 1, "{:?}", body.meta_faults.first());
}

#[test]
fn an_unknown_kind_or_shape_is_plain_text() {
    for (from, to) in [
        ("\"page\"", "\"poem\""),
        ("\"page\"", "\"case-study\""),
        ("\"page\"", "\"adoption\""),
        ("\"page\"", "\"observation\""),
    ] {
        let body = read(&MINIMAL.replace(from, to)).unwrap();
        assert!(
            matches!(body.document.content, Content::Other { .. }),
            "{to}"
        );
        assert_eq!(format!("\"{}\"", body.kind), to);
        let again = body::encode(&body.document, &body.stamp).unwrap();
        assert_eq!(
            read(std::str::from_utf8(&again).unwrap()).unwrap().document,
            body.document
        );
    }
}

#[test]
fn a_title_that_no_one_sees_has_a_word_in_its_place() {
    for title in [
        " \u{200b} ",
        "\u{3164}",
        "\u{2060}\u{feff}",
        " ",
        "\u{e0041}",
    ] {
        let body = read(&MINIMAL.replace("Wi-Fi survey checklist", title)).unwrap();
        assert_eq!(body.document.common.title, "Untitled", "{title:?}");
    }
    let body = read(&MINIMAL.replace("Wi-Fi survey checklist", "\u{200b}x")).unwrap();
    assert_eq!(body.document.common.title, "\u{200b}x");
}

#[test]
fn a_licence_that_is_not_known_gives_no_permission() {
    let body = read(&MINIMAL.replace("\"v\":1", "\"v\":1,\"licence\":\"GPL-9\"")).unwrap();
    assert_eq!(body.document.common.licence, Licence::AllRightsReserved);
    assert_eq!(body.licence.as_deref(), Some("GPL-9"));
}
