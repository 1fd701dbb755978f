//! Life after publishing: versions, reviews that are due, who looks after a page, and its withdrawal in the browser.

use std::time::Duration;

use ::accounts::OneTimeSecret;
use domain::{Content, Document, Expected, Kind};
use it::{
    browser::Browser,
    engine::on_each_engine,
    helper::{Helper, is_installed},
    ports::free_ports,
    samples,
    setup::Setup,
    trust::Trust,
};
use node::audit::By;
use people::{
    accounts,
    care::{
        self, Handed, receipts,
        reminders::{self, LinkState},
    },
    drafts::{self, Begin, Person},
    review::{self, ApproveOutcome, SubmitOutcome},
};
use store::{Account, ReviewLink};
use wire::{DocumentId, Role};

use super::people::{begin, saved};

const DAY: Duration = Duration::from_secs(86_400);

fn page(title: &str, text: &str) -> Document {
    Document::page(title, text)
}

/// Signs a person in who is there already.
async fn browser_of(trust: &Trust, account: &Account) -> Browser {
    let browser = Browser::default();
    browser.sign_in(trust, &account.email).await;
    browser
}

#[test]
fn an_editor_withdraws_in_the_browser_and_sees_who_has_erased_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let peer = Trust::on(engine, "ZZ2").await;
        peer.follow_and_pull(&trust).await;
        trust.follow_and_pull(&peer).await;
        let (id, path) = trust
            .publish(page("Old advice", "Always use quokkas."))
            .await;
        peer.pull(&trust.id()).await;
        let editor = trust.signed_in(Role::Editor).await;
        let address = format!("/withdraw/{id}");
        assert!(editor.get(&trust, &address).await.text.contains("Why?"));
        let nothing = editor.post(&trust, &address, &[]).await;
        assert_eq!(nothing.status, 422);
        // The first form withdraws nothing.
        let confirm = editor.post(&trust, &address, &[("why", "error")]).await;
        assert_eq!(confirm.status, 200, "{}", confirm.text);
        assert!(
            confirm.text.contains("This cannot be undone"),
            "{}",
            confirm.text
        );
        assert_eq!(trust.get(&path).await.status, 200);
        let fields = [("why", "error"), ("confirmed", "yes"), ("keep", "yes")];
        let done = editor.post(&trust, &address, &fields).await;
        assert_eq!(done.status, 303, "{}", done.text);
        let receipt = done.header("location").to_owned();
        assert!(
            receipt.starts_with(&format!("/withdrawn/{id}?draft=")),
            "{receipt}"
        );
        assert_eq!(trust.get(&path).await.status, 410);
        // A second click, or the way back, leads to the receipt, and keeps nothing again.
        for again in [
            editor.get(&trust, &address).await,
            editor.post(&trust, &address, &fields).await,
            editor.get(&trust, &format!("/care/{id}")).await,
        ] {
            assert_eq!(again.header("location"), format!("/withdrawn/{id}"));
        }
        // The text is a draft of the editor, which replaces what was withdrawn.
        let draft = receipt.rsplit_once('=').unwrap().1;
        let draft = editor.get(&trust, &format!("/drafts/{draft}")).await;
        assert_eq!(draft.status, 200);
        let email = "editor@northmoor.example";
        let store = &trust.node().store;
        let person = Person {
            id: store.account_by_email(email).await.unwrap().unwrap().id,
            role: Role::Editor,
        };
        let mine = drafts::list(trust.node(), person).await.unwrap();
        assert_eq!(mine.len(), 1);

        // No one has erased it yet; once the peer has, its signature says so.
        let page = editor.get(&trust, &receipt).await.text;
        assert!(
            page.contains("0 of 1 sites") && page.contains("Not yet"),
            "{page}"
        );
        receipts::ask_for_missing(trust.node()).await.unwrap();
        assert!(
            editor
                .get(&trust, &receipt)
                .await
                .text
                .contains("0 of 1 sites")
        );
        peer.pull(&trust.id()).await;
        receipts::ask_for_missing(trust.node()).await.unwrap();
        let page = editor.get(&trust, &receipt).await.text;
        assert!(
            page.contains("1 of 1 sites") && page.contains("Erased, as it signed"),
            "{page}"
        );
    });
}

