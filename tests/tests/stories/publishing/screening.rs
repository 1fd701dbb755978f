//! Files that look as if they had patient data: what blocks, what warns, what a reason lets through, and what is never
//! shown.

use node::audit::By;
use std::fs;

use files::{
    check::{Becomes, Verdict, check},
    import::{Options, Status},
    publish::publish_file,
};
use it::{engine::on_each_engine, tree::write, trust::Trust};
use node::flows::publish::Refusal;
use patient_data::Acceptance;

const REASON: &str = "Screens of a test system, looked at by the office";

fn acceptance(reason: &str) -> Acceptance {
    let mut acceptance = Acceptance::default();
    acceptance.add(reason).unwrap();
    acceptance
}

fn accepting(reason: &str) -> Options {
    Options {
        acceptance: acceptance(reason),
        ..Options::default()
    }
}

#[tokio::test]
async fn an_import_leaves_out_the_files_with_findings_and_publishes_the_others() {
    let trust = Trust::new("xx1").await;
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("clean.md", b"# Beds\n\nWords. [n](number.md)"),
            ("number.md", b"# Notes\n\nThe number is 450 557 7104."),
            ("screen.md", b"# Screen\n\n![the board](board.png)"),
            (
                "both.md",
                b"---\ntitle: Both\ndob: 03/05/1951\n---\n![x](a.png)",
            ),
            ("4505577104.md", b"# Named by its number\n\nWords."),
            ("comment.md", b"# Comment\n\nWords <!-- DOB 03/05/1951 -->."),
            (
                "first.md",
                b"<!-- lint: off -->\n---\ntitle: First\nnote: [MRN 4471823]\n---\nWords.",
            ),
        ],
    );
    let first = trust.import(folder.path()).await;
    let summary = &first.summary;
    assert_eq!(
        (summary.created, summary.draft),
        (1, 6),
        "{:?}",
        first.files
    );
    assert_eq!(first.file("clean.md").status, Status::Created);
    let finding = &first.file("number.md").findings[0];
    assert_eq!(
        (
            finding.kind.as_str(),
            finding.place.as_str(),
            finding.line,
            finding.column,
            finding.masked.as_str()
        ),
        ("nhs-number", "body", Some(3), Some(15), "••• ••• ••••")
    );
    // A link to what was left out is no link.
    let faults = &first.file("clean.md").faults;
    assert!(
        faults.iter().any(|fault| fault.text.contains("number.md")),
        "{faults:?}"
    );

    // A reason lets warnings through, and nothing that blocks.
    let second = trust
        .import_with(folder.path(), &accepting(&format!("image={REASON}")))
        .await;
    let summary = &second.summary;
    assert_eq!(
        (summary.created, summary.draft),
        (1, 5),
        "{:?}",
        second.files
    );
    let accepted = &second.file("screen.md").findings[0];
    assert_eq!(accepted.accepted.as_deref(), Some(REASON));
    let recorded = trust.node().store.accepted_warnings(10).await.unwrap();
    assert_eq!(recorded.len(), 1);
    assert_eq!(
        (
            recorded[0].id,
            recorded[0].rev,
            recorded[0].kind.as_str(),
            recorded[0].reason.as_str()
        ),
        (second.id("screen.md"), 1, "image", REASON)
    );

    // No value is in any report.
    for report in first.files.iter().chain(&second.files) {
        let json = report.to_json();
        for value in ["4505577104", "450 557", "03/05/1951", "1951"] {
            assert!(!json.contains(value), "{value} in {json}");
        }
    }

    // A file that was corrected is published.
    fs::write(
        folder.path().join("number.md"),
        "# Notes\n\nThe number is not here.",
    )
    .unwrap();
    let third = trust.import(folder.path()).await;
    assert_eq!(third.file("number.md").status, Status::Created);
    assert_eq!(third.file("screen.md").status, Status::Unchanged);
}

#[tokio::test]
async fn publishing_one_file_follows_the_same_rule() {
    let trust = Trust::new("xx1").await;
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("block.md", b"# Block\n\nMRN 4471823"),
            ("warn.md", b"# Warn\n\nRing 07700 900123."),
        ],
    );
    let publish = async |name: &str, acceptance| {
        let path = folder.path().join(name);
        publish_file(trust.node(), &path, None, acceptance, &By::Node)
            .await
            .unwrap()
    };
    let all = || acceptance("telephone=A number that no one has");
    assert_eq!(publish("block.md", all()).await.status, Status::Failed);
    assert_eq!(
        publish("warn.md", Acceptance::default()).await.status,
        Status::Failed
    );
    let report = publish("warn.md", all()).await;
    assert_eq!(report.status, Status::Created);
    assert_eq!(report.findings[0].masked, "••••• ••••••");
    // The same text again writes and records nothing.
    assert_eq!(publish("warn.md", all()).await.status, Status::Unchanged);
    assert_eq!(
        trust.node().store.count_accepted_warnings().await.unwrap(),
        1
    );
}

