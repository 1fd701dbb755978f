//! What each kind finds, and what it leaves alone: one line a case.

#![allow(clippy::unwrap_used, clippy::string_slice, reason = "a test may panic")]

use patient_data::{Cleared, Form, Hidden, Kind, Part, Severity, check, shown_file_name};

/// Returns the findings of a text as `kind` or `kind!` for what blocks, each once.
fn found(text: &str) -> String {
    found_in(&[Part::body(text, 1)])
}

fn found_in(parts: &[Part<'_>]) -> String {
    let mut names: Vec<String> = check(parts)
        .iter()
        .map(|finding| {
            let mark = if finding.severity == Severity::Block {
                "!"
            } else {
                ""
            };
            format!("{}{mark}", finding.kind)
        })
        .collect();
    names.sort();
    names.dedup();
    names.join(" ")
}

/// Checks every line: the text, and what is found in it.
fn each(cases: &[(&str, &str)]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(text, expected)| (text, expected, found(text)))
        .filter(|(_, expected, found)| **expected != found)
        .collect();
    assert!(wrong.is_empty(), "text, expected, found:\n{wrong:#?}");
}

#[test]
fn nhs_numbers_are_found_however_they_are_written() {
    let block = "nhs-number!";
    each(&[
        ("450 557 7104", block),
        ("943 476 5919", "nhs-number"),
        ("999 123 4567", ""),
        ("0113 243 2799", ""),
        ("4505577104", block),
        ("450-557-7104", block),
        ("450.557.7104", block),
        ("450\u{a0}557\u{a0}7104", block),
        ("450\u{2009}557\u{202f}7104", block),
        ("450 - 557 - 7104", block),
        ("450–557–7104", block),
        ("４５０５５７７１０４", block),
        ("٤٥٠ ٥٥٧ ٧١٠٤", block),
        ("𝟒𝟓𝟎 𝟓𝟓𝟕 𝟕𝟏𝟎𝟒", block),
        ("45**05**577104", block),
        ("*450* _557_ **7104**", block),
        ("450 `557` ~~7104~~", block),
        ("450&nbsp;557&#32;7104", block),
        ("&#52;&#53;&#48;&#x35;577104", block),
        ("450\u{200b}557\u{200b}7104", block),
        ("4\u{ad}505577104", block),
        ("4<b>50</b>5577104", block),
        ("450<!-- x -->557 7104", block),
        ("<!-- 450 557 7104 -->", block),
        ("450\n557 7104", block),
        ("> 450\n> 557\n> 7104", block),
        ("45055\n77104", block),
        ("- the number 450\n  557 7104", block),
        ("| who | what |\n|---|---|\n| a | 450 557 7104 |", block),
        ("<table><tr><td>450 557 7104</td></tr></table>", block),
        ("```\n450 557 7104\n```", block),
        ("    4505577104", block),
        ("[x](https://a.example/?n=4505577104)", block),
        ("[x](https://a.example/450%20557%207104)", block),
        ("[x](y \"450 557 7104\")", block),
        ("[450 557 7104](y)", block),
        ("[450](y) 557 7104", block),
        ("[x]: https://a.example/4505577104", "nhs-number"),
        ("![450 557 7104](a.png)", "image nhs-number!"),
        ("![a](4505577104.png)", "image nhs-number!"),
        ("<img alt=\"450 557 7104\" src=a.png>", "image nhs-number!"),
        ("<a title='450 557 7104'>x</a>", block),
        ("bed 12 450 557 7104 and more", block),
        ("NHS number: 4 5 0 5 5 7 7 1 0 4", block),
        ("NHS no. 45 05 57 71 04", block),
        ("NHS number is (450) 557-7104", block),
        ("NHS number: 999 123 4567", "nhs-number"),
        ("| NHS number |\n|---|\n| 999 123 4567 |", "nhs-number"),
        ("4505577104[^1]\n\n[^1]: a note", block),
        ("4505577104¹", block),
        ("A4505577104", block),
        ("id_4505577104", block),
        ("name,nhs_number\nA,450-557 7104\n", block),
        ("tel. is not given; 450 557 7104", block),
    ]);
}