#[test]
fn a_text_that_could_identify_someone_is_never_kept() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let editor = trust.signed_in(Role::Editor).await;
        for why in ["privacy", "legal"] {
            let (id, _) = trust.publish(page("A short story", "Of a bilby.")).await;
            let address = format!("/withdraw/{id}");
            let confirm = editor.post(&trust, &address, &[("why", why)]).await.text;
            assert!(!confirm.contains("name=\"keep\""), "{confirm}");
            let fields = [("why", why), ("confirmed", "yes"), ("keep", "yes")];
            let done = editor.post(&trust, &address, &fields).await;
            assert_eq!(done.header("location"), format!("/withdrawn/{id}"));
        }
        let me = editor.get(&trust, "/me").await.text;
        assert!(!me.contains("A short story"), "{me}");
    });
}

#[test]
fn an_author_asks_and_strangers_learn_nothing() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let author = trust.person(Role::Contributor).await;
        let other = trust.person_named("other", Role::Contributor).await;
        let editor = trust.signed_in(Role::Editor).await;
        let (id, path) = trust.publish(page("Ward phones", "They ring.")).await;
        give(&trust, id, &author).await;
        let stranger = browser_of(&trust, &other).await;
        for address in [format!("/withdraw/{id}"), format!("/care/{id}")] {
            let fields = [
                ("why", "error"),
                ("act", "still-true"),
                ("confirmed", "yes"),
            ];
            for answer in [
                stranger.get(&trust, &address).await,
                stranger.post(&trust, &address, &fields).await,
            ] {
                assert_eq!(answer.status, 403, "{address}");
                assert!(!answer.text.contains("Ward phones"), "{}", answer.text);
            }
        }
        let browser = browser_of(&trust, &author).await;
        let fields = [("why", "error"), ("confirmed", "yes")];
        let asked = browser
            .post(&trust, &format!("/withdraw/{id}"), &fields)
            .await;
        assert_eq!(asked.header("location"), format!("/care/{id}?done=asked"));
        assert_eq!(
            trust.get(&path).await.status,
            200,
            "only an editor withdraws"
        );
        let list = editor.get(&trust, "/care").await.text;
        assert!(list.contains("Pat contributor asked on"), "{list}");
        let fields = [("why", "error"), ("confirmed", "yes")];
        editor
            .post(&trust, &format!("/withdraw/{id}"), &fields)
            .await;
        let list = editor.get(&trust, "/care").await.text;
        assert!(!list.contains("Pat contributor"), "{list}");
    });
}

/// Makes a person look after a page.
async fn give(trust: &Trust, id: DocumentId, person: &Account) {
    let node = trust.node();
    let given = node.store.set_owner(id, person.id, &By::Node, node.now());
    given.await.unwrap();
}

/// Writes a page or changes one, and has it approved; returns it.
async fn approved(trust: &Trust, by: &Account, approver: &Account, what: Begin) -> DocumentId {
    trust.advance(Duration::from_secs(60));
    let person = |account: &Account| Person {
        id: account.id,
        role: account.role,
    };
    let (by, approver, node) = (person(by), person(approver), trust.node());
    let id = begin(trust, by, what).await;
    let text = format!("Changed at {}.", node.now());
    let typed = [("title", "Beds at night"), ("text.body", text.as_str())];
    let version = saved(trust, by, id, ("page", 1), &typed).await;
    let submitted = review::submit(node, by, id, version).await.unwrap();
    assert!(
        matches!(submitted, SubmitOutcome::Submitted),
        "{submitted:?}"
    );
    let outcome = review::approve(node, approver, id, version + 1, &[]).await;
    let ApproveOutcome::Published(accepted) = outcome.unwrap() else {
        panic!("it is not published");
    };
    accepted.id
}

