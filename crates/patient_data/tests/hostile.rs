//! Whatever a text holds: no panic, no value in a finding, and time that grows with the length of the text.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::time::{Duration, Instant};

use patient_data::{Form, Hidden, Part, check};
use proptest::prelude::*;

const FORMS: [Form; 6] = [
    Form::Markdown,
    Form::Plain,
    Form::Rows,
    Form::Keys,
    Form::Value,
    Form::FileName,
];

/// Bytes of a hostile text: fewer in a build without optimisation, where quadratic work still takes minutes.
const LENGTH: usize = if cfg!(debug_assertions) {
    50_000
} else {
    1_000_000
};
const MAX_TIME: Duration = Duration::from_secs(10);

#[test]
fn a_hostile_text_takes_seconds_at_most() {
    for unit in [
        "1",
        "1 ",
        "450 557 7104 ",
        "450 557 710",
        "4 ",
        "45 ",
        "NHS number ",
        "nhs number: 4 ",
        "dob ",
        "date of birth ",
        "born ",
        "b. ",
        "MRN ",
        "hospital number ",
        "[",
        "]",
        "![",
        "](",
        "[x](",
        "![x](y ",
        "(((",
        ")",
        "<",
        "<b ",
        "<!--",
        "-->",
        "<a title=\"",
        "&#",
        "&#52;",
        "&nbsp",
        "`",
        "``` ",
        "*",
        "_a",
        "~~",
        "=",
        "\\",
        "|",
        "| a |\n|---|\n",
        "a,b\n1,2\n",
        "name,dob\n",
        "\n",
        "> ",
        "- ",
        "1. ",
        "#",
        "%34",
        "http://a",
        "a@",
        "a.b@c.",
        "@",
        "x@y.z ",
        "07700 900123 ",
        "07 ",
        "+44 ",
        "0",
        "LS1 4AP ",
        "LS1",
        "aged 94 ",
        "94 ",
        "ninety ",
        "Mr Smith ",
        "Mr ",
        "patient ",
        "Mrs Smith, patient. ",
        "3 May 2024 ",
        "3/5/24 ",
        "1/",
        "1-",
        "May ",
        "sepsis admitted ",
        "é",
        "\u{200b}",
        "４",
        "𝟒",
        "\u{301}",
        "a'",
        "a-",
        "a_",
        "\t",
        "\r",
        "\u{0}",
        "| Patients |\n|-|\n| 3 |\n",
        "<td>",
        "<tr><td>3",
        "<table>",
        "[^1]",
        "[^",
        "{{",
        "DOB:\n\n",
        "first of May ",
        "Dr A. B. C. ",
        "x at gmail dot ",
        "NHS number: 12345 ",
    ] {
        let text = unit.repeat(LENGTH / unit.len());
        for form in [Form::Markdown, Form::Plain, Form::Rows] {
            let begun = Instant::now();
            let findings = check(&[Part::attachment("a", &text, form)]);
            let took = begun.elapsed();
            assert!(
                took < MAX_TIME,
                "{unit:?} as {form:?}: {took:?}, {} findings",
                findings.len()
            );
        }
    }
}

#[test]
fn time_grows_with_the_length() {
    for unit in [
        "[x](y ",
        "![a][",
        "NHS number 450 ",
        "<b title='",
        "07700 90",
        "Mr Smith the patient. ",
    ] {
        let time = |length: usize| {
            let text = unit.repeat(length / unit.len());
            let begun = Instant::now();
            let _ = check(&[Part::body(&text, 1)]);
            begun.elapsed()
        };
        let (small, large) = (time(LENGTH / 8), time(LENGTH));
        // Eight times the text, and room for a busy machine.
        assert!(
            large < small * 40 + Duration::from_millis(500),
            "{unit:?}: {small:?} and {large:?}"
        );
    }
}

/// Pieces that mean something to one kind or another.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "450 557 7104",
            "4505577104",
            "NHS number",
            "DOB",
            "date of birth",
            "born",
            "b.",
            "MRN",
            "03/05/1951",
            "3 May 1951",
            "May",
            "Mrs Ellis",
            "Dr",
            "patient",
            "LS1 4AP",
            "07700 900123",
            "+44",
            "(0)",
            "@",
            "gmail.com",
            "jane.smith",
            " at ",
            "dot",
            "aged",
            "94",
            "-year-old",
            "sepsis",
            "admitted",
            "| a | b |\n|---|---|\n",
            "| 3 |",
            "![",
            "](",
            "[",
            "]",
            "(",
            ")",
            "<b>",
            "</b>",
            "<!--",
            "-->",
            "<img src=x>",
            "&#52;",
            "&nbsp;",
            "**",
            "__",
            "~~",
            "`",
            "```\n",
            "\n\n",
            "\n",
            "\t",
            "> ",
            "- ",
            "1. ",
            "\\",
            "%20",
            "https://",
            "é",
            "\u{200b}",
            "４",
            "٤",
            "\u{301}",
            "👩\u{200d}⚕️",
            "\u{202e}",
            "№",
            "½",
            "ﬁ",
        ])
        .prop_map(str::to_owned),
        "[0-9 ./-]{1,8}",
        "[a-zA-Z' ]{1,8}",
        any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_panics_and_every_finding_is_within_it(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        for form in FORMS {
            let parts = [Part { name: "key.dob".to_owned(), text: &text, form, first_line: Some(3) }];
            for finding in check(&parts) {
                let typed = text.get(finding.place.bytes.clone());
                prop_assert!(typed.is_some_and(|typed| !typed.is_empty()), "{:?} in {:?}", finding, text);
                prop_assert!(finding.place.line.unwrap() >= 3);
                prop_assert!(!finding.masked.chars().any(|c| c.is_numeric()), "{:?}", finding.masked);
            }
        }
    }

    #[test]
    fn what_is_hidden_has_no_number_left(pieces in prop::collection::vec(piece(), 0..12)) {
        let text = format!("{} 450 557 7104 end", pieces.concat());
        let parts = [Part::body(&text, 1)];
        let findings = check(&parts);
        let hidden = Hidden::new(&parts, &findings);
        let _ = hidden.hide(&text);
        let shown = format!("{:?}{:?}", hidden, findings);
        prop_assert!(!shown.contains("557 7104"));
    }
}
