//! Libraries harvest what is public, learn what was withdrawn, and get nothing else.

use std::time::Duration;

use domain::vocabulary::Visibility;
use it::{
    answer::Answer,
    browser::Browser,
    engine::on_each_engine,
    helper::run_client,
    samples::{case_study, page},
    setup::Setup,
    trust::Trust,
};
use reqwest::Method;
use wire::{DocumentId, NodeId, Role};

const RECORDS: &str = "/oai?verb=ListRecords&metadataPrefix=oai_dc";

fn name(node: &NodeId, id: DocumentId) -> String {
    format!("urn:wardround:{node}:{id}")
}

/// Returns what is between each pair of tags.
fn within<'a>(text: &'a str, tag: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let parts = text.split(&open).skip(1);
    let parts = parts.filter_map(|part| part.split(&close).next());
    parts
        .map(|part| part.split_once('>').map_or("", |(_, inner)| inner))
        .collect()
}

/// Returns when the header of a document says that it changed.
async fn time_of(trust: &Trust, id: DocumentId) -> String {
    let name = name(&trust.id(), id);
    let path = format!("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={name}");
    let text = trust.get(&path).await.text;
    assert!(text.contains("status=\"deleted\""), "{text}");
    within(&text, "datestamp")[0].to_owned()
}

async fn codes(trust: &Trust, query: &str) -> Vec<String> {
    let answer = trust.get(&format!("/oai?{query}")).await;
    assert_eq!(answer.status, 200, "{query}");
    let parts = answer.text.split("<error code=\"").skip(1);
    parts
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect()
}

/// Harvests to the end, and returns all answers.
async fn harvested(trust: &Trust, first: &str) -> Vec<Answer> {
    let mut answers = vec![trust.get(first).await];
    loop {
        assert!(answers.len() < 20, "the list ends");
        let text = &answers.last().unwrap().text;
        let token = within(text, "resumptionToken").first().copied();
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return answers;
        };
        let verb = first.split(['=', '&']).nth(1).unwrap();
        let next = format!("/oai?verb={verb}&resumptionToken={token}");
        answers.push(trust.get(&next).await);
    }
}

#[test]
fn a_library_harvests_all_that_is_public_and_learns_of_withdrawals() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let other = Trust::new("ZZ2").await;
        let hostile = "Tap & go </dc:title><script> \u{1b}[31m\u{202e}";
        let (study, path) = trust.publish(case_study()).await;
        let (odd, _) = trust.publish(page(hostile, "words")).await;
        trust.publish_pages(230, "Own page", "words").await;
        let (theirs, _) = other.publish(page("Theirs", "words")).await;
        trust.follow_and_pull(&other).await;
        trust.withdraw(odd).await;

        let first = trust.get("/oai?verb=Identify").await;
        assert_eq!(first.header("content-type"), "text/xml; charset=utf-8");
        assert!(
            first
                .text
                .contains(&format!("<baseURL>{}/oai</baseURL>", trust.site()))
        );
        let sets = trust.get("/oai?verb=ListSets").await.text;
        for set in ["org:zz1", "org:zz2", "topic:epma"] {
            assert!(within(&sets, "setSpec").contains(&set), "{set}");
        }

        // The whole list: three answers, each document once, and the withdrawn one without a word.
        for verb in ["ListRecords", "ListIdentifiers"] {
            let all = harvested(&trust, &format!("/oai?verb={verb}&metadataPrefix=oai_dc")).await;
            assert_eq!(all.len(), 3);
            let names: Vec<_> = all
                .iter()
                .flat_map(|one| within(&one.text, "identifier"))
                .collect();
            assert_eq!(names.len(), 233);
            for (node, id) in [(trust.id(), study), (trust.id(), odd), (other.id(), theirs)] {
                let name = name(&node, id);
                assert_eq!(names.iter().filter(|one| **one == name).count(), 1);
            }
            let last = &all.last().unwrap().text;
            assert!(last.contains("<resumptionToken cursor=\"200\"></resumptionToken>"));
            assert!(all.iter().all(|one| !one.text.contains("Tap ")));
        }
        let record = |id| {
            format!(
                "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={}",
                name(&trust.id(), id)
            )
        };
        let record = async |id| trust.get(&record(id)).await.text;
        let found = record(study).await;
        for line in [
            "<setSpec>org:zz1</setSpec>".to_owned(),
            "<setSpec>topic:epma</setSpec>".to_owned(),
            "<dc:creator>Trust ZZ1</dc:creator>".to_owned(),
            "<dc:type>Case study</dc:type>".to_owned(),
            "<dc:language>en-GB</dc:language>".to_owned(),
            format!("<dc:identifier>{}{path}</dc:identifier>", trust.site()),
        ] {
            assert!(found.contains(&line), "{line}: {found}");
        }
        let gone = record(odd).await;
        assert!(
            gone.contains("<header status=\"deleted\">") && !gone.contains("<metadata>"),
            "{gone}"
        );

        // Sets. A set of a topic has all withdrawals, since their topics are gone.
        for (set, count) in [("org:zz2", 1), ("topic:epma", 2), ("org:zz1", 232)] {
            let all = harvested(&trust, &format!("{RECORDS}&set={set}")).await;
            let count_of = |one: &Answer| within(&one.text, "identifier").len();
            assert_eq!(all.iter().map(count_of).sum::<usize>(), count, "{set}");
        }

        // What changed since.
        trust.advance(Duration::from_secs(3 * 86_400));
        let since = trust.clock.now();
        let mut again = case_study();
        again.common.summary = "Said in other words".to_owned();
        trust.revise(study, again).await;
        for since in [since.to_string(), since.date().to_string()] {
            let changed = trust.get(&format!("{RECORDS}&from={since}")).await.text;
            assert_eq!(within(&changed, "identifier"), [name(&trust.id(), study)]);
            assert!(!changed.contains("<resumptionToken"));
            // Until a day that is over, everything else.
            let before = format!(
                "&until={}",
                trust.clock.now().minus(Duration::from_secs(86_400)).date()
            );
            let all = harvested(
                &trust,
                &format!("/oai?verb=ListIdentifiers&metadataPrefix=oai_dc{before}"),
            )
            .await;
            let names: Vec<_> = all
                .iter()
                .flat_map(|one| within(&one.text, "identifier"))
                .collect();
            assert_eq!(names.len(), 232);
            assert!(!names.contains(&name(&trust.id(), study).as_str()));
        }
    });
}