#[test]
fn numbers_that_are_no_nhs_numbers_are_left_alone() {
    each(&[
        ("ISBN 4505577104", ""),
        ("ISBN-10: 450-557-7104", "nhs-number!"),
        ("DOI 10.1000/4505577104", ""),
        ("https://doi.org/10.1000/xyz.4505577104", ""),
        ("SNOMED CT 4505577104", ""),
        ("4505577104 |Asthma|", ""),
        ("order number 9434765919", ""),
        ("order number 4505577104", "nhs-number"),
        ("the patient's order 4505577104", "nhs-number!"),
        ("Tel: 943 476 5919", ""),
        ("+1 450 557 7104", "telephone"),
        ("14505577104", ""),
        ("45055771040", ""),
        ("0.4505577104", ""),
        ("1.450.557.7104", ""),
        ("550e8400-e29b-41d4-a716-4505577104ab", ""),
        ("sha256 9f864505577104e1b2c3d4e5f60718293a4b5c6d", ""),
        ("0000000000", ""),
        ("450 | 557 | 7104", ""),
        ("450, 557, 7104", ""),
        ("2024-11-28T19:21:00Z 20241128192100", ""),
        ("978-4505577104", ""),
    ]);
}

#[test]
fn only_the_name_directly_in_front_of_a_number_says_that_it_is_another() {
    let (block, warn) = ("nhs-number!", "nhs-number");
    each(&[
        ("It has no DOI. 4505577104 was merged.", block),
        ("They gave up on SNOMED, 4505577104 was merged.", block),
        ("ISBN (4505577104)", block),
        ("Coded in SNOMED\n4505577104 was merged.", warn),
        ("The SNOMED code of his 4505577104 was lost.", block),
        ("She put down the phone. 6154519737 was merged.", block),
        ("her SNOMED 4505577104", warn),
        ("fax 4505577104", warn),
        ("mobile: 6154519737", warn),
        ("switchboard 615 451 9737", warn),
        ("DOI 450 557 7104", block),
        ("We closed the ticket. 4505577104", block),
        ("ticket 4505577104", warn),
        ("The order number is 4505577104", warn),
        ("| SNOMED | 4505577104 |", ""),
        ("| dm+d code | Name |\n|---|---|\n| 4505577104 | x |", ""),
        ("dm+d code: 4505577104", ""),
        ("Meeting ID 4505577104", warn),
        ("It cost £4505577104", ""),
        ("4505577104 rows", warn),
        ("d5be4c0e-4505577104-d5be4c0e", warn),
        ("ward-4505577104-notes", block),
        ("https://digital.nhs.uk/services/4505577104", warn),
        ("https://pas.northmoor.nhs.uk/patient/4505577104", block),
        ("https://a.nhs.uk/nhs-number/4505577104", block),
    ]);
}

#[test]
fn no_spelling_hides_a_number() {
    let block = "nhs-number!";
    each(&[
        ("(450) 557 7104", block),
        ("450 557 (7104)", block),
        ("450;557;7104", block),
        ("450=20557=207104", block),
        ("450557=\n7104", block),
        ("450 557 7<sup>1</sup>04", block),
        ("4<sup>5</sup>0 557 7104", block),
        ("450 557 7104<sup>1</sup>", block),
        ("NHS no 45O 557 7l04", block),
        ("NHS number +4505577104", "nhs-number! telephone"),
        ("943-476-5918 is not a valid NHS number", "nhs-number"),
    ]);
}

/// Returns the kinds that are found in a sheet of rows.
fn found_in_rows(text: &str) -> String {
    let part = Part::attachment("attachment", text, Form::Rows);
    let kinds: Vec<_> = check(&[part])
        .iter()
        .map(|finding| finding.kind.as_str())
        .collect();
    kinds.join(" ")
}

#[test]
fn the_head_of_a_sheet_says_what_is_below_it() {
    for (text, expected) in [
        ("Patient\tWard\nDoris Okafor\t7", "person-name"),
        ("Patient\tStaff\nEasy access\tFewer clicks", ""),
        ("Date of\tWard\nbirth\t\n03/02/1931\t7", "date-of-birth"),
        ("NHS\tWard\nnumber\t\n999 123 4567\t7", "nhs-number"),
        ("DOB\tWard\n11000\t7", "date-of-birth"),
        ("DOB errors\tWard\n11000\t7", ""),
        ("patientDOB\tWard\n19310203\t7", "date-of-birth"),
        ("PatientName\tWard\nOkafor, Doris\t7", "person-name"),
        ("Name of patient\tPostcode\nDoris Okafor\t", "person-name"),
    ] {
        assert_eq!(found_in_rows(text), expected, "{text}");
    }
}