#[test]
fn each_way_to_change_a_page_leaves_it_with_the_person_who_looks_after_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let author = trust.person(Role::Contributor).await;
        let two = trust.person_named("two", Role::Contributor).await;
        let reader = trust.person(Role::Reader).await;
        let editor = trust.person(Role::Editor).await;
        let lead = trust.person(Role::Administrator).await;
        let carer = async |id: DocumentId| {
            let (_, carer) = care::find(trust.node(), id).await.unwrap().unwrap();
            carer.unwrap().name
        };
        let new = || Begin::Empty(Kind::Page);
        let page = approved(&trust, &author, &editor, new()).await;
        assert_eq!(carer(page).await, author.name);
        // An editor corrects it, and a reader's proposal is accepted.
        for (by, approver) in [(&editor, &lead), (&reader, &editor), (&two, &editor)] {
            approved(&trust, by, approver, Begin::Edit(page)).await;
            assert_eq!(carer(page).await, author.name, "changed by {}", by.name);
        }
        // Handed over, it stays with the other person, also when the one who wrote it changes it again.
        give(&trust, page, &two).await;
        for (by, approver) in [(&author, &editor), (&editor, &lead)] {
            approved(&trust, by, approver, Begin::Edit(page)).await;
            assert_eq!(carer(page).await, two.name, "changed by {}", by.name);
        }
        // What an operator has published is no one's by being corrected, and is not handed over with their pages.
        let imported = trust.publish_page("Beds at night", "Imported.").await;
        assert_eq!(carer(imported).await, lead.name);
        for by in [&editor, &two] {
            approved(&trust, by, &lead, Begin::Edit(imported)).await;
            assert_eq!(carer(imported).await, lead.name, "changed by {}", by.name);
        }
        let second = approved(&trust, &two, &editor, new()).await;
        approved(&trust, &editor, &lead, Begin::Edit(second)).await;
        let by = By::Account(lead.id);
        let given = care::hand_over(trust.node(), &by, &two.email, &author.email).await;
        assert_eq!(given.unwrap(), Handed::Done(2));
        // To oneself nothing is handed over.
        let same = care::hand_over(trust.node(), &by, &author.email, &author.email).await;
        assert_eq!(same.unwrap(), Handed::Same);
        let same = care::set_owner(trust.node(), &by, page, &author.email).await;
        assert_eq!(same.unwrap(), Handed::Same);
        for (id, name) in [
            (page, &author.name),
            (second, &author.name),
            (imported, &lead.name),
        ] {
            assert_eq!(carer(id).await, *name);
        }
    });
}

/// Publishes a page whose review is due on a day, so many days from now.
async fn due_in(trust: &Trust, title: &str, days: u32) -> DocumentId {
    let mut document = page(title, "It was true once.");
    document.common.review_by = Some(trust.node().now().plus(DAY * days).date());
    trust.publish(document).await.0
}

