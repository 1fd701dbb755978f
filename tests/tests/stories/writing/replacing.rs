//! Withdrawing a page that another one replaces, and naming that one in the form.

use domain::Document;
use it::{answer::Answer, browser::Browser, engine::on_each_engine, trust::Trust};
use node::audit::By;
use wire::{DocumentId, Role};

/// Sends the form that withdraws a page because the named one replaces it.
async fn replaced_by(
    (editor, trust): (&Browser, &Trust),
    id: DocumentId,
    successor: &str,
    confirmed: &str,
) -> Answer {
    let fields = [
        ("why", "superseded"),
        ("successor", successor),
        ("confirmed", confirmed),
    ];
    let address = format!("/withdraw/{id}");
    editor.post(trust, &address, &fields).await
}

#[test]
fn an_author_names_what_replaces_a_page_and_the_editor_need_not() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let author = trust.signed_in(Role::Contributor).await;
        let editor = trust.signed_in(Role::Editor).await;
        let account = trust
            .node()
            .store
            .account_by_email("contributor@northmoor.example");
        let account = account.await.unwrap().unwrap();
        let publish = async |title: &str| trust.publish(Document::page(title, "Ring twice.")).await;
        let (old, _) = publish("Old bleeps").await;
        let (new, new_path) = publish("New bleeps").await;
        let now = trust.node().now();
        let owner = trust
            .node()
            .store
            .set_owner(old, account.id, &By::Node, now);
        owner.await.unwrap();
        let address = format!("/withdraw/{old}");
        let form = author.get(&trust, &address).await.text;
        assert!(form.contains("Which page replaces it?"), "{form}");
        // A name that means no page is refused, and nothing is asked.
        let both = (&author, &trust);
        let refused = replaced_by(both, old, "Newest bleeps", "").await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(
            !editor
                .get(&trust, "/care")
                .await
                .text
                .contains("Old bleeps")
        );
        let asked = replaced_by(both, old, "new bleeps", "").await;
        assert_eq!(asked.header("location"), format!("/care/{old}?done=asked"));
        // The editor sees which page it is, and their form has it.
        let list = editor.get(&trust, "/care").await.text;
        assert!(
            list.contains("Another page replaces it: <a href=\"/d/zz1/"),
            "{list}"
        );
        let form = editor.get(&trust, &address).await.text;
        let (_, rest) = form.split_once("id=\"why-superseded\"").unwrap();
        assert!(
            rest.split_once('>').unwrap().0.contains("checked"),
            "{form}"
        );
        let (_, rest) = form.split_once("name=\"successor\" value=\"").unwrap();
        let filled = rest.split_once('"').unwrap().0.to_owned();
        assert!(filled.contains(&new.to_string()), "{filled}");
        let confirm = replaced_by((&editor, &trust), old, &filled, "").await;
        let link = format!("<a href=\"{new_path}\">New bleeps</a> replaces it");
        assert!(confirm.text.contains(&link), "{}", confirm.text);
        let done = replaced_by((&editor, &trust), old, &filled, "yes").await;
        assert_eq!(done.status, 303, "{}", done.text);
    });
}

