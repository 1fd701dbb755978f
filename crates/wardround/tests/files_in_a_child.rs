//! Work on a file in a child of this program, with the limits that the system keeps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

/// A child has 5 seconds of processor time; the machine may do other things as well.
const MAX_TIME: Duration = Duration::from_secs(30);

fn child(job: &str, name: &str, bytes: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wardround"))
        .args(["read-file", job, name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let sent = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    sent.join().unwrap();
    output
}

fn sample(name: &str) -> Vec<u8> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../office/tests/samples");
    fs::read(samples.join(name)).unwrap()
}

#[test]
fn a_child_reads_files_within_its_memory() {
    for (job, name, words) in [
        ("convert", "case-study.docx", "Lessons learnt"),
        ("convert-with-notes", "slides.pptx", "Show the four lists"),
        ("words", "workbook.xlsx", "9434765919"),
        ("words", "report.pdf", "943 476 5919"),
    ] {
        let output = child(job, name, &sample(name));
        assert!(output.status.success(), "{name}: {:?}", output.status);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(words), "{name}: {text}");
    }
}

#[test]
fn a_child_ends_with_a_reason_or_ends_by_itself() {
    for (job, name, bytes) in [
        ("convert", "x.docx", b"PK\x03\x04".to_vec()),
        ("words", "x.pdf", b"%PDF-1.4\n".repeat(100_000)),
        ("picture", "x.png", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("no-such-job", "x", Vec::new()),
        ("words", "x.csv", vec![b'x'; 9 * 1024 * 1024]),
    ] {
        let start = Instant::now();
        let output = child(job, name, &bytes);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            !output.status.success() || text.contains("Refused"),
            "{name}: {text}"
        );
        assert!(start.elapsed() < MAX_TIME, "{name}: {:?}", start.elapsed());
    }
}