#[test]
fn a_page_is_given_to_others_and_no_page_is_without_someone() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let administrator = trust.person(Role::Administrator).await;
        let one = trust.person(Role::Contributor).await;
        let two = trust.person_named("two", Role::Contributor).await;
        let reader = trust.person(Role::Reader).await;
        let editor = trust.signed_in(Role::Editor).await;
        let id = due_in(&trust, "Bleeps on wards", 10).await;
        let list = async || editor.get(&trust, "/care").await.text;
        assert!(
            list().await.contains("Pat administrator"),
            "no one else is there"
        );
        let address = format!("/care/{id}");
        for email in ["stranger@northmoor.example", &reader.email, ""] {
            let fields = [("act", "give"), ("email", email)];
            assert_eq!(
                editor.post(&trust, &address, &fields).await.status,
                422,
                "{email}"
            );
        }
        let fields = [
            ("act", "give"),
            ("email", " CONTRIBUTOR@northmoor.example "),
        ];
        assert_eq!(editor.post(&trust, &address, &fields).await.status, 303);
        assert!(list().await.contains("Pat contributor"));
        // Who and how much that is, is shown first: two addresses are easily mistaken for each other.
        let fields = [("from", one.email.as_str()), ("to", two.email.as_str())];
        let asked = editor.post(&trust, "/care", &fields).await;
        assert_eq!(asked.status, 200, "{}", asked.text);
        let question = "Give the page that Pat contributor looks after to Pat two?";
        assert!(asked.text.contains(question), "{}", asked.text);
        assert!(list().await.contains("Pat contributor"), "nothing was done");
        let fields = [fields[0], fields[1], ("confirmed", "yes")];
        let handed = editor.post(&trust, "/care", &fields).await;
        assert_eq!(handed.header("location"), "/care?done=1");
        assert!(list().await.contains("Pat two"));
        let fields = [
            ("from", two.email.as_str()),
            ("to", "stranger@northmoor.example"),
        ];
        assert_eq!(editor.post(&trust, "/care", &fields).await.status, 422);
        // Who took it over may change it, though someone else has written it.
        let begin = [("kind", "change"), ("document", &id.to_string())];
        let taking_over = browser_of(&trust, &two).await;
        let begun = taking_over.post(&trust, "/write", &begin).await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        // One who leaves is followed by an administrator.
        accounts::disable(trust.node(), &By::Account(administrator.id), two.id)
            .await
            .unwrap();
        assert!(list().await.contains("Pat administrator"));
        // An author may say that it is still true, and give it to no one.
        let fields = [("act", "still-true"), ("rev", "1")];
        let done = editor.post(&trust, &address, &fields).await;
        assert_eq!(done.header("location"), format!("/care/{id}?done=true"));
        assert!(list().await.contains("No review is due"));
        let again = editor.post(&trust, &address, &fields).await;
        assert_eq!(again.status, 422, "another version was meant");
        // What readers see of it is the days, and not a file.
        let versions = trust.get(&format!("/versions/{id}?from=1.1&to=1.2")).await;
        let versions = versions.text;
        assert!(versions.contains("<h3>Last reviewed</h3>"), "{versions}");
        assert!(versions.contains("<h3>Next review by</h3>"), "{versions}");
        assert!(!versions.contains("The whole file"), "{versions}");
    });
}

#[test]
fn a_person_sees_on_their_own_page_what_is_due_from_them_and_what_was_handed_over() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let one = trust.person(Role::Contributor).await;
        let two = trust.person_named("two", Role::Contributor).await;
        let late = due_in(&trust, "Bleeps on wards", 10).await;
        let soon = due_in(&trust, "Rota by telephone", 45).await;
        let later = due_in(&trust, "Trolley readers", 300).await;
        for id in [late, soon, later] {
            give(&trust, id, &one).await;
        }
        trust.advance(DAY * 20);
        let me = async |account: &Account| {
            let browser = browser_of(&trust, account).await;
            let page = browser.get(&trust, "/me").await.text;
            let (_, part) = page.split_once("Your work</h1>").unwrap();
            let (lists, _) = part.split_once("id=\"account\"").unwrap();
            let (due, rest) = lists.split_once("id=\"drafts\"").unwrap();
            (due.to_owned(), rest.to_owned())
        };
        let (due, rest) = me(&one).await;
        assert!(due.contains("Review overdue since"), "{due}");
        assert!(due.contains("Review due on"), "{due}");
        assert!(due.find("Bleeps") < due.find("Rota by"), "{due}");
        assert!(due.contains(&format!("/care/{late}")), "{due}");
        assert!(!due.contains("Trolley readers"), "{due}");
        assert!(
            rest.contains("Trolley readers") && rest.contains("Since "),
            "{rest}"
        );
        // What someone else looks after is in no list, and what they take over is in theirs.
        let (due, rest) = me(&two).await;
        assert!(
            !due.contains("Due from you") && !rest.contains("Handed over"),
            "{due} {rest}"
        );
        give(&trust, late, &two).await;
        let (due, rest) = me(&two).await;
        assert!(
            due.contains("Bleeps") && rest.contains("Bleeps"),
            "{due} {rest}"
        );
        assert!(!me(&one).await.0.contains("Bleeps"));
    });
}

