//! Mails about review: editors hear that a draft waits, and its author what became of it, without a word of the draft.

use domain::{Document, Kind};
use it::{
    browser::Browser,
    helper::{Helper, is_installed},
    ports::free_ports,
    setup::Setup,
    trust::until,
};
use ledger::leaf::Why;
use node::audit::By;
use people::{
    care,
    drafts::{Begin, Person},
    review::{self, SubmitOutcome},
    review_mails,
};
use wire::Role;

use super::{
    caring::{mails_to, unfolded},
    people::{OBSERVATION, ann, begin, saved},
};

#[test]
fn editors_and_authors_are_sent_mail_without_a_word_of_the_draft() {
    if !is_installed() {
        return;
    }
    it::engine::on_each_engine(async |engine| {
        let port = free_ports(1);
        let mut server = Helper::start("smtp.mjs", &[&port.to_string()]).await;
        let setup = Setup::new("ZZ1").engine(engine).settings(mails_to(port));
        let trust = setup.start().await;
        let author = trust.person(Role::Contributor).await;
        trust.person(Role::Reader).await;
        let editor = trust.signed_in(Role::Editor).await;
        let writing = Browser::default();
        writing.sign_in(&trust, &author.email).await;

        let begun = writing.post(&trust, "/write", &[("kind", "page")]).await;
        let draft = begun
            .header("location")
            .split('/')
            .nth(2)
            .unwrap()
            .to_owned();
        let draft = format!("/drafts/{draft}");
        let file = "---\nkind: page\ntitle: The numbat rota\nsummary: How the rota of the numbats is kept, for everyone who has to know it on a night shift.\n---\n\nAsk at night.\n";
        let fields = [("version", "1"), ("file", file)];
        let saved = writing
            .post(&trust, &format!("{draft}/file"), &fields)
            .await;
        assert_eq!(saved.status, 303, "{}", saved.text);
        let submit = format!("{draft}/submit");
        let declared = [("version", "2"), ("declared", "yes")];
        let sent = writing.post(&trust, &submit, &declared).await;
        assert_eq!(sent.status, 303, "{}", sent.text);

        // Each editor, and no one else; with the way to it.
        let review = draft.replace("/drafts/", "/review/");
        let mail = server.line().await;
        assert!(mail.contains("editor@northmoor.example"), "{mail}");
        let text = unfolded(&mail);
        assert!(
            text.contains(&review) && text.contains("Pat contributor"),
            "{text}"
        );
        assert!(!text.contains("numbat"), "{text}");

        let back = [
            ("version", "3"),
            ("decision", "return"),
            ("comment", "Say who keeps it"),
        ];
        let returned = editor.post(&trust, &review, &back).await;
        assert_eq!(returned.status, 303, "{}", returned.text);
        let mail = server.line().await;
        assert!(mail.contains("contributor@northmoor.example"), "{mail}");
        let text = unfolded(&mail);
        assert!(text.contains(&draft) && !text.contains("Say who"), "{text}");

        let again = [("version", "4"), ("declared", "yes")];
        let sent = writing.post(&trust, &submit, &again).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        assert!(server.line().await.contains("editor@northmoor.example"));
        let approve = [
            ("version", "5"),
            ("declared", "yes"),
            ("decision", "approve"),
        ];
        let approved = editor.post(&trust, &review, &approve).await;
        assert_eq!(approved.status, 303, "{}", approved.text);
        let mail = unfolded(&server.line().await);
        assert!(mail.contains("approved and published"), "{mail}");
        let (_, rest) = mail.split_once(&trust.site()).unwrap();
        let path = rest.split_whitespace().next().unwrap();
        let page = trust.get(path).await;
        assert!(page.status == 200 || page.status.is_redirection(), "{path}");
    });
}

