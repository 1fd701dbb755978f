//! Texts with patient data: each kind in every written form, in every place of a text. All of it is invented.

use patient_data::Kind;

use crate::{Case, random::Random};

const GIVEN: &[&str] = &[
    "John", "Margaret", "Aisha", "Tomasz", "Priya", "Olu", "Siân", "Mohammed", "Ewa", "Grace",
    "Dorothy", "Kwame",
];
const SURNAMES: &[&str] = &[
    "Smith",
    "Okafor",
    "O'Neill",
    "Patel",
    "Hollins",
    "Kowalski",
    "McDonald",
    "Begum",
    "Van der Berg",
    "Ferreira",
    "Lindqvist",
    "Adeyemi",
    "Smith-Jones",
    "Nguyen",
    "Wojcik",
    "Thackray",
];
const TITLES: &[&str] = &["Mr", "Mrs", "Ms", "Miss", "Mx", "Mr.", "Mrs."];
const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Places of a text; `{}` is the value.
const PLACES: &[&str] = &[
    "{}",
    "The note says {} and nothing else.",
    "It was {}.",
    "- first\n- {}\n- last",
    "> quoted {}\n> more",
    "| a | b |\n|---|---|\n| x | {} |",
    "```\n{}\n```",
    "Text ({}) in brackets.",
    "**{}**",
    "<p>{}</p>",
    "<!-- {} -->\n\nText.",
    "## About {}\n\nText.",
    "Line one\nand {} on line two",
    "A\n\n    {}\n\nB",
    "“{}”, she wrote.",
    "1. {}\n2. other",
    "Term\n: {}",
];

pub(crate) fn cases() -> Vec<Case> {
    let mut random = Random::new(1);
    let mut cases = Vec::new();
    nhs_numbers(&mut random, &mut cases);
    dates_of_birth(&mut random, &mut cases);
    hospital_numbers(&mut random, &mut cases);
    names(&mut random, &mut cases);
    postcodes(&mut random, &mut cases);
    telephones(&mut random, &mut cases);
    mails(&mut random, &mut cases);
    ages(&mut random, &mut cases);
    conditions(&mut random, &mut cases);
    counts(&mut random, &mut cases);
    images(&mut random, &mut cases);
    cases
}

fn place(random: &mut Random, value: &str) -> String {
    // A line end is within a paragraph, not within a row or a heading.
    let places = if value.contains('\n') {
        &PLACES[..5]
    } else {
        PLACES
    };
    random.pick(places).replace("{}", value)
}

/// Writes digits in groups with separators, and hides them with markup, entities and characters of other scripts.
fn disguised(random: &mut Random, digits: &str) -> String {
    let separators = [
        "", " ", "-", ".", "\u{a0}", "\u{2009}", "\u{202f}", "–", " - ", "&nbsp;", "&#160;",
        "&thinsp;", "\u{2011}", "  ", "\n",
    ];
    let separator = *random.pick(&separators);
    let groups = [&digits[..3], &digits[3..6], &digits[6..]];
    let written = groups.join(separator);
    let zeros = ['٠', '۰', '०', '０', '𝟎', '𝟶', '০'];
    // A number is hidden once: within its separators, or within its digits.
    let way = if separator.starts_with('&') {
        11
    } else {
        random.below(12)
    };
    match way {
        0 => written.replace(&digits[1..3], &format!("**{}**", &digits[1..3])),
        1 => format!("<b>{}</b>{}", &written[..2], &written[2..]),
        2 => written
            .chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    format!("&#{};", u32::from(c))
                } else {
                    c.to_string()
                }
            })
            .collect(),
        3 => written
            .chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    format!("{c}\u{200b}")
                } else {
                    c.to_string()
                }
            })
            .collect(),
        4 => {
            let zero = u32::from(*random.pick(&zeros));
            let other = |c: char| {
                c.to_digit(10)
                    .map_or(c, |digit| char::from_u32(zero + digit).unwrap())
            };
            written.chars().map(other).collect()
        }
        5 => written
            .chars()
            .map(|c| {
                if c == '5' {
                    "&#x35;".to_owned()
                } else {
                    c.to_string()
                }
            })
            .collect(),
        6 => format!("{}<i></i>{}", &written[..3], &written[3..]),
        7 => format!("{}\u{ad}{}", &written[..3], &written[3..]),
        8 => format!("`{written}`"),
        _ => written,
    }
}