#[test]
fn comments_that_no_page_shows_part_no_number() {
    let block = "nhs-number!";
    each(&[
        ("450%%a%%557%%b%%7104", block),
        ("450{::comment}a{:/}557{::comment}b{:/comment}7104", block),
        ("450{# a #}557{# b #}7104", block),
        ("450{% comment %}a{% endcomment %}5577104", block),
        ("450{{/* a */}}5577104", block),
        ("Seen %% 450 557 7104 %%", block),
        ("{# 450 557 7104 #}", block),
        // Examples show their marks.
        ("`450%%a%%5577104`", ""),
        ("5 %% of 450 and 6 %% of 5577104", ""),
        ("## Results {#results}", ""),
    ]);
}

#[test]
fn what_may_be_another_number_can_be_looked_at() {
    let (block, warn) = ("nhs-number!", "nhs-number");
    each(&[
        // Only NHS numbers have these groups.
        ("order for 450 557 7104", block),
        ("Serial 450-557-7104", block),
        ("order 4505577104", warn),
        ("Job number 4505577104", warn),
        ("Tel: 450 557 7104", warn),
        ("Tel: 4505577104", "nhs-number"),
        ("<id extension=\"4505577104\"/>", block),
        // The number of a page, unless the address speaks of patients.
        ("https://a.example/jobs/4505577104", warn),
        ("https://a.example/x#4505577104", warn),
        ("https://a.example/x?clickId=4505577104", warn),
        ("https://a.example/450-557-7104", block),
        ("https://epr.example/x/4505577104", block),
        ("https://a.example/patients/4505577104", block),
        ("https://a.example/?n=4505577104", block),
        ("[letter](letters/4505577104.pdf)", block),
        ("<https://a.example/450>5577104", warn),
        ("<w:t>Comment 4505577104</w:t>", warn),
        // Groups in cells and items of their own.
        ("| NHS | a | b |\n|---|---|---|\n| 450 | 557 | 7104 |", warn),
        (
            "| Jan | Feb | Mar |\n|---|---|---|\n| 450 | 557 | 7104 |",
            "",
        ),
        ("- 450\n- 557\n- 7104", warn),
        ("- 412\n- 450\n- 557\n- 7104", ""),
        ("4505577104.0", block),
        ("4505577104.5", ""),
        ("4_505_577_104", block),
        ("fingerprint 32:5C:21:66:54:30:83:79:C9:C8", ""),
        ("job:666412_2022-06-02_674fb1b7a8ce", ""),
    ]);
}

#[test]
fn dates_of_birth_need_their_label() {
    let block = "date-of-birth!";
    each(&[
        ("DOB: 03/05/1951", block),
        ("D.O.B. 3.5.51", block),
        ("d/o/b 03-05-1951", block),
        ("DoB 3 May 1951", block),
        ("Date of birth (dd/mm/yyyy): 03/05/1951", block),
        ("**Date of birth**: 3rd May 1951", block),
        ("date of birth is 1951-05-03", block),
        ("date of birth given as the third of May 1951", block),
        ("birth date 3-MAY-1951", block),
        ("She was born on 3 May 1951.", block),
        ("(b. 3 May 1951)", block),
        ("born May 3rd, 1951", block),
        ("DOB 03051951", block),
        ("DOB 030551", block),
        ("DOB: 1951", block),
        ("03/05/1951 (DOB)", block),
        ("3 May 1951 is her date of birth", block),
        (
            "| Name | DOB |\n|---|---|\n| A | 03/05/1951 |\n| B | 4 May 1952 |",
            block,
        ),
        ("| DOB | 03/05/1951 |\n|---|---|\n", block),
        (
            "| x | y |\n|---|---|\n| Date of birth | 03/05/1951 |",
            block,
        ),
        (
            "<table><tr><th>DOB</th></tr><tr><td>03/05/1951</td></tr></table>",
            block,
        ),
        ("## Date of birth\n\n03/05/1951", block),
        ("dob=1951-05-03", block),
        ("date_of_birth: 1951-05-03", block),
        ("dateOfBirth: 1951-05-03", block),
        ("ＤＯＢ：０３／０５／１９５１", block),
        ("D<b>O</b>B 03/05/1951", block),
        ("DOB&colon;&nbsp;03&sol;05&sol;1951", block),
        (
            "dates of birth: 03/05/1951, 04/06/1952 and 5 July 1953",
            block,
        ),
        ("The NHS was born on 5 July 1948.", ""),
        ("The idea was born in May 2019.", ""),
        (
            "We matched on name and date of birth. On 3 May 2024 we stopped.",
            "",
        ),
        (
            "We removed the date of birth from the form on 3 May 2024.",
            "",
        ),
        ("We asked for the date of birth on 3 May 2024.", ""),
        ("The form was printed on 03/05/1951.", ""),
        ("Go-live was 3 May 2024", ""),
    ]);
}