#[test]
fn reminders_come_once_each_and_lead_to_a_new_version_in_two_clicks() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        let port = free_ports(1);
        let mut server = Helper::start("smtp.mjs", &[&port.to_string()]).await;
        let setup = Setup::new("ZZ1").engine(engine).settings(mails_to(port));
        let mut trust = setup.start().await;
        let author = trust.person(Role::Contributor).await;
        let first = due_in(&trust, "Trolley readers", 40).await;
        let second = due_in(&trust, "Rota by telephone", 200).await;
        for id in [first, second] {
            give(&trust, id, &author).await;
        }
        let send = async |trust: &Trust| reminders::send_due(trust.node()).await.unwrap();
        assert_eq!(send(&trust).await, 0, "nothing is due");
        trust.advance(DAY * 15);
        assert_eq!(send(&trust).await, 1);
        let mail = unfolded(&server.line().await);
        assert!(
            mail.contains("Trolley readers") && !mail.contains("Rota by"),
            "{mail}"
        );
        assert_eq!(send(&trust).await, 0, "once");
        trust.restart().await;
        assert_eq!(send(&trust).await, 0, "also after a restart");
        trust.advance(DAY * 30);
        assert_eq!(send(&trust).await, 1, "on its day");
        server.line().await;
        trust.advance(DAY * 30);
        assert_eq!(send(&trust).await, 1, "30 days later");
        let mail = unfolded(&server.line().await);
        assert_eq!(send(&trust).await, 0);

        // The first click opens a page and changes nothing.
        let (_, rest) = mail.split_once("Still true: ").unwrap();
        let link = rest.split_whitespace().next().unwrap();
        let path = link.strip_prefix(&trust.site()).unwrap();
        let browser = Browser::default();
        for _ in 0..2 {
            let shown = browser.get(&trust, path).await;
            assert_eq!(shown.status, 200, "{}", shown.text);
            assert!(shown.text.contains("Trolley readers"), "{}", shown.text);
        }
        assert_eq!(trust.log_size().await, 2);
        let key = path.split_once("key=").unwrap().1;
        // The second one publishes a version that was reviewed today.
        let done = browser.post(&trust, "/still-true", &[("key", key)]).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(trust.log_size().await, 3);
        let cared = trust.node().store.cared(first).await.unwrap().unwrap();
        let today = trust.node().now().date();
        assert_eq!(
            (cared.rev, cared.review_by),
            (2, Some(today.add_months(12)))
        );
        for (key, status) in [(key, 410), ("nonsense", 410), ("", 410)] {
            let again = browser.post(&trust, "/still-true", &[("key", key)]).await;
            assert_eq!(again.status, status, "{key}");
        }
        assert_eq!(browser.get(&trust, path).await.status, 410);
        assert_eq!(trust.log_size().await, 3);
        let filter = store::AuditFilter {
            act: "review-confirmed".to_owned(),
            ..store::AuditFilter::default()
        };
        let rows = trust.node().store.audit_after(0, &filter, 9).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].by_name, "Pat contributor");
    });
}

