//! Checking files: what is said, and with which exit code.

use std::path::PathBuf;

use files::check::{Checked, Verdict, check};
use it::{
    samples::{STUDY, content},
    tree::write,
};
use serde_json::{Value, json};
use wire::Date;

fn today() -> Date {
    Date::parse("2026-11-24").unwrap()
}

fn checked(paths: &[PathBuf]) -> Checked {
    check(paths, today(), |_, _| {}).unwrap()
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
    assert!(checked.files.len() >= 44);
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
    assert!(check(&[folder.path().join("missing")], today(), |_, _| {}).is_err());
}
