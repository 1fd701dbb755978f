//! Checking files: what is said, and with which exit code.

use std::path::PathBuf;

use files::{
    check::{Becomes, Checked, Options, Verdict, check},
    import::Status,
};
use it::{
    samples::{STUDY, content},
    tree::{pictures_accepted, write},
    trust::Trust,
};
use serde_json::{Value, json};
use wire::Timestamp;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T12:00:00Z").unwrap()
}

fn checked(paths: &[PathBuf]) -> Checked {
    check(paths, now(), &Options::default(), |_, _| {}).unwrap()
}

#[test]
fn the_sample_content_is_clean() {
    let checked = checked(&[content()]);
    assert_eq!(
        (checked.verdict(), checked.verdict().exit_code()),
        (Verdict::Clean, 0),
        "{}",
        checked.to_text()
    );
    assert!(checked.files.len() >= 80);
}

#[test]
fn faults_name_file_field_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let faulty = STUDY.replace("result: partly", "result: perhaps");
    let advised = STUDY
        .replace("barriers:", "barrier:")
        .replace("result: partly", "result: worked");
    let late = STUDY.replace("review_by: 2027-09-21", "review_by: 2031-01-01");
    write(
        folder.path(),
        &[
            ("faulty.md", faulty.as_bytes()),
            (
                "advised.md",
                advised
                    .replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "")
                    .as_bytes(),
            ),
            ("late.md", late.as_bytes()),
            ("page.md", b"# A page\n\ntext"),
            ("empty.md", b""),
        ],
    );
    let checked = checked(&[folder.path().to_path_buf()]);
    let of = |name: &str| {
        let path = folder.path().join(name).display().to_string();
        checked.files.iter().find(|file| file.path == path).unwrap()
    };
    let fault = &of("faulty.md").faults[0];
    assert_eq!((fault.field.as_str(), fault.line), ("result", Some(7)));
    assert_eq!(of("advised.md").verdict(), Verdict::Warnings);
    assert!(
        of("late.md")
            .faults
            .iter()
            .any(|fault| fault.field == "review_by")
    );
    assert!(
        of("late.md")
            .faults
            .iter()
            .any(|fault| fault.text.contains("is that of"))
    );
    assert_eq!(of("page.md").verdict(), Verdict::Clean);
    assert_eq!(of("empty.md").faults[0].field, "body");
    assert_eq!(checked.verdict().exit_code(), 2);
    assert!(
        checked.to_text().contains("faulty.md:7: `result`"),
        "{}",
        checked.to_text()
    );
    assert!(
        checked
            .to_text()
            .ends_with("5 files: 1 clean, 1 with advice, 3 with faults\n")
    );
    let json: Value = serde_json::from_str(&checked.to_json()).unwrap();
    let page = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .find(|file| file["kind"] == "page" && file["faults"] == json!([]));
    assert_eq!(page.unwrap()["findings"], json!([]));
    let missing = folder.path().join("missing");
    assert!(check(&[missing], now(), &Options::default(), |_, _| {}).is_err());
}

#[test]
fn one_file_alone_is_checked_with_its_links() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"# Links\n\n[a](other.md) [b](other) [c](../tree/other.md#x) [d](deep/) [e](gone.md) [f](/root) [g](https://x.example/y.md) ![p](p.png)";
    write(
        &folder.path().join("tree"),
        &[
            ("links.md", text),
            ("other.md", b"# Other\n\n[fine](links.md)"),
            ("deep/index.md", b"# Deep\n\ntext"),
        ],
    );
    let advice = |name: &str| {
        let checked = checked(&[folder.path().join("tree").join(name)]);
        let advice = checked.files[0].advice.iter();
        advice.map(|advice| advice.text.clone()).collect::<String>()
    };
    let said = advice("links.md");
    assert!(
        said.contains("links to `gone.md`: there is no such file"),
        "{said}"
    );
    assert!(said.contains("p.png"), "{said}");
    assert_eq!(advice("other.md"), "");
}

#[tokio::test]
async fn a_check_says_what_an_import_then_says() {
    let long = format!("# Long\n\n{}", "x".repeat(300_000));
    let late = STUDY.replace("review_by: 2027-09-21", "review_by: 2031-01-01");
    let files: Vec<(&str, &[u8], Becomes)> = vec![
        ("clean.md", b"# A\n\n[to](deep/links.md)", Becomes::Document),
        (
            "deep/links.md",
            b"# Links\n\n[gone](gone.md) [[nowhere]] [draft](../held.md) ![p](p.png) [m](msteams:x) [b](../clean.md)",
            Becomes::Document,
        ),
        ("held.md", b"---\ndraft: true\n---\n# Held", Becomes::Draft),
        ("house.md", b"---\nvisibility: organisation\n---\n# House\n\n[h](held.md)", Becomes::Document),
        ("open.md", b"# Open\n\n[h](house.md)", Becomes::Document),
        ("comment.md", b"# C\n\n<!-- never ends", Becomes::Draft),
        ("fence.md", b"--\nvisibility: organisation\n--\n# F", Becomes::Draft),
        ("empty.md", b"", Becomes::Draft),
        ("number.md", b"# N\n\n450 557 7104", Becomes::Draft),
        ("binary.md", b"\0\x01\x02\xff\0\0\0\x03", Becomes::Nothing),
        ("latin.md", b"# Caf\xe9\n\nWords.", Becomes::Document),
        ("bad.md", b"---\nkind: case-study\ntitle: Short\n---\ntext", Becomes::Draft),
        ("late.md", late.as_bytes(), Becomes::Draft),
        ("long.md", long.as_bytes(), Becomes::Draft),
    ];
    let trust = Trust::new("ZZ1").await;
    let tree = trust.path("tree");
    let written: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, bytes, _)| (*path, *bytes))
        .collect();
    write(&tree, &written);
    let checked = check(
        std::slice::from_ref(&tree),
        trust.node().now(),
        &Options {
            acceptance: pictures_accepted(),
            ..Options::default()
        },
        |_, _| {},
    )
    .unwrap();
    let imported = trust.import_with_pictures(&tree).await;
    for (path, _, becomes) in files {
        let displayed = tree.join(path).display().to_string();
        let file = checked.files.iter().find(|file| file.path == displayed);
        let file = file.unwrap();
        let report = imported.file(path);
        let made = match report.status {
            Status::Created => Becomes::Document,
            Status::Draft => Becomes::Draft,
            _ => Becomes::Nothing,
        };
        assert_eq!(
            (file.becomes, made),
            (becomes, becomes),
            "{path}: {file:?} {report:?}"
        );
        let said: Vec<_> = [&file.faults, &file.held_back, &file.advice]
            .into_iter()
            .flatten()
            .collect();
        for fault in &report.faults {
            let same = said
                .iter()
                .any(|said| said.text == fault.text && said.line == fault.line);
            assert!(same, "{path}: {fault:?} is not in {said:?}");
        }
    }
    assert_eq!(imported.file("deep/links.md").faults.len(), 4);
}
