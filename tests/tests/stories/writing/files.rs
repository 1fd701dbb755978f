//! Drafts made of files of Word, and the attachments of drafts: through the real router, as forms send them.

use std::{fs, path::Path};

use ::pages::requester::Account;
use axum::http::Method;
use it::{answer::Answer, engine::on_each_engine, trust::Trust};
use office::{Paper, PaperBlock, write_docx};
use reqwest::StatusCode;

use super::people::{OBSERVATION, ann, ben, eve, rob};
use people::drafts::Person;

const BOUNDARY: &str = "a-boundary";

/// A picture of two by two points.
const PNG: [u8; 74] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0,
    0, 0, 253, 212, 154, 115, 0, 0, 0, 17, 73, 68, 65, 84, 120, 156, 99, 248, 207, 192, 0, 68, 96,
    226, 63, 3, 0, 29, 240, 3, 253, 160, 51, 9, 137, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

fn account(person: Person) -> Account {
    Account {
        waiting: None,
        id: person.id,
        name: "Someone".to_owned(),
        role: person.role,
    }
}

async fn get(trust: &Trust, person: Person, path: &str) -> Answer {
    trust
        .send_as(Some(account(person)), Method::GET, path, &[], String::new())
        .await
}

async fn post(trust: &Trust, person: Person, path: &str, body: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("{body}&writer={}", person.id);
    let account = Some(account(person));
    trust
        .send_as(account, Method::POST, path, &headers, body)
        .await
}

/// Sends a form with a file.
pub(super) async fn upload(
    trust: &Trust,
    person: Person,
    path: &str,
    fields: &[(&str, &str)],
    name: &str,
    bytes: &[u8],
) -> Answer {
    // The file is the first field of both forms.
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    )
    .into_bytes();
    body.extend(bytes);
    for (field, value) in fields {
        body.extend(
            format!("\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}")
                .as_bytes(),
        );
    }
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let length = body.len().to_string();
    let headers = [
        ("content-type", media_type.as_str()),
        ("content-length", length.as_str()),
    ];
    let path = format!("{path}?writer={}", person.id);
    trust
        .send_as(Some(account(person)), Method::POST, &path, &headers, body)
        .await
}

fn sample(name: &str) -> Vec<u8> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/office/tests/samples");
    fs::read(samples.join(name)).unwrap()
}

/// Returns what is between two texts of a page.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

/// Returns what the form that submits a draft says of the files that were checked; nothing where there is no form.
pub(super) async fn files_of(trust: &Trust, person: Person, draft: &str) -> String {
    let page = get(trust, person, &format!("{draft}/submit")).await.text;
    let field = page.split_once("name=\"files\" value=\"");
    let value = field.and_then(|(_, rest)| rest.split_once('"'));
    value.map_or_else(String::new, |(value, _)| value.to_owned())
}