#[test]
fn a_date_of_birth_is_that_of_a_person() {
    let (block, warn) = ("date-of-birth!", "date-of-birth");
    each(&[
        // The second item of a list.
        (
            "a. 1 March 2024: board paper\n\nb. 1 April 2024: training starts",
            "",
        ),
        ("A. 1 March 2024\nB. 1 April 2024", ""),
        ("a. 1 March 2024; b. 1 April 2024", ""),
        ("b. 3 May 1951", block),
        ("A. Kowalczyk\nb. 3 May 1951", block),
        // What projects make, and products.
        ("The dashboard was born in May 2021.", ""),
        ("The pathway was born in June 2020.", ""),
        ("Our pilot was born on 3 May 2021.", ""),
        ("CareLink was born in March 2019.", warn),
        ("The pathway that we use was born in June 2020.", warn),
        ("She came to the clinic and was born in May 1951.", block),
        ("Known to the clinic, born 3 May 1951.", block),
        ("Kowalczyk (born May 1951)", block),
        ("born: May 1951", block),
    ]);
}

#[test]
fn fields_of_messages_and_programs_are_labels() {
    const SEGMENT: &str = "PID|1||RXX1234567^^^RXX^MR||SMITH^JOHN^^^MR||19510503|M";
    let found_in_segment = "date-of-birth! hospital-number! person-name";
    let fenced = format!("```\nMSH|^~\\&|PAS|RXX\n{SEGMENT}\n```");
    let (birth, number) = ("date-of-birth!", "hospital-number!");
    each(&[
        (SEGMENT, found_in_segment),
        (&fenced, found_in_segment),
        (
            "PID|1||12345678~87654321||TEST^PATIENT||195105030000",
            "date-of-birth! hospital-number!",
        ),
        ("PID|1||||SURNAME^FORENAME||YYYYMMDD|M", ""),
        ("PID|1||0000000||TEST^PATIENT||19000101|M", ""),
        (
            "<PersonBirthDate>1951-05-03</PersonBirthDate><LocalPatientIdentifier>A1234567</LocalPatientIdentifier>",
            "date-of-birth! hospital-number!",
        ),
        ("`{\"patientDateOfBirth\": \"1951-05-03\"}`", birth),
        (
            "```json\n\"medicalRecordNumber\": \"A1234567\"\n```",
            number,
        ),
        ("unitNumber: A1234567", number),
        ("```\nward,patientDateOfBirth\nAsh,1951-05-03\n```", birth),
        ("WHERE p.PatientIdentifier = 'A1234567'", number),
        ("\"employeeDOB\": \"1951-05-03\"", birth),
        (
            "\"unitId\": \"1234567\", \"orgUnitNumber\": \"1234567\"",
            "",
        ),
        ("\"patientDateOfBirthRule\": \"1951-05-03\"", ""),
    ]);
    let value = Part::value("unitNumber", "A1234567", None);
    assert_eq!(found_in(&[value]), number);
}