#[test]
fn a_link_is_for_one_person_who_looks_after_the_page() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let author = trust.person(Role::Contributor).await;
        let other = trust.person_named("other", Role::Editor).await;
        let id = due_in(&trust, "Spare keys", 1).await;
        give(&trust, id, &author).await;
        let secret = OneTimeSecret::for_link().unwrap();
        let link = ReviewLink {
            document: id,
            rev: 1,
            account: author.id,
            created_at: node.now(),
            expires_at: node.now().plus(DAY),
            used_at: None,
        };
        let bytes = secret.expose().as_bytes();
        node.store.add_review_link(bytes, &link).await.unwrap();
        let path = format!("/still-true?key={}", secret.expose());
        let fields = [("key", secret.expose())];
        // Someone else has signed in, with more rights even.
        let stranger = browser_of(&trust, &other).await;
        assert_eq!(stranger.get(&trust, &path).await.status, 403);
        let refused = stranger.post(&trust, "/still-true", &fields).await;
        assert_eq!(refused.status, 403);
        // It has nothing more to say once the page was given to someone else, or the person has left.
        let state = async || {
            reminders::open_link(node, secret.expose(), None)
                .await
                .unwrap()
        };
        assert!(matches!(state().await, LinkState::Open(..)));
        give(&trust, id, &other).await;
        assert_eq!(state().await, LinkState::Unknown);
        let used = Browser::default()
            .post(&trust, "/still-true", &fields)
            .await;
        assert_eq!(used.status, 410);
        give(&trust, id, &author).await;
        // Two clicks at the same moment are one version.
        let one = Browser::default();
        let (first, second) = tokio::join!(
            one.post(&trust, "/still-true", &fields),
            one.post(&trust, "/still-true", &fields),
        );
        let statuses = [first.status, second.status];
        assert!(
            statuses.iter().filter(|status| **status == 200).count() == 1,
            "{statuses:?}"
        );
        assert_eq!(trust.log_size().await, 2);
        trust.advance(DAY * 2);
        let late = ReviewLink { rev: 2, ..link };
        let secret = OneTimeSecret::for_link().unwrap();
        let bytes = secret.expose().as_bytes();
        node.store.add_review_link(bytes, &late).await.unwrap();
        let path = format!("/still-true?key={}", secret.expose());
        assert_eq!(Browser::default().get(&trust, &path).await.status, 410);
        accounts::disable(node, &By::Account(other.id), author.id)
            .await
            .unwrap();
        assert_eq!(Browser::default().get(&trust, &path).await.status, 404);
    });
}

#[test]
fn a_promised_result_is_shown_and_asked_for_until_it_is_reported() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        let port = free_ports(1);
        let mut server = Helper::start("smtp.mjs", &[&port.to_string()]).await;
        let trust = Setup::new("ZZ1")
            .engine(engine)
            .settings(mails_to(port))
            .start()
            .await;
        let peer = Trust::on(engine, "ZZ2").await;
        let author = trust.person(Role::Contributor).await;
        let mut document = samples::case_study();
        let by = trust.node().now().plus(DAY * 20).date();
        let Content::CaseStudy(study) = &mut document.content else {
            panic!("it is no case study");
        };
        study.expected = Some(Expected {
            what: "Minutes saved a shift on all wards".to_owned(),
            by,
        });
        document.common.review_by = Some(trust.node().now().plus(DAY * 300).date());
        let reported = {
            let mut later = document.clone();
            if let Content::CaseStudy(study) = &mut later.content {
                study.expected = None;
            }
            later
        };
        let (id, path) = trust.publish(document).await;
        give(&trust, id, &author).await;
        peer.follow_and_pull(&trust).await;
        trust.settle().await;
        peer.settle().await;
        // The page and the lists say so, here and at a peer.
        for (trust, path) in [
            (&trust, path.as_str()),
            (&peer, "/search"),
            (&trust, "/search"),
        ] {
            let shown = trust.get(path).await.text;
            assert!(shown.contains("not yet reported"), "{path} {shown}");
        }
        assert!(
            trust
                .get(&path)
                .await
                .text
                .contains("Minutes saved a shift")
        );
        let send = async || reminders::send_due(trust.node()).await.unwrap();
        assert_eq!(send().await, 0, "its day has not come");
        trust.advance(DAY * 20);
        assert_eq!(send().await, 1);
        let mail = unfolded(&server.line().await);
        let change = format!("/write?change={id}");
        assert!(
            mail.contains("promises a result by") && mail.contains(&change),
            "{mail}"
        );
        assert!(!mail.contains("Still true:"), "{mail}");
        assert_eq!(send().await, 0, "once");
        // A later version that does not promise it is the answer.
        let (_, path) = trust.revise(id, reported).await;
        assert!(!trust.get(&path).await.text.contains("not yet reported"));
        trust.advance(DAY * 40);
        assert_eq!(send().await, 0);
    });
}

