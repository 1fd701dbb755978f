//! A fourth set: what an outsider found by classes, in other words and with other values. A word next to a value says what
//! it is only where it is said of the value; a word of work or of a thing in the same sentence hides nothing.

use patient_data::Kind;

use crate::{Case, random::Random};

const SURNAMES: &[&str] = &[
    "Ellis",
    "Okafor",
    "Brân",
    "O'Hara",
    "Nowak",
    "Greenwood",
    "Thistlewood",
    "Kaur-Bell",
    "Al-Rashid",
    "May",
    "Yılmaz",
];
const TITLES: &[&str] = &["Mr", "Mrs", "Ms", "Miss", "Mr.", "Mrs."];
const NUMBERED: &[&str] = &["SNOMED", "ISBN", "DOI", "phone", "fax", "ticket", "order"];

pub(crate) fn cases() -> Vec<Case> {
    let mut random = Random::new(4104);
    let mut cases = Vec::new();
    for _ in 0..10 {
        numbers(&mut random, &mut cases);
        names(&mut random, &mut cases);
        forms_of_names(&mut random, &mut cases);
        ages(&mut random, &mut cases);
        hospitals_and_births(&mut random, &mut cases);
        dates(&mut random, &mut cases);
        clean_names(&mut random, &mut cases);
        clean(&mut random, &mut cases);
    }
    cases
}

/// Numbers behind a word for another number that is not their name, and in forms that hid them.
fn numbers(random: &mut Random, cases: &mut Vec<Case>) {
    const FRAMES: &[&str] = &[
        "No one looked up the {w}. {n} was merged.",
        "They rang about the {w}, {n} was open twice.",
        "The {w} was lost\n\n{n} came back as deceased.",
        "We have no {w} ({n} was typed instead).",
        "The {w} for the man with {n} was wrong.",
        "- the {w}\n- {n}",
        "## A new {w}\n\n{n}",
    ];
    for frame in FRAMES {
        let word = *random.pick(NUMBERED);
        let text = frame.replace("{w}", word);
        let text = text.replace("{n}", &random.nhs_number());
        cases.push(Case::new(Kind::NhsNumber, text));
    }
    let digits = random.checked(&['4', '6']);
    let (a, b, c) = (&digits[..3], &digits[3..6], &digits[6..]);
    let texts = [
        format!("phone {digits}"),
        format!("his mobile is {digits}"),
        format!("fax: {digits}"),
        format!("ISBN {a} {b} {c}"),
        format!("({a}) {b} {c}"),
        format!("{a} {b} ({c})"),
        format!("{a};{b};{c}"),
        format!("{a}=20{b}=20{c}"),
        format!("{a} {b} {}<sup>{}</sup>{}", &c[..2], &c[2..3], &c[3..]),
        format!("{digits} is an invalid NHS number"),
    ];
    cases.extend(texts.map(|text| Case::new(Kind::NhsNumber, text)));
}

/// Names in the same sentence as staff, work or a system.
fn names(random: &mut Random, cases: &mut Vec<Case>) {
    const TEMPLATES: &[&str] = &[
        "A porter left {} alone with severe pain.",
        "The pharmacist gave {} two doses of heparin.",
        "Our registrar said to {} that the biopsy showed cancer.",
        "The doctor came late. {} has pneumonia.",
        "We thanked the team.\n\n{} was admitted with sepsis.",
        "# The project lead\n\n{} collapsed at noon.",
        "- our consultant\n- {} died in the night",
        "{} said to the sister that the pain was worse.",
        "{} asked the nurse for painkillers.",
        "{} was reviewed by the physiotherapist and is confused.",
        "The midwife rang because {} was bleeding.",
        "The wrong label was on the insulin of {}.",
        "The blood of the wrong patient was hung for {}.",
        "{}'s allergy was missing in the new system.",
        "{}'s referral went to the old service.",
        "{} could not read the kiosk because she is blind.",
        "{} waited for his chemo while the system was down.",
        "{} for home today, TTO at ward.",
        "{} c/o abdominal pain",
        "{} ?stroke",
        "{} was 20 weeks pregnant at the launch.",
        "{}, who has dementia, lost the tablet.",
        "{} was put on the sepsis pathway.",
        "{} (bed 7) fell overnight",
        "{} is known to mental health services.",
        "{}'s NEWS was 11 when the alert came.",
        "We apologised to {} and her daughter.",
        "We wrote to {} about a missed appointment.",
        "Staff found {} on the floor.",
        "When {} arrived in resus the printer was off.",
        "{}, a patient aged 61, was moved.",
        "{}, our patient since March, wrote to us.",
        "The client {} rang twice.",
        "{}, a retired nurse, has dementia.",
        "{}, daughter of our matron, has leukaemia.",
        "{} was with a nurse when she collapsed.",
        "{}, GP, has sepsis.",
        "Thanks to {}, who came with sepsis and spoke to us.",
        "A complaint by {} about her insulin",
        "{}, on the consultant's list, has sepsis.",
        "{}, a bank manager, was admitted with pneumonia.",
    ];
    for template in TEMPLATES {
        let name = format!("{} {}", random.pick(TITLES), random.pick(SURNAMES));
        cases.push(Case::new(Kind::PersonName, template.replace("{}", &name)));
    }
}

