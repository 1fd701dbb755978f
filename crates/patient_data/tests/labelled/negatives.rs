//! Texts that look like patient data and are none: numbers of other sorts, dates of projects, names of staff, mailboxes of
//! roles, bands of age.

use crate::{Case, random::Random};

/// Sentences around what is made; `{}` is it.
const PLACES: &[&str] = &[
    "{}",
    "See {} for details.",
    "- {}",
    "| Item | Value |\n|---|---|\n| one | {} |",
    "We noted {} in the log.",
    "`{}`",
    "> {}",
    "```\n{}\n```",
    "**{}**",
    "({})",
];

pub(crate) fn cases() -> Vec<Case> {
    let mut random = Random::new(2);
    let mut texts: Vec<String> = Vec::new();
    let make: [fn(&mut Random) -> String; 46] = [
        isbn10,
        isbn13,
        doi,
        snomed,
        uuid,
        digest,
        timestamp,
        unix_time,
        order,
        phone_service,
        phone_freephone,
        phone_labelled,
        ods,
        icd,
        opcs,
        dose,
        version,
        price,
        ward,
        gmc,
        nmc,
        hcpc,
        company,
        charity,
        fingerprint,
        ip,
        mac,
        port,
        iso_date,
        go_live,
        period,
        percentage,
        decimal,
        room,
        bleep,
        grid,
        vat,
        uprn,
        ean,
        nct,
        commit,
        dimension,
        time_range,
        budget,
        phone_ten,
        long_number,
    ];
    for round in 0..110 {
        for one in make {
            let text = one(&mut random);
            let place = PLACES[(round + texts.len()) % PLACES.len()];
            texts.push(place.replace("{}", &text));
        }
    }
    texts.extend(STAFF.iter().map(|text| (*text).to_owned()));
    for template in ROLES {
        for host in [
            "nhs.net",
            "northmoor.example",
            "avonbridge.nhs.uk",
            "supplier.co.uk",
        ] {
            texts.push(format!("Write to {template}@{host}."));
        }
    }
    texts.extend(SENTENCES.iter().map(|text| (*text).to_owned()));
    texts.into_iter().map(Case::clean).collect()
}

fn isbn10(random: &mut Random) -> String {
    let isbn = random.checked(&['0', '1', '3', '4', '7', '9']);
    let label = *random.pick(&[
        "ISBN ",
        "ISBN: ",
        "ISBN-10: ",
        "ISBN10 ",
        "isbn=",
        "ISBN no. ",
    ]);
    format!("{label}{isbn}")
}

fn isbn13(random: &mut Random) -> String {
    let digits = random.digits(10);
    match random.below(3) {
        0 => format!("ISBN 978{digits}"),
        1 => format!(
            "ISBN-13: 978-{}-{}-{}-{}",
            &digits[..1],
            &digits[1..5],
            &digits[5..9],
            &digits[9..]
        ),
        _ => format!("ISBN 978-{digits}"),
    }
}

fn doi(random: &mut Random) -> String {
    let digits = random.checked(&['4', '6', '3']);
    match random.below(3) {
        0 => format!("doi:10.1016/j.jns.{digits}"),
        1 => format!("https://doi.org/10.1136/{digits}"),
        _ => format!("DOI 10.12968/{digits}"),
    }
}

fn snomed(random: &mut Random) -> String {
    let digits = random.checked(&['4', '7', '3']);
    match random.below(4) {
        0 => format!("SNOMED CT {digits}"),
        1 => format!("{digits} |Heart failure (disorder)|"),
        2 => format!("SCTID: {digits}"),
        _ => format!("SNOMED concept {digits}006"),
    }
}

fn uuid(random: &mut Random) -> String {
    let hex = hex(random, 22);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &format!("{}{}", &hex[20..], random.checked(&['4']))
    )
}

fn hex(random: &mut Random, length: usize) -> String {
    (0..length)
        .map(|_| *random.pick(&"0123456789abcdef".chars().collect::<Vec<_>>()))
        .collect()
}

fn digest(random: &mut Random) -> String {
    format!(
        "sha256:{}{}{}",
        hex(random, 20),
        random.nhs_number(),
        hex(random, 20)
    )
    .replace("::", ":")
}

