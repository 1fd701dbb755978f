//! The audit: what people and the command line do is in it, only administrators read it, and changes of it are found.

use it::{
    browser::{Browser, PASSWORD},
    engine::on_each_engine,
    trust::Trust,
};
use node::audit::{self, By, Head};
use people::accounts;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use store::AuditFilter;
use wardround::verify::{NotedHead, verify};
use wire::Role;

/// Changes the database as someone who has its password could.
async fn tamper(trust: &Trust, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    match &trust.node().settings.database.url {
        Some(url) => {
            let mut database = PgConnection::connect(url.expose()).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
        }
        None => {
            let path = trust.node().settings.data.join("node.db");
            let url = format!("sqlite:{}", path.display());
            let mut database = SqliteConnection::connect(&url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
        }
    }
}

async fn faults(trust: &Trust, noted: &[NotedHead]) -> Vec<String> {
    let verified = verify(&trust.node().store, noted, |_| {}).await.unwrap();
    verified.faults
}

/// Returns the acts that the download has, with the name of who did each.
fn acts(lines: &str) -> Vec<(String, String)> {
    let act = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&row["act"]), text(&row["by"]["name"]))
    };
    lines.lines().map(act).collect()
}

#[test]
fn what_people_do_is_recorded_and_only_administrators_read_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let administrator = trust.signed_in(Role::Administrator).await;
        let reader = trust.person(Role::Reader).await;
        let browser = Browser::default();
        let wrong = "not the right password";
        browser.try_to_sign_in(&trust, &reader.email, wrong).await;
        browser
            .try_to_sign_in(&trust, "stranger@elsewhere.example", wrong)
            .await;
        browser.sign_in(&trust, &reader.email).await;
        for path in ["/audit", "/audit.jsonl"] {
            assert_eq!(browser.get(&trust, path).await.status, 403, "{path}");
            let stranger = Browser::default().get(&trust, path).await;
            assert_eq!(stranger.status, 303, "{path}");
        }
        let id = trust.publish_page("Wombats at night", "A long walk.").await;
        trust.withdraw(id).await;
        let account = format!("/accounts/{}", reader.id);
        let fields = [("action", "role"), ("role", "editor")];
        let changed = administrator.post(&trust, &account, &fields).await;
        assert!(changed.status.as_u16() < 400, "{}", changed.text);
        administrator.post(&trust, "/sign-out", &[]).await;
        administrator
            .sign_in(&trust, "administrator@northmoor.example")
            .await;

        // Each act is there, and who did it.
        let lines = administrator.get(&trust, "/audit.jsonl").await;
        assert_eq!(lines.header("cache-control"), "private, no-store");
        let acts = acts(&lines.text);
        for (act, name) in [
            ("account-added", ""),
            ("link-made", ""),
            ("password-set", "Pat reader"),
            ("signed-in", "Pat reader"),
            ("sign-in-failed", ""),
            ("refused", "Pat reader"),
            ("published", ""),
            ("withdrawn", ""),
            ("role-changed", "Pat administrator"),
            ("signed-out", "Pat administrator"),
        ] {
            let is_there = acts.contains(&(act.to_owned(), name.to_owned()));
            assert!(is_there, "{act} by {name}: {acts:?}");
        }
        let failed = acts.iter().filter(|(act, _)| act == "sign-in-failed");
        assert_eq!(failed.count(), 2);
        // No secret, no address of a person and no text of a document is.
        for secret in [
            PASSWORD,
            wrong,
            "@northmoor.example",
            "elsewhere",
            "Wombats",
            "$argon2",
        ] {
            assert!(!lines.text.contains(secret), "{secret}: {}", lines.text);
        }
        // The page shows the same, and filters.
        let page = administrator.get(&trust, "/audit").await.text;
        assert!(
            page.contains("Changed a role") && page.contains("Pat administrator"),
            "{page}"
        );
        let page = administrator.get(&trust, "/audit?act=withdrawn").await.text;
        assert!(
            page.contains("Reason: privacy") && page.contains(&id.to_string()),
            "{page}"
        );
        assert!(!page.contains("<td data-label=\"Who\">Pat"), "{page}");
        let nothing = administrator.get(&trust, "/audit?to=2020-01-01").await.text;
        assert!(
            nothing.contains("Nothing like this is recorded"),
            "{nothing}"
        );
        // An act that is not known is said to be none, and nothing is shown in its place.
        let unknown = administrator.get(&trust, "/audit?act=nonsense").await;
        assert_eq!(unknown.status, 422);
        let unknown = unknown.text;
        let lines = administrator.get(&trust, "/audit.jsonl?act=nonsense").await;
        assert_eq!(lines.status, 422, "{}", lines.text);
        for words in ["No act is called that", "Nothing like this is recorded"] {
            assert!(unknown.contains(words), "{words}: {unknown}");
        }
        for (query, status) in [
            ("from=yesterday", 422),
            ("before=x", 200),
            ("before=0", 200),
            ("person=%00%25", 200),
            ("act=%ff", 422),
            ("object='--", 200),
        ] {
            let answer = administrator.get(&trust, &format!("/audit?{query}")).await;
            assert_eq!(answer.status, status, "{query}");
        }
        assert_eq!(faults(&trust, &[]).await, Vec::<String>::new());
    });
}

