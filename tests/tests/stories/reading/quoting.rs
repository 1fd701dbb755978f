//! Quotes are checked against what was signed: on a page, and without the network.

use std::{fs, path::Path};

use domain::vocabulary::Visibility;
use it::{browser::Browser, samples::page, trust::Trust};
use ledger::policy::Policy;
use quoting::{Difference, Evidence, Match, Part};
use wire::DocumentId;

const TEXT: &str = "We measured it.\n\nIt took **52 seconds** at\nthe median, and 7 afterwards.";

/// Checks a quote with the files of a document, as the command does; returns what is there, or why it cannot be checked.
fn check(folder: &Path, quote: &str, change: &[(&str, &str)]) -> Result<Match, String> {
    let file = |name: &str, usual: &str| {
        let given = change.iter().find(|(changed, _)| *changed == name);
        fs::read(folder.join(given.map_or(usual, |(_, file)| file))).unwrap()
    };
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let evidence =
        Evidence::parse(&file("document", "x.json")).map_err(|fault| fault.to_string())?;
    let policy =
        Policy::parse(&text(file("policy", "policy"))).map_err(|fault| fault.to_string())?;
    let proof = text(file("proof", "x.tlog-proof"));
    let proved = quoting::prove(&evidence, &proof, &policy).map_err(|fault| fault.to_string())?;
    quoting::find(&proved.body, quote).map_err(|fault| fault.to_string())
}

async fn keep(trust: &Trust, path: &str, name: &str) {
    let answer = trust.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    fs::write(trust.path(name), answer.bytes).unwrap();
}

#[tokio::test]
async fn a_quote_is_checked_without_the_network() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    let (_, path) = trust.publish(page("Tap and go", TEXT)).await;
    keep(&trust, &format!("{path}.json"), "x.json").await;
    keep(&trust, &format!("{path}.md"), "x.md").await;
    keep(&trust, &format!("{path}.tlog-proof"), "x.tlog-proof").await;
    keep(&trust, "/tlog-policy", "policy").await;
    let foreign = other.get("/tlog-policy").await;
    fs::write(trust.path("other.policy"), foreign.bytes).unwrap();
    let folder = trust.path("x.json").parent().unwrap().to_owned();
    // The text is there, with other white space, and as a page shows it.
    let found = check(&folder, "52 seconds** at the   median", &[]).unwrap();
    let place = found.verbatim().unwrap();
    assert_eq!((place.part, place.is_exact), (Part::Text, false));
    assert_eq!(place.text, "52 seconds** at\nthe median");
    let found = check(&folder, "It took 52 seconds at the median", &[]).unwrap();
    assert_eq!(found.verbatim().unwrap().part, Part::Shown);
    // As a letter quotes it.
    let found = check(&folder, "“52 seconds at the median”", &[]).unwrap();
    assert_eq!(found.verbatim(), None);
    assert_eq!(found.differs_in(), [Difference::QuotationMarks]);
    assert_eq!(found.place().unwrap().part, Part::Shown);
    // Other words; a text that was changed; a policy of someone else; files of another kind.
    assert_eq!(
        check(&folder, "It took 53 seconds", &[]),
        Ok(Match::Missing)
    );
    let forged = fs::read_to_string(trust.path("x.json")).unwrap();
    fs::write(
        trust.path("forged.json"),
        forged.replace("52 seconds", "53 seconds"),
    )
    .unwrap();
    for (change, words) in [
        (("document", "forged.json"), "not the one that was signed"),
        (("policy", "other.policy"), "does not name the log"),
        (("document", "x.md"), "`.md` is not what was signed"),
        (("proof", "x.json"), "not a tlog-proof"),
        (("policy", "x.md"), "line 1 of the policy"),
    ] {
        let fault = check(&folder, "52 seconds", &[change]).unwrap_err();
        assert!(fault.contains(words), "{change:?}: {fault}");
    }
}

async fn asked(trust: &Trust, document: &str, quote: &str) -> (u16, String) {
    let fields = [("document", document), ("quote", quote)];
    let answer = Browser::default()
        .post(trust, "/verify-quote", &fields)
        .await;
    (answer.status.as_u16(), answer.text)
}

#[tokio::test]
async fn a_page_checks_a_quote_of_what_a_reader_may_see() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    let (id, path) = trust.publish(page("Tap and go <b>", TEXT)).await;
    let (theirs, _) = other.publish(page("Theirs", "Only here.")).await;
    trust.follow_and_pull(&other).await;
    let address = format!("{}{path}", trust.site());
    let (status, text) = asked(&trust, &address, "52 seconds** at the median").await;
    assert_eq!(status, 200);
    for words in [
        "The quote is right",
        "only spaces and line breaks differ",
        &id.to_string(),
        "Checked just now: number 1 of 1",
        "Tap and go &#60;b&#62;",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (_, text) = asked(&trust, &address, "53 seconds").await;
    assert!(text.contains("The quote was not found"), "{text}");
    assert!(text.contains("changed or shortened"), "{text}");
    // The words are there, in the quotation marks of a letter.
    let (_, text) = asked(&trust, &address, "“52 seconds at the median”").await;
    for words in [
        "The words are there",
        "Only quotation marks or apostrophes differ",
        "Checked just now",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(
        !text.contains("The quote is right") && !text.contains("changed or shortened"),
        "{text}"
    );
    // A copy, by its URN: the signature of its own node is checked.
    let (_, text) = asked(
        &trust,
        &format!("urn:wardround:{}:{theirs}", other.id()),
        "Only here.",
    )
    .await;
    assert!(
        text.contains("letter by letter") && text.contains("Checked just now"),
        "{text}"
    );
    for (document, quote) in [
        ("", "x"),
        ("nonsense", "x"),
        (address.as_str(), "  "),
        ("/d/zz1/01996c5e-8a00-7000-8000-000000000001", "x"),
    ] {
        assert_eq!(asked(&trust, document, quote).await.0, 422, "{document}");
    }
    // What may not be seen answers as what is not there, whatever the quote says.
    let mut kept = page("Kept back", "xylophonic");
    kept.common.visibility = Visibility::Organisation;
    let (local, _) = trust.publish(kept).await;
    let missing = DocumentId::parse("01996c5e-8a00-7000-8000-000000000001").unwrap();
    let mut answers = Vec::new();
    for (id, quote) in [
        (local, "xylophonic"),
        (local, "nothing"),
        (missing, "nothing"),
    ] {
        let (status, text) = asked(&trust, &format!("zz1/{id}"), quote).await;
        answers.push((
            status,
            text.replace(&id.to_string(), "ID").replace(quote, "QUOTE"),
        ));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[1], answers[2]);
    trust.withdraw(id).await;
    let (status, text) = asked(&trust, &address, "52 seconds").await;
    assert_eq!(status, 422);
    assert!(text.contains("withdrew this page"), "{text}");
}