fn timestamp(random: &mut Random) -> String {
    let (month, day, rest) = (1 + random.below(12), 1 + random.below(28), random.digits(2));
    match random.below(3) {
        0 => format!("2025{month:02}{day:02}1230{rest}"),
        1 => format!("2025-{month:02}-{day:02}T12:30:{rest}Z"),
        _ => format!("backup_2025{month:02}{day:02}_1230.tar.gz"),
    }
}

fn unix_time(random: &mut Random) -> String {
    format!("timestamp 17{}", random.digits(8))
}

fn order(random: &mut Random) -> String {
    let label = *random.pick(&[
        "order number ",
        "Order no. ",
        "invoice ",
        "PO number ",
        "purchase order ",
        "ticket ",
        "incident INC",
        "asset tag ",
        "serial number ",
        "tracking number ",
        "change CHG",
        "contract ",
    ]);
    format!("{label}{}", random.checked(&['1', '2', '5', '8', '9']))
}

fn phone_service(random: &mut Random) -> String {
    let (a, b) = (random.digits(3), random.digits(4));
    let label = *random.pick(&[
        "Call the switchboard on",
        "Service desk:",
        "Reception",
        "The helpline is",
        "Ring the ward on",
        "Our office telephone is",
        "PALS team:",
        "Booking office on",
        "Clinic reception tel.",
    ]);
    format!("{label} 0113 {a} {b}")
}

fn phone_freephone(random: &mut Random) -> String {
    format!(
        "{} {} {}",
        random.pick(&["0800", "0300", "0345", "0808", "0333"]),
        random.digits(3),
        random.digits(4)
    )
}

fn phone_labelled(random: &mut Random) -> String {
    let digits = random.checked(&['2', '5', '8']);
    format!(
        "switchboard number {} {} {}",
        &digits[..3],
        &digits[3..6],
        &digits[6..]
    )
}

fn phone_ten(random: &mut Random) -> String {
    format!("helpline 01204 {}", random.digits(5))
}

fn ods(random: &mut Random) -> String {
    let code = *random.pick(&[
        "RR8", "R0A", "RXX01", "QWE", "Y63", "A83001", "8HK24", "ZZ1", "RTG54",
    ]);
    format!(
        "ODS code {code}, practice {}{}",
        random.pick(&["A", "C", "F"]),
        random.digits(5)
    )
}

fn icd(random: &mut Random) -> String {
    format!(
        "ICD-10 {}{}.{}",
        random.pick(&["I", "E", "S"]),
        random.digits(2),
        random.below(10)
    )
}

fn opcs(random: &mut Random) -> String {
    format!("OPCS W{}.{}", random.digits(2), random.below(10))
}

fn dose(random: &mut Random) -> String {
    format!(
        "{} {} mg {}",
        random.pick(&["enoxaparin", "paracetamol", "amoxicillin", "vitamin B12"]),
        10 * (1 + random.below(100)),
        random.pick(&["twice a day", "od", "every 8 hours"])
    )
}

fn version(random: &mut Random) -> String {
    format!(
        "version {}.{}.{}.{}",
        random.below(30),
        random.below(400),
        random.below(999),
        random.digits(4)
    )
}

fn price(random: &mut Random) -> String {
    format!(
        "£{},{},{}",
        1 + random.below(900),
        random.digits(3),
        random.digits(3)
    )
}

fn ward(random: &mut Random) -> String {
    format!(
        "ward {}{} and bay {}",
        random.pick(&["B", "C", "E", "N", "M"]),
        1 + random.below(40),
        1 + random.below(8)
    )
}

fn gmc(random: &mut Random) -> String {
    format!("GMC number {}", random.digits(7))
}

fn nmc(random: &mut Random) -> String {
    format!("NMC PIN 12A{}E", random.digits(4))
}

fn hcpc(random: &mut Random) -> String {
    format!("HCPC registration PH{}", random.digits(6))
}

fn company(random: &mut Random) -> String {
    format!("company number {}", random.digits(8))
}

fn charity(random: &mut Random) -> String {
    format!("registered charity number {}", random.digits(7))
}

fn fingerprint(random: &mut Random) -> String {
    let hex = hex(random, 40).to_uppercase();
    let pairs: Vec<&str> = (0..20)
        .map(|index| &hex[index * 2..index * 2 + 2])
        .collect();
    format!("fingerprint {}", pairs.join(":"))
}

