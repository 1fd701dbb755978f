//! A third set: forms that an information governance lead found, with other values. Each is a kind of writing, so that
//! the words and the numbers in it are others.

use patient_data::Kind;

use crate::{Case, random::Random};

const SURNAMES: &[&str] = &[
    "Ellis",
    "Okafor",
    "Van Dijk",
    "Brân",
    "O'Hara",
    "Nowak",
    "Greenwood",
    "Thistlewood",
    "Kaur-Bell",
    "Yılmaz",
];
const TITLES: &[&str] = &["Mr", "Mrs", "Ms", "Miss"];

pub(crate) fn cases() -> Vec<Case> {
    let mut random = Random::new(2026);
    let mut cases = Vec::new();
    for _ in 0..12 {
        numbers_as_shown(&mut random, &mut cases);
        numbers_by_words(&mut random, &mut cases);
        births(&mut random, &mut cases);
        hospitals(&mut random, &mut cases);
        names(&mut random, &mut cases);
        ages(&mut random, &mut cases);
        others(&mut random, &mut cases);
        clean(&mut random, &mut cases);
    }
    cases
}

fn groups(digits: &str) -> [&str; 3] {
    [&digits[..3], &digits[3..6], &digits[6..]]
}

/// What a reader sees unbroken, whatever is between the digits in the source.
fn numbers_as_shown(random: &mut Random, cases: &mut Vec<Case>) {
    const BETWEEN: &[&str] = &[
        "<span title=\"a > b\">",
        "<i class='x>y'>",
        "<script>x</script>",
        "<style>b{}</style>",
        "<template></template>",
        "<select></select>",
        "<map>",
        "<noscript></noscript>",
        "<textarea></textarea>",
        "<!DOCTYPE y>",
        "<param>",
        "%%a%%",
        "{::comment}a{:/}",
        "{# a #}",
        "{% comment %}a{% endcomment %}",
        "{{/* a */}}",
        "&it;",
        "&ic;",
        "&af;",
        "&InvisibleTimes;",
        "&ApplyFunction;",
        "&NegativeMediumSpace;",
        "&NegativeVeryThinSpace;",
        "&shy",
        "&#x80;",
        "&#150;",
        "&tdot;",
        "&DownBreve;",
        "\u{1d173}",
        "\u{1d17a}",
        "\u{1bca0}",
        "\u{1bca3}",
        "\u{600}",
        "\u{6dd}",
        "\u{8e2}",
        "\u{110bd}",
        "\u{fe20}",
        "\u{fffc}",
        "\u{85}",
    ];
    let between = random.pick(BETWEEN);
    let digits = random.nhs_number();
    let each: Vec<String> = digits.chars().map(String::from).collect();
    cases.push(Case::new(
        Kind::NhsNumber,
        format!("Shown: {}.", each.join(between)),
    ));
    for between in BETWEEN {
        let digits = random.nhs_number();
        cases.push(Case::new(
            Kind::NhsNumber,
            format!("Shown: {}.", groups(&digits).join(between)),
        ));
    }
    let forms: [fn([&str; 3]) -> String; 15] = [
        |[a, b, c]| format!("Band {a}<p>{b}</p>{c} was read."),
        |[a, b, c]| format!("Band {a}<div></div>{b}<li>{c} was read."),
        |[a, b, c]| format!("Band <h3>{a}</h3> <h3>{b}</h3> <h3>{c}</h3>"),
        |[a, b, c]| format!("{a}<sup>{b}</sup>{c}"),
        |[a, b, c]| format!("{a}{b}<sub>{c}</sub>"),
        |[a, b, c]| format!("[{a}](https://a.example \"y ) 9\"){b}{c}"),
        |[a, b, c]| format!("[{a}](https://a.example/(1)(2)(3)(4)(5)){b}{c}"),
        |[a, b, c]| format!("[{a}](https://a.example/{}){b}{c}", "y".repeat(5_000)),
        |[a, b, c]| format!("{a}<b title=\"{}\">{b}</b>{c}", "y ".repeat(4_000)),
        |[a, b, c]| format!("{a}&ThickSpace;{b}&ThickSpace;{c}"),
        |[a, b, c]| format!("{a}--{b}--{c}"),
        |[a, b, c]| format!("{a}:{b}:{c}"),
        |[a, b, c]| format!("{a}_{b}_{c}"),
        |[a, b, c]| format!("Number: {a}{b}{c}.0"),
        |[a, b, c]| format!("{a}{b}{c}_20240501"),
    ];
    for form in forms {
        let digits = random.nhs_number();
        cases.push(Case::new(Kind::NhsNumber, form(groups(&digits))));
    }
}