#[test]
fn labels_with_other_meanings_warn_unless_a_patient_is_near() {
    let (block, warn) = ("hospital-number!", "hospital-number");
    each(&[
        ("- PID: 12/03/2024 (signed off)", ""),
        ("PID: 12032024", ""),
        ("PID: IT-2024-017", warn),
        ("Patient portal, PID: IT-2024-017", warn),
        ("Supplier: Acme Health Ltd (CRN 01234567)", warn),
        ("Acme Health Ltd, 01234567 (CRN)", warn),
        ("on the portfolio (NIHR CRN CPMS 51234)", warn),
        ("the patient's CRN 01234567", block),
        ("The patient with PID: A1234567 was seen", block),
        ("her CRN: 0123456", block),
        (
            "CRN 0123456, DOB 03/05/1951",
            "date-of-birth! hospital-number!",
        ),
    ]);
}

#[test]
fn hospital_numbers_need_their_label() {
    let block = "hospital-number!";
    each(&[
        ("Hospital number: K1234567", block),
        ("hospital no. 1234567", block),
        ("Hosp No 12/34567", block),
        ("MRN 4471823", block),
        ("MRN#4471823", block),
        ("MRN: 123-456-7", block),
        ("medical record number RXX123456", block),
        ("patient ID 00012345", block),
        ("Patient ID = A 123456", block),
        ("PAS number 1234567", block),
        ("unit number 1234567", block),
        ("case note number 887766", block),
        (
            "| Hospital number | Ward |\n|---|---|\n| K123456 | 4 |",
            block,
        ),
        ("| MRN |\n|---|\n| 4471823 |", block),
        ("K123456 (hospital number)", block),
        ("We use the hospital number.", ""),
        ("unit 7 and unit number 12", ""),
        ("the hospital numbers of 31,000 people", ""),
        ("MRN 2024 project", ""),
        ("Patient numbers rose to 12000.", ""),
        ("order number 1234567", ""),
        ("hospital number 0000000", ""),
        ("| Year | Patient numbers |\n|---|---|\n| 2023 | 1286 |", ""),
        ("Patient numbers: 1286 (2023), 5656 (2024)", ""),
        ("MRN: 1204 matched of 1300", ""),
        ("Patient ID 0001 to 9999", ""),
        ("| Bay | Patient number |\n|---|---|\n| 4 | 128604 |", block),
        ("Patient numbers: 1286044, 5656044", block),
    ]);
}

#[test]
fn names_of_patients_are_found_and_those_of_staff_are_not() {
    let warn = "person-name";
    each(&[
        ("The patient, Mrs Ellis, went home.", warn),
        ("Mr John Smith was a patient on ward 4.", warn),
        ("Mrs O'Neill rang. The patient was upset.", warn),
        ("Miss Smith-Jones (patient) agreed.", warn),
        ("Mrs Ellis was admitted twice.", warn),
        ("Mrs Ellis, aged 54, was admitted with sepsis.", warn),
        ("Mrs Ellis (54) was admitted twice.", warn),
        ("Mrs Ellis, 54 years old, was admitted twice.", warn),
        ("Mrs Ellis (54 beds) was admitted to the framework.", ""),
        ("Patient name: John Smith", warn),
        ("| Patient name |\n|---|\n| John Smith |", warn),
        ("patient Margaret Hollins fell", warn),
        ("MR SMITH IS A PATIENT", warn),
        ("Dr Smith, a patient at the time, agreed.", warn),
        ("Dr Smith, patient safety lead, agreed.", ""),
        ("Mr Jones, consultant surgeon, sees the patient.", ""),
        ("Our lead nurse Mrs Khan asked the patient.", ""),
        ("Dr Patel saw the patient.", ""),
        ("MR scan of the patient", ""),
        ("Master Patient Index", ""),
        ("We sent MS Teams links to the patient.", ""),
        ("The response took 200 ms.", ""),
        ("Mrs Ellis chairs the board.", ""),
        ("Mr Smith's patients wait longer.", ""),
        ("Mrs T wrote to us that the patient portal was slow.", ""),
    ]);
}

#[test]
fn postcodes_are_those_that_exist() {
    let warn = "postcode";
    each(&[
        ("LS1 4AP", warn),
        ("SW1A 1AA", warn),
        ("ls14 6uh", warn),
        ("LS14AP", warn),
        ("EC1A1BB", warn),
        ("B33 8TH", warn),
        ("M1&nbsp;1AE", warn),
        ("postcode ls14ap", warn),
        ("E5 4GB of memory", ""),
        ("Xeon E5 4GB", ""),
        ("ward B1 2nd floor", ""),
        ("vitamin B12 5mg", ""),
        ("LS1", ""),
        ("QQ1 4AP", ""),
        ("ODS RR8 and R0A", ""),
        ("HR98 4AP", ""),
        ("AB12CD34", ""),
    ]);
}