fn ip(random: &mut Random) -> String {
    format!(
        "10.{}.{}.{}:8080",
        random.below(255),
        random.below(255),
        random.below(255)
    )
}

fn mac(random: &mut Random) -> String {
    let hex = hex(random, 12);
    format!(
        "{}:{}:{}:{}:{}:{}",
        &hex[..2],
        &hex[2..4],
        &hex[4..6],
        &hex[6..8],
        &hex[8..10],
        &hex[10..]
    )
}

fn port(random: &mut Random) -> String {
    format!("listen on 127.0.0.1:{}", 1024 + random.below(60000))
}

fn iso_date(random: &mut Random) -> String {
    format!(
        "published 2025-{:02}-{:02}",
        1 + random.below(12),
        1 + random.below(28)
    )
}

fn go_live(random: &mut Random) -> String {
    let what = *random.pick(&[
        "The sepsis alert",
        "The stroke pathway",
        "The virtual ward",
        "The cancer tracking tool",
        "Our EPR",
        "The diabetes dashboard",
    ]);
    format!(
        "{what} went live on {} {} 2025",
        1 + random.below(28),
        random.pick(&["March", "May", "November"])
    )
}

fn period(random: &mut Random) -> String {
    format!(
        "{} patients were treated between 1 April 2023 and {} March 2024",
        200 + random.below(900),
        1 + random.below(28)
    )
}

fn percentage(random: &mut Random) -> String {
    format!(
        "from {}% to {}.{}%",
        90 + random.below(10),
        90 + random.below(9),
        random.below(10)
    )
}

fn decimal(random: &mut Random) -> String {
    format!("0.{} and 3.{}", random.nhs_number(), random.digits(10))
}

fn room(random: &mut Random) -> String {
    format!(
        "room {}.{}, level {}, bed {}",
        random.below(5),
        random.digits(2),
        random.below(12),
        random.below(40)
    )
}

fn bleep(random: &mut Random) -> String {
    format!(
        "bleep {} or extension {}",
        random.digits(4),
        random.digits(5)
    )
}

fn grid(random: &mut Random) -> String {
    format!(
        "grid reference SE {} {}",
        random.digits(5),
        random.digits(5)
    )
}

fn vat(random: &mut Random) -> String {
    format!(
        "VAT number GB {} {} {}",
        random.digits(3),
        random.digits(4),
        random.digits(2)
    )
}

fn uprn(random: &mut Random) -> String {
    format!("UPRN {}", random.checked(&['1']))
}

fn ean(random: &mut Random) -> String {
    format!("barcode 50{}", random.digits(11))
}

fn nct(random: &mut Random) -> String {
    format!(
        "trial NCT0{} and ISRCTN1{}",
        random.digits(7),
        random.digits(7)
    )
}

fn commit(random: &mut Random) -> String {
    format!("commit {}", hex(random, 40))
}

fn dimension(random: &mut Random) -> String {
    format!(
        "{} by {} pixels at {} dpi",
        1024 + random.below(3000),
        768 + random.below(2000),
        96 + random.below(200)
    )
}

fn time_range(random: &mut Random) -> String {
    format!(
        "from 07:{:02} to 19:{:02}, 24/7, 365 days",
        random.below(60),
        random.below(60)
    )
}

fn budget(random: &mut Random) -> String {
    format!(
        "a budget of {} {} pounds over 3 years",
        100 + random.below(800),
        random.digits(3)
    )
}

fn long_number(random: &mut Random) -> String {
    format!(
        "card {} {} {} {}",
        random.digits(4),
        random.digits(4),
        random.digits(4),
        random.digits(4)
    )
}

const STAFF: &[&str] = &[
    "Dr Smith, patient safety lead, wrote this.",
    "Mr Jones, consultant surgeon, sees each patient twice.",
    "Professor Ada Okafor showed us how the patient record was built.",
    "Our medical director, Mrs Begum, spoke to patients.",
    "The chief nurse, Ms Patel, and a patient group met.",
    "Mr Smith's patients waited for 12 weeks.",
    "Sister Mary runs the ward and the patient flow meeting.",
    "Mrs T wrote that the patient portal was slow.",
    "MR scanner and MS Teams for patient contact.",
    "The Master Patient Index holds one record a patient.",
    "Dr Patel saw the patient on the ward round.",
    "Mr Hall is the programme manager for the patient portal.",
    "The minister, Mr Green, opened the unit and met patients.",
    "Miss a dose and the patient gets a text.",
    "The response took 200 ms. Patients noticed.",
    "Lead pharmacist Mrs Wood checks what the patient takes.",
];