fn nhs_numbers(random: &mut Random, cases: &mut Vec<Case>) {
    for _ in 0..500 {
        let digits = random.nhs_number();
        let written = disguised(random, &digits);
        let text = place(random, &written);
        cases.push(Case::new(Kind::NhsNumber, text));
    }
    // In what only the source shows.
    for template in [
        "[x](https://a.example/p?n={})",
        "[x](y \"{}\")",
        "![a](pics/{}.png)",
        "![{}](a.png)",
        "<a title=\"{}\">x</a>",
        "<img alt='{}' src=a>",
        "<span data-id=\"{}\">x</span>",
        "[x]: https://a.example/{}",
        "<https://a.example/{}>",
        "https://a.example/{}/notes",
        "[^1]: {}",
        "<!--{}-->",
        "[{}](x)",
        "id_{}",
        "{}_notes.pdf",
        "NHS{}",
        "a,{},b",
        "{}/2024",
        "({})",
        "'{}'",
        "#{}",
        "no{}",
        "{}[^1]",
        "{}¹",
        "tel. none, {}",
    ] {
        for _ in 0..6 {
            let digits = random.nhs_number();
            cases.push(Case::new(Kind::NhsNumber, template.replace("{}", &digits)));
        }
    }
    // Ten digits of any sort behind the label.
    for label in [
        "NHS number: ",
        "NHS no. ",
        "NHS No: ",
        "NHS Number is ",
        "**NHS number** ",
        "nhs_number=",
        "NHS # ",
        "NHS ID ",
        "NHS numbers: ",
        "NHS number - ",
    ] {
        for _ in 0..8 {
            let digits = random.digits(10).replacen('0', "1", 1);
            let parts = [&digits[..2], &digits[2..5], &digits[5..]];
            let separator = *random.pick(&["", " ", "-"]);
            cases.push(Case::new(
                Kind::NhsNumber,
                format!("{label}{}", parts.join(separator)),
            ));
        }
    }
}