#[test]
fn telephones_are_personal_unless_a_service_is_named() {
    let warn = "telephone";
    each(&[
        ("07700 900123", warn),
        ("07700900123", warn),
        ("+44 7700 900 123", warn),
        ("+44 (0)7700 900123", warn),
        ("0044 7700 900123", warn),
        ("07700-900-123", warn),
        ("tel:07700900123", warn),
        ("[ring](tel:+447700900123)", warn),
        ("Tel: 0113 496 0123", warn),
        ("Her daughter is on (01632) 960123.", warn),
        ("home number 01204 96012", warn),
        ("Tel 020 7946 0018", warn),
        ("| Name | Phone |\n|---|---|\n| A | 0113 496 0123 |", warn),
        ("Call the switchboard on 0113 496 0123.", ""),
        ("Service desk: 0113 496 0123", ""),
        ("0800 111 222", ""),
        ("0300 123 4567", ""),
        ("NHS 111", ""),
        ("bleep 2233", ""),
        ("order 07700900123", ""),
        ("0.07700900123", ""),
        ("2024-07-09 00:12:03", ""),
    ]);
}

#[test]
fn mailboxes_of_roles_are_no_persons() {
    let warn = "e-mail";
    each(&[
        ("jane.smith@nhs.net", warn),
        ("<jane.smith@nhs.net>", warn),
        ("[mail](mailto:jane.smith@nhs.net)", warn),
        ("jsmith@northmoor.example", warn),
        ("ellie1951@gmail.com", warn),
        ("zzz@hotmail.co.uk", warn),
        ("jane.smith (at) gmail.com", warn),
        ("jane.smith [at] nhs [dot] net", warn),
        ("jane dot smith at gmail dot com", warn),
        ("jane_smith@nhs.net", warn),
        ("jane.smith＠nhs.net", warn),
        ("jane.smith&#64;nhs.net", warn),
        ("j.o'neill@nhs.net", warn),
        ("lessons@northmoor.example", ""),
        ("digital.safety@northmoor.example", ""),
        ("virtual.ward@avonbridge.example", ""),
        ("lessonsteam@nhs.net", ""),
        ("noreply@example.org", ""),
        ("git@github.com:org/repo.git", ""),
        ("pkg@1.2.3", ""),
        ("@handle", ""),
        ("icon@2x.png", ""),
        ("she works at gmail headquarters", ""),
    ]);
}

#[test]
fn ages_from_ninety_are_found() {
    let warn = "age";
    each(&[
        ("a 94-year-old woman", warn),
        ("aged 94", warn),
        ("age: 94", warn),
        ("a man of 96 years of age", warn),
        ("94 yo", warn),
        ("94 y/o", warn),
        ("ninety-four-year-old", warn),
        ("at the age of 102", warn),
        ("| Age |\n|---|\n| 94 |", warn),
        ("She is 94 and lives alone.", warn),
        ("Mrs Ellis (94) lives alone.", "age person-name"),
        ("in her nineties", warn),
        ("94%", ""),
        ("89-year-old", ""),
        ("aged 90 and over", ""),
        ("people aged 65 to 94", ""),
        ("aged 18-95", ""),
        ("over 90 years old", ""),
        ("a 94-year-old building", ""),
        ("tickets aged 94 days", ""),
        ("the score is 94", ""),
        ("94 years of service", ""),
        ("in 94 minutes", ""),
    ]);
}

#[test]
fn an_exact_date_with_a_condition_is_found() {
    let warn = "dated-condition";
    each(&[
        ("A man was admitted on 3 May 2024 with sepsis.", warn),
        ("Admitted on 14/03/2024 with a stroke.", warn),
        ("The patient died on 3 May 2024.", warn),
        ("She was diagnosed with cancer on 3rd May.", warn),
        ("Fractured neck of femur 03/05/2024.", warn),
        ("The sepsis alert went live on 3 May 2024.", ""),
        (
            "Patients were admitted with sepsis between 1 April 2023 and 31 March 2024.",
            "",
        ),
        ("The stroke unit moved on 3 May 2024.", ""),
        ("We went live on 3 May 2024. A patient fell.", ""),
        ("The board approved it on 3 May 2024.", ""),
    ]);
}

