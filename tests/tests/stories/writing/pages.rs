//! The pages on which people write and review, and the API for drafts: through the real router, as forms send them.

use ::pages::requester::Account;
use axum::http::Method;
use it::{
    answer::Answer,
    engine::on_each_engine,
    samples::{ADOPTION, STUDY, parse},
    trust::Trust,
};
use reqwest::StatusCode;

use super::people::{OBSERVATION, ann, ben, eve, rob};
use people::drafts::Person;

pub(super) fn account(person: Person) -> Account {
    Account {
        waiting: None,
        id: person.id,
        name: "Someone".to_owned(),
        role: person.role,
    }
}

pub(super) fn encoded(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter();
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

pub(super) async fn get(trust: &Trust, person: Person, path: &str) -> Answer {
    trust
        .send_as(Some(account(person)), Method::GET, path, &[], String::new())
        .await
}

pub(super) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

pub(super) async fn post(
    trust: &Trust,
    person: Option<Person>,
    path: &str,
    pairs: &[(&str, &str)],
) -> Answer {
    let writer = person.map_or_else(String::new, |person| person.id.to_string());
    let mut sent: Vec<(&str, &str)> = pairs.to_vec();
    if person.is_some() && !sent.iter().any(|(name, _)| *name == "writer") {
        sent.push(("writer", &writer));
    }
    let account = person.map(account);
    trust
        .send_as(account, Method::POST, path, &[FORM], encoded(&sent))
        .await
}

pub(super) async fn put(
    trust: &Trust,
    person: Person,
    path: &str,
    version: &str,
    pairs: &[(&str, &str)],
) -> Answer {
    let headers = [FORM, ("if-match", version)];
    trust
        .send_as(
            Some(account(person)),
            Method::PUT,
            path,
            &headers,
            encoded(pairs),
        )
        .await
}

/// Begins a draft with a form; returns its path.
pub(super) async fn begun(trust: &Trust, person: Person, kind: &str) -> String {
    let answer = post(trust, Some(person), "/write", &[("kind", kind)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let location = answer.header("location");
    let mut parts = location.splitn(4, '/');
    format!("/drafts/{}", parts.nth(2).unwrap())
}

pub(super) fn with<'a>(version: &'a str, typed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![("version", version)];
    pairs.extend(typed);
    pairs
}

#[test]
fn an_observation_goes_from_the_first_page_to_the_public_without_a_script() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let page = get(&trust, ann(), "/write").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.header("cache-control"), "private, no-store");
        let draft = begun(&trust, ann(), "observation").await;
        let section = format!("{draft}/observation");
        let page = get(&trust, ann(), &section).await;
        assert!(page.text.contains("What would you tell the next trust?"));

        // Three answers are saved although two are missing, and the check says which.
        let mut typed = with("1", &OBSERVATION[..3]);
        typed.push(("then", "check"));
        let answer = post(&trust, Some(ann()), &section, &typed).await;
        assert_eq!(answer.header("location"), format!("{draft}/submit"));
        let page = get(&trust, ann(), &format!("{draft}/submit")).await;
        for (text, anchor) in [
            ("Choose at least one topic", "#topics"),
            (
                "Write the role of the person who can be asked",
                "#contact-role",
            ),
        ] {
            assert!(page.text.contains(text), "{}", page.text);
            assert!(page.text.contains(anchor), "{anchor}");
        }
        let page = get(&trust, ann(), &format!("{section}?faults=1")).await;
        assert!(page.text.contains("Error:"), "the field says it, too");
        // A preview has all that is written, and says of the rest where it is written.
        let preview = get(&trust, ann(), &format!("{draft}/preview")).await.text;
        for seen in [
            "Did not work",
            "Test at three in the morning",
            "<dt>Who can I ask?</dt><dd><b>Not written yet</b>",
            &format!("<a href=\"{section}\">Write it</a>"),
        ] {
            assert!(preview.contains(seen), "{seen}: {preview}");
        }
        let (_, main) = preview.split_once("<main").unwrap();
        assert!(!main.contains("Someone"), "{main}");

        post(&trust, Some(ann()), &section, &with("2", &OBSERVATION)).await;
        let preview = get(&trust, ann(), &format!("{draft}/preview")).await;
        assert!(preview.text.contains("Test at three in the morning"));
        assert!(preview.text.contains("Did not work"));
        let submit = format!("{draft}/submit");
        let answer = post(&trust, Some(ann()), &submit, &[("version", "3")]).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "not declared"
        );
        let declared = [("version", "3"), ("declared", "yes")];
        // The second click of a double click is answered like the first.
        for _ in 0..2 {
            let answer = post(&trust, Some(ann()), &submit, &declared).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        }

        let queue = get(&trust, eve(), "/review").await;
        let review = draft.replace("/drafts/", "/review/");
        assert!(queue.text.contains(&review), "{}", queue.text);
        let page = get(&trust, eve(), &review).await;
        assert!(page.text.contains("Test at three in the morning"));
        let approve = [("version", "4"), ("decision", "approve")];
        let answer = post(&trust, Some(eve()), &review, &approve).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "not confirmed"
        );
        let mut approve = approve.to_vec();
        approve.push(("declared", "yes"));
        let answer = post(&trust, Some(eve()), &review, &approve).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = get(&trust, ann(), &draft).await;
        assert!(page.text.contains("Approved by"), "{}", page.text);
        assert_eq!(trust.found("zanzibar").await.len(), 1);

        // Who has not written it is not offered what would be refused, and reads why.
        let document = trust.found("zanzibar").await.remove(0);
        let change = format!("/write?change={document}");
        for (person, may_change) in [(ann(), true), (eve(), true), (ben(), false), (rob(), false)] {
            let page = get(&trust, person, &change).await.text;
            assert_eq!(page.contains("Change it</button>"), may_change, "{page}");
            let reason = "Only its authors and editors can change this page";
            assert_eq!(page.contains(reason), !may_change, "{page}");
        }
        let sent = [("kind", "change"), ("document", &*document.to_string())];
        let refused = post(&trust, Some(ben()), "/write", &sent).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(
            refused.text.contains("Only its authors"),
            "{}",
            refused.text
        );

        // Who has begun a case study of it learns of it before they change the observation itself.
        let grow = [("kind", "grow"), ("document", &*document.to_string())];
        let begun = post(&trust, Some(ann()), "/write", &grow).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        let page = get(&trust, ann(), &change).await.text;
        assert!(page.contains("begun to make a case study"), "{page}");
        assert!(page.contains("delete that draft first"), "{page}");
        assert!(!page.contains("Change it</button>"), "{page}");
        let page = get(&trust, ann(), &format!("/write?grow={document}")).await;
        let page = page.text;
        assert!(page.contains("Go on with your draft"), "{page}");
        assert!(!page.contains("delete that draft first"), "{page}");
        let page = get(&trust, eve(), &change).await.text;
        assert!(page.contains("Change it</button>"), "{page}");
    });
}