#[test]
fn the_form_that_withdraws_a_page_names_the_one_that_replaces_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let peer = Trust::on(engine, "ZZ2").await;
        peer.follow_and_pull(&trust).await;
        let editor = trust.signed_in(Role::Editor).await;
        let (new, new_path) = trust
            .publish(Document::page("New bleeps", "Ring twice."))
            .await;
        let (_, path_with_title) = trust
            .publish(Document::page("Newest <b>bleeps</b>", "Ring."))
            .await;
        let site = trust.site();
        let title_id = path_with_title.split('/').nth(3).unwrap();
        for (written, successor, words) in [
            (
                format!("{site}{new_path}?from=mail#top"),
                &new_path,
                "New bleeps",
            ),
            (new_path.clone(), &new_path, "New bleeps"),
            (new.to_string(), &new_path, "New bleeps"),
            (format!("{}/{new}", trust.id()), &new_path, "New bleeps"),
            (" new   BLEEPS ".to_owned(), &new_path, "New bleeps"),
            ("[[New bleeps|these]]".to_owned(), &new_path, "New bleeps"),
            (
                title_id.to_owned(),
                &path_with_title,
                "Newest &#60;b&#62;bleeps&#60;/b&#62;",
            ),
        ] {
            let (old, path) = trust
                .publish(Document::page("Old bleeps", "Ring once."))
                .await;
            let both = (&editor, &trust);
            // The page that asks for confirmation links to it, and nothing has happened yet.
            let asked = replaced_by(both, old, &written, "").await;
            assert_eq!(asked.status, 200, "{written}: {}", asked.text);
            let link = format!("<a href=\"{successor}\">{words}</a> replaces it");
            assert!(asked.text.contains(&link), "{written}: {}", asked.text);
            assert_eq!(trust.get(&path).await.status, 200);
            let again = trust.get(successor).await.text;
            assert!(!again.contains(&old.to_string()), "{again}");
            // It sends the number, so that what is confirmed is what is done.
            let id = successor.split('/').nth(3).unwrap();
            let hidden = format!("name=\"successor\" value=\"{id}\"");
            assert!(asked.text.contains(&hidden), "{}", asked.text);
            let done = replaced_by(both, old, id, "yes").await;
            assert_eq!(done.status, 303, "{written}: {}", done.text);
            let gone = trust.get(&path).await;
            assert_eq!(gone.status, 410);
            let says = format!("A newer page replaces it: <a href=\"{successor}\">{words}</a>");
            assert!(gone.text.contains(&says), "{}", gone.text);
            // Peers learn it from the page that replaces it.
            peer.pull(&trust.id()).await;
            let theirs = peer.get(&path).await;
            assert_eq!(theirs.status, 410);
            assert!(theirs.text.contains(&says), "{}", theirs.text);
        }
        // Its text is the same.
        assert!(trust.get(&new_path).await.text.contains("Ring twice."));
    });
}

#[test]
fn what_names_no_page_that_could_replace_it_is_said_at_the_field() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let peer = Trust::on(engine, "ZZ2").await;
        let (_, foreign) = peer
            .publish(Document::page("Their bleeps", "Ring us."))
            .await;
        trust.follow_and_pull(&peer).await;
        let editor = trust.signed_in(Role::Editor).await;
        let (old, path) = trust
            .publish(Document::page("Old bleeps", "Ring once."))
            .await;
        for _ in 0..2 {
            trust.publish(Document::page("Two bleeps", "Ring.")).await;
        }
        let (gone, _) = trust.publish(Document::page("Gone", "Silence.")).await;
        trust.withdraw(gone).await;
        let unknown = "01996c5e-8a00-7000-8000-000000000001";
        for (written, says) in [
            ("No such \"title\"", "no page with this title"),
            ("[[]]", "no page with this title"),
            ("Their bleeps", "no page with this title"),
            (unknown, "no page with this title"),
            (&gone.to_string(), "no page with this title"),
            (&format!("/d/zz1/{unknown}"), "no page with this title"),
            ("Two bleeps", "Several pages have this title"),
            ("Old bleeps", "This is the page itself"),
            (&path, "This is the page itself"),
            (&foreign, "A page of another organisation"),
            (
                &format!("{}/{old}", peer.id()),
                "A page of another organisation",
            ),
            // The address of a page here, at a site of which nothing is known.
            (
                &format!("https://other.example{path}"),
                "A page of another organisation",
            ),
        ] {
            for confirmed in ["", "yes"] {
                let refused = replaced_by((&editor, &trust), old, written, confirmed).await;
                assert_eq!(refused.status, 422, "{written}: {}", refused.text);
                let fault = refused.text.split("id=\"successor-fault\"").nth(1).unwrap();
                let fault = fault.split("<input").next().unwrap();
                assert!(fault.contains(says), "{written}: {fault}");
                let kept = written.replace('"', "&#34;");
                let kept = format!("value=\"{kept}\"");
                assert!(refused.text.contains(&kept), "{kept}: {}", refused.text);
                assert!(refused.text.contains("value=\"superseded\" checked"));
            }
        }
        assert_eq!(trust.get(&path).await.status, 200);
        // With another reason, and without a name, it is not asked for.
        for fields in [
            [("why", "error"), ("successor", "No such title")],
            [("why", "superseded"), ("successor", "  ")],
        ] {
            let address = format!("/withdraw/{old}");
            let asked = editor.post(&trust, &address, &fields).await;
            assert_eq!(asked.status, 200, "{}", asked.text);
            assert!(asked.text.contains("and nothing else"), "{}", asked.text);
        }
    });
}

