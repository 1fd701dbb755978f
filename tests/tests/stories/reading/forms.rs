//! The other forms of a document, checked as a reader would who trusts nothing here.

use domain::{
    front_matter,
    vocabulary::{Licence, Visibility},
};
use it::{
    samples::{case_study, page},
    trust::Trust,
};
use ledger::{
    checkpoint::Checkpoint,
    leaf::{self, Entry, Leaf},
    note::Note,
    proof, tree,
};
use wire::{Digest, DocumentId, base64};

/// A proof as it was read: index, the entry that it carries, hashes, checkpoint.
fn read(text: &str) -> (u64, Vec<u8>, Vec<[u8; 32]>, &str) {
    let (head, note) = text.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    let entry = base64::decode_std(lines.next().unwrap().strip_prefix("extra ").unwrap()).unwrap();
    let index = lines
        .next()
        .unwrap()
        .strip_prefix("index ")
        .unwrap()
        .parse()
        .unwrap();
    let hashes = lines
        .map(|line| base64::decode_std(line).unwrap().try_into().unwrap())
        .collect();
    (index, entry, hashes, note)
}

/// Checks that the signed parts of a document belong together and are in the log.
async fn check(trust: &Trust, path: &str, id: DocumentId) {
    let signed = trust.ask(&format!("{path}.json")).await;
    let body = signed["body"].as_str().unwrap();
    assert_eq!(
        signed["digest"],
        Digest::for_bytes(body.as_bytes()).to_string()
    );
    let text = trust.get(signed["proof_url"].as_str().unwrap()).await.text;
    let (index, entry, hashes, note) = read(&text);
    assert_eq!(signed["leaf_index"], index);
    assert_eq!(signed["leaf"].as_str().unwrap().as_bytes(), entry);
    let Entry::Leaf(Leaf::Put {
        id: named,
        doc,
        len,
        ..
    }) = leaf::read(&entry)
    else {
        panic!("no leaf")
    };
    assert_eq!(
        (named, doc.to_string(), len),
        (
            id,
            signed["digest"].as_str().unwrap().to_owned(),
            body.len() as u64
        )
    );
    let note = Note::parse(note.as_bytes()).unwrap();
    let checkpoint = Checkpoint::parse(note.text).unwrap();
    assert_eq!(
        checkpoint.origin.to_string(),
        signed["origin"].as_str().unwrap()
    );
    assert!(proof::verifies(
        tree::leaf_hash(&entry),
        index,
        checkpoint.size,
        &hashes,
        &checkpoint.root
    ));
}

#[tokio::test]
async fn a_citation_can_be_checked_offline_here_and_at_a_peer() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    other.publish_pages(5, "Page", "words").await;
    let (id, path) = other.publish(case_study()).await;
    other.publish(page("Last page", "words")).await;
    trust.follow_and_pull(&other).await;
    check(&other, &path, id).await;
    check(&trust, &path, id).await;
    let there = trust.ask(&format!("{path}.json")).await;
    let here = other.ask(&format!("{path}.json")).await;
    for part in ["body", "leaf", "digest", "leaf_index", "origin", "node"] {
        assert_eq!(there[part], here[part], "{part}");
    }
    assert_eq!(there["provenance"]["state"], "verified");
}