const ROLES: &[&str] = &[
    "lessons",
    "info",
    "digital.safety",
    "virtual-ward",
    "noreply",
    "it.servicedesk",
    "patient.experience",
    "pals",
    "northmoor.informatics",
    "epma-team",
    "digitalteam",
    "service-desk",
    "research.office",
    "communications",
    "foi",
    "ward4",
    "clinical.coding",
    "stroke.unit",
    "transformation",
    "ig.team",
    "cyber.security",
    "hello",
    "enquiries",
    "bookings",
    "rxx-tr.lessons",
    "informatics.support",
    "data.quality",
    "training",
    "records-office",
    "chairs.office",
    "press",
];

const SENTENCES: &[&str] = &[
    "The NHS was born on 5 July 1948.",
    "The idea was born on 3 May 2019 in a corridor.",
    "We matched on name, date of birth and postcode. On 3 May 2024 we stopped.",
    "We removed the date of birth from the form on 3 May 2024.",
    "Date of birth is asked for twice since 12 March 2025.",
    "NHS number and date of birth are printed on the band.",
    "The hospital number has seven digits; the NHS number has ten.",
    "Hospital numbers of 31,000 people were merged.",
    "We counted 12000 patient numbers in both systems.",
    "Unit 7, unit number 12, Mill Lane.",
    "People aged 90 and over were left out.",
    "Patients aged 65 to 94 were asked.",
    "The over-90s clinic runs on Mondays.",
    "94% of staff and 97 of 100 wards.",
    "A 94-year-old building and a 120-year-old hospital.",
    "The trust is 95 years old.",
    "Tickets aged 94 days or more.",
    "The usability score is 94.",
    "| Ward | Beds |\n|---|---|\n| A | 6 |",
    "| Measure | Before | After |\n|---|---|---|\n| Minutes per patient | 7 | 4 |",
    "| Step | Days |\n|---|---|\n| One | 3 |",
    "| Site | Nurses |\n|---|---|\n| A | 5 |",
    "| Phase | Wards live |\n|---|---|\n| 1 | 2 |",
    "| Ward | Patients |\n|---|---|\n| A | 120 |\n| B | 88 |",
    "| Ward | Patients (%) |\n|---|---|\n| A | 3 |",
    "| Patients per nurse | 4 |\n|---|---|\n| on nights | 7 |",
    "| Question | Score |\n|---|---|\n| Was the patient asked? | 4 |",
    "Xeon E5 4GB, W10 8GB RAM, and a DL1 2TB disk.",
    "The stroke unit moved on 3 May 2024, and the ward closed.",
    "On 14 March 2025 the board approved the business case for the cancer centre.",
    "Sepsis screening began on 1 April 2025 in all emergency departments.",
    "COVID-19 testing ended on 31 March 2022.",
    "Patients were admitted with sepsis between 1 April 2023 and 31 March 2024.",
    "World Diabetes Day is on 14 November 2025.",
    "We trained 214 nurses by 3 May 2024.",
    "NHS 111, 999 and 112 are short numbers.",
    "Ring 0113 for the area code and 1571 for messages.",
    "@handle on social media, git@github.com:org/repo.git, pkg@1.2.3 and icon@2x.png",
    "postgres://wardround:secret@127.0.0.1/db",
    "450, 557 and 7104 people answered.",
    "| 450 | 557 | 7104 |\n|---|---|---|\n| 943 | 476 | 5919 |",
    "Rows 450 to 557 of 7104.",
    "3.141592653589793 and 2718281828459045",
    "`![alt](image.png)` shows an image.",
    "![[A note]]",
    "See ![[guide/Bed board v1.2#Part one|the board]] first.",
    "```\n![alt](image.png)\n```",
    "The score (95) is high.",
    "Version 94 is out. She said so.",
    "The hospital was 100 in May.",
    "In her report of 3 May 2024 the auditor praised the stroke team.",
];