#[test]
fn the_usual_headings_of_a_word_file_lead_to_their_answers() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let summary =
            "Sensors under the mattress halved the falls on one ward of 28 beds in a year.";
        let mut blocks = vec![PaperBlock::Title("Fewer falls on ward 12".to_owned())];
        for (heading, text) in [
            ("Summary", summary),
            ("Background", "Patients fell each week."),
            ("Costs", "The sensors cost £4,200."),
            ("Outcomes", "Half as many falls."),
            ("Lessons", "Start early."),
            ("Next steps", "Ask for a trial."),
            ("Contact", "Ring 07700 900123."),
        ] {
            blocks.push(PaperBlock::Heading(heading.to_owned()));
            blocks.push(PaperBlock::Text(text.to_owned()));
        }
        let bytes = write_docx(&Paper {
            title: "Fewer falls on ward 12".to_owned(),
            creator: "Someone".to_owned(),
            lang: "en-GB".to_owned(),
            blocks,
        });
        let path = "/write/from-file";
        let kind = [("kind", "case-study")];
        let done = upload(&trust, ann(), path, &kind, "Falls.docx", &bytes).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        // Going back to the page sends nothing again.
        let done = get(&trust, ann(), done.header("location")).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        for (from, to) in [
            (
                "Summary",
                "Title and result: what changed, and what was the result",
            ),
            ("Background", "Situation"),
            (
                "Costs",
                "The text before the first heading: move it to “Cost, time and size”",
            ),
            ("Outcomes", "What happened"),
            ("Lessons", "What we would do differently"),
            ("Next steps", "Advice to the next trust"),
            (
                "Contact",
                "The text before the first heading: move it to “Who to ask”",
            ),
        ] {
            let row = format!("<td>{from}</td><td>{to}</td>");
            assert!(done.text.contains(&row), "{row}: {}", done.text);
        }
        // What may identify someone is said at once.
        assert!(
            done.text.contains("may identify a patient"),
            "{}",
            done.text
        );
        let draft = between(&done.text, "<a class=\"nhsuk-button\" href=\"", "\"").to_owned();
        let section = async |name: &str| get(&trust, ann(), &format!("{draft}/{name}")).await.text;
        assert!(section("title").await.contains(summary));
        let situation = section("situation").await;
        let before = between(&situation, "name=\"text.before\"", "</textarea>");
        for words in ["### Cost\n\nThe sensors cost £4,200.", "### Contact"] {
            assert!(before.contains(words), "{words}: {before}");
        }
        let own = between(&situation, "name=\"text.situation\"", "</textarea>");
        assert!(
            !own.contains("4,200") && own.contains("Patients fell"),
            "{own}"
        );
    });
}

