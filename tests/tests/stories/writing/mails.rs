//! Mails about review: editors hear that a draft waits, and its author what became of it, without a word of the draft.

use it::{
    browser::Browser,
    helper::{Helper, is_installed},
    ports::free_ports,
    setup::Setup,
};
use wire::Role;

use super::caring::{mails_to, unfolded};

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