#[test]
fn a_draft_that_nothing_was_written_into_is_in_no_list_and_begun_once() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        for kind in ["observation", "case-study", "page"] {
            let first = begun(&trust, ann(), kind).await;
            let again = begun(&trust, ann(), kind).await;
            assert_eq!(first, again, "{kind}");
            assert_ne!(begun(&trust, ben(), kind).await, first, "{kind}");
        }
        let listed = async || get(&trust, ann(), "/api/v1/drafts").await.json();
        assert_eq!(listed().await.as_array().unwrap().len(), 0);
        // What was written is kept, and so is what was written and emptied again.
        let first = begun(&trust, ann(), "observation").await;
        let section = format!("{first}/observation");
        for (version, text) in [("1", "Words."), ("2", "")] {
            let typed = with(version, &[("text.what-happened", text)]);
            post(&trust, Some(ann()), &section, &typed).await;
            assert_eq!(listed().await.as_array().unwrap().len(), 1, "{text}");
        }
        assert_ne!(begun(&trust, ann(), "observation").await, first);
    });
}

#[test]
fn who_is_second_sees_the_difference_and_merges() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "case-study").await;
        let section = format!("{draft}/situation");
        let first = with("1", &[("text.situation", "Wards waited 52 minutes.")]);
        post(&trust, Some(ann()), &section, &first).await;
        let second = with("1", &[("text.situation", "Wards waited 40 minutes <b>.")]);
        let answer = post(&trust, Some(eve()), &section, &second).await;
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
        for shown in [
            "<del>",
            "<ins>",
            "52",
            "40",
            "&lt;b&gt;",
            "name=\"version\" value=\"2\"",
        ] {
            assert!(answer.text.contains(shown), "{shown}: {}", answer.text);
        }
        let held = get(&trust, ann(), &section).await;
        assert!(
            held.text.contains("Wards waited 52 minutes."),
            "nothing is overwritten"
        );
        // The page of the difference saves what its sender has put together.
        let merged = with(
            "2",
            &[("text.situation", "Wards waited 52, then 40 minutes.")],
        );
        let answer = post(&trust, Some(eve()), &section, &merged).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        // A form without a version overwrites nothing.
        let answer = post(&trust, Some(eve()), &section, &[("text.situation", "x")]).await;
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    });
}