/// Numbers that words part from their label, and numbers behind the name of another one.
fn numbers_by_words(random: &mut Random, cases: &mut Vec<Case>) {
    let labelled: [fn(&str) -> String; 8] = [
        |n| format!("NHS number (checked): {n}"),
        |n| format!("The NHS number on the letter was {n}."),
        |n| format!("NHS no. as read out by her son: {n}"),
        |n| format!("his NHS number, he thought, is {n}"),
        |n| format!("NHS number on SPINE {n}"),
        |n| format!("NHS No (old): {n}"),
        |n| format!("NHS number / surname: {n} / E"),
        |n| format!("| NHS number |\n|---|\n| {n} |"),
    ];
    for form in labelled {
        // Any ten digits: a label needs no check digit.
        let digits = format!("5{}", random.digits(9));
        cases.push(Case::new(Kind::NhsNumber, form(&digits)));
    }
    let named: [fn([&str; 3]) -> String; 6] = [
        |[a, b, c]| format!("order for {a} {b} {c}"),
        |[a, b, c]| format!("ticket {a} {b} {c} was closed"),
        |[a, b, c]| format!("Serial: {a}-{b}-{c}"),
        |[a, b, c]| format!("Tel: {a} {b} {c}"),
        |[a, b, c]| format!("<id root=\"2.16.840.1.113883.2.1.4.1\" extension=\"{a}{b}{c}\"/>"),
        |[a, b, c]| format!("https://a.example/r/{a}{b}{c}"),
    ];
    for form in named {
        let digits = random.nhs_number();
        cases.push(Case::new(Kind::NhsNumber, form(groups(&digits))));
    }
}

fn births(random: &mut Random, cases: &mut Vec<Case>) {
    const MONTHS: &[&str] = &[
        "Ionawr",
        "Chwefror",
        "Mehefin",
        "Hydref",
        "janvier",
        "août",
        "März",
        "Dezember",
        "enero",
        "junio",
        "maggio",
        "settembre",
        "lutego",
        "września",
        "maart",
        "augustus",
        "março",
        "outubro",
        "aprilie",
        "ekim",
    ];
    let day = 1 + random.below(28);
    let year = 1930 + random.below(80);
    let month = 1 + random.below(12);
    for name in MONTHS {
        cases.push(Case::new(
            Kind::DateOfBirth,
            format!("Date of birth: {day} {name} {year}"),
        ));
    }
    let roman = random.pick(&["i", "iv", "vii", "xi"]);
    let date = format!("{day:02}/{month:02}/{year}");
    let texts = [
        format!("DOB: {day}.{roman}.{year}"),
        format!("The date of birth on the letter was {date}."),
        format!("DOB – confirmed by her son – {date}"),
        format!("Date of birth, misread from the label, is {date}"),
        format!("date of birth in the new register was {date}"),
        format!("DOB according to her passport: {date}"),
        format!("Surname/DOB: Ellis, {date}"),
        format!("DOB/sex: {date}"),
        format!("Name, DOB and ward: J Ellis, {date}, 7"),
        format!("DOB & age: {date}"),
        format!("A boy was born at 23:05 on {day} May {year}."),
        format!("The baby was born in room 2 on {day} March {year}."),
        format!("His DOB should be {date}"),
        format!("Date of birth printed wrongly as {date}"),
        format!("D0B: {date}"),
        format!("Date of bith: {date}"),
        format!("Geburtsdatum: {date}"),
        format!("Dyddiad geni: {date}"),
        format!("Fecha de nacimiento: {date}"),
        format!("née le {date}"),
    ];
    cases.extend(texts.map(|text| Case::new(Kind::DateOfBirth, text)));
}

