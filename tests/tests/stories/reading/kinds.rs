//! Kinds of document and facets, from a file to every place that shows them.

use it::{
    samples::{OBSERVATION, STUDY, case_study, parse},
    trust::Trust,
};

#[tokio::test]
async fn an_observation_is_found_read_and_listed_like_every_document() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(case_study()).await;
    let (id, path) = trust.publish(parse(OBSERVATION)).await;
    let page = trust.get(&path).await.text;
    for words in [
        "Observation",
        "The answers",
        "Worked",
        "What one team saw",
        "Handover moved from the office",
        "/search?topic=clinical-noting",
    ] {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    assert!(page.contains("Ward manager") && !page.contains("No measured result"));

    let list = trust
        .get("/search?kind=observation&result=worked")
        .await
        .text;
    assert!(list.contains("Bedside handover on tablets"), "{list}");
    assert!(list.contains("Handover moved from the office"), "{list}");
    assert!(!list.contains("No measured result"), "{list}");

    let found = trust
        .ask("/api/v1/search?q=handover&kind=observation&topic=mobile-working")
        .await;
    assert_eq!(found["total"], 1);
    let hit = &found["hits"][0];
    assert_eq!(
        (&hit["id"], &hit["kind"]),
        (&id.to_string().into(), &"observation".into())
    );
    assert_eq!(hit["result"], "worked");
    assert!(
        hit["summary"]
            .as_str()
            .unwrap()
            .starts_with("Handover moved")
    );

    let table = trust.get("/search.csv?kind=observation").await.text;
    assert!(table.contains(",Observation,,Worked,"), "{table}");
    let atom = trust.get("/feed.atom").await.text;
    assert!(atom.contains("Bedside handover on tablets"), "{atom}");
    assert!(atom.contains("Handover moved from the office"), "{atom}");
}

#[tokio::test]
async fn an_observation_of_a_peer_is_shown_in_the_same_way() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    other.publish(parse(OBSERVATION)).await;
    trust.follow_and_pull(&other).await;
    trust.settle().await;
    let list = trust.get("/search?kind=observation").await.text;
    assert!(list.contains("Handover moved from the office"), "{list}");
}

#[tokio::test]
async fn an_observation_grows_into_a_case_study_at_the_same_address() {
    let trust = Trust::new("ZZ1").await;
    let (id, path) = trust.publish(parse(OBSERVATION)).await;
    let mut study = parse(STUDY);
    study.common.title = parse(OBSERVATION).common.title;
    let (same, address) = trust.revise(id, study).await;
    assert_eq!((same, address), (id, path.clone()));
    let page = trust.get(&path).await.text;
    assert!(page.contains("Before and after"), "{page}");
    let found = trust.ask("/api/v1/search?kind=observation").await;
    assert_eq!(found["total"], 0);
}

#[tokio::test]
async fn a_region_is_a_filter_everywhere() {
    let trust = Trust::new("ZZ1").await;
    let study = |title: &str, region: &str| {
        let text = STUDY
            .replace("Tap-and-go log-in on drug trolleys", title)
            .replace("\nsite:", &format!("\nregion: {region}\nsite:"));
        parse(&text)
    };
    let (_, path) = trust
        .publish(study("Trolleys in the Midlands", "Y60"))
        .await;
    trust.publish(study("Trolleys in London", "London")).await;
    trust.publish(parse(STUDY)).await;

    let page = trust.get(&path).await.text;
    assert!(page.contains("/search?region=midlands"), "{page}");
    for query in [
        "region=midlands",
        "region=Y60",
        "q=region:y60",
        "region=Midlands",
    ] {
        let found = trust.ask(&format!("/api/v1/search?{query}")).await;
        assert_eq!(found["total"], 1, "{query} {found}");
        assert_eq!(found["hits"][0]["title"], "Trolleys in the Midlands");
    }
    let all = trust.ask("/api/v1/search").await;
    let values = all["facets"]["region"].as_array().unwrap();
    assert_eq!(values.len(), 2, "{values:?}");
    let search = trust.get("/search").await.text;
    assert!(
        search.contains("NHS region") && search.contains("name=\"region\""),
        "{search}"
    );
    let browse = trust.get("/browse").await.text;
    assert!(browse.contains("NHS region") && browse.contains("/search?region=london"));
    let table = trust.get("/search.csv").await.text;
    let head = table.lines().next().unwrap();
    assert!(head.ends_with(",provenance,region,words"), "{head}");
    assert!(
        table.lines().any(|line| line.ends_with(",Midlands,all")),
        "{table}"
    );

    let description = trust.ask("/api/openapi.json").await;
    let parameters = &description["paths"]["/api/v1/search"]["get"]["parameters"];
    let names: Vec<_> = parameters
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names.join(" "),
        "q page per_page sort correct expand like since like_ours staff_only kind type priority wgll care_setting topic audience organisation result would_repeat \
         stage cost system evidence barrier licence year region spend effort"
    );
}