#[test]
fn what_was_typed_is_on_the_page_that_says_that_it_was_not_saved() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "observation").await;
        let section = format!("{draft}/observation");
        let typed = with("1", &[("text.advice", "Words & <more> words")]);
        let kept = "Words &#38; &#60;more&#62; words";
        // Signed out: the page has a form that saves it after signing in again.
        let answer = post(&trust, None, &section, &typed).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(!answer.header("www-authenticate").is_empty());
        assert!(answer.text.contains(kept), "{}", answer.text);
        assert!(answer.text.contains(&format!("action=\"{section}\"")));
        assert!(answer.text.contains("name=\"version\" value=\"1\""));
        // Of someone else, deleted, or never there.
        for person in [ben(), rob()] {
            let answer = post(&trust, Some(person), &section, &typed).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(answer.text.contains(kept), "{}", answer.text);
        }
        // Waiting for review.
        post(&trust, Some(ann()), &section, &with("1", &OBSERVATION)).await;
        let declared = [("version", "2"), ("declared", "yes")];
        post(&trust, Some(ann()), &format!("{draft}/submit"), &declared).await;
        let late = with("2", &[("text.advice", "Words & <more> words")]);
        let answer = post(&trust, Some(ann()), &section, &late).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text.contains(kept), "{}", answer.text);
        // Taken back, it is saved.
        let mut late = with("3", &[("text.advice", "Words & <more> words")]);
        late.push(("then", "take-back"));
        let answer = post(&trust, Some(ann()), &section, &late).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = get(&trust, ann(), &section).await;
        assert!(page.text.contains(kept));
    });
}