fn hospitals(random: &mut Random, cases: &mut Vec<Case>) {
    let (first, second) = (random.digits(7), random.digits(6));
    let texts = [
        format!("The hospital number on the letter was K{first}."),
        format!("Hospital number (traced): {first}1"),
        format!("MRN (new system): R{second}"),
        format!("hospital number in the register is X{second}"),
        format!("Hospital number, read twice: 0{first}"),
        format!("MRN on the label K{first}"),
        format!("Hospital number / surname: {second}B / E"),
        format!("MRNs K{first} and {second}A were joined."),
        format!("Patient IDs 0{first} / K{second}"),
        format!("hospital numbers K{first} and X{second} were confused"),
        format!("K{first} (patient ID) was closed."),
        format!("Hosptial number: {second}"),
        format!("Hospital registration number {second}7"),
    ];
    cases.extend(texts.map(|text| Case::new(Kind::HospitalNumber, text)));
}

fn names(random: &mut Random, cases: &mut Vec<Case>) {
    const TEMPLATES: &[&str] = &[
        "{} was found on the bathroom floor.",
        "{} had a scan on Tuesday.",
        "{} missed her antibiotics.",
        "{} has epilepsy.",
        "{} was unwell at night.",
        "{} is on warfarin.",
        "{} went home by taxi.",
        "{} could not swallow.",
        "{} waited eleven hours.",
        "{} tested positive for influenza.",
        "{} lives alone.",
        "{} needed oxygen.",
        "{} was given penicillin by mistake.",
        "{} became septic.",
        "{} had to be restrained.",
        "{} was not given her insulin.",
        "{} did not receive his warfarin.",
        "{} was left without analgesia.",
        "The notes of {} went missing.",
        "{} gave birth at noon.",
        "{} was informed she had cancer.",
        "{} fell from the commode.",
        "{} developed a wound infection.",
        "The operation on {} was moved.",
        "Thank you for referring {}.",
        "We sent {} home without tablets.",
        "{}'s daughter complained.",
        "{}'s discharge was late.",
        "Bed 9: {}, sepsis",
        "{} in bed 9 has pneumonia.",
        "Dear {},\n\nWe are sorry that your appointment was moved.",
        "Re: {}\n\nThis lady came with a fracture.",
        "Incident: {} was prescribed the wrong dose.",
        "Discharge summary for {}: treated for a stroke.",
        "| Patient | Bay |\n|---|---|\n| {} | 4 |",
        "Two patients ({} and another) were moved.",
    ];
    for template in TEMPLATES {
        let name = format!("{} {}", random.pick(TITLES), random.pick(SURNAMES));
        cases.push(Case::new(Kind::PersonName, template.replace("{}", &name)));
    }
    for text in [
        "Jane Ellis (patient, 74) fell.",
        "Ivy Greenwood, a patient, rang.",
        "The patient, Rosalind Nowak, was moved.",
        "Patient: KHAN, Yusra (Mrs)",
    ] {
        cases.push(Case::new(Kind::PersonName, text));
    }
    let surname = random.pick(SURNAMES);
    for initials in ["A", "A.", "A.M.", "A B", "I"] {
        let text = format!("The patient, Mrs {initials} {surname}, was moved.");
        cases.push(Case::new(Kind::PersonName, text));
    }
}

fn ages(random: &mut Random, cases: &mut Vec<Case>) {
    let age = 90 + random.below(15);
    let texts = [
        format!("{age}F with a fall"),
        format!("M/{age} pneumonia"),
        format!("{age}/F confusion"),
        format!("F{age} collapse"),
        format!("Female {age}, from her home"),
        format!("{age} year F with sepsis"),
        format!("Age/sex: {age}/M"),
        format!("{age}♀ fall"),
        format!("M {age} y"),
        format!("at {age} he lives alone"),
        format!("a patient ({age}, from a hostel)"),
        format!("the {age}-year-old's wound"),
        format!("```json\n{{\"age\": {age}}}\n```"),
        "A woman aged one hundred fell.".to_owned(),
        "She died at the age of a hundred and two.".to_owned(),
    ];
    cases.extend(texts.map(|text| Case::new(Kind::Age, text)));
}

