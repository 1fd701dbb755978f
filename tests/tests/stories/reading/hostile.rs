//! Whatever is asked, no answer is a failure of this program.

use it::{samples::case_study, trust::Trust};
use reqwest::StatusCode;

/// Writes text for the query of an address.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn no_query_is_answered_with_a_failure() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(case_study()).await;
    let punctuation: String = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
        .chars()
        .cycle()
        .take(3_000)
        .collect();
    let words: String = (0..600).map(|n| format!("w{n} ")).collect();
    let mut queries: Vec<String> = [
        "\0",
        "\u{1b}[31m\r\n\t",
        "\"",
        "\"\"\"",
        "-",
        "--",
        "-\"x",
        "title:",
        "title:\"",
        ":",
        "kind:",
        "kind:\"",
        "key:1/01996c5e",
        "visibility:organisation",
        "visibility:network",
        "body_text:a",
        "all:*",
        "*",
        "*:*",
        "?",
        "a^1e999",
        "a~99999",
        "[a TO z]",
        "{a TO *}",
        "NOT",
        "AND",
        "OR NOT AND",
        "(((((((",
        "))))",
        "\\",
        "\\\\\"",
        "/regex.*/",
        "+",
        "<script>",
        "ﬁ",
        "é\u{301}",
        "\u{202e}abc",
        "日本語",
        "😀",
        "year:9999999999999999999",
        "a:b:c:d",
        "''';DROP TABLE documents;--",
        "-floor-walkers -epma",
        "%",
        "%%%",
    ]
    .iter()
    .map(|query| encoded(query))
    .collect();
    queries.extend([
        encoded(&punctuation),
        encoded(&words),
        "x".repeat(10_000),
        "%ff%fe%00".repeat(1_000),
    ]);
    queries.extend([
        encoded(&"(".repeat(3_300)),
        encoded(&"\"a\" -".repeat(1_000)),
        "%".to_owned(),
        "%zz".to_owned(),
    ]);
    for query in &queries {
        for path in [
            "/api/v1/search",
            "/api/v1/suggest",
            "/search.atom",
            "/search.json",
            "/search.csv",
            "/search",
        ] {
            let answer = trust.get(&format!("{path}?q={query}")).await;
            assert_eq!(
                answer.status,
                StatusCode::OK,
                "{path}?q={query}: {}",
                answer.text
            );
            let outside = answer
                .text
                .chars()
                .find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
            assert_eq!(outside, None, "{path}?q={query}");
        }
    }
    for query in [
        punctuation.replace('#', ""),
        "q=a&q=b&&&=&==&a=b=c".to_owned(),
        "kind=%00&year=%ff&system=%0a".to_owned(),
        "page=4294967296&per_page=-1".to_owned(),
        "after=1.2.3&after=9223372036854775807.9.x".to_owned(),
        "after=9223372036854775807.9223372036854775807.01996c5e-8a00-7000-8000-000000000001"
            .to_owned(),
    ] {
        let query = query.replace(['"', '<', '>', '\\', '^', '`', '{', '|', '}', ' '], "%7f");
        for path in [
            "/api/v1/search",
            "/api/v1/suggest",
            "/feed.atom",
            "/feed.json",
            "/search.csv",
        ] {
            let answer = trust.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}?{query}");
        }
    }
}