#[test]
fn a_word_file_becomes_a_draft_with_its_sections_and_pictures() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        assert!(
            get(&trust, ann(), "/write")
                .await
                .text
                .contains("/write/from-file")
        );
        // The page says who can write here before a file is chosen.
        let refused = get(&trust, rob(), "/write/from-file").await;
        assert_eq!(refused.status, StatusCode::OK);
        assert!(refused.text.contains("make you a contributor"));
        assert!(!refused.text.contains("type=\"file\""), "{}", refused.text);
        let form = get(&trust, ann(), "/write/from-file").await;
        assert_eq!(form.status, StatusCode::OK);
        let bytes = sample("case-study.docx");
        let kind = [("kind", "case-study")];
        let done = upload(
            &trust,
            ann(),
            "/write/from-file",
            &kind,
            "Falls.docx",
            &bytes,
        )
        .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let done = get(&trust, ann(), done.header("location")).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        assert!(done.text.contains("<td>Background</td><td>Situation</td>"));
        assert!(
            done.text
                .contains("Everything in the file was carried over")
        );
        let attachments =
            between(&done.text, "came with the text.</b> <a href=\"", "\"").to_owned();
        let draft = attachments.strip_suffix("/attachments").unwrap().to_owned();

        // The list is found again from the draft.
        let page = get(&trust, ann(), &draft).await.text;
        assert!(
            page.contains(&format!("{draft}/from-file\">What came of your file")),
            "{page}"
        );
        // The text is in its sections, with its table and its picture.
        let file = get(&trust, ann(), &format!("{draft}/file")).await.text;
        for words in [
            "## What happened",
            "| Falls in a quarter | 31 | 12 |",
            "attachment:picture-1.png",
        ] {
            assert!(file.contains(words), "{words}: {file}");
        }
        // The picture is for those who may see the draft.
        let page = get(&trust, ann(), &attachments).await.text;
        assert!(page.contains("Say what this picture shows"));
        // Who removes it learns before that its text shows it.
        assert!(page.contains("Your text shows this picture."), "{page}");
        let picture = between(&page, "<h2 id=\"file-1\"><a href=\"", "\"").to_owned();
        let seen = get(&trust, ann(), &picture).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert_eq!(seen.header("content-type"), "image/png");
        assert_eq!(seen.header("x-content-type-options"), "nosniff");
        assert!(seen.header("content-security-policy").contains("sandbox"));
        assert_eq!(get(&trust, eve(), &picture).await.status, StatusCode::OK);
        assert_eq!(
            get(&trust, ben(), &picture).await.status,
            StatusCode::NOT_FOUND
        );
        let preview = get(&trust, ann(), &format!("{draft}/preview")).await.text;
        assert!(
            preview.contains(&format!("<img src=\"{picture}\"")),
            "{preview}"
        );
        // What it shows has to be said.
        let submit = format!("{draft}/submit");
        let refused = post(&trust, ann(), &submit, "version=1").await.text;
        assert!(
            refused.contains("Say what the picture picture-1.png shows"),
            "{refused}"
        );
        // A program that hands in the draft gets the same fault.
        let api = format!("/api/v1{submit}");
        let first = [("if-match", "\"1\"")];
        let by = Some(account(ann()));
        let refused = trust
            .send_as(by, Method::POST, &api, &first, String::new())
            .await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        assert!(
            refused
                .text
                .contains("Say what the picture picture-1.png shows"),
            "{}",
            refused.text
        );
        let one = picture.rsplit_once('/').unwrap().0;
        let (_, digest) = one.rsplit_once('/').unwrap();
        let words = format!("action=describe&alt.{digest}=Falls+by+quarter");
        let answer = post(&trust, ann(), one, &words).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = get(&trust, ann(), &attachments).await.text;
        assert!(page.contains("Falls by quarter</textarea>"), "{page}");
        // A form whose page had other words than are there now, and that leaves them, changes nothing.
        let words = format!("action=describe&was.{digest}=&alt.{digest}=");
        let answer = post(&trust, ann(), one, &words).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = get(&trust, ann(), &attachments).await.text;
        assert!(page.contains("Falls by quarter</textarea>"), "{page}");
        let answer = post(&trust, ann(), one, "action=remove").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(
            get(&trust, ann(), &picture).await.status,
            StatusCode::NOT_FOUND
        );
        // The words of a file are read too, and so is its name; what they hold is masked.
        for (name, bytes) in [
            ("list.csv", b"Ward,NHS number\nElm,4505577104\n".as_slice()),
            ("450 557 7104.csv", b"Ward,Beds\nElm,24\n".as_slice()),
        ] {
            let yes = [("confirmed", "yes")];
            let answer = upload(&trust, ann(), &attachments, &yes, name, bytes).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
            let sent = "version=1&declared=yes";
            let refused = post(&trust, ann(), &submit, sent).await;
            assert_eq!(refused.status.as_u16(), 422);
            let text = &refused.text;
            assert!(text.contains("it can never be published"), "{text}");
            assert!(!text.contains("4505577104") && !text.contains("450 557 7104"));
            let page = get(&trust, ann(), &attachments).await.text;
            assert!(!page.contains("<b>Your text "), "no text names it: {page}");
            let file = between(&page, "<h2 id=\"file-1\"><a href=\"", "\"").to_owned();
            let one = file.rsplit_once('/').unwrap().0;
            let answer = post(&trust, ann(), one, "action=remove").await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
        }
    });
}