fn forms_of_names(random: &mut Random, cases: &mut Vec<Case>) {
    let surname = *random.pick(&["Okafor", "Nowak", "Ellis", "O'Hara"]);
    let (upper, lower) = (surname.to_uppercase(), surname.to_lowercase());
    let texts = [
        format!("MR. {upper} FELL"),
        format!("MRS {upper} HAS SEPSIS"),
        format!("MRS J {upper} WAS ADMITTED"),
        format!("Mrs {lower} has asthma."),
        "Mr March was admitted twice.".to_owned(),
        format!("Mr and Mrs {surname} came as patients."),
        "patient name: doris okafor".to_owned(),
        format!("PATIENT: {surname}, Doris"),
        format!("Surname: {surname} Forename: Doris DOB: 3/5/1951"),
        format!("Name: Doris {surname}\nWard: 9"),
        format!("Enw'r claf: Doris {surname}"),
        "Baby Nowak was moved.".to_owned(),
        format!("Master Oscar {surname}"),
        "pt Ellis fell".to_owned(),
        format!("Dr {surname} was admitted with pneumonia."),
        format!("Sister {surname} was diagnosed with sepsis after a fall."),
        format!("| Patient | Bed |\n|---|---|\n| Doris {surname} | 4 |"),
    ];
    cases.extend(texts.map(|text| Case::new(Kind::PersonName, text)));
}

fn ages(random: &mut Random, cases: &mut Vec<Case>) {
    const FRAMES: &[&str] = &[
        "The system took a {a}-year-old man for dead.",
        "On the old ward a {a} year old fell.",
        "The trust is new. A {a}-year-old lady used it.",
        "The project ended.\n\nA {a}-year-old came.",
        "A {a}-year-old ward patient fell.",
        "{a}F could not swallow",
        "{a}/F",
        "M/{a}",
        "F{a} with a fall",
        "{a} M was sent home",
        "{a} yrs, lives alone",
        "{a}y with sepsis",
        "female, {a}, from her home",
        "our patient is {a}",
        "she's {a}",
        "({a}F) fell",
    ];
    let age = (90 + random.below(15)).to_string();
    for frame in FRAMES {
        cases.push(Case::new(Kind::Age, frame.replace("{a}", &age)));
    }
}

fn hospitals_and_births(random: &mut Random, cases: &mut Vec<Case>) {
    let (seven, six) = (random.digits(7), random.digits(6));
    let hospitals = [
        format!("mrn k{seven}"),
        format!("hospital number p{six}"),
        format!("pas no b{six}"),
        format!("K number K{seven}"),
        format!("Trust number R{six}"),
        format!("ED number X{seven}"),
        format!("H/N K{seven}"),
        format!("PID K{seven}"),
        format!("Encounter number: 1{six}"),
        format!("spell no. 2{seven}"),
        format!("Rhif ysbyty: 3{six}"),
    ];
    cases.extend(hospitals.map(|text| Case::new(Kind::HospitalNumber, text)));
    let (day, year) = (1 + random.below(28), 1930 + random.below(80));
    let date = format!("{day:02}/05/{year}");
    let births = [
        format!("dob?? {date}"),
        format!("{date} DOB"),
        format!("{date} was given as date of birth by her son"),
        format!("{date} is his date of birth and was not saved"),
        format!("DOB of the man in bed 6: {date}"),
        format!("bday {date}"),
        format!("DOB {day:02}/05/51 1430 hrs"),
        format!("Birth: {date}"),
        format!("The ward was new to all of us. b. {date}"),
        format!("MRN DOB Ward\n{seven} {date} 7"),
        format!("| Date of | Ward |\n|---|---|\n| birth | |\n| {date} | 7 |"),
        format!("patientDOB,ward\n{date},7"),
    ];
    cases.extend(births.map(|text| Case::new(Kind::DateOfBirth, text)));
}

