//! `user`: the people who can sign in.

use crate::program::Place;

#[test]
fn people_are_managed_while_a_node_runs_and_alone() {
    let place = Place::new();
    place.init();
    let ada = "ada.okafor@northmoor.example";
    let add = [
        "user",
        "add",
        ada,
        "--name",
        "Ada Okafor",
        "--role",
        "administrator",
    ];
    let link = place.prints(&add);
    assert!(
        link.starts_with("https://a.example/sign-in/link?key="),
        "{link}"
    );
    let serving = place.serve();
    let ben = "ben@northmoor.example";
    let added = place.prints(&[
        "user", "add", ben, "--name", "Ben", "--role", "reader", "--json",
    ]);
    for part in [
        r#""role":"reader""#,
        r#""has_password":false"#,
        r#""link":"https://"#,
    ] {
        assert!(added.contains(part), "{added}");
    }
    for (arguments, says) in [
        (
            &["user", "role", ben, "editor"][..],
            "has the role `editor`",
        ),
        (&["user", "disable", ben], "cannot sign in any more"),
        (&["user", "enable", ben], "can sign in"),
        (&["user", "end-sessions", ben], "0 sessions have ended"),
        (
            &["user", "end-sessions", "--all", "--json"],
            r#"{"ended":0}"#,
        ),
        (&["user", "list"], "editor         ben@northmoor.example"),
        (&["user", "disable", ben], "cannot sign in any more"),
        (&["user", "erase", ben, "--yes"], "are erased"),
    ] {
        let printed = place.prints(arguments);
        assert!(printed.contains(says), "{arguments:?}: {printed}");
    }
    drop(serving);
    for (arguments, says) in [
        (
            &["user", "role", ada, "reader"][..],
            "this is the only administrator",
        ),
        (&["user", "disable", ada], "this is the only administrator"),
        (&["user", "erase", ada], "give `--yes`"),
        (
            &["user", "erase", ada, "--yes"],
            "disable this account first",
        ),
        (&["user", "erase", ben, "--yes"], "there is no such account"),
        (
            &["user", "add", ada, "--name", "x", "--role", "reader"],
            "there is already an account",
        ),
        (
            &["user", "add", "x", "--name", "x", "--role", "reader"],
            "email address",
        ),
        (
            &[
                "user",
                "add",
                "x@y.example",
                "--name",
                "x",
                "--role",
                "owner",
            ],
            "`owner` is not a role",
        ),
        (
            &["user", "reset", "no-one@y.example"],
            "there is no such account",
        ),
        (&["user", "end-sessions"], "required"),
    ] {
        let (code, said) = place.fails(arguments);
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}