#[test]
fn small_counts_in_tables_are_found() {
    let warn = "small-count";
    each(&[
        ("| Ward | Patients |\n|---|---|\n| A | 3 |", warn),
        (
            "| Ward | Patients harmed | x |\n|---|---|---|\n| A | 12 | y |\n| B | 5 (12%) | y |",
            warn,
        ),
        (
            "| Measure | Before | After |\n|---|---|---|\n| Deaths | 9 | 4 |",
            warn,
        ),
        (
            "Patients by ward:\n\n| Ward | n |\n|---|---|\n| A | 3 |",
            warn,
        ),
        (
            "<table><tr><th>Ward</th><th>Patients</th></tr><tr><td>A</td><td>3</td></tr></table>",
            warn,
        ),
        ("| Ward | Patients |\n|---|---|\n| A | 12 |", ""),
        ("| Ward | Patients (%) |\n|---|---|\n| A | 3 |", ""),
        ("| Ward | Staff |\n|---|---|\n| A | 3 |", ""),
        (
            "| Measure | Before | After |\n|---|---|---|\n| Clicks per patient | 9 | 4 |",
            "",
        ),
        ("| Ward | Patients per nurse |\n|---|---|\n| A | 6 |", ""),
        ("There were 3 patients.", ""),
    ]);
}

#[test]
fn every_image_is_found_and_examples_of_code_are_not() {
    let warn = "image";
    each(&[
        ("![alt](a.png)", warn),
        ("![alt][ref]", warn),
        ("![[a.png]]", warn),
        ("<img src=a.png>", warn),
        ("[![alt](a.png)](b)", warn),
        ("```\n![alt](a.png)\n```", ""),
        ("`![alt](a.png)`", ""),
        ("![alt]", ""),
        ("text!", ""),
    ]);
}

#[test]
fn values_names_and_rows_are_read_in_their_form() {
    for (part, expected) in [
        (
            Part::value("patient.nhs_number", "999 123 4567", None),
            "nhs-number",
        ),
        (Part::value("dob", "1951-05-03", Some(4)), "date-of-birth!"),
        (
            Part::value("summary", "call 07700 900123", None),
            "telephone",
        ),
        (
            Part::value("contact.mailbox", "lessons@a.example", None),
            "",
        ),
        (Part::value("updated", "2026-11-03", None), ""),
        (Part::file_name("mrs_ellis_4505577104.md"), "nhs-number!"),
        (Part::file_name("dob-03-05-1951.md"), "date-of-birth!"),
        (Part::file_name("450-557-7104.md"), "nhs-number!"),
        (Part::file_name("2024-11-28-go-live.md"), ""),
        (
            Part::front_matter("title: x\nnote: DOB 03/05/1951 # 450 557 7104\n"),
            "date-of-birth! nhs-number!",
        ),
        (
            Part::attachment("attachment 1", "Name\tDOB\nA\t03/05/1951", Form::Rows),
            "date-of-birth!",
        ),
        (
            Part::attachment("attachment 1", "Name,DOB\nA,03/05/1951", Form::Plain),
            "date-of-birth!",
        ),
    ] {
        let name = format!("{} {}", part.name, part.text);
        assert_eq!(found_in(&[part]), expected, "{name}");
    }
}