#[test]
fn a_mail_that_could_not_be_sent_is_sent_after_a_restart() {
    if !is_installed() {
        return;
    }
    it::engine::on_each_engine(async |engine| {
        // No mail server answers yet.
        let port = free_ports(1);
        let setup = Setup::new("ZZ1").engine(engine).settings(mails_to(port));
        let mut trust = setup.start().await;
        trust.person(Role::Editor).await;
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        let version = saved(&trust, ann(), id, ("observation", 1), &OBSERVATION).await;
        let submitted = review::submit(trust.node(), ann(), id, version).await;
        assert!(matches!(submitted.unwrap(), SubmitOutcome::Submitted));
        assert_eq!(review_mails::send_due(trust.node()).await.unwrap(), 0);
        trust.stop().await;

        let mut server = Helper::start("smtp.mjs", &[&port.to_string()]).await;
        trust.start().await;
        let mail = unfolded(&server.line().await);
        assert!(mail.contains(&format!("/review/{id}")), "{mail}");
        // Once.
        until(async || {
            trust
                .node()
                .store
                .drafts_to_mail(9)
                .await
                .unwrap()
                .is_empty()
        })
        .await;
        assert_eq!(review_mails::send_due(trust.node()).await.unwrap(), 0);
    });
}

#[test]
fn editors_are_sent_mail_that_someone_asks_to_withdraw_a_page_and_a_person_what_is_handed_over() {
    if !is_installed() {
        return;
    }
    it::engine::on_each_engine(async |engine| {
        let port = free_ports(1);
        let mut server = Helper::start("smtp.mjs", &[&port.to_string()]).await;
        let setup = Setup::new("ZZ1").engine(engine).settings(mails_to(port));
        let trust = setup.start().await;
        let author = trust.person(Role::Contributor).await;
        let other = trust.person_named("other", Role::Contributor).await;
        let editor = trust.signed_in(Role::Editor).await;
        let [first, second] = ["The numbat rota", "The numbat list"];
        let (id, _) = trust.publish(Document::page(first, "Ask at night.")).await;
        let (next, _) = trust.publish(Document::page(second, "Ask by day.")).await;

        // Who is made to look after a page, without a word of it.
        for (document, pages) in [(id, "a page"), (next, "a page")] {
            let act = [("act", "give"), ("email", author.email.as_str())];
            let given = editor
                .post(&trust, &format!("/care/{document}"), &act)
                .await;
            assert_eq!(given.status, 303, "{}", given.text);
            let mail = server.line().await;
            assert!(mail.contains(&author.email), "{mail}");
            let text = unfolded(&mail);
            assert!(
                text.contains(&format!("you look after {pages} of")),
                "{text}"
            );
            assert!(text.contains("/me") && !text.contains("numbat"), "{text}");
        }
        // Everything at once is one mail, which the question before it says.
        let fields = [
            ("from", author.email.as_str()),
            ("to", other.email.as_str()),
            ("confirmed", "yes"),
        ];
        let question = editor.post(&trust, "/care", &fields[..2]).await.text;
        assert!(question.contains("is sent mail about it"), "{question}");
        let given = editor.post(&trust, "/care", &fields).await;
        assert_eq!(given.status, 303, "{}", given.text);
        let mail = server.line().await;
        assert!(mail.contains(&other.email), "{mail}");
        assert!(
            unfolded(&mail).contains("you look after 2 pages of"),
            "{mail}"
        );

        // Each editor hears who asks to withdraw a page, and how urgent it is; who asks does not.
        let asking = Browser::default();
        asking.sign_in(&trust, &other.email).await;
        for (why, is_urgent) in [("other", false), ("privacy", true)] {
            let address = format!("/withdraw/{id}");
            // As the form sends it, which knows of the first request when the second is made.
            let form = asking.get(&trust, &address).await.text;
            let seen = form.split_once("name=\"seen\" value=\"");
            let seen = seen.map_or("", |(_, rest)| rest.split('"').next().unwrap());
            let fields = [("why", why), ("seen", seen)];
            let asked = asking.post(&trust, &address, &fields).await;
            assert_eq!(asked.status, 303, "{}", asked.text);
            let mail = server.line().await;
            assert!(mail.contains("editor@northmoor.example"), "{mail}");
            let text = unfolded(&mail);
            assert!(
                text.contains(&other.name) && text.contains("/care"),
                "{text}"
            );
            assert_eq!(
                text.contains("could identify a person"),
                is_urgent,
                "{text}"
            );
            assert!(!text.contains("numbat"), "{text}");
        }
        // Who takes a page over knows it, and nothing is sent twice.
        let act = [("act", "give"), ("email", "editor@northmoor.example")];
        let taken = editor.post(&trust, &format!("/care/{next}"), &act).await;
        assert_eq!(taken.status, 303, "{}", taken.text);
        let store = &trust.node().store;
        until(async || {
            let asked = store.withdrawal_requests_to_mail(9).await.unwrap();
            asked.is_empty() && store.handed_over_to_mail(9).await.unwrap().is_empty()
        })
        .await;
        assert_eq!(care::mails::send_due(trust.node()).await.unwrap(), 0);
    });
}

