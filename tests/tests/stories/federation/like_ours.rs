//! Organisations like ours: what is compared is what case studies declare, and a page says so.

use domain::{
    Content, Document,
    vocabulary::{CareSetting, Region},
};
use it::{samples::case_study, trust::Trust};
use serde_json::Value;

fn study(title: &str, settings: &[CareSetting], region: Option<Region>) -> Document {
    let mut document = case_study();
    document.common.title = title.to_owned();
    if let Content::CaseStudy(study) = &mut document.content {
        study.care_setting = settings.to_vec();
        study.region = region;
    }
    document
}

fn titles(found: &Value) -> Vec<&str> {
    let hits = found["hits"].as_array().unwrap().iter();
    let mut titles: Vec<&str> = hits.map(|hit| hit["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    titles
}

fn note(found: &Value) -> &str {
    let notes = found["notes"].as_array().unwrap().iter();
    let mut notes = notes.map(|note| note.as_str().unwrap());
    notes
        .find(|note| note.contains("like ours"))
        .unwrap_or_default()
}

const LIKE_OURS: &str = "/api/v1/search?like_ours=yes";

#[tokio::test]
async fn a_reader_finds_what_organisations_like_ours_did() {
    use CareSetting::{Acute, Community, MentalHealth};
    let trust = Trust::new("ZZ1").await;
    let mut others = Vec::new();
    for (ods, documents) in [
        // Like ours: one in three is about acute care, and all are from our region.
        (
            "ZZ2",
            vec![
                study("Alike one, acute", &[Acute], Some(Region::London)),
                study("Alike two, community", &[Community], Some(Region::London)),
                study("Alike three, community", &[Community], Some(Region::London)),
            ],
        ),
        (
            "ZZ3",
            vec![study(
                "Another region, acute",
                &[Acute],
                Some(Region::Midlands),
            )],
        ),
        (
            "ZZ4",
            vec![study(
                "Another setting here",
                &[MentalHealth],
                Some(Region::London),
            )],
        ),
    ] {
        let other = Trust::new(ods).await;
        for document in documents {
            other.publish(document).await;
        }
        trust.follow_and_pull(&other).await;
        others.push(other);
    }

    // Without a case study of our own there is nothing to compare with, and nothing is hidden.
    let found = trust.ask(LIKE_OURS).await;
    assert_eq!(found["total"], 5);
    assert!(
        note(&found).starts_with("We do not know yet which organisations are like ours"),
        "{found}"
    );

    trust
        .publish(study("Our own work, acute", &[Acute], Some(Region::London)))
        .await;
    let found = trust.ask(LIKE_OURS).await;
    assert_eq!(
        titles(&found),
        [
            "Alike one, acute",
            "Alike three, community",
            "Alike two, community"
        ]
    );
    assert_eq!(
        note(&found),
        "One organisation is like ours: at least a third of their case studies are about the care setting “Acute”, and at \
         least half are from London, as ours are."
    );
    // Other filters and words narrow it further, and counts are of what was found.
    let found = trust
        .ask(&format!("{LIKE_OURS}&care_setting=acute&q=alike"))
        .await;
    assert_eq!(titles(&found), ["Alike one, acute"]);
    let organisations = found["facets"]["organisation"].as_array().unwrap();
    assert_eq!(organisations.len(), 1, "{organisations:?}");
    let page = trust.get("/search?like_ours=yes&q=alike").await.text;
    for part in [
        "name=\"like_ours\" value=\"yes\" checked",
        "Remove filter </span>Organisations like ours",
        "One organisation is like ours",
        "href=\"/search.csv?q=alike&#38;like_ours=yes\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(
        trust
            .get("/search")
            .await
            .text
            .contains("name=\"like_ours\" value=\"yes\">")
    );

    // Where no one else is in our region, others are, and the page says so.
    let far = &others[1];
    let found = far.ask(LIKE_OURS).await;
    assert_eq!(found["total"], 0);
    assert!(
        note(&found).starts_with("No other organisation is like ours"),
        "{found}"
    );
    far.follow_and_pull(&others[0]).await;
    let found = far.ask(LIKE_OURS).await;
    assert_eq!(found["total"], 3);
    assert!(
        note(&found).ends_with("There is none in Midlands, so we included other regions."),
        "{found}"
    );
}