fn others(random: &mut Random, cases: &mut Vec<Case>) {
    let day = 1 + random.below(28);
    let date = format!("{day} March 2024");
    let mobile = random.digits(6);
    let dated = [
        format!("She gave birth on {date}."),
        format!("He was transferred to ITU on {date}."),
        format!("The patient's operation on {date} was postponed."),
        format!(
            "A {}-year-old baker from Harle with sepsis was on Ward 3 on {date}.",
            20 + random.below(60)
        ),
        format!("Seen {date}: ?overdose"),
        format!("A man came in on {date} with Huntington's disease."),
    ];
    cases.extend(dated.map(|text| Case::new(Kind::DatedCondition, text)));
    let telephones = [
        format!("Ring 00 44 7700 {mobile}."),
        format!("+ 44 7700 {mobile}"),
        "H: 01632 960142".to_owned(),
    ];
    cases.extend(telephones.map(|text| Case::new(Kind::Telephone, text)));
    let mails = [
        "Email: brenda_okafor@council.gov.uk",
        "cc olu.greenhalgh@nhs.net",
        "minh_nowak@nhs.scot",
        "e31@web.de",
        "k07@onet.pl",
    ];
    cases.extend(mails.map(|text| Case::new(Kind::EMail, text)));
    let count = 1 + random.below(7);
    let counts = [
        format!("| Site | Patients |\n|---|---|\n| A | {count} of 40 |"),
        format!("| Site | Patients |\n|---|---|\n| A | n = {count} |"),
        format!("| Site | Patients |\n|---|---|\n| A | {count}/40 |"),
        "| Site | Patients |\n|---|---|\n| A | seven |".to_owned(),
        format!("| | Patients before | Patients after |\n|---|---|---|\n| Ward A | 31 | {count} |"),
        format!("| Patients | {count} |\n|---|---|\n| Wards | 9 |"),
    ];
    cases.extend(counts.map(|text| Case::new(Kind::SmallCount, text)));
    cases.push(Case::new(Kind::Postcode, "Ref LS14AP – ring back"));
}

fn clean(random: &mut Random, cases: &mut Vec<Case>) {
    let (count, day) = (1000 + random.below(9000), 1 + random.below(28));
    let small = 1 + random.below(7);
    let surname = random.pick(SURNAMES);
    let date = format!("{day} March 2024");
    let texts = [
        format!("| Year | Patient numbers |\n|---|---|\n| 2023 | {count} |"),
        format!("Patient numbers: {count} (2023), 5656 (2024)"),
        format!("MRN: {count} matched of 1300"),
        "Patient ID 0001 to 9999".to_owned(),
        format!("MRN lookups: 12{count} a year"),
        format!("MRN (n = 1{count})"),
        format!("Room F9{small}, level 2"),
        format!("100 F, 3{small} C"),
        format!("Hospital numbers fell from {count} to 1204."),
        format!("Date of birth audit, {date}"),
        format!("| Field | Changed |\n|---|---|\n| Date of birth | {date} |"),
        format!("The date of birth rule (version of {date}) was wrong"),
        "Date of birth 01/01/1900 is what the old system wrote.".to_owned(),
        format!("https://a.example/2024/03/{day:02}/sepsis"),
        format!("From {date} every patient with diabetes had a foot check."),
        format!("Galaxy S{small} 8GB"),
        format!("iPad M{small} 4GB"),
        format!("Bay B{small} 4LT"),
        "Write to england.frontline@nhs.net".to_owned(),
        "Write to rxx-tr.flow@nhs.net".to_owned(),
        format!("bay{small}2@nhs.net"),
        format!("| Cohort | Patients |\n|---|---|\n| {small} | 39 |"),
        format!("| Site | Bays for patients |\n|---|---|\n| A | {small} |"),
        format!("| Month | User cases raised |\n|---|---|\n| May | {small} |"),
        format!("The mean age was 9{small}."),
        "TQ 53395 70681".to_owned(),
        format!("Apologies: Ms {surname}, Ms Bell"),
        format!("Mrs {surname} presented the sepsis audit."),
        format!("Mr {surname}, ward manager, heard of the fall in waits."),
        "Dr Nora Clarke (patient experience manager)".to_owned(),
        format!("Mr {surname} has a side project."),
        format!("Mrs {surname} attended a board meeting."),
        format!("Ms {surname} needed a template for the discharge summary."),
        format!("Miss {surname} was in ED to test the kiosk."),
        format!("Mr {surname} developed the sepsis tool."),
        format!("Mrs {surname} recovered the data from the server."),
        format!("Mr {surname} waited for the go-live."),
        format!("We discharged Mr {surname}'s project with thanks."),
        format!("Dear Mrs {surname}, thank you for your care and your time."),
        format!("Re: Mr {surname}, the invoice for the patient board"),
        "A patient was moved to Lady Ryder unit.".to_owned(),
        format!("run:139400_2025-10-{day:02}_7bd070676535"),
        "The line is 0800831616.".to_owned(),
    ];
    cases.extend(texts.map(Case::clean));
}
