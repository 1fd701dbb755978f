//! Mail over TLS to a real server: only to one whose certificate an authority that is trusted has signed, and no password
//! before that.

use ::accounts::{
    Roots,
    mail::{Encryption, Mail, Mailer, SmtpServer},
};
use it::{
    helper::{Helper, is_installed},
    ports::free_ports,
    setup::Setup,
};
use wire::Role;

const CA: &[u8] = include_bytes!("../../../oidc/certificates/ca.pem");
const CA_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/oidc/certificates/ca.pem");
/// What `tests/oidc/smtp.mjs` takes.
const PASSWORD: &str = "sent & encrypted: 100%";

fn server(port: u16, encryption: Encryption) -> SmtpServer {
    SmtpServer {
        host: "127.0.0.1".to_owned(),
        port,
        encryption,
        user: Some("wardround".to_owned()),
        password: Some(PASSWORD.to_owned().into()),
        from: "Northmoor lessons <lessons@northmoor.example>".to_owned(),
    }
}

fn mail() -> Mail {
    Mail {
        to: "ben@northmoor.example".to_owned(),
        subject: "A link".to_owned(),
        text: "Choose a password".to_owned(),
    }
}

/// Sends a mail; returns why the server has not taken it.
async fn refusal(server: &SmtpServer, roots: &Roots) -> Option<String> {
    let mailer = Mailer::new(server, roots).unwrap();
    let sent = mailer.send(&mail()).await;
    sent.err().map(|error| error.to_string())
}

#[tokio::test]
async fn mail_goes_over_tls_and_only_to_a_server_that_is_the_one() {
    if !is_installed() {
        return;
    }
    let own = Roots::parse(CA).unwrap();
    for encryption in [Encryption::Tls, Encryption::StartTls] {
        let port = free_ports(1);
        let name = encryption.as_str();
        let mut helper = Helper::start("smtp.mjs", &[&port.to_string(), name]).await;
        let right = server(port, encryption);
        assert_eq!(refusal(&right, &own).await, None, "{name}");
        let line = helper.line().await;
        assert!(
            line.contains(r#""secure":true,"user":"wardround""#),
            "{line}"
        );
        // An authority that no one trusts, another name than that of the certificate, another password.
        let unknown = refusal(&right, &Roots::default()).await.unwrap();
        assert!(unknown.contains("certificate"), "{name}: {unknown}");
        let other_name = SmtpServer {
            host: "localhost".to_owned(),
            ..right.clone()
        };
        let refused = refusal(&other_name, &own).await.unwrap();
        assert!(refused.contains("certificate"), "{name}: {refused}");
        let other_password = SmtpServer {
            password: Some("wrong".to_owned().into()),
            ..right
        };
        let refused = refusal(&other_password, &own).await.unwrap();
        assert!(!refused.contains("wrong"), "{name}: {refused}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_gets_no_mail_and_no_password() {
    if !is_installed() {
        return;
    }
    let own = Roots::parse(CA).unwrap();
    let port = free_ports(1);
    let _helper = Helper::start("smtp.mjs", &[&port.to_string()]).await;
    for encryption in [Encryption::Tls, Encryption::StartTls] {
        let refused = refusal(&server(port, encryption), &own).await;
        assert!(refused.is_some(), "{}", encryption.as_str());
    }
    // Nor do the settings allow it.
    assert!(Mailer::new(&server(port, Encryption::None), &own).is_err());
}

#[tokio::test]
async fn a_node_mails_links_over_tls_with_the_authority_of_its_settings() {
    if !is_installed() {
        return;
    }
    let port = free_ports(1);
    let mut helper = Helper::start("smtp.mjs", &[&port.to_string(), "starttls"]).await;
    let setup = Setup::new("ZZ1").settings(|settings| {
        settings.accounts.ca_file = Some(CA_FILE.into());
        settings.smtp.host = Some("127.0.0.1".to_owned());
        settings.smtp.port = port;
        settings.smtp.user = Some("wardround".to_owned());
        settings.smtp.password = Some(settings::Secret::new(PASSWORD.to_owned()));
        settings.smtp.from = Some("lessons@northmoor.example".to_owned());
    });
    let trust = setup.start().await;
    let administrator = trust.signed_in(Role::Administrator).await;
    let fields = [
        ("name", "Ben Osei"),
        ("email", "ben@northmoor.example"),
        ("role", "editor"),
    ];
    let page = administrator.post(&trust, "/accounts", &fields).await.text;
    assert!(
        page.contains("We have sent a link to ben@northmoor.example"),
        "{page}"
    );
    assert!(helper.line().await.contains("Ben Osei"));
}

#[tokio::test]
async fn an_authority_that_becomes_known_is_trusted_for_mail_without_a_restart() {
    if !is_installed() {
        return;
    }
    let port = free_ports(1);
    let mut helper = Helper::start("smtp.mjs", &[&port.to_string(), "starttls"]).await;
    // The file names another authority first.
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    let other = rcgen::generate_simple_self_signed(vec!["other.example".to_owned()]).unwrap();
    std::fs::write(&file, other.cert.pem()).unwrap();
    let setup = Setup::new("ZZ1").settings(|settings| {
        settings.accounts.ca_file = Some(file.clone());
        settings.smtp.host = Some("127.0.0.1".to_owned());
        settings.smtp.port = port;
        settings.smtp.user = Some("wardround".to_owned());
        settings.smtp.password = Some(settings::Secret::new(PASSWORD.to_owned()));
        settings.smtp.from = Some("lessons@northmoor.example".to_owned());
    });
    let trust = setup.start().await;
    let administrator = trust.signed_in(Role::Administrator).await;
    let invite = async |name: &str| {
        let email = format!("{name}@northmoor.example");
        let fields = [("name", name), ("email", &email), ("role", "editor")];
        let page = administrator.post(&trust, "/accounts", &fields).await.text;
        page.contains("We have sent a link to")
    };
    // This attempt reads the file again, without an effect; then none does within five minutes.
    assert!(!invite("one").await);
    std::fs::copy(CA_FILE, &file).unwrap();
    assert!(!invite("two").await);
    trust.advance(std::time::Duration::from_secs(301));
    assert!(!invite("three").await, "it is read after this attempt");
    assert!(invite("four").await);
    assert!(helper.line().await.contains("four"));
    // At a signal at once; a file that cannot be used changes nothing.
    std::fs::write(&file, "nonsense").unwrap();
    trust.node().read_authorities().await;
    assert!(invite("five").await);
    std::fs::write(&file, other.cert.pem()).unwrap();
    trust.node().read_authorities().await;
    assert!(!invite("six").await);
}