#[test]
fn what_is_not_taken_is_answered_with_a_sentence() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let path = "/write/from-file";
        for (name, bytes, status, words) in [
            (
                "x.docx",
                b"not a file of Word".to_vec(),
                422,
                "save it as .docx or .pptx",
            ),
            (
                "x.docx",
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old".to_vec(),
                422,
                "before 2007",
            ),
            ("", Vec::new(), 422, "Choose a .docx or .pptx file"),
            (
                "x.docx",
                vec![b'x'; 8 * 1024 * 1024 + 1],
                413,
                "“x.docx” is larger than 8 MB",
            ),
            (
                "board.docx",
                vec![b'x'; 9 * 1024 * 1024],
                413,
                "“board.docx” is larger than 8 MB. Make its pictures smaller",
            ),
            (
                "board.docx",
                vec![b'x'; 31 * 1024 * 1024],
                413,
                "“board.docx” is larger than 8 MB. Make its pictures smaller",
            ),
        ] {
            let answer = upload(&trust, ann(), path, &[], name, &bytes).await;
            assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
            assert!(answer.text.contains(words), "{words}: {}", answer.text);
        }
        // Who may write nothing new has nothing converted.
        let answer = upload(&trust, rob(), path, &[], "x.docx", b"not a file of Word").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
        assert!(
            answer.text.contains("may not write this"),
            "{}",
            answer.text
        );
        let kind = [("kind", "page")];
        let done = upload(&trust, ann(), path, &kind, "s.pptx", &sample("slides.pptx")).await;
        let done = get(&trust, ann(), done.header("location")).await;
        assert!(
            done.text
                .contains("1 slide with speaker notes: notes (slide 2) left out"),
            "{}",
            done.text
        );
        let attachments =
            between(&done.text, "came with the text.</b> <a href=\"", "\"").to_owned();
        let yes = [("confirmed", "yes")];
        for (fields, name, bytes, words) in [
            (
                &yes[..0],
                "x.pdf",
                b"%PDF-1.7".to_vec(),
                "Confirm that the file shows nothing",
            ),
            (
                &yes,
                "x.png",
                b"GIF89a".to_vec(),
                "GIF pictures are not taken",
            ),
            (
                &yes,
                "x.pdf",
                b"MZ\x90\0".to_vec(),
                "This kind of file is not taken",
            ),
        ] {
            let answer = upload(&trust, ann(), &attachments, fields, name, &bytes).await;
            assert_eq!(answer.status.as_u16(), 422);
            assert!(answer.text.contains(words), "{words}: {}", answer.text);
        }
        // A name is cleaned, and a file that is no picture is saved, not shown.
        let name = "..\\\\Board report.exe";
        let answer = upload(&trust, ann(), &attachments, &yes, name, b"%PDF-1.7 x").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = get(&trust, ann(), &attachments).await.text;
        let file = between(&page, "<h2 id=\"file-2\"><a href=\"", "\"").to_owned();
        let sent = get(&trust, ann(), &file).await;
        assert_eq!(
            sent.header("content-disposition"),
            "attachment; filename*=UTF-8''Board-report.pdf"
        );
        let other = upload(&trust, ben(), &attachments, &yes, name, b"%PDF-1.7 x").await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    });
}

/// Begins an observation and fills it in; returns the path of the draft.
async fn observation(trust: &Trust) -> String {
    let begun = post(trust, ann(), "/write", "kind=observation").await;
    let section = begun.header("location").to_owned();
    let typed = url::form_urlencoded::Serializer::new("version=1".to_owned())
        .extend_pairs(OBSERVATION)
        .finish();
    post(trust, ann(), &section, &typed).await;
    section.strip_suffix("/observation").unwrap().to_owned()
}

#[test]
fn a_reviewer_sees_what_is_attached() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = observation(&trust).await;
        let attachments = format!("{draft}/attachments");
        let yes = [("confirmed", "yes")];
        let bytes = b"Ward,Beds\nElm,24\n";
        let answer = upload(&trust, ann(), &attachments, &yes, "beds.csv", bytes).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let submit = format!("{draft}/submit");
        let files = files_of(&trust, ann(), &draft).await;
        let sent = format!("version=2&files={files}&declared=yes");
        let answer = post(&trust, ann(), &submit, &sent).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);

        let review = draft.replace("/drafts/", "/review/");
        let page = get(&trust, eve(), &review).await.text;
        let file = between(&page, "<h2 id=\"files\">", "</section>");
        let href = between(file, "<a href=\"", "\"");
        assert!(href.ends_with("/beds.csv"), "{file}");
        assert_eq!(get(&trust, eve(), href).await.status, StatusCode::OK);
    });
}