#[test]
fn a_finding_has_its_place_and_never_its_value() {
    let text = "One line.\n\nÉté: the number **450 557\n7104** and DOB 03/05/1951.\n";
    let findings = check(&[Part::body(text, 5)]);
    let shown: Vec<_> = findings
        .iter()
        .map(|finding| {
            let place = &finding.place;
            (
                finding.kind,
                finding.masked.as_str(),
                place.line,
                place.column,
                place.end_line,
                place.end_column,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (
                Kind::NhsNumber,
                "••• ••• ••••",
                Some(7),
                Some(19),
                Some(8),
                Some(4)
            ),
            (
                Kind::DateOfBirth,
                "••/••/••••",
                Some(8),
                Some(16),
                Some(8),
                Some(25)
            ),
        ]
    );
    let debug = format!("{findings:?}{}", findings[0].text());
    for value in ["450", "557", "7104", "1951", "03/05"] {
        assert!(!debug.contains(value), "{value} in {debug}");
    }
}

#[test]
fn messages_repeat_no_value() {
    let text = "nhs_number 4505577104, jane.smith@nhs.net";
    let parts = [Part::body(text, 1)];
    let findings = check(&parts);
    let message = "`4505577104` of jane.smith@nhs.net and `450 557 7104` are not known";
    let hidden = Hidden::new(&parts, &findings).hide(message).into_owned();
    assert_eq!(
        hidden,
        "`••••••••••` of ••••.•••••@•••.••• and `••• ••• ••••` are not known"
    );
    assert_eq!(
        shown_file_name("a/mrs-4505577104.md"),
        "a/mrs-••••••••••.md"
    );
    assert_eq!(shown_file_name("a/lesson.md"), "a/lesson.md");
    assert_eq!(format!("{:?}", Hidden::new(&parts, &findings)), "Hidden");
}

#[test]
fn only_a_text_without_findings_is_cleared() {
    let clean = Part::body("Words.", 1);
    let other = Part::value("title", "450 557 7104", None);
    let parts = [clean.clone(), other.clone()];
    let cleared = Cleared::new(&parts, &check(&parts));
    assert!(cleared.has(&clean) && !cleared.has(&other));
    assert!(!cleared.has(&Part::body("Words. ", 1)));
    assert!(!cleared.has(&Part::value("dob", "Words.", None)));
}

#[test]
fn front_matter_that_is_read_twice_is_reported_once() {
    let findings = check(&[
        Part::value("dob", "1951-05-03", Some(3)),
        Part::front_matter("---\ntitle: x\ndob: 1951-05-03\n---\n"),
    ]);
    let shown: Vec<_> = findings
        .iter()
        .map(|finding| (finding.place.part.as_str(), finding.place.line))
        .collect();
    assert_eq!(shown, [("dob", Some(3))]);
}

/// Returns a line of `tricks.txt` with its `\\n`, `\\t` and `\\u{…}` as the characters that they mean.
fn unescaped(line: &str) -> String {
    let mut text = line.replace("\\n", "\n").replace("\\t", "\t");
    while let Some(begin) = text.find("\\u{") {
        let end = begin + text[begin..].find('}').unwrap();
        let number = u32::from_str_radix(&text[begin + 3..end], 16).unwrap();
        text.replace_range(begin..=end, &char::from_u32(number).unwrap().to_string());
    }
    text
}

#[test]
fn no_trick_hides_a_value_and_no_look_alike_is_one() {
    let lines = include_str!("tricks.txt").lines();
    let wrong: Vec<_> = lines
        .filter_map(|line| {
            let (expected, text) = line.split_once(" :: ").unwrap();
            let found = found(&unescaped(text)).replace('!', "");
            let expected = expected.replace('+', " ").replace('-', "");
            (found.replace('-', "") != expected).then(|| format!("{line}: {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_name_with_an_age_is_that_of_a_patient() {
    let name = "person-name";
    each(&[
        ("Mrs Jones, an 84-year-old woman, fell.", name),
        (
            "Mrs Jones, an 84-year-old woman, was glad of the alarm.",
            name,
        ),
        ("We admitted Mrs Jones aged 84 on Monday.", name),
        ("Mrs Jones aged 84, bed 4.", name),
        ("Mr Khan, 71, waited for a porter.", name),
        ("Mr Khan, aged 71, waited for a porter.", name),
        ("A boy, Mr Lee, a 17 year old, waited.", name),
        ("We discharged Mr Khan on Monday.", name),
        ("Mr Khan, 24 wards and 3 clinics use it.", ""),
        ("Mrs Jones led 84 wards.", ""),
        ("Mr Khan said that 84 per cent agreed.", ""),
        ("Mrs Jones admitted that it was late.", ""),
        ("Mr Khan, a 5 year plan was written.", ""),
        ("Dr Khan, 2019, says so.", ""),
    ]);
}