#[test]
fn each_role_may_do_what_it_may_do_and_learns_of_nothing_else() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "observation").await;
        let review = draft.replace("/drafts/", "/review/");
        for (person, path, status) in [
            (ann(), draft.as_str(), StatusCode::OK),
            (eve(), draft.as_str(), StatusCode::OK),
            (ben(), draft.as_str(), StatusCode::NOT_FOUND),
            (rob(), draft.as_str(), StatusCode::NOT_FOUND),
            (ben(), "/review", StatusCode::FORBIDDEN),
            (rob(), "/review", StatusCode::FORBIDDEN),
            (ann(), review.as_str(), StatusCode::FORBIDDEN),
            (eve(), "/review", StatusCode::OK),
            (rob(), "/write", StatusCode::OK),
        ] {
            let answer = get(&trust, person, path).await;
            assert_eq!(answer.status, status, "{person:?} {path}");
        }
        let answer = trust.get(&draft).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "led to sign in");
        let answer = post(&trust, Some(rob()), "/write", &[("kind", "observation")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let answer = post(&trust, Some(ann()), "/write", &[("kind", "poem")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for path in ["/drafts/x", "/drafts/x/title", "/review/x"] {
            let answer = get(&trust, eve(), path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let answer = post(
            &trust,
            Some(ann()),
            &format!("{draft}/delete"),
            &[("version", "1")],
        )
        .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(
            get(&trust, ann(), &draft).await.status,
            StatusCode::NOT_FOUND
        );
    });
}

#[test]
fn a_comment_at_a_paragraph_reaches_its_author() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "observation").await;
        let section = format!("{draft}/observation");
        // A comment quotes the words that readers see, without the marks of Markdown.
        let marked = OBSERVATION.map(|(name, value)| match name {
            "text.advice" => (
                name,
                "Test **at [three](https://example.org/)** in the morning",
            ),
            _ => (name, value),
        });
        post(&trust, Some(ann()), &section, &with("1", &marked)).await;
        let declared = [("version", "2"), ("declared", "yes")];
        post(&trust, Some(ann()), &format!("{draft}/submit"), &declared).await;
        let review = draft.replace("/drafts/", "/review/");
        let empty = [("version", "3"), ("decision", "return")];
        let answer = post(&trust, Some(eve()), &review, &empty).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let comment = [
            ("version", "3"),
            ("decision", "return"),
            ("comment.text.advice.0", "Say who tests <it>."),
        ];
        let answer = post(&trust, Some(eve()), &review, &comment).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = get(&trust, ann(), &section).await;
        assert!(
            page.text.contains("Say who tests &#60;it&#62;."),
            "{}",
            page.text
        );
        let quoted = "At “Test at three in the morning”";
        assert!(page.text.contains(quoted), "{}", page.text);
        let again = get(&trust, eve(), &review).await;
        assert!(!again.text.contains("At “Test **"), "{}", again.text);
        let whole = get(&trust, ann(), &draft).await;
        assert!(whole.text.contains("Returned with comments"));
    });
}

#[test]
fn the_form_and_the_file_are_two_views_of_one_draft() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "case-study").await;
        let cost = with(
            "1",
            &[("cost.band", "under-10k"), ("cost.one_off_gbp", "9,000")],
        );
        post(&trust, Some(ann()), &format!("{draft}/cost"), &cost).await;
        let page = get(&trust, ann(), &format!("{draft}/file")).await;
        assert!(page.text.contains("one_off_gbp"), "{}", page.text);
        let file = "---\nkind: case-study\ntitle: Beds\nodd: kept\ncost: {band: none}\n---\n\n## Situation\n\nFull.\n";
        let answer = post(
            &trust,
            Some(ann()),
            &format!("{draft}/file"),
            &with("2", &[("file", file)]),
        )
        .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = get(&trust, ann(), &format!("{draft}/situation")).await;
        assert!(page.text.contains("Full."));
        // A fault has the line of the file where the file is shown, and no section has such lines.
        let fault = "“Title” is 4 characters long";
        let page = get(&trust, ann(), &format!("{draft}/file")).await.text;
        assert!(page.contains(&format!(">Line 3: {fault}")), "{page}");
        let page = get(&trust, ann(), &format!("{draft}/title")).await.text;
        assert!(page.contains(&format!(">{fault}")), "{page}");
        assert!(!page.contains(">Line 3"), "{page}");
        let typed = with("3", &[("text.situation", "Fuller.")]);
        post(&trust, Some(ann()), &format!("{draft}/situation"), &typed).await;
        let page = get(&trust, ann(), &format!("{draft}/file")).await;
        for kept in ["odd: kept", "Fuller.", "band: none"] {
            assert!(page.text.contains(kept), "{kept}: {}", page.text);
        }
    });
}