#[test]
fn the_pages_of_the_audit_lead_to_every_row_once() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let administrator = trust.signed_in(Role::Administrator).await;
        for _ in 0..120 {
            accounts::end_all_sessions(trust.node(), &By::Node)
                .await
                .unwrap();
        }
        administrator
            .sign_in(&trust, "administrator@northmoor.example")
            .await;
        let head = trust.node().store.audit_head().await.unwrap();
        let mut path = "/audit".to_owned();
        let mut seen = Vec::new();
        for _ in 0..10 {
            let page = administrator.get(&trust, &path).await.text;
            let rows = page.split("<small>Row ").skip(1);
            seen.extend(rows.map(|rest| rest.split('<').next().unwrap().parse::<u64>().unwrap()));
            let Some((before, _)) = page.split_once("\">Older acts") else {
                break;
            };
            path = before.rsplit_once("href=\"").unwrap().1.to_owned();
        }
        let expected: Vec<u64> = (1..=head.seq).rev().collect();
        assert_eq!(seen, expected);
    });
}

#[test]
fn an_edited_removed_moved_or_cut_audit_is_found() {
    // Each change, and what is found without a noted head. The last one is found by a noted head alone.
    let forged = "UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit WHERE seq = 3)";
    let changes: &[(&[&str], bool)] = &[
        (
            &["UPDATE audit SET by_name = 'Someone Else' WHERE seq = 2"],
            true,
        ),
        (&["UPDATE audit SET at = at + 1 WHERE seq = 1"], true),
        (&["DELETE FROM audit WHERE seq = 1"], true),
        (&["DELETE FROM audit WHERE seq = 3"], true),
        (&["DELETE FROM audit WHERE seq > 4"], true),
        (&["DELETE FROM audit"], true),
        (
            &[
                "UPDATE audit SET seq = 9999 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 9999",
            ],
            true,
        ),
        (&["DELETE FROM audit WHERE seq > 3", forged], false),
        (
            &[
                "DELETE FROM audit",
                "UPDATE audit_head SET seq = 0, hash = NULL",
            ],
            false,
        ),
    ];
    on_each_engine(async |engine| {
        for (change, is_found) in changes {
            let trust = Trust::on(engine, "ZZ1").await;
            for _ in 0..6 {
                accounts::end_all_sessions(trust.node(), &By::Node)
                    .await
                    .unwrap();
            }
            audit::note_head(trust.node()).await.unwrap();
            let path = audit::head_path(&trust.node().settings.data);
            let noted = NotedHead {
                place: "the note".to_owned(),
                head: audit::noted_head(&path).unwrap(),
            };
            assert_eq!(
                faults(&trust, std::slice::from_ref(&noted)).await,
                Vec::<String>::new()
            );
            for sql in *change {
                tamper(&trust, sql).await;
            }
            let found = faults(&trust, &[]).await;
            assert_eq!(!found.is_empty(), *is_found, "{change:?}: {found:?}");
            let found = faults(&trust, std::slice::from_ref(&noted)).await;
            assert!(!found.is_empty(), "{change:?}");
            // What was noted stays, so that it is found later as well.
            accounts::end_all_sessions(trust.node(), &By::Node)
                .await
                .unwrap();
            audit::note_head(trust.node()).await.unwrap();
            assert!(audit::noted_head(&path).unwrap().seq >= noted.head.seq);
        }
    });
}

#[test]
fn a_flood_of_refusals_is_a_number() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let browser = trust.signed_in(Role::Reader).await;
        let before = trust.node().store.audit_head().await.unwrap();
        for _ in 0..50 {
            assert_eq!(browser.get(&trust, "/accounts").await.status, 403);
        }
        let after = trust.node().store.audit_head().await.unwrap();
        assert_eq!(after.seq - before.seq, 20);
        trust.clock.advance(std::time::Duration::from_secs(120));
        audit::record_skipped_refusals(trust.node()).await;
        let filter = AuditFilter {
            act: "not-recorded".to_owned(),
            ..AuditFilter::default()
        };
        let rows = trust.node().store.audit_after(0, &filter, 9).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].detail, "30");
        assert_ne!(trust.node().store.audit_head().await.unwrap(), Head::EMPTY);
    });
}