#[test]
fn a_mail_about_a_request_to_withdraw_a_page_is_sent_after_a_restart() {
    if !is_installed() {
        return;
    }
    it::engine::on_each_engine(async |engine| {
        // No mail server answers yet.
        let port = free_ports(1);
        let setup = Setup::new("ZZ1").engine(engine).settings(mails_to(port));
        let mut trust = setup.start().await;
        trust.person(Role::Editor).await;
        let (id, _) = trust.publish(Document::page("Beds", "Ask.")).await;
        let author = Person {
            id: trust.person(Role::Contributor).await.id,
            role: Role::Contributor,
        };
        let asked = care::Asked {
            id,
            why: Why::Error,
            successor: None,
        };
        let made = care::request(trust.node(), author, asked, None).await;
        assert!(made.unwrap());
        assert_eq!(care::mails::send_due(trust.node()).await.unwrap(), 0);
        trust.stop().await;
        let mut server = Helper::start("smtp.mjs", &[&port.to_string()]).await;
        trust.start().await;
        let mail = unfolded(&server.line().await);
        assert!(mail.contains("asks to withdraw a page"), "{mail}");
        // Who has asked learns that the page is kept, without a word of it.
        let editor = Person {
            id: trust.person_named("eve", Role::Editor).await.id,
            role: Role::Editor,
        };
        let requests = trust.node().store.withdrawal_requests(9).await.unwrap();
        let kept = care::decline(trust.node(), editor, id, requests[0].at);
        assert!(kept.await.unwrap());
        let mail = unfolded(&server.line().await);
        assert!(mail.contains("contributor@northmoor.example"), "{mail}");
        assert!(mail.contains("keeps it published"), "{mail}");
        assert!(!mail.contains("Beds"), "{mail}");
    });
}

#[test]
fn what_happened_before_there_was_a_mail_server_is_not_mailed_later() {
    it::engine::on_each_engine(async |engine| {
        let trust = Setup::new("ZZ1").engine(engine).start().await;
        trust.person(Role::Editor).await;
        let (id, _) = trust.publish(Document::page("Beds", "Ask.")).await;
        let author = trust.person(Role::Contributor).await;
        let person = Person {
            id: author.id,
            role: Role::Contributor,
        };
        let asked = care::Asked {
            id,
            why: Why::Error,
            successor: None,
        };
        let read_only = |is_read_only: bool| {
            let mut settings = trust.node().settings.clone();
            settings.server.read_only = is_read_only;
            trust.node().reload(&settings);
        };
        read_only(true);
        assert!(
            care::request(trust.node(), person, asked, None)
                .await
                .unwrap()
        );
        let given = care::set_owner(trust.node(), &By::Node, id, &author.email).await;
        assert_eq!(given.unwrap(), care::Handed::Done(1));
        let send_due = async || {
            assert_eq!(care::mails::send_due(trust.node()).await.unwrap(), 0);
            assert_eq!(review_mails::send_due(trust.node()).await.unwrap(), 0);
        };
        // What waits is not forgotten by a process that is only read.
        send_due().await;
        let store = &trust.node().store;
        assert_eq!(store.handed_over_to_mail(9).await.unwrap().len(), 1);
        read_only(false);
        send_due().await;
        // Whoever switches mail on finds nothing that is due.
        assert_eq!(store.withdrawal_requests_to_mail(9).await.unwrap(), []);
        assert_eq!(store.handed_over_to_mail(9).await.unwrap(), []);
        assert!(store.drafts_to_mail(9).await.unwrap().is_empty());
    });
}

#[test]
fn without_a_mail_server_no_question_promises_mail() {
    it::engine::on_each_engine(async |engine| {
        let trust = Setup::new("ZZ1").engine(engine).start().await;
        let author = trust.person(Role::Contributor).await;
        let other = trust.person_named("other", Role::Contributor).await;
        let editor = trust.signed_in(Role::Editor).await;
        let fields = [
            ("from", author.email.as_str()),
            ("to", other.email.as_str()),
        ];
        let question = editor.post(&trust, "/care", &fields).await.text;
        assert!(question.contains("no mail is sent about it"), "{question}");
        assert!(!question.contains("is sent mail"), "{question}");
    });
}