#[tokio::test]
async fn the_markdown_of_a_document_reads_as_the_same_document() {
    let trust = Trust::new("ZZ1").await;
    let (id, path) = trust.publish(case_study()).await;
    let answer = trust.get(&format!("{path}.md")).await;
    assert_eq!(
        answer.header("content-type"),
        "text/markdown; charset=utf-8"
    );
    assert_eq!(answer.header("x-robots-tag"), "noindex");
    assert!(!answer.text.contains("mailbox"), "{}", answer.text);
    let parsed = front_matter::parse_file(&answer.text, "x.md", |_| Vec::new());
    assert_eq!(parsed.id, Some(id));
    let original = case_study();
    assert_eq!(parsed.draft.title, original.common.title);
    assert!(answer.text.contains(original.common.body_md.trim()));
    for (address, target) in [
        (format!("/d/zz1/{id}.md"), format!("{path}.md")),
        (format!("/d/ZZ1/{id}/wrong.json"), format!("{path}.json")),
        (
            format!("/d/{}/{id}.tlog-proof", trust.id()),
            format!("{path}.tlog-proof"),
        ),
    ] {
        let moved = trust.get(&address).await;
        assert_eq!(
            (moved.status.as_u16(), moved.header("location")),
            (307, target.as_str()),
            "{address}"
        );
    }
    assert_eq!(
        trust
            .get("/d/zz1/01996c5e-8a00-7000-8000-000000000001/x.md")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn what_a_licence_keeps_to_its_publisher_is_shown_by_its_publisher_only() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    let mut document = page("All rights reserved", "sarsaparilla text");
    document.common.licence = Licence::AllRightsReserved;
    // Without a summary, the beginning of the text is not one here.
    document.common.summary = String::new();
    let (id, path) = other.publish(document).await;
    trust.follow_and_pull(&other).await;
    assert!(other.get(&path).await.text.contains("sarsaparilla"));
    let brief = trust.get(&format!("{path}.docx")).await;
    assert!(!words_of(&brief.bytes).contains("sarsaparilla"));
    for address in [
        path.clone(),
        format!("{path}.datacite.json"),
        format!("{path}.md"),
        format!("{path}.json"),
        format!("/api/v1/documents/zz2/{id}"),
    ] {
        let answer = trust.get(&address).await;
        assert_eq!(answer.status, 200, "{address}");
        assert!(!answer.text.contains("sarsaparilla"), "{address}");
        assert!(answer.text.contains("All rights reserved"), "{address}");
    }
}

/// Returns the words of a brief as the reader of such files has them.
fn words_of(bytes: &[u8]) -> String {
    let read = office::convert(bytes, office::Options::default()).unwrap();
    format!("{}\n{}", read.title.unwrap_or_default(), read.markdown)
}

#[tokio::test]
async fn a_document_is_described_for_datacite_and_is_a_brief_for_word() {
    let trust = Trust::new("ZZ1").await;
    let mut document = case_study();
    document.common.title = "Tap \"and\" <go>".to_owned();
    let (id, path) = trust.publish(document).await;
    let described = trust.get(&format!("{path}.datacite.json")).await;
    assert_eq!(
        described.headers["content-type"],
        "application/vnd.datacite.datacite+json"
    );
    let described = described.json();
    assert_eq!(described["titles"][0]["title"], "Tap \"and\" <go>");
    assert_eq!(described["creators"][0]["nameType"], "Organizational");
    let identifiers = described["alternateIdentifiers"].as_array().unwrap();
    let urn = format!("urn:wardround:{}:{id}", trust.id());
    assert!(
        identifiers
            .iter()
            .any(|one| one["alternateIdentifier"] == urn)
    );
    assert!(described.get("doi").is_none());
    let brief = trust.get(&format!("{path}.docx")).await;
    assert!(
        brief.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let words = words_of(&brief.bytes);
    for expected in ["Tap \"and\" <go>", "Did it work?", "Before", "Version 1"] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    assert_eq!(trust.get(&format!("{path}.docx")).await.bytes, brief.bytes);
    // What begins a text is not there twice.
    let mut short = page("Short", "Sarsaparilla came first, and then a long text.");
    short.common.summary = String::new();
    let (_, path) = trust.publish(short).await;
    let brief = trust.get(&format!("{path}.docx")).await;
    assert_eq!(words_of(&brief.bytes).matches("Sarsaparilla").count(), 1);
    // What is not for everyone has neither.
    let mut kept = page("Kept back", "words");
    kept.common.visibility = Visibility::Network;
    let (_, path) = trust.publish(kept).await;
    for ending in ["", ".datacite.json", ".docx"] {
        assert_eq!(
            trust.get(&format!("{path}{ending}")).await.status,
            404,
            "{ending}"
        );
    }
}

#[tokio::test]
async fn links_between_documents_lead_there_from_every_form_and_repeat_no_title() {
    let trust = Trust::new("ZZ1").await;
    let (id, path) = trust.publish(page("Sarsaparilla", "words")).await;
    let text = format!("See [the other](/d/{id}) and [a part](/d/{id}#h-part).");
    let (_, from) = trust.publish(page("Where links begin", &text)).await;
    let markdown = trust.get(&format!("{from}.md")).await.text;
    let address = format!("{}/d/zz1/{id}", trust.site());
    assert!(
        markdown.contains(&format!(
            "[the other]({address}) and [a part]({address}#h-part)"
        )),
        "{markdown}"
    );
    let html = trust.get(&from).await.text;
    assert!(html.contains(&format!("href=\"/d/zz1/{id}\"")), "{html}");
    let moved = trust.get(&address).await;
    assert_eq!(moved.header("location"), path);
    // The page of a document holds no word of another that is withdrawn.
    trust.withdraw(id).await;
    for form in ["", ".md", ".json"] {
        let text = trust
            .get(&format!("{from}{form}"))
            .await
            .text
            .to_lowercase();
        assert!(!text.contains("sarsaparilla"), "{form}");
    }
    assert_eq!(trust.get(&address).await.status, 410);
}