#[test]
fn a_request_is_seen_by_all_replaced_by_no_one_who_has_not_seen_it_and_answered() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let sign_in = async |name: &str, role| {
            let account = trust.person_named(name, role).await;
            let browser = Browser::default();
            browser.sign_in(&trust, &account.email).await;
            (account, browser)
        };
        let (writer, author) = sign_in("ann", Role::Contributor).await;
        let (_, other) = sign_in("eve", Role::Editor).await;
        let (page, _) = trust
            .publish(Document::page("Old bleeps", "Ring twice."))
            .await;
        let now = trust.node().now();
        let owner = trust
            .node()
            .store
            .set_owner(page, writer.id, &By::Node, now);
        owner.await.unwrap();
        let (ask, care) = (format!("/withdraw/{page}"), format!("/care/{page}"));
        // The reason that is chosen, with what the form of this moment sends.
        let request = async |form: &str, why: &str| {
            let seen = form.split_once("name=\"seen\" value=\"");
            let seen = seen.map_or("", |(_, rest)| rest.split('"').next().unwrap());
            let fields = [("why", why), ("seen", seen)];
            author.post(&trust, &ask, &fields).await
        };
        let first_form = author.get(&trust, &ask).await.text;
        assert!(!first_form.contains("asked at"), "{first_form}");
        assert_eq!(request(&first_form, "error").await.status, 303);
        for (reader, says) in [(&author, "You asked at"), (&other, "Pat ann asked at")] {
            for path in [&ask, &care] {
                let shown = reader.get(&trust, path).await.text;
                assert!(shown.contains(says), "{path}: {shown}");
                assert!(shown.contains("It has a mistake"), "{path}: {shown}");
            }
        }
        // A form of before that request replaces nothing, and keeps what was chosen.
        trust.advance(std::time::Duration::from_secs(60));
        let late = request(&first_form, "privacy").await;
        assert_eq!(late.status, 409, "{}", late.text);
        assert!(
            late.text.contains("value=\"privacy\" checked"),
            "{}",
            late.text
        );
        let waiting = trust.node().store.withdrawal_requests(9).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].why, "error");
        // Who has seen it may ask again.
        let early = other.get(&trust, "/care").await.text;
        assert_eq!(request(&late.text, "privacy").await.status, 303);
        let keep = async |list: &str| {
            let (_, seen) = list.split_once("name=\"seen\" value=\"").unwrap();
            let (seen, _) = seen.split_once('"').unwrap();
            let page = page.to_string();
            let fields = [("keep", page.as_str()), ("seen", seen)];
            other.post(&trust, "/care", &fields).await
        };
        // An editor who has seen the request of before declines nothing of this one.
        let refused = keep(&early).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        let list = refused.text;
        assert!(list.contains("It could identify a person"), "{list}");
        // An editor keeps the page, and who asked sees it.
        let kept = keep(&list).await;
        assert_eq!(kept.status, 303);
        assert!(!other.get(&trust, "/care").await.text.contains("Old bleeps"));
        let own = author.get(&trust, "/me").await.text;
        let (_, said) = own
            .split_once("Kept, although you asked to withdraw it")
            .unwrap();
        assert!(said.contains("Old bleeps"), "{said}");
        let shown = author.get(&trust, &care).await.text;
        assert!(shown.contains("An editor kept it on"), "{shown}");
        assert!(
            !other
                .get(&trust, "/me")
                .await
                .text
                .contains("Kept, although")
        );
        // They may ask once more; after 30 days nothing is said any more.
        trust.advance(std::time::Duration::from_secs(31 * 86_400));
        author.sign_in(&trust, &writer.email).await;
        assert!(
            !author
                .get(&trust, "/me")
                .await
                .text
                .contains("Kept, although")
        );
        let form = author.get(&trust, &ask).await.text;
        assert_eq!(request(&form, "legal").await.status, 303);
        let waiting = trust.node().store.withdrawal_requests(9).await.unwrap();
        assert_eq!(waiting.len(), 1);
    });
}

#[test]
fn a_page_that_says_already_which_one_it_replaces_gets_no_other_version() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let editor = trust.signed_in(Role::Editor).await;
        let (old, path) = trust
            .publish(Document::page("Old bleeps", "Ring once."))
            .await;
        let mut says = Document::page("New bleeps", "Ring twice.");
        says.common.replaces = vec![old];
        let (new, _) = trust.publish(says).await;
        let size = trust.log_size().await;
        let done = replaced_by((&editor, &trust), old, &new.to_string(), "yes").await;
        assert_eq!(done.status, 303, "{}", done.text);
        assert_eq!(trust.get(&path).await.status, 410);
        assert_eq!(trust.log_size().await, size + 1);
    });
}