#[test]
fn a_program_hands_in_a_draft_and_never_publishes() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let api = "/api/v1/drafts";
        let markdown = [("content-type", "text/markdown")];
        let file = "---\nkind: page\ntitle: Beds\ntopics: [nope]\n---\n\nText.\n";
        let ann_ = || Some(account(ann()));
        let created = trust
            .send_as(ann_(), Method::POST, api, &markdown, file.to_owned())
            .await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
        assert_eq!(created.header("etag"), "\"1\"");
        let path = created.header("location").to_owned();
        assert_eq!(created.json()["faults"][0]["line"], 4);
        // Another media type, no version, an old version.
        let json = [("content-type", "application/json")];
        let answer = trust
            .send_as(ann_(), Method::POST, api, &json, file.to_owned())
            .await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let right = file.replace("nope", "bed-management");
        for (headers, status) in [
            (
                vec![("content-type", "text/markdown")],
                StatusCode::PRECONDITION_REQUIRED,
            ),
            (
                vec![("content-type", "text/markdown"), ("if-match", "\"7\"")],
                StatusCode::PRECONDITION_FAILED,
            ),
            (
                vec![("content-type", "text/markdown"), ("if-match", "\"1\"")],
                StatusCode::OK,
            ),
        ] {
            let answer = trust
                .send_as(ann_(), Method::PUT, &path, &headers, right.clone())
                .await;
            assert_eq!(answer.status, status, "{headers:?}: {}", answer.text);
        }
        let accept = [("accept", "text/markdown")];
        let answer = trust
            .send_as(ann_(), Method::GET, &path, &accept, String::new())
            .await;
        assert_eq!(answer.text, right);
        let submit = format!("{path}/submit");
        let if_match = [("if-match", "\"2\"")];
        let answer = trust
            .send_as(ann_(), Method::POST, &submit, &if_match, String::new())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.json()["state"], "submitted");
        assert_eq!(trust.log_size().await, 0);
        for (person, status) in [(ben(), StatusCode::NOT_FOUND), (eve(), StatusCode::OK)] {
            assert_eq!(get(&trust, person, &path).await.status, status);
        }
        let listed = get(&trust, ann(), api).await.json();
        assert_eq!(listed.as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_page_saves_itself_with_the_version_that_it_was_made_from() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "case-study").await;
        let path = format!("/api/v1{draft}/situation");
        let typed = [("text.situation", "**Bold** words"), ("version", "1")];
        let saved = put(&trust, ann(), &path, "\"1\"", &typed).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
        assert_eq!(saved.json()["version"], 2);
        assert!(
            saved.json()["html"]
                .as_str()
                .unwrap()
                .contains("<strong>Bold</strong>")
        );
        // The answer was lost, and the same is sent again.
        let again = put(&trust, ann(), &path, "\"1\"", &typed).await;
        assert_eq!(again.json()["version"], 2);
        let other = [("text.situation", "Other words")];
        let refused = put(&trust, ann(), &path, "\"1\"", &other).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        // Nor may a version be named that does not exist yet.
        let refused = put(&trust, ann(), &path, "\"99\"", &other).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
        // A program that sends something else is answered in the form of the API.
        let headers = [("content-type", "application/json"), ("if-match", "\"2\"")];
        let json = trust
            .send_as(
                Some(account(ann())),
                Method::PUT,
                &path,
                &headers,
                "{}".to_owned(),
            )
            .await;
        assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(json.header("content-type"), "application/problem+json");
        let missing = put(&trust, ben(), &path, "\"2\"", &other).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_author_and_the_reviewer_learn_that_the_page_was_changed_since() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let document = trust.publish_page("Counting beds", "Old words.").await;
        let id = document.to_string();
        let pairs = [("kind", "change"), ("document", id.as_str())];
        let begun = post(&trust, Some(ann()), "/write", &pairs).await;
        let draft = begun.header("location").to_owned();
        let typed = [("title", "Counting beds"), ("text.body", "Proposed words.")];
        post(
            &trust,
            Some(ann()),
            &format!("{draft}/page"),
            &with("1", &typed),
        )
        .await;
        let submit = format!("{draft}/submit");
        let newer = "A newer version of this page is published";
        let page = get(&trust, ann(), &submit).await.text;
        assert!(!page.contains(newer), "{page}");
        let changed = "# Counting beds\n\nNewer words.\n";
        trust.submit_text(changed, Some(document)).await.unwrap();
        let page = get(&trust, ann(), &submit).await.text;
        assert!(page.contains(newer), "{page}");
        // The reviewer of one that was submitted before reads of it, too.
        // A page that was made before the newer version shows nothing of it.
        let path = format!("{draft}/newer");
        let early = [("version", "2"), ("published", "1")];
        let refused = post(&trust, Some(ann()), &path, &early).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        let field = "name=\"published\" value=\"2\"";
        assert!(refused.text.contains(field), "{}", refused.text);
        let seen = [("version", "2"), ("published", "2")];
        let done = post(&trust, Some(ann()), &path, &seen).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let declared = [("version", "3"), ("declared", "yes")];
        post(&trust, Some(ann()), &submit, &declared).await;
        let changed = "# Counting beds\n\nNewest words.\n";
        trust.submit_text(changed, Some(document)).await.unwrap();
        let review = draft.replace("/drafts/", "/review/");
        let page = get(&trust, eve(), &review).await.text;
        let note = "The page was changed since this draft was begun.";
        assert!(page.contains(note), "{page}");
    });
}