#[test]
fn a_promised_result_is_reported_with_one_press_and_a_promise_that_is_left_is_named() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let author = trust.person(Role::Contributor).await;
        let mut document = samples::case_study();
        let Content::CaseStudy(study) = &mut document.content else {
            panic!("it is no case study");
        };
        study.expected = Some(Expected {
            what: "Minutes saved a shift on all wards".to_owned(),
            by: trust.node().now().plus(DAY * 20).date(),
        });
        let (id, _) = trust.publish(document).await;
        give(&trust, id, &author).await;
        let browser = browser_of(&trust, &author).await;
        let address = format!("/care/{id}");
        let care = browser.get(&trust, &address).await.text;
        assert!(care.contains("name=\"act\" value=\"report\""), "{care}");
        let begun = browser.post(&trust, &address, &[("act", "report")]).await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        let figures = begun.header("location").to_owned();
        let draft = figures.strip_suffix("/figures").unwrap();
        let shown = browser.get(&trust, &figures).await.text;
        assert!(shown.contains("Minutes saved a shift"), "{shown}");
        // Another press goes on with the same draft.
        let again = browser.post(&trust, &address, &[("act", "report")]).await;
        assert_eq!(again.header("location"), figures);
        let is_named = async || {
            let page = browser.get(&trust, &format!("{draft}/submit")).await.text;
            page.contains("The promise of a result is still there")
        };
        assert!(!is_named().await, "nothing has changed yet");
        let text = "Each nurse saved nine minutes a shift on all wards.";
        let happened = [("version", "1"), ("text.what-happened", text)];
        let address = format!("{draft}/what-happened");
        let saved = browser.post(&trust, &address, &happened).await;
        assert_eq!(saved.status, 303, "{}", saved.text);
        assert!(is_named().await);
        let saved = browser.post(&trust, &figures, &[("version", "2")]).await;
        assert_eq!(saved.status, 303, "{}", saved.text);
        assert!(!is_named().await, "it is removed");
    });
}

#[test]
fn what_replaces_a_withdrawn_page_is_named_on_its_tombstone() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let peer = Trust::on(engine, "ZZ2").await;
        let (old, path) = trust.publish(page("Old bleeps", "Ring once.")).await;
        let mut new = page("New bleeps", "Ring twice.");
        new.common.replaces = vec![old];
        let (_, new_path) = trust.publish(new).await;
        let shown = trust.get(&path).await.text;
        assert!(shown.contains("A newer page replaces this one"), "{shown}");
        // A peer can say so of its own documents only.
        let mut foreign = page("Foreign bleeps", "Ring us.");
        foreign.common.replaces = vec![old];
        peer.publish(foreign).await;
        trust.follow_and_pull(&peer).await;
        trust.withdraw(old).await;
        let gone = trust.get(&path).await;
        assert_eq!(gone.status, 410);
        assert!(gone.text.contains(&new_path), "{}", gone.text);
        assert!(!gone.text.contains("Foreign"), "{}", gone.text);
        assert!(!gone.text.contains("Ring once"), "{}", gone.text);
    });
}

#[test]
fn pages_of_other_trusts_are_not_ours_to_look_after() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let peer = Trust::on(engine, "ZZ2").await;
        let (id, _) = peer.publish(page("Their rounds", "At dawn.")).await;
        trust.follow_and_pull(&peer).await;
        let editor = trust.signed_in(Role::Administrator).await;
        let fields = [
            ("why", "privacy"),
            ("confirmed", "yes"),
            ("act", "still-true"),
            ("rev", "1"),
        ];
        for path in ["withdraw", "care", "versions", "withdrawn"] {
            let address = format!("/{path}/{id}");
            let shown = editor.get(&trust, &address).await;
            assert_eq!(shown.status, 404, "{address}");
            if path == "withdraw" || path == "care" {
                let sent = editor.post(&trust, &address, &fields).await;
                assert_eq!(sent.status, 404, "{address}");
            }
        }
        assert_eq!(trust.found("dawn").await, [id]);
    });
}