#[tokio::test]
async fn what_is_wrong_with_a_request_has_the_code_of_the_protocol() {
    let trust = Trust::new("ZZ1").await;
    for (query, code) in [
        ("", "badVerb"),
        ("verb=Nothing", "badVerb"),
        ("verb=ListRecords", "badArgument"),
        (
            "verb=ListRecords&metadataPrefix=marc21",
            "cannotDisseminateFormat",
        ),
        (
            "verb=ListRecords&metadataPrefix=oai_dc&from=x",
            "badArgument",
        ),
        (
            "verb=ListRecords&metadataPrefix=oai_dc&set=org:nowhere",
            "noRecordsMatch",
        ),
        ("verb=ListRecords&metadataPrefix=oai_dc", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=eA", "badResumptionToken"),
        (
            "verb=GetRecord&metadataPrefix=oai_dc&identifier=urn:x",
            "idDoesNotExist",
        ),
        (
            "verb=ListMetadataFormats&identifier=urn:x",
            "idDoesNotExist",
        ),
    ] {
        assert_eq!(codes(&trust, query).await, [code], "{query}");
    }
    // The same by POST, and nothing of more than a form's size.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let post = async |body: String| trust.send(Method::POST, "/oai", &form, body).await;
    let answer = post("verb=Identify".to_owned()).await;
    assert!(answer.text.contains("<Identify>"), "{}", answer.text);
    assert_eq!(post("x".repeat(65 << 10)).await.status, 413);
    assert!(
        trust
            .get("/robots.txt")
            .await
            .text
            .contains("Disallow: /oai\n")
    );
}

#[tokio::test]
async fn no_one_harvests_what_is_not_public() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(page("Open page", "unrelated")).await;
    let mut kept = Vec::new();
    for visibility in [Visibility::Network, Visibility::Organisation] {
        let mut document = page("Xylophonic", "xylophonic");
        document.common.visibility = visibility;
        kept.push(trust.publish(document).await.0);
    }
    // One that was kept here and withdrawn, and one that was public once.
    let mut document = page("Xylophonic", "xylophonic");
    document.common.visibility = Visibility::Organisation;
    let (local, _) = trust.publish(document.clone()).await;
    trust.withdraw(local).await;
    let (once, _) = trust.publish(page("Public once", "unrelated")).await;
    document.common.visibility = Visibility::Network;
    trust.revise(once, document.clone()).await;
    kept.push(local);
    // It changes again where the public does not see it.
    let left = time_of(&trust, once).await;
    trust.advance(Duration::from_secs(3_600));
    trust.revise(once, document).await;
    // Signing in changes nothing.
    let people = [
        Browser::default(),
        trust.signed_in(Role::Administrator).await,
    ];
    for browser in &people {
        for path in [RECORDS, "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc"] {
            let text = browser.get(&trust, path).await.text;
            // The one that is public, and that the other left.
            assert_eq!(within(&text, "identifier").len(), 2, "{text}");
            assert_eq!(text.matches("status=\"deleted\"").count(), 1, "{text}");
            assert!(!text.to_lowercase().contains("xylo"), "{text}");
        }
        for id in &kept {
            for verb in ["GetRecord&metadataPrefix=oai_dc", "ListMetadataFormats"] {
                let path = format!("/oai?verb={verb}&identifier={}", name(&trust.id(), *id));
                let text = browser.get(&trust, &path).await.text;
                assert!(text.contains("idDoesNotExist"), "{path}: {text}");
            }
        }
        assert_eq!(time_of(&trust, once).await, left);
    }
}

#[tokio::test]
async fn a_client_that_was_not_written_here_harvests_the_site() {
    let trust = Setup::new("ZZ1")
        .contact("mailto:library@zz1.example")
        .start()
        .await;
    trust.publish(case_study()).await;
    trust.publish_pages(120, "Page & <more>", "words").await;
    let (gone, _) = trust.publish(page("Gone", "words")).await;
    trust.withdraw(gone).await;
    let Some(got) = run_client("harvest.mjs", &[&format!("{}/oai", trust.site())]).await else {
        return;
    };
    assert_eq!(got["identity"]["adminEmail"], "library@zz1.example");
    assert_eq!(got["identity"]["deletedRecord"], "persistent");
    assert_eq!(got["headers"].as_array().unwrap().len(), 122);
    assert_eq!(got["records"].as_array().unwrap().len(), 122);
    assert_eq!(got["refused"], "idDoesNotExist");
    let records = got["records"].as_array().unwrap();
    let title = |record: &serde_json::Value| record["metadata"]["oai_dc:dc"]["dc:title"].clone();
    assert!(
        records
            .iter()
            .any(|record| title(record) == "Page & <more> 7")
    );
    let deleted: Vec<_> = records
        .iter()
        .filter(|record| record["header"]["$"]["status"] == "deleted")
        .collect();
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0]["header"]["identifier"], name(&trust.id(), gone));
    assert!(deleted[0].get("metadata").is_none());
}