#[tokio::test]
async fn a_reason_that_repeats_what_was_masked_accepts_nothing_and_is_not_kept() {
    let trust = Trust::new("xx1").await;
    let folder = tempfile::tempdir().unwrap();
    let text = "# Beds\n\nAsk Mrs Edna Jones, a patient.";
    write(folder.path(), &[("named.md", text.as_bytes())]);
    let file = folder.path().join("named.md");
    let repeats = "the reason repeats a part of what was found";
    for reason in [
        "Edna agreed to be named",
        "person-name=JONES is an invented example",
    ] {
        let report = publish_file(trust.node(), &file, None, acceptance(reason), &By::Node)
            .await
            .unwrap();
        assert_eq!(report.status, Status::Failed, "{reason}");
        let json = report.to_json();
        assert!(json.contains(repeats), "{json}");
        assert!(
            !json.to_lowercase().contains("edna") && !json.contains("ONES"),
            "{json}"
        );
        // Whoever reads no file has no way past it, either.
        let document = it::samples::parse(text);
        let refused = trust.submit_with(document, None, acceptance(reason)).await;
        let refused = refused.unwrap_err();
        assert!(
            matches!(refused.refusal, Refusal::PatientData(_)),
            "{refused:?}"
        );
    }
    let kept = trust.node().store.count_accepted_warnings().await.unwrap();
    assert_eq!(kept, 0);
    // A word that anyone may say of a patient is no part of the name.
    let reason = acceptance("the patient is an invented person");
    let report = publish_file(trust.node(), &file, None, reason, &By::Node)
        .await
        .unwrap();
    assert_eq!(report.status, Status::Created);
}

#[test]
fn no_way_into_the_log_leads_past_the_check() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "xx1").await;
        for text in [
            "# A\n\n450 557 7104",
            "---\ntitle: A\nnote: {deep: [DOB 03/05/1951]}\n---\nWords.",
        ] {
            let size = trust.log_size().await;
            let refused = trust.submit_text(text, None).await.unwrap_err();
            let Refusal::PatientData(findings) = &refused.refusal else {
                panic!("{refused:?}");
            };
            assert!(!findings.is_empty());
            let shown = format!("{:?}", refused.refusal);
            assert!(!shown.contains("557") && !shown.contains("1951"), "{shown}");
            assert_eq!(trust.log_size().await, size);
        }
    });
}

#[tokio::test]
async fn a_check_and_an_import_find_the_same_in_and_around_comments() {
    let comments: [(&str, &str); 9] = [
        ("<!-- ", " -->"),
        ("%% ", " %%"),
        ("{{/* ", " */}}"),
        ("{{% comment %}} ", " {{% /comment %}}"),
        ("{# ", " #}"),
        ("{/* ", " */}"),
        ("{::comment}", "{:/comment}"),
        ("\n\n[//]: # (", ")\n\n"),
        ("\n\n[a]: https://a.example \"", "\"\n\n"),
    ];
    let mut files = Vec::new();
    for (index, (open, close)) in comments.into_iter().enumerate() {
        files.push((
            format!("within{index}.md"),
            format!("# A\n\nWords {open}450 557 7104{close} and words."),
        ));
        files.push((
            format!("around{index}.md"),
            format!("# B\n\nWords 450 557 {open}x{close}7104 and words."),
        ));
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in &files {
        write(folder.path(), &[(name.as_str(), text.as_bytes())]);
    }
    let trust = Trust::new("xx1").await;
    let now = trust.clock.now();
    let checked = check(
        &[folder.path().to_path_buf()],
        now,
        &Default::default(),
        |_, _| {},
    )
    .unwrap();
    let imported = trust.import(folder.path()).await;
    for (name, text) in &files {
        let file = checked
            .files
            .iter()
            .find(|file| file.path.ends_with(name.as_str()));
        let would_be = file.unwrap().becomes;
        let report = imported.file(name);
        let is_draft = report.status == Status::Draft;
        assert_eq!(would_be == Becomes::Draft, is_draft, "{text:?} {report:?}");
        let is_split = name.starts_with("around");
        assert!(is_draft || is_split, "{text:?} {report:?}");
        let page = markdown::plain_text(&markdown::without_comments(text).md);
        assert!(is_draft || !page.contains("450 557 7104"), "{text:?}");
    }
}

#[test]
fn a_check_reports_what_an_import_would_do() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "block.md",
                b"---\ntitle: Notes\nstage: 4505577104\nresult: 4505577104\n---\nWords.",
            ),
            ("warn.md", b"# Warn\n\nShe lives at LS1 4AP."),
            ("clean.md", b"# Clean\n\nWords."),
        ],
    );
    let now = wire::Timestamp::parse("2026-11-24T12:00:00Z").unwrap();
    let checked = |acceptance| {
        let options = files::check::Options {
            acceptance,
            ..Default::default()
        };
        check(&[folder.path().to_path_buf()], now, &options, |_, _| {}).unwrap()
    };
    let of = |checked: &files::check::Checked, name: &str| {
        let file = checked
            .files
            .iter()
            .find(|file| file.path.ends_with(name))
            .unwrap();
        (file.verdict(), file.becomes)
    };
    let first = checked(Acceptance::default());
    assert_eq!(of(&first, "block.md"), (Verdict::Faults, Becomes::Draft));
    assert_eq!(of(&first, "warn.md"), (Verdict::Warnings, Becomes::Draft));
    assert_eq!(of(&first, "clean.md"), (Verdict::Clean, Becomes::Document));
    for text in [first.to_json(), first.to_text()] {
        assert!(
            !text.contains("4505577104") && !text.contains("4AP"),
            "{text}"
        );
        assert!(text.contains("••••••••••"), "{text}");
    }
    let second = checked(acceptance("the postcode of our own office"));
    assert_eq!(of(&second, "block.md"), (Verdict::Faults, Becomes::Draft));
    assert_eq!(of(&second, "warn.md"), (Verdict::Clean, Becomes::Document));
}