#[test]
fn no_difference_has_what_was_withdrawn() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let editor = trust.signed_in(Role::Editor).await;
        let (id, _) = trust.publish(page("A fall", "It was of a numbat.")).await;
        trust.revise(id, page("A fall", "It was of no one.")).await;
        let address = format!("/versions/{id}?from=1.1&to=1.2");
        assert!(trust.get(&address).await.text.contains("numbat"));
        // A draft of the next version has the same words.
        let fields = [("kind", "change"), ("document", &id.to_string())];
        let begun = editor.post(&trust, "/write", &fields).await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        let draft = begun.header("location").to_owned();
        let fields = [("why", "privacy"), ("confirmed", "yes"), ("keep", "yes")];
        editor
            .post(&trust, &format!("/withdraw/{id}"), &fields)
            .await;
        for path in [
            address.as_str(),
            draft.as_str(),
            &format!("/withdrawn/{id}"),
            "/me",
        ] {
            let shown = editor.get(&trust, path).await;
            assert!(!shown.text.contains("numbat"), "{path} {}", shown.text);
        }
        assert_eq!(editor.get(&trust, &address).await.status, 410);
        trust.settle().await;
        trust.node().eraser.settle().await.unwrap();
        assert_eq!(trust.files_with("numbat"), Vec::<String>::new());
    });
}

#[test]
fn an_editor_keeps_what_an_author_asks_to_withdraw() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let author = trust.person(Role::Contributor).await;
        let editor = trust.signed_in(Role::Editor).await;
        let (id, path) = trust.publish(page("Ward phones", "They ring.")).await;
        give(&trust, id, &author).await;
        let asking = browser_of(&trust, &author).await;
        let address = format!("/withdraw/{id}");
        asking.post(&trust, &address, &[("why", "other")]).await;
        // An editor learns of it where they look first.
        let noted = "1 request to withdraw a page";
        for seen in ["/me", "/review"] {
            let page = editor.get(&trust, seen).await.text;
            assert!(page.contains(noted), "{seen}: {page}");
        }
        let page = asking.get(&trust, "/me").await.text;
        assert!(!page.contains(noted), "{page}");
        // Who hands over is answered which of the two addresses is wrong.
        for (from, says) in [
            ("unknown@x.example", "No account has the first address"),
            (author.email.as_str(), "No one with the second address"),
        ] {
            let typed = [("from", from), ("to", "unknown@x.example")];
            let refused = editor.post(&trust, "/care", &typed).await;
            assert_eq!(refused.status, 422);
            assert!(refused.text.contains(says), "{}", refused.text);
        }
        let list = editor.get(&trust, "/care").await.text;
        let (_, seen) = list.split_once("name=\"seen\" value=\"").unwrap();
        let (seen, _) = seen.split_once('"').unwrap();
        let id = id.to_string();
        let keep = [("keep", id.as_str()), ("seen", seen)];
        let kept = editor.post(&trust, "/care", &keep).await;
        assert_eq!(kept.header("location"), "/care?done=kept");
        let list = editor.get(&trust, "/care").await.text;
        assert!(!list.contains("Pat contributor asked on"), "{list}");
        assert!(!editor.get(&trust, "/me").await.text.contains(noted));
        assert_eq!(trust.get(&path).await.status, 200);
        for act in ["withdrawal-requested", "withdrawal-declined"] {
            let filter = store::AuditFilter {
                act: act.to_owned(),
                ..store::AuditFilter::default()
            };
            let rows = trust.node().store.audit_after(0, &filter, 9).await.unwrap();
            assert_eq!(rows.len(), 1, "{act}");
        }
    });
}

/// Lets a trust mail to a server on this port.
pub(super) fn mails_to(port: u16) -> impl FnOnce(&mut settings::Settings) {
    move |settings| {
        settings.smtp.host = Some("127.0.0.1".to_owned());
        settings.smtp.port = port;
        settings.smtp.encryption = ::accounts::mail::Encryption::None;
        settings.smtp.from = Some("Northmoor lessons <lessons@northmoor.example>".to_owned());
    }
}

/// Returns a mail without the folds of its encoding.
pub(super) fn unfolded(mail: &str) -> String {
    let mail: serde_json::Value = serde_json::from_str(mail).unwrap();
    let text = mail["text"].as_str().unwrap();
    text.replace("=\r\n", "").replace("=3D", "=")
}
