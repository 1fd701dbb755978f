//! Settings, `init`, and what a command says of input that it cannot use.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    process::Command,
};

use crate::program::Place;

#[test]
fn settings_come_from_everywhere_and_are_shown_with_their_origin() {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    fs::write(
        place.path("node/wardround.toml"),
        "[site]\nname = \"Here\"\n",
    )
    .unwrap();
    let output = place
        .command(&["config", "show"])
        .env("WARDROUND_FEDERATION_INTERVAL", "7")
        .env("DATABASE_URL", "postgres://u:hunter2@h/d")
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    for line in [
        "site.name = \"Here\"",
        "federation.interval = 7",
        "database.url = \"postgres://u:********@h/d\"",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!shown.contains("hunter2"));
    assert!(
        place
            .prints(&["config", "check"])
            .contains("have no mistakes")
    );
    assert!(
        place
            .prints(&["config", "reference"])
            .starts_with("# Configuration")
    );
}

#[test]
fn providers_and_mail_are_configured_by_table_and_environment_and_their_secrets_are_not_shown() {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    fs::write(place.path("secret"), "hunter2\n").unwrap();
    let table = "[oidc.entra]\nissuer = \"https://id.example/t/v2.0\"\nclient_id = \"a\"\n\
        domains = [\"a.example\", \"B.example\"]\n[oidc.entra.roles]\nwr-editor = \"editor\"\n\
        [smtp]\nhost = \"mail.example\"\nfrom = \"Lessons <lessons@a.example>\"\nuser = \"u\"\n";
    fs::write(place.path("node/wardround.toml"), table).unwrap();
    let show = |changes: &[(&str, &str)]| {
        let mut command = place.command(&["config", "show"]);
        command.envs(changes.iter().copied());
        let output = command.output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let secret = place.path("secret").display().to_string();
    let secrets = [
        ("WARDROUND_OIDC_ENTRA_CLIENT_SECRET_FILE", secret.as_str()),
        ("WARDROUND_SMTP_PASSWORD", "hunter3"),
        ("WARDROUND_OIDC_ENTRA_DEFAULT_ROLE", "none"),
    ];
    let shown = show(&secrets);
    for line in [
        "oidc.entra.issuer = \"https://id.example/t/v2.0\"",
        "oidc.entra.client_secret = \"********\"",
        "oidc.entra.domains = \"a.example,b.example\"",
        "oidc.entra.roles = \"wr-editor=editor\"",
        "oidc.entra.default_role = \"none\"",
        "smtp.password = \"********\"",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!shown.contains("hunter"), "{shown}");
    for (changes, says) in [
        (
            &[
                ("WARDROUND_OIDC_ENTRA_ISSUER", "http://id.example"),
                secrets[1],
            ][..],
            "`oidc.entra.issuer`",
        ),
        (
            &[
                ("WARDROUND_OIDC_OTHER_ISSUER", "https://x.example"),
                secrets[1],
            ],
            "`oidc.other.client_id` is missing",
        ),
        (
            &[("WARDROUND_OIDC_ENTRA_ISSUR", "x"), secrets[1]],
            "unknown variable",
        ),
        (
            &[("WARDROUND_OIDC_ENTRA_DEFAULT_ROLE", "owner"), secrets[1]],
            "`owner` is not a role",
        ),
        (
            &[("WARDROUND_SMTP_ENCRYPTION", "none"), secrets[1]],
            "not sent without encryption",
        ),
        (&[], "`smtp.user` and `smtp.password` belong together"),
    ] {
        let said = show(changes);
        assert!(said.contains(says), "{says}: {said}");
        assert!(!said.contains("hunter"), "{said}");
    }
}

/// Each file that a setting names, missing and with other words in it: `config check`, a start and a reload say the same.
#[test]
fn a_file_that_a_start_would_refuse_is_named_before_it() {
    let place = Place::new();
    let serving = place.serve();
    let file = place.path("file.pem");
    let path = file.display().to_string();
    for (setting, is_refused, missing, wrong) in [
        (
            format!("[federation]\nca_file = {path:?}"),
            true,
            "`federation.ca_file`",
            "no certificate in PEM form",
        ),
        (
            format!("[accounts]\nca_file = {path:?}"),
            true,
            "`accounts.ca_file`",
            "no certificate in PEM form",
        ),
        (
            format!("[tls]\ncertificate = {path:?}\nkey = {path:?}"),
            true,
            "`tls.certificate`",
            "no certificate in PEM form",
        ),
        (
            format!("[tls.acme]\nenabled = true\nagree_to_terms = true\nca_file = {path:?}"),
            false,
            "`tls.acme.ca_file`",
            "no certificate in PEM form",
        ),
        (
            format!("[search]\nterms = {path:?}"),
            false,
            "`search.terms`",
            "",
        ),
    ] {
        fs::write(place.path("node/wardround.toml"), &setting).unwrap();
        for (content, says) in [(None, missing), (Some("no PEM"), wrong)] {
            if let Some(content) = content {
                fs::write(&file, content).unwrap();
            } else if file.exists() {
                fs::remove_file(&file).unwrap();
            }
            fs::set_permissions(place.path("node"), fs::Permissions::from_mode(0o700)).unwrap();
            if content.is_some() {
                fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            }
            let (code, said) = place.fails(&["config", "check"]);
            let expected = if is_refused { 2 } else { 0 };
            assert_eq!(code, expected, "{setting}: {said}");
            assert!(said.contains(says), "{setting}: {said}");
            let (code, reloaded) = place.fails(&["reload"]);
            assert_eq!(code, expected, "{setting}: {reloaded}");
            let other = [
                "--data",
                "other",
                "--config",
                "node/wardround.toml",
                "serve",
            ];
            if is_refused {
                assert!(reloaded.contains(said.trim().trim_start_matches("error: ")));
                let (code, refused) = place.fails(&other);
                assert_eq!((code, refused), (1, said));
                // Nothing was begun.
                assert!(!place.path("other/node.db").exists());
            }
        }
    }
    drop(serving);
}

#[test]
fn a_pipe_or_a_device_that_a_setting_names_holds_up_no_reload() {
    let place = Place::new();
    let serving = place.serve();
    let pipe = place.path("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let pipe = pipe.display().to_string();
    for (setting, expected) in [
        (format!("[federation]\nca_file = {pipe:?}"), 2),
        (format!("[accounts]\nca_file = {pipe:?}"), 2),
        (format!("[tls]\ncertificate = {pipe:?}\nkey = {pipe:?}"), 2),
        (
            format!("[tls.acme]\nenabled = true\nagree_to_terms = true\nca_file = {pipe:?}"),
            0,
        ),
        (format!("[search]\nterms = {pipe:?}"), 0),
        ("[search]\nterms = \"/dev/zero\"".to_owned(), 0),
    ] {
        fs::write(place.path("node/wardround.toml"), &setting).unwrap();
        let (code, said) = place.fails(&["config", "check"]);
        assert_eq!(code, expected, "{setting}: {said}");
        assert!(said.contains("not a regular file"), "{setting}: {said}");
        let (code, said) = place.fails(&["reload"]);
        assert_eq!(code, expected, "{setting}: {said}");
    }
    drop(serving);
}

#[test]
fn a_directory_for_backups_that_is_not_there_is_refused_before_it_is_needed() {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    let directory = place.path("backups");
    let path = directory.display().to_string();
    let setting = format!("[backup]\ndirectory = {path:?}");
    fs::write(place.path("node/wardround.toml"), setting).unwrap();
    let check = || place.fails(&["config", "check"]);
    let (code, said) = check();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("`backup.directory`"), "{said}");
    fs::create_dir(&directory).unwrap();
    assert_eq!(check().0, 0);
}

#[test]
fn an_address_that_no_peer_would_take_is_not_signed() {
    let place = Place::new();
    for (address, expected) in [
        ("https://lessons.example/sub", "must not have a path"),
        ("https://lessons.example/feed/v1", "must not have a path"),
        ("http://lessons.example", "is not https"),
        ("https://10.0.0.1", "a peer needs a name"),
        ("https://me@lessons.example", "user name"),
    ] {
        let arguments = ["init", "--name", "Trust", "--base-url", address];
        let (code, said) = place.fails(&arguments);
        assert_eq!(code, 2, "{address}: {said}");
        assert!(said.contains(expected), "{address}: {said}");
    }
}

#[test]
fn bad_input_gets_a_reason_and_an_exit_code() {
    let place = Place::new();
    fs::write(place.path("bad.toml"), "[federation]\nintervall = 3\n").unwrap();
    fs::write(
        place.path("broken.md"),
        "---\nkind: case-study\ntitle: T\n---\nx\n",
    )
    .unwrap();
    fs::write(place.path("file"), "").unwrap();
    let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let held = held.local_addr().unwrap().to_string();
    place.serve().stop();
    for (arguments, code, expected) in [
        (
            &["--config", "bad.toml", "config", "check"][..],
            2,
            "`bad.toml` line 2: unknown key `federation.intervall`; did you mean `federation.interval`?",
        ),
        (
            &["--config", "none.toml", "serve"],
            2,
            "`none.toml`: it cannot be read",
        ),
        (&["serve", "--listen", "nowhere"], 2, "flag `--listen`"),
        (&["serve", "--listen", &held], 1, "cannot listen on"),
        (
            &["--data", "file", "serve"],
            1,
            "the data directory `file` cannot be used",
        ),
        (&["import", "."], 1, "run `wardround init`"),
        (&["publish", "broken.md"], 1, "run `wardround init`"),
        (
            &["withdraw", "abc", "--why", "error"],
            2,
            "`abc` is not a document id",
        ),
        (
            &["init", "--name", "A", "--base-url", "ftp://a"],
            2,
            "`--base-url`",
        ),
        (
            &[
                "init",
                "--name",
                "A",
                "--ods",
                "a b",
                "--base-url",
                "https://a",
            ],
            2,
            "not an ODS code",
        ),
        (
            &[
                "init",
                "--name",
                "A",
                "--base-url",
                "https://a.example",
                "--contact",
                "ring the switchboard",
            ],
            2,
            "`--contact`: no page could link to it; give one e-mail address, such as `mailto:",
        ),
        (
            &["peer", "add", "https://a.example"],
            2,
            "give the peer's node id with `--node`",
        ),
        (
            &["peer", "add", "https://a.example", "--node", "wr1x"],
            2,
            "`wr1x` is not a node id",
        ),
        (&["check", "nothing.md"], 2, "nothing.md"),
        (&["nonsense"], 2, "unrecognized subcommand"),
    ] {
        let (found, said) = place.fails(arguments);
        assert_eq!(found, code, "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}