#[test]
fn a_picture_that_is_not_attached_is_named_and_nothing_is_named_twice() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let headers = [("content-type", "text/markdown")];
        // A key that no field has, so that the whole file is looked at too.
        let file = "---\nkind: page\ntitle: Beds\nreplaces: [01996c5e-8a00-7000-8000-000000000001]\n---\n\n![The board](attachment:board.png)\n";
        let created = trust
            .send_as(
                Some(account(ann())),
                Method::POST,
                "/api/v1/drafts",
                &headers,
                file.to_owned(),
            )
            .await;
        let warnings = created.json()["warnings"].as_array().unwrap().len();
        assert_eq!(warnings, 1, "{}", created.text);
        let id = created.json()["id"].as_str().unwrap().to_owned();
        let page = get(&trust, ann(), &format!("/drafts/{id}/submit"))
            .await
            .text;
        let named = "No file called “board.png” is attached";
        assert_eq!(page.matches(named).count(), 1, "{page}");
    });
}

#[test]
fn a_study_of_another_trust_is_tried_too_from_its_button_to_its_page() {
    on_each_engine(async |engine| {
        let (north, south) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        let (id, path) = north.publish(parse(STUDY)).await;
        let (own, _) = south.publish(parse(STUDY)).await;
        south.follow_and_pull(&north).await;
        south.settle().await;
        let reference = format!("{}/{id}", north.id());

        // The button is on pages of others only, and leads to a page that says what comes of it.
        let page = south.get(&path).await.text;
        let link = format!("/write?tried={reference}");
        assert!(page.contains(&format!("href=\"{link}\"")), "{page}");
        let page = get(&south, ann(), &link).await;
        assert!(page.text.contains("Begin a draft"), "{}", page.text);
        assert!(!page.text.contains("published this already"));
        for refused in [
            format!("/write?tried={}/{own}", south.id()),
            format!("/write?tried={}/{own}", north.id()),
            "/write?tried=nothing".to_owned(),
        ] {
            let answer = get(&south, ann(), &refused).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{refused}");
        }

        // The draft has the address, the title and the topics.
        let pairs = [("kind", "tried"), ("document", reference.as_str())];
        let begun = post(&south, Some(ann()), "/write", &pairs).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        let section = begun.header("location").to_owned();
        assert!(section.ends_with("/adoption"), "{section}");
        let draft = section.trim_end_matches("/adoption").to_owned();
        let page = get(&south, ann(), &section).await.text;
        let address = format!("{}{path}", south.site());
        for filled in [address.as_str(), "We tried: ", "checked"] {
            assert!(page.contains(filled), "{filled}: {page}");
        }
        // Four questions are in sight. The rest is folded, also what the study has filled in.
        let folded = "<details class=\"nhsuk-details app-more\">";
        let (asked, rest) = page.split_once(folded).unwrap();
        for (name, is_asked) in [
            ("about", true),
            ("status", true),
            ("text.body", true),
            ("contact.role", true),
            ("contact.open_to", false),
            ("since", false),
            ("reasons", false),
            ("changed", false),
            ("title", false),
            ("topics", false),
            ("contact.mailbox", false),
            ("visibility", false),
        ] {
            let field = format!("name=\"{name}\"");
            assert_eq!(asked.contains(&field), is_asked, "{name}");
            assert_eq!(rest.contains(&field), !is_asked, "{name}");
        }

        // What is missing is said, and a page that is not held, too.
        let mut typed = vec![
            (
                "about",
                "https://nowhere.example/d/zz9/01996c5e-8a00-7000-8000-000000000001",
            ),
            ("title", "We tried tap and go in two clinics"),
            ("status", "stopped"),
            ("text.body", "It saved little here."),
            ("contact.role", "Clinic manager"),
            ("since", "June 2026"),
        ];
        let saved = post(&south, Some(ann()), &section, &with("1", &typed)).await;
        assert!(saved.status.is_redirection(), "{}", saved.text);
        let submit = format!("{draft}/submit");
        let page = get(&south, ann(), &submit).await.text;
        assert!(
            page.contains("got in the way”: choose at least one"),
            "{page}"
        );
        assert!(!page.contains("leadership"), "no names of values: {page}");
        // What has a value is in sight, and what is wrong.
        let unfolded = "<details class=\"nhsuk-details app-more\" open>";
        let page = get(&south, ann(), &section).await.text;
        assert!(page.contains(unfolded), "{page}");
        typed.retain(|(name, _)| *name != "since");
        post(&south, Some(ann()), &section, &with("2", &typed)).await;
        let page = get(&south, ann(), &section).await.text;
        assert!(page.contains(folded), "{page}");
        let fault = format!("{section}?faults=1");
        let page = get(&south, ann(), &fault).await.text;
        assert!(page.contains(unfolded), "{page}");
        typed.push(("since", "June 2026"));
        typed.push(("reasons", "usability"));
        post(&south, Some(ann()), &section, &with("3", &typed)).await;
        let page = get(&south, ann(), &submit).await.text;
        assert!(page.contains("has no copy of"), "{page}");
        typed[0].1 = &address;
        post(&south, Some(ann()), &section, &with("4", &typed)).await;

        // Its author and its reviewer see what it is about, and the page as it will be.
        let review = draft.replace("/drafts/", "/review/");
        let subject = format!("About <a href=\"{path}\">");
        for seen in [draft.clone(), format!("{draft}/preview")] {
            let page = get(&south, ann(), &seen).await.text;
            assert!(page.contains(&subject), "{seen}: {page}");
        }
        let preview = get(&south, ann(), &format!("{draft}/preview")).await.text;
        let text = preview.matches("It saved little here.").count();
        assert_eq!(text, 2, "on the card and once on the page: {preview}");
        assert!(preview.contains("Since June 2026"), "{preview}");

        // It is reviewed as everything is, and its topics are those of the study.
        let declared = [("version", "5"), ("declared", "yes")];
        let answer = post(&south, Some(ann()), &submit, &declared).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = get(&south, eve(), &review).await.text;
        assert!(page.contains(&subject), "{page}");
        let approve = [
            ("version", "6"),
            ("decision", "approve"),
            ("declared", "yes"),
        ];
        let answer = post(&south, Some(eve()), &review, &approve).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        south.settle().await;
        let page = south.get(&path).await.text;
        for words in [
            "Tried this too (1)",
            "<a href=\"#tried\">1 other tried this too</a>",
            "Tried it and stopped",
            "We tried tap and go",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let page = get(&south, ann(), &link).await;
        assert!(
            page.text.contains("published this already"),
            "{}",
            page.text
        );
        // Where the study was published its author sees how many tried it, and no more.
        north.follow_and_pull(&south).await;
        north.settle().await;
        assert!(
            north
                .get("/search")
                .await
                .text
                .contains("1 other tried this too")
        );
        // Only what has a result can be ticked and compared.
        for (search, is_offered) in [("/search", true), ("/search?kind=adoption", false)] {
            let page = north.get(search).await.text;
            assert_eq!(
                page.contains("Compare those you tick"),
                is_offered,
                "{search}"
            );
        }
        // It grows no further: no one adapts it, or tries what it says.
        let list = north.ask("/api/v1/search?kind=adoption").await;
        let adopted = list["hits"][0]["id"].as_str().unwrap();
        let page = north.get(&format!("/d/{}/{adopted}", south.id())).await;
        let page = north.get(page.header("location")).await.text;
        assert!(
            !page.contains("/write?tried=") && !page.contains("/write?adapt="),
            "{page}"
        );
    });
}

#[tokio::test]
async fn an_adoption_is_handed_in_by_the_api() {
    let (north, south) = (Trust::new("ZZ1").await, Trust::new("ZZ2").await);
    let (id, path) = north.publish(parse(STUDY)).await;
    south.follow_and_pull(&north).await;
    let file = ADOPTION.lines().collect::<Vec<_>>();
    let about = format!("about: {}{path}", north.site());
    let whole = file.join("\n").replace(file[3], &about);
    for (text, says) in [
        (whole.clone(), "\"faults\":[]"),
        (
            whole.replace(&id.to_string(), "01996c5e-8a00-7000-8000-000000000001"),
            "has no copy of",
        ),
        (
            whole.replace("status: adapted", "status: splendid"),
            "splendid",
        ),
    ] {
        let headers = [("content-type", "text/markdown")];
        let answer = south
            .send_as(
                Some(account(ann())),
                Method::POST,
                "/api/v1/drafts",
                &headers,
                text,
            )
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        assert!(
            answer.text.contains("\"kind\":\"adoption\""),
            "{}",
            answer.text
        );
        assert!(answer.text.contains(says), "{says}: {}", answer.text);
    }
}

#[test]
fn the_first_line_of_a_file_is_its_title_at_every_door() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let api = "/api/v1/drafts";
        let markdown = ("content-type", "text/markdown");
        let sent = async |method, path: &str, version: Option<&str>, text: &str| {
            let mut headers = vec![markdown];
            headers.extend(version.map(|version| ("if-match", version)));
            let account = Some(account(ann()));
            trust
                .send_as(account, method, path, &headers, text.to_owned())
                .await
        };
        let line = "# Beds on ward nine\n\nWords.\n";
        for text in [line.to_owned(), format!("---\nkind: page\n---\n\n{line}")] {
            // A program hands it in, as a new draft and as the whole of one that is there.
            let made = sent(Method::POST, api, None, &text).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            let path = made.header("location").to_owned();
            let made = made.json();
            assert_eq!(made["title"], "Beds on ward nine", "{made}");
            assert!(
                made["faults"].as_array().is_none_or(Vec::is_empty),
                "{made}"
            );
            let later = text.replace("nine", "ten");
            let saved = sent(Method::PUT, &path, Some("\"1\""), &later).await;
            assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
            let read = get(&trust, ann(), &path).await.json();
            assert_eq!(read["title"], "Beds on ward ten", "{read}");
            assert!(
                read["faults"].as_array().is_none_or(Vec::is_empty),
                "{read}"
            );
            // A person types it as one file, or pastes it.
            let draft = path.replace("/api/v1", "");
            let typed = with("2", &[("file", text.as_str()), ("then", "check")]);
            let saved = post(&trust, Some(ann()), &format!("{draft}/file"), &typed).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
            let page = get(&trust, ann(), &format!("{draft}/submit")).await.text;
            assert!(page.contains("Beds on ward nine"), "{page}");
            assert!(!page.contains("Write a title"), "{page}");
            let pasted = [("kind", "file"), ("of", "page"), ("file", text.as_str())];
            let begun = post(&trust, Some(ann()), "/write", &pasted).await;
            assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
            let draft = begun
                .header("location")
                .trim_end_matches("/file")
                .to_owned();
            let page = get(&trust, ann(), &format!("{draft}/submit")).await.text;
            assert!(page.contains("Beds on ward nine"), "{page}");
            assert!(!page.contains("Write a title"), "{page}");
        }
        // An observation without one is called by its first words, also from a program.
        let file = "---\nkind: observation\nresult: worked\ntopics: [epma]\ncontact: Ward manager\n---\n\n## What happened\n\nBadges stopped working at night.\n\n## Advice to the next trust\n\nTest at night.\n";
        let made = sent(Method::POST, api, None, file).await.json();
        assert_eq!(made["title"], "Badges stopped working at night", "{made}");
        assert!(
            made["faults"].as_array().is_none_or(Vec::is_empty),
            "{made}"
        );
    });
}