fn dates(random: &mut Random, cases: &mut Vec<Case>) {
    let day = 1 + random.below(28);
    let texts = [
        format!("Date of death: {day} May 2024"),
        format!("A patient absconded on {day} May 2024 while the system was down."),
        format!("On {day} June a man on the ward arrested."),
        format!("Admitted {day} May with pneumonia."),
        format!("Biopsy on {day} March: cancer"),
        format!("Asthma, diagnosed {day} April."),
    ];
    cases.extend(texts.map(|text| Case::new(Kind::DatedCondition, text)));
    let links = [
        "https://a.example/?url=x%7Cdoris.okafor%40nhs.net%7C0",
        "https://a.example/?url=x%257Cdoris.okafor%2540nhs.net%257C0",
    ];
    cases.extend(links.map(|text| Case::new(Kind::EMail, text)));
}

/// Staff in sentences with words for patients, conditions and drugs.
fn clean_names(random: &mut Random, cases: &mut Vec<Case>) {
    const TEMPLATES: &[&str] = &[
        "Nurse {s} gave the insulin.",
        "{} rang about the oxygen alarms.",
        "{}'s slides on diabetes are attached.",
        "{} found errors in the warfarin table.",
        "The director of digital nursing, {}, showed the pain score.",
        "Head of therapies {} asked for oxygen alarms.",
        "{}, consultant, reviewed the stroke pathway.",
        "{} (ward manager) asked for the wristband printer.",
        "Our lead nurse {} checks the doses.",
        "The chief pharmacist, {}, chose the allergy screen.",
        "{} is our clinical lead for sepsis.",
        "The audit of falls was led by {}.",
        "Thanks to {} for the insulin charts.",
        "{} performed the first operation with the checklist.",
        "{} operates on Tuesdays, with sedation.",
        "{}, who built the pain score, left in May.",
        "{} discharged the patients from a tablet computer.",
        "{}'s team looks after patients with asthma.",
        "{} demonstrated the epilepsy tool.",
        "{} presented how patients with sepsis are seen.",
        "{} joined the stroke project in May.",
        "{} designed the oxygen form.",
        "{} has built pages for patients with asthma.",
        "Apologies: {}, on leave after the overdose review",
        "{} v the trust was about a stroke.",
        "{} et al. studied asthma.",
        "{} asked why the alerts for sepsis were late.",
        "{} welcomes patients at the door.",
        "{} needed a template for the discharge summary.",
        "Author: {}, diabetes team",
    ];
    for template in TEMPLATES {
        let surname = *random.pick(SURNAMES);
        let name = format!("{} {surname}", random.pick(TITLES));
        let text = template.replace("{}", &name).replace("{s}", surname);
        cases.push(Case::clean(text));
    }
}

fn clean(random: &mut Random, cases: &mut Vec<Case>) {
    let age = 90 + random.below(10);
    let (day, small) = (1 + random.below(28), 1 + random.below(9));
    let digits = random.checked(&['5', '8']);
    let texts = [
        format!("ISBN {}", random.nhs_number()),
        format!("SNOMED CT code {}", random.nhs_number()),
        format!("dm+d code: {}", random.nhs_number()),
        format!("It cost £{}.", random.nhs_number()),
        format!("Order number {digits}"),
        format!("{digits} rows were read."),
        format!("a {age}-year-old hospital building"),
        format!("The hospital in Harle is {age} years old."),
        format!("our {age}-year-old boiler"),
        format!("a school aged {age}"),
        format!("room {age}F"),
        format!("It was {age}F outside."),
        format!("{age}M rows"),
        format!("the M{age} motorway"),
        format!("The average patient is {age}."),
        "patients in their nineties".to_owned(),
        "MRN format K999999".to_owned(),
        "Hospital No 2023-24 plan".to_owned(),
        format!("Patient number {small}000 joined."),
        format!("Trust numbers rose to {small}1204."),
        format!("Edith Cavell was born on {day} December 1865."),
        format!("## 0.7.{small} (2024-12-{day:02})"),
        format!("0.7.{small} - 2024-12-{day:02}"),
        "VLAN W1 2AP".to_owned(),
        "a CO2 1AA battery".to_owned(),
        "| Patient name | Ward | Postcode |\n|---|---|---|\n| | | |".to_owned(),
        format!("Sepsis e-learning opened on {day} May 2024."),
        format!("Asthma UK came on {day} May 2024."),
    ];
    cases.extend(texts.map(Case::clean));
}