fn date(random: &mut Random) -> String {
    let (day, month, year) = (
        1 + random.below(28),
        1 + random.below(12),
        1920 + random.below(100),
    );
    let name = MONTHS[usize::try_from(month - 1).unwrap()];
    let suffix = match day {
        1 | 21 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    let short = &name[..3];
    match random.below(15) {
        0 => format!("{day:02}/{month:02}/{year}"),
        1 => format!("{day}/{month}/{:02}", year % 100),
        2 => format!("{day:02}-{month:02}-{year}"),
        3 => format!("{day}.{month}.{year}"),
        4 => format!("{year}-{month:02}-{day:02}"),
        5 => format!("{day} {name} {year}"),
        6 => format!("{day}{suffix} {name} {year}"),
        7 => format!("{day}{suffix} of {name} {year}"),
        8 => format!("{name} {day}, {year}"),
        9 => format!("{name} {day}{suffix} {year}"),
        10 => format!("{day:02}-{short}-{year}"),
        11 => format!("{day}{short}{year}"),
        12 => format!("{day} {short} '{:02}", year % 100),
        13 => format!("{day:02} {month:02} {year}"),
        _ => format!("{day:02} / {month:02} / {year}"),
    }
}

fn dates_of_birth(random: &mut Random, cases: &mut Vec<Case>) {
    let templates = [
        "DOB {}",
        "DOB: {}",
        "D.O.B. {}",
        "d.o.b: {}",
        "DoB - {}",
        "D/O/B {}",
        "D O B {}",
        "dob={}",
        "Date of birth: {}",
        "date of birth {}",
        "Date of Birth (dd/mm/yyyy): {}",
        "**Date of birth:** {}",
        "| DOB | {} |",
        "| Name | DOB |\n|---|---|\n| A | {} |",
        "| Name | Date of birth | Ward |\n|:--|---|--:|\n| A | {} | 4 |",
        "<table><tr><th>DOB</th></tr><tr><td>{}</td></tr></table>",
        "She was born on {}.",
        "He was born {} in Leeds",
        "(born {})",
        "(b. {})",
        "b. {}",
        "birth date: {}",
        "Birthdate {}",
        "his date of birth is {}",
        "her date of birth was {}",
        "date of birth given as {}",
        "with a date of birth of {}",
        "{} (DOB)",
        "{} is her date of birth",
        "DOB\n{}",
        "## DOB\n\n{}",
        "- DOB\n- {}",
        "```\ndob: {}\n```",
        "<!-- dob {} -->",
        "name,dob\nA,{}",
        "patient (DOB {}) came",
        "DOB:&nbsp;{}",
        "D&#79;B {}",
        "ＤＯＢ {}",
        "the patient's date of birth, {},",
        "birthday: {}",
        "date_of_birth: {}",
        "dateOfBirth: {}",
        "Date-of-birth: {}",
        "DOB_{}",
        "the baby's date of birth recorded as {}",
        "![dob {}](a.png)",
        "[x](y \"DOB {}\")",
    ];
    for template in templates {
        for _ in 0..6 {
            let date = date(random);
            cases.push(Case::new(Kind::DateOfBirth, template.replace("{}", &date)));
        }
    }
}

fn hospital_numbers(random: &mut Random, cases: &mut Vec<Case>) {
    let templates = [
        "Hospital number {}",
        "Hospital number: {}",
        "hospital no. {}",
        "Hospital No: {}",
        "Hosp no {}",
        "Hosp. No. {}",
        "hospital ID {}",
        "MRN {}",
        "MRN: {}",
        "MRN#{}",
        "M.R.N. {}",
        "mrn={}",
        "Medical record number {}",
        "medical record no. {}",
        "patient ID {}",
        "Patient ID: {}",
        "patient number {}",
        "PAS number {}",
        "PAS no: {}",
        "unit number {}",
        "case note number {}",
        "casenote no {}",
        "Patient identifier: {}",
        "hospital number ({})",
        "her hospital number is {}",
        "RiO number {}",
        "district number {}",
        "| MRN |\n|---|\n| {} |",
        "| Hospital number | Ward |\n|---|---|\n| {} | 4 |",
        "| MRN | {} |",
        "**Hospital number**: {}",
        "MRN&nbsp;{}",
        "{} (MRN)",
        "hospital_number: {}",
        "hospitalNumber: {}",
        "ward,mrn\n4,{}",
        "<!-- MRN {} -->",
        "```\nMRN {}\n```",
        "MRN - {}",
        "local patient identifier {}",
        "EPR number {}",
        "CHI number {}",
    ];
    for template in templates {
        for _ in 0..5 {
            let digits = random.digits(5);
            let number = match random.below(7) {
                0 => format!("K9{digits}"),
                1 => format!("7{digits}"),
                2 => format!("RXX9{digits}"),
                3 => format!("12/9{digits}"),
                4 => format!("A 9{digits}"),
                5 => format!("9{digits}-{}", random.below(10)),
                _ => format!("0093{digits}"),
            };
            cases.push(Case::new(
                Kind::HospitalNumber,
                template.replace("{}", &number),
            ));
        }
    }
}

fn names(random: &mut Random, cases: &mut Vec<Case>) {
    let templates = [
        "The patient, {}, went home.",
        "{} was a patient on the ward.",
        "{} (patient) agreed.",
        "{}, a patient of the clinic, agreed.",
        "{} rang. The patient was upset.",
        "A patient called {} came.",
        "{} was admitted in May.",
        "{} was discharged.",
        "The patient was {}.",
        "We asked {} as a patient.",
        "Patient: {}",
        "patient {} fell",
        "The patient said that {} had waited.",
        "| Patient | {} |",
        "{} died on the ward.",
        "Our patient {} waited.",
        "It was the daughter of {} who rang about the patient and his care.",
        "**{}** is a patient.",
        "{} had been readmitted.",
        "> {} lay next to the patient in bed 4",
    ];
    for template in templates {
        for _ in 0..6 {
            let title = *random.pick(TITLES);
            let surname = *random.pick(SURNAMES);
            let name = match random.below(3) {
                0 => format!("{title} {} {surname}", random.pick(GIVEN)),
                1 => format!("{title} J. {surname}"),
                _ => format!("{title} {surname}"),
            };
            cases.push(Case::new(Kind::PersonName, template.replace("{}", &name)));
        }
    }
}

fn postcodes(random: &mut Random, cases: &mut Vec<Case>) {
    let areas = [
        "LS1", "SW1A", "M1", "B33", "CR2", "DN55", "W1A", "EC1A", "NE99", "YO10", "CF10", "BT9",
        "EH1", "G12", "TR1", "SE1P", "N1C", "L69", "OX3", "BS99",
    ];
    for _ in 0..150 {
        let unit: String = (0..2)
            .map(|_| *random.pick(&"ABDEFGHJLNPQRSTUWXYZ".chars().collect::<Vec<_>>()))
            .collect();
        let (area, sector) = (*random.pick(&areas), random.below(10));
        let postcode = match random.below(6) {
            0 => format!("{area}{sector}{unit}"),
            1 => format!("{area}\u{a0}{sector}{unit}"),
            2 => format!("{area}&nbsp;{sector}{unit}"),
            3 => format!("**{area}** {sector}{unit}"),
            4 => format!("{area}  {sector}{unit}"),
            _ => format!("{area} {sector}{unit}"),
        };
        let text = *random.pick(&[
            "{}",
            "She lives at 4 Mill Lane, Leeds {}.",
            "postcode {}",
            "| Postcode |\n|---|\n| {} |",
            "({})",
            "- {}",
            "the {} area",
            "[map](https://a.example/?q={})",
            "<!-- {} -->",
        ]);
        cases.push(Case::new(Kind::Postcode, text.replace("{}", &postcode)));
    }
}

fn telephones(random: &mut Random, cases: &mut Vec<Case>) {
    for _ in 0..150 {
        let rest = random.digits(6);
        let (a, b) = (&rest[..3], &rest[3..]);
        let number = match random.below(12) {
            0 => format!("07700 9{}", &rest[1..]),
            1 => format!("077009{}", &rest[1..]),
            2 => format!("07700-{a}-{b}"),
            3 => format!("07700.{a}.{b}"),
            4 => format!("+44 7700 {rest}"),
            5 => format!("+447700{rest}"),
            6 => format!("+44 (0)7700 {rest}"),
            7 => format!("0044 7700 {rest}"),
            8 => format!("(07700) {rest}"),
            9 => format!("07 70 0{} {} {}", &rest[..1], a, &rest[4..]),
            10 => format!("07700&nbsp;{rest}"),
            _ => format!("0770 0{a} {b}"),
        };
        if number.chars().filter(char::is_ascii_digit).count() < 11 {
            continue;
        }
        let text = place(random, &number);
        cases.push(Case::new(Kind::Telephone, text));
    }
    let templates = [
        "Tel: {}",
        "telephone {}",
        "Phone {}.",
        "Her daughter is on {}.",
        "his home number is {}",
        "call {}",
        "ring the patient on {}",
        "| Name | Phone |\n|---|---|\n| A | {} |",
        "Contact number: {}",
        "next of kin {}",
        "t: home {}",
        "mobile or landline {}",
    ];
    for template in templates {
        for _ in 0..6 {
            let rest = random.digits(6);
            let (a, b) = (&rest[..3], &rest[3..]);
            let number = match random.below(7) {
                0 => format!("0113 4{} {}{}", &rest[..2], b, 1),
                1 => format!("01632 {rest}"),
                2 => format!("(01632) {rest}"),
                3 => format!("020 7{} {}{}", a, b, 1),
                4 => format!("+44 113 4{} {}{}", &rest[..2], b, 1),
                5 => format!("+44 (0)1632 {rest}"),
                _ => format!("01632-{a}-{b}"),
            };
            cases.push(Case::new(Kind::Telephone, template.replace("{}", &number)));
        }
    }
}

fn mails(random: &mut Random, cases: &mut Vec<Case>) {
    let hosts = [
        "gmail.com",
        "hotmail.co.uk",
        "outlook.com",
        "btinternet.com",
        "yahoo.co.uk",
        "icloud.com",
        "sky.com",
    ];
    for _ in 0..160 {
        let given = random.pick(GIVEN).to_lowercase().replace('â', "a");
        let surname = random
            .pick(SURNAMES)
            .to_lowercase()
            .replace([' ', '\''], "");
        let host = *random.pick(&hosts);
        let mail = match random.below(10) {
            0 => format!("{given}.{surname}@nhs.net"),
            1 => format!("{surname}{}@{host}", random.digits(2)),
            2 => format!("{given}_{surname}@{host}"),
            3 => format!("{given}.{surname}{}@nhs.net", random.below(9)),
            4 => format!("{given}{surname}@{host}"),
            5 => format!("{given}.{surname} (at) {host}"),
            6 => format!("{given}.{surname}&#64;northmoor.example"),
            7 => format!("{given}-{surname}@northmoor.example"),
            8 => format!("{}.{surname}@northmoor.nhs.uk", &given[..1]),
            _ => format!("{given}.{surname}@northmoor.example"),
        };
        let text = *random.pick(&[
            "{}",
            "Write to {}.",
            "<{}>",
            "[mail](<mailto:{}>)",
            "| {} |\n|---|",
            "E-mail: {}",
            "**{}**",
            "`{}`",
            "({})",
            "mail {}, please",
        ]);
        cases.push(Case::new(Kind::EMail, text.replace("{}", &mail)));
    }
}

fn ages(random: &mut Random, cases: &mut Vec<Case>) {
    let templates = [
        "a {}-year-old woman",
        "a {} year old man",
        "aged {}",
        "She was aged {} and lived alone",
        "age {}",
        "Age: {}",
        "{} years old",
        "a woman of {} years of age",
        "{}yo",
        "{} yo",
        "{} y/o",
        "{}-yr-old",
        "at the age of {}",
        "| Age |\n|---|\n| {} |",
        "He is {}.",
        "She was {} and frail",
        "Mrs Ellis ({}) fell",
        "a patient, {}, fell",
        "a man of {}",
        "{} yrs old",
        "**{}**-year-old",
        "**Age** {}",
        "patient aged {} with a fall",
        "ages {} and 97",
    ];
    for template in templates {
        for _ in 0..4 {
            let age = (90 + random.below(16)).to_string();
            cases.push(Case::new(Kind::Age, template.replace("{}", &age)));
        }
    }
    for text in [
        "a ninety-four-year-old",
        "aged ninety-one",
        "in her nineties",
        "a nonagenarian",
        "ninety three years old",
        "his 95th birthday",
        "she turned 100",
    ] {
        cases.push(Case::new(Kind::Age, text));
    }
}

fn conditions(random: &mut Random, cases: &mut Vec<Case>) {
    let templates = [
        "A man was admitted on {} with {}.",
        "She was diagnosed with {} on {}.",
        "The patient died of {} on {}.",
        "On {} he had {}.",
        "Admitted {} with {}.",
        "Diagnosed with {} on {}.",
        "{}: the patient collapsed with {}",
        "A woman came in on {} with {}.",
        "The baby was treated for {} on {}.",
        "{} on {}, discharged home",
        "On {} a resident fell and had {}.",
        "He suffered {} on {}.",
    ];
    let conditions = [
        "sepsis",
        "a stroke",
        "pneumonia",
        "a hip fracture",
        "cancer",
        "a heart attack and heart failure",
        "COVID-19",
        "an overdose",
        "a pulmonary embolism",
        "dementia",
    ];
    for template in templates {
        for _ in 0..5 {
            let (day, month, year) = (
                1 + random.below(28),
                1 + random.below(12),
                2019 + random.below(7),
            );
            let name = MONTHS[usize::try_from(month - 1).unwrap()];
            let date = match random.below(4) {
                0 => format!("{day} {name} {year}"),
                1 => format!("{day:02}/{month:02}/{year}"),
                2 => format!("{name} {day}, {year}"),
                _ => format!("{year}-{month:02}-{day:02}"),
            };
            let condition = *random.pick(&conditions);
            let is_date_first = template.find("{}").is_some_and(|at| {
                template[..at].ends_with("on ")
                    || template[..at].ends_with("On ")
                    || template[..at].is_empty() && !template.contains("discharged")
                    || template[..at].ends_with("Admitted ")
            });
            let values = if is_date_first {
                [date.as_str(), condition]
            } else {
                [condition, date.as_str()]
            };
            cases.push(Case::new(
                Kind::DatedCondition,
                template
                    .replacen("{}", values[0], 1)
                    .replacen("{}", values[1], 1),
            ));
        }
    }
}

fn counts(random: &mut Random, cases: &mut Vec<Case>) {
    let templates = [
        "| Ward | Patients |\n|---|---|\n| A | {} |",
        "| Ward | Number of patients |\n|---|---|\n| A | 120 |\n| B | {} |",
        "| Year | Deaths |\n|---|---|\n| 2024 | {} |",
        "| Measure | Before | After |\n|---|---|---|\n| Patients harmed | 19 | {} |",
        "| Outcome | n (%) |\n|---|---|\n| Patients who fell | {} (12%) |",
        "Patients by age:\n\n| Band | n |\n|---|---|\n| 80 to 89 | {} |",
        "<table><tr><th>Site</th><th>Patients</th></tr><tr><td>A</td><td>{}</td></tr></table>",
        "| Condition | People |\n|---|---|\n| Rare | {} |",
        "| Site | Admissions | Beds |\n|---|---|---|\n| A | {} | 20 |",
        "| Ward | Cases of infection |\n|---|---|\n| A | {} |",
        "| Age group | Women | Men |\n|---|---|---|\n| 20 to 29 | 14 | {} |",
    ];
    for template in templates {
        for value in 1..=7 {
            cases.push(Case::new(
                Kind::SmallCount,
                template.replace("{}", &value.to_string()),
            ));
        }
    }
    let _ = random;
}

fn images(random: &mut Random, cases: &mut Vec<Case>) {
    for template in [
        "![{}](a.png)",
        "Text ![{}](a.png) text",
        "![{}][ref]\n\n[ref]: a.png",
        "<img src=\"{}.png\">",
        "<img alt=\"{}\" src='a.jpg' />",
        "![[{}.png]]",
        "- ![{}](a.webp)",
        "| ![{}](a.png) |\n|---|",
        "[![{}](a.png)](b)",
        "![](a.svg \"{}\")",
    ] {
        for word in ["screen", "ward board", "chart 2"] {
            cases.push(Case::new(Kind::Image, template.replace("{}", word)));
        }
    }
    let _ = random;
}