#[test]
fn files_that_changed_since_the_check_are_looked_at_before_the_draft_is_submitted() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = observation(&trust).await;
        let (attachments, submit) = (format!("{draft}/attachments"), format!("{draft}/submit"));
        let yes = [("confirmed", "yes")];
        let send = async |files: &str| {
            let sent = format!("version=2&files={files}&declared=yes");
            post(&trust, ann(), &submit, &sent).await
        };
        // Nothing was attached at the check. What its author attaches now does not raise the version.
        let seen = files_of(&trust, ann(), &draft).await;
        assert_eq!(seen, "");
        let bytes = b"Ward,Beds\nElm,24\n";
        let attached = upload(&trust, ann(), &attachments, &yes, "beds.csv", bytes).await;
        assert_eq!(attached.status, StatusCode::SEE_OTHER, "{}", attached.text);
        let refused = send(&seen).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        let text = &refused.text;
        assert!(text.contains("its files were changed"), "{text}");

        // It is removed after it was seen.
        let page = get(&trust, ann(), &attachments).await.text;
        let file = between(&page, "<h2 id=\"file-1\"><a href=\"", "\"").to_owned();
        let seen = files_of(&trust, ann(), &draft).await;
        assert_ne!(seen, "");
        let one = file.rsplit_once('/').unwrap().0;
        let removed = post(&trust, ann(), one, "action=remove").await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER);
        let refused = send(&seen).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        assert!(refused.text.contains("its files were changed"));

        let attached = upload(&trust, ann(), &attachments, &yes, "beds.csv", bytes).await;
        assert_eq!(attached.status, StatusCode::SEE_OTHER, "{}", attached.text);
        let seen = files_of(&trust, ann(), &draft).await;
        let done = send(&seen).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        // A second click on the same button.
        let again = send(&seen).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    });
}

#[test]
fn a_file_is_looked_at_as_soon_as_it_is_attached_or_described() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let begun = post(&trust, ann(), "/write", "kind=page").await;
        let location = begun.header("location");
        let draft = location.trim_end_matches("/page");
        let path = format!("{draft}/attachments");
        let fields = [("confirmed", "yes")];
        for (name, bytes, said) in [
            (
                "rota.csv",
                "ward,number\n4,943 476 5919\n",
                Some("looks like an NHS number"),
            ),
            (
                "Mr John Smith NHS 943 476 5919.csv",
                "ward\n4\n",
                Some("looks like"),
            ),
            ("beds.csv", "ward,beds\n4,28\n", None),
        ] {
            let sent = upload(&trust, ann(), &path, &fields, name, bytes.as_bytes()).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
            let page = get(&trust, ann(), sent.header("location")).await.text;
            let found = page.split_once("Look at this file again");
            assert_eq!(found.is_some(), said.is_some(), "{name}: {page}");
            if let (Some((_, found)), Some(said)) = (found, said) {
                let (found, _) = found.split_once("</section>").unwrap();
                assert!(found.contains(said) && !found.contains("5919"), "{found}");
            }
        }
        // A description is published with its picture.
        let shows = "The board of Mr John Smith, NHS number 943 476 5919";
        let fields = [("confirmed", "yes"), ("alt", shows)];
        let sent = upload(&trust, ann(), &path, &fields, "board.png", &PNG).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let address = sent.header("location").to_owned();
        let page = get(&trust, ann(), &address).await.text;
        let found = between(&page, "Look at this file again", "</section>");
        assert!(found.contains("In what board.png shows"), "{found}");
        let digest = between(&address, "?file=", "&");
        let one = format!("{path}/{digest}");
        let words = format!("action=describe&alt.{digest}=A+board");
        let described = post(&trust, ann(), &one, &words).await;
        assert_eq!(described.status, StatusCode::SEE_OTHER);
        let page = get(&trust, ann(), described.header("location")).await.text;
        assert!(!page.contains("Look at this file again"), "{page}");
        // It is said at the check, too, which refuses what can never be published.
        let page = get(&trust, ann(), &format!("{draft}/submit")).await.text;
        assert!(page.contains("In rota.csv"), "{page}");
    });
}

#[test]
fn the_names_of_columns_are_read_in_every_table_that_is_attached() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let csv = |text: &str| text.as_bytes().to_vec();
        for (name, bytes, wanted) in [
            (
                "sheet.csv",
                csv("MRN,DOB,Ward\n123456,03/02/1931,7\n"),
                ", row 2: ",
            ),
            (
                "titled.csv",
                csv("Falls in March 2026\n\nMRN,DOB,Ward\n123456,03/02/1931,7\n"),
                ", row 4: ",
            ),
            (
                "patients.xlsx",
                sample("patients.xlsx"),
                "sheet Wards, row 4: ",
            ),
            (
                "patients.docx",
                sample("patients.docx"),
                "the text, table 1, row 2: ",
            ),
            (
                "patients.pptx",
                sample("patients.pptx"),
                "slide 1, table 1, row 2: ",
            ),
            ("patients.pdf", sample("patients.pdf"), "page 1, line 3: "),
        ] {
            let begun = post(&trust, ann(), "/write", "kind=page").await;
            let draft = begun
                .header("location")
                .trim_end_matches("/page")
                .to_owned();
            let path = format!("{draft}/attachments");
            let fields = [("confirmed", "yes")];
            let sent = upload(&trust, ann(), &path, &fields, name, &bytes).await;
            let page = get(&trust, ann(), sent.header("location")).await.text;
            let found = between(&page, "Look at this file again", "</section>");
            assert!(
                found.contains(wanted)
                    && found.contains("date of birth")
                    && found.contains("hospital number")
                    && !found.contains("1931"),
                "{name}: {found}"
            );
        }
        // Tables without a patient are not.
        let begun = post(&trust, ann(), "/write", "kind=page").await;
        let draft = begun
            .header("location")
            .trim_end_matches("/page")
            .to_owned();
        let path = format!("{draft}/attachments");
        let beds = csv("Beds in March 2026\n\nWard,Beds,Opened\n7,28,03/02/1931\n");
        let sent = upload(
            &trust,
            ann(),
            &path,
            &[("confirmed", "yes")],
            "beds.csv",
            &beds,
        )
        .await;
        let page = get(&trust, ann(), sent.header("location")).await.text;
        assert!(!page.contains("Look at this file again"), "{page}");
    });
}

#[test]
fn what_was_typed_about_a_file_that_is_refused_is_still_there() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let begun = post(&trust, ann(), "/write", "kind=page").await;
        let draft = begun
            .header("location")
            .trim_end_matches("/page")
            .to_owned();
        let path = format!("{draft}/attachments");
        let alt = ("alt", "A board with two columns");
        let confirmed = ("confirmed", "yes");
        let large = vec![b'a'; 8 * 1024 * 1024 + 1];
        let huge = vec![b'a'; 24 * 1024 * 1024];
        let beds = b"ward,beds\n4,28\n".to_vec();
        for (fields, name, bytes, status) in [
            (
                &[alt][..],
                "beds.csv",
                &beds,
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (
                &[alt, confirmed],
                "beds.exe",
                &beds,
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (
                &[alt, confirmed],
                "large.csv",
                &large,
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
            (
                &[alt, confirmed],
                "huge.csv",
                &huge,
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
        ] {
            let sent = upload(&trust, ann(), &path, fields, name, bytes).await;
            assert_eq!(sent.status, status, "{name}: {}", sent.text);
            let kept = sent.text.contains("value=\"A board with two columns\"");
            assert!(kept, "{name}: {}", sent.text);
            let (_, tick) = sent.text.split_once("id=\"confirmed\"").unwrap();
            let (tick, _) = tick.split_once('>').unwrap();
            assert_eq!(tick.contains("checked"), fields.len() > 1, "{name}");
        }
        // Both forms say how large a file can be.
        for path in [path.as_str(), "/write/from-file"] {
            let sent = upload(&trust, ann(), path, &[confirmed], "large.docx", &large).await;
            assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
            assert!(
                sent.text.contains("larger than 8 MB"),
                "{path}: {}",
                sent.text
            );
            assert!(
                sent.text.contains("type=\"file\""),
                "{path}: the form is there again"
            );
        }
    });
}
