//! Which names a reader could take for that of a known organisation, and which honest ones share words with it only.

use ledger::Stated;

/// Who a name or a code is taken for, where the operator has to look at it.
fn resembles(name: &str, known: &str, codes: &[&str]) -> bool {
    let stated = Stated::new(name, None, "https://node.example/feed/v1", "");
    stated.is_named_like(known)
        || stated.words_of_pages().is_some()
        || stated.national_body().is_some()
        || codes.iter().any(|code| stated.names_code(code))
}

const NORTHMOOR: &str = "Northmoor Teaching Hospitals NHS Trust";
const HARROWDALE: &str = "Harrowdale NHS Foundation Trust";
const TWO_PLACES: &str = "Ashdown and Velbury Community Care Trust";

#[test]
fn a_name_with_something_before_or_behind_it_waits() {
    let mut wrong = Vec::new();
    for (name, known) in [
        ("Northmoor Teaching Hospitals (Pilot)", NORTHMOOR),
        ("Northmoor Teaching Hospitals NHS Trust (Pilot)", NORTHMOOR),
        ("Northmoor Teaching Hospitals (Test)", NORTHMOOR),
        ("Northmoor Teaching Hospitals - Research", NORTHMOOR),
        ("Northmoor Teaching Hospitals – Research", NORTHMOOR),
        (
            "Northmoor Teaching Hospitals NHS Trust - Digital",
            NORTHMOOR,
        ),
        ("Northmoor Teaching Hospitals, York", NORTHMOOR),
        ("Northmoor Teaching Hospitals York", NORTHMOOR),
        ("York, Northmoor Teaching Hospitals", NORTHMOOR),
        ("1 Northmoor Teaching Hospitals", NORTHMOOR),
        ("Northmoor Teaching Hospitals 1", NORTHMOOR),
        ("Northmoor Teaching Hospitals & Partners", NORTHMOOR),
        ("Northmoor Teaching Hospitals and Friends", NORTHMOOR),
        ("Northmoor Teaching Hospitals: Pharmacy", NORTHMOOR),
        ("Pharmacy: Northmoor Teaching Hospitals", NORTHMOOR),
        ("Northmoor Teaching Hospitals | Lessons", NORTHMOOR),
        ("Northmoor Teaching Hospitals / IT", NORTHMOOR),
        ("Northmoor Teaching Hospitals [new]", NORTHMOOR),
        ("Northmoor Teaching Hospitals Charity", NORTHMOOR),
        ("Northmoor Teaching Hospitals Innovation Hub", NORTHMOOR),
        ("Friends of Northmoor Teaching Hospitals", NORTHMOOR),
        ("Team Northmoor Teaching Hospitals", NORTHMOOR),
        (
            "Ｎｏｒｔｈｍｏｏｒ Ｔｅａｃｈｉｎｇ Ｈｏｓｐｉｔａｌｓ（Ｐｉｌｏｔ）",
            NORTHMOOR,
        ),
        ("Νorthmoor Teaching Ηospitals (Pilot)", NORTHMOOR),
        ("Nоrthmооr Teaching Hospitals (Pilot)", NORTHMOOR),
        ("N0rthm00r Teaching Hospitals (Pilot)", NORTHMOOR),
        ("NorthmoorTeachingHospitals (Pilot)", NORTHMOOR),
        ("North moor Teaching Hospitals (Pilot)", NORTHMOOR),
        ("Northmor Teaching Hospitals (Pilot)", NORTHMOOR),
        ("Northmoor Teaching Hosp. (Pilot)", NORTHMOOR),
        ("Northmoor", NORTHMOOR),
        ("northmoor", NORTHMOOR),
        ("Northmoor NHS Trust", NORTHMOOR),
        ("Northmoor Trust", NORTHMOOR),
        ("Northmoor Teaching", NORTHMOOR),
        ("Northmoor Hospitals", NORTHMOOR),
        ("Northmoor Hospital", NORTHMOOR),
        ("Northmoor University Hospitals", NORTHMOOR),
        ("Northmoor University Hospitals NHS Trust", NORTHMOOR),
        ("Northmoor University Teaching Hospitals", NORTHMOOR),
        ("Northmoor NHS Trust Hospitals", NORTHMOOR),
        ("Harrowdale (Pilot)", HARROWDALE),
        ("Harrowdale - Research", HARROWDALE),
        ("Harrowdale, York", HARROWDALE),
        ("Harrowdale & Partners", HARROWDALE),
        ("Harrowdale: Pharmacy", HARROWDALE),
        ("Harrowdale Digital", HARROWDALE),
        ("Harrowdale NHS Foundation Trust Library", HARROWDALE),
        ("1 Harrowdale", HARROWDALE),
        ("Harrowdale 2", HARROWDALE),
        ("HARROWDALE NHS (test)", HARROWDALE),
        ("Ashdown & Velbury Community Care (Pilot)", TWO_PLACES),
        ("Ashdown and Velbury", TWO_PLACES),
        ("Ashdown and Velbury Community", TWO_PLACES),
        ("Ashdown Velbury Community Care", TWO_PLACES),
        ("Ashdown", TWO_PLACES),
        ("Velbury", TWO_PLACES),
        ("(ZZ1) Northmoor", NORTHMOOR),
        ("ZZ1", NORTHMOOR),
        ("zz1", NORTHMOOR),
        ("ZZ-1", NORTHMOOR),
        ("z.z.1", NORTHMOOR),
        ("ＺＺ１", NORTHMOOR),
        ("ΖΖ1", NORTHMOOR),
        ("ζζ1", NORTHMOOR),
        ("ZZ1 Surgery", NORTHMOOR),
        ("ZZI", NORTHMOOR),
        ("RAX Surgery", NORTHMOOR),
        ("rax", NORTHMOOR),
    ] {
        if !resembles(name, known, &["ZZ1", "RAX"]) {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<&str>::new());
}

#[test]
fn a_name_of_a_national_body_or_of_the_pages_waits() {
    let mut wrong = Vec::new();
    for name in [
        "NHS",
        "The NHS",
        "NHS (Pilot)",
        "N.H.S.",
        "ＮＨＳ",
        "NHS Online",
        "NHS Trust",
        "NHS England",
        "NHS England North West",
        "North West NHS England",
        "South East NHS England",
        "Northern Department of Health",
        "NHS Innovation Hub",
        "NHS Information",
        "NHS IT",
        "NHS Intranet",
        "NHSE",
        "Department of Health",
        "Department of Health and Social Care",
        "The Department for Health",
        "DHSC",
        "Public Health England (Leeds)",
        "Care Quality Commission",
        "NICE",
        "NICE evidence",
        "GOV.UK",
        "Home Office",
        "Home",
        "home",
        "Own node",
        "Our node",
        "This trust",
        "Search",
    ] {
        if !resembles(name, NORTHMOOR, &[]) {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<&str>::new());
}

#[test]
fn an_honest_name_that_shares_common_words_does_not_wait() {
    let mut wrong = Vec::new();
    for (name, known) in [
        ("Ashdown Teaching Hospitals NHS Trust", NORTHMOOR),
        ("Velbury University Hospitals NHS Trust", NORTHMOOR),
        (
            "University Hospitals of Carrick NHS Foundation Trust",
            NORTHMOOR,
        ),
        ("Northmoor Community Healthcare NHS Trust", NORTHMOOR),
        ("Northmoor Community Hospitals", NORTHMOOR),
        ("Northmoor Children's Hospital", NORTHMOOR),
        ("Northmoor Partnership NHS Foundation Trust", NORTHMOOR),
        ("Northmoor Mental Health Trust", NORTHMOOR),
        ("Northmoor and Ashdown Partnership", NORTHMOOR),
        ("NHS Northmoor Integrated Care Board", NORTHMOOR),
        ("Northmoor Ambulance Service", NORTHMOOR),
        ("Southmoor Teaching Hospitals NHS Trust", NORTHMOOR),
        ("West Northmoor Teaching Hospitals NHS Trust", NORTHMOOR),
        ("Northmoor Surgery", NORTHMOOR),
        ("Northmoor Eye Clinic", NORTHMOOR),
        ("Moorfield Teaching Hospitals", NORTHMOOR),
        ("Harrowdale Community NHS Trust", HARROWDALE),
        (
            "Harrowdale Teaching Hospitals NHS Foundation Trust",
            HARROWDALE,
        ),
        ("Harrowdale and Kellbeck Partnership", HARROWDALE),
        ("Harrowdale Valley Hospitals", HARROWDALE),
        ("East Harrowdale NHS Trust", HARROWDALE),
        ("NHS Harrowdale Integrated Care Board", HARROWDALE),
        ("Hallowdene NHS Foundation Trust", HARROWDALE),
        ("Ashdown Community Healthcare", TWO_PLACES),
        ("Ashdown Hospitals", TWO_PLACES),
        ("Velbury Community Care Trust", TWO_PLACES),
        ("Ashdown and Kellbeck Partnership", TWO_PLACES),
        ("Community Care Carrick", TWO_PLACES),
        ("Velbury NHS Trust", TWO_PLACES),
        ("Ashdown NHS Foundation Trust", TWO_PLACES),
        (
            "East Marsham NHS Foundation Trust",
            "North East Marsham NHS Foundation Trust",
        ),
        (
            "North East Marsham NHS Foundation Trust",
            "East Marsham NHS Foundation Trust",
        ),
        ("East Marsham Healthcare", "Marsham Healthcare"),
        ("Marsham Healthcare", "East Marsham Healthcare"),
        (
            "Marshamshire Community Health Services",
            "Marshamshire Healthcare",
        ),
        ("Marshamshire Hospitals", "Marshamshire Health and Care"),
        ("Royal Carrick Hospital", "Royal Ashdown Hospital"),
        ("St Brannoc's Hospice", "St Aldric's Hospice"),
        (
            "St Brannoc's Mental Health Partnership",
            "St Brannoc's Hospice",
        ),
        ("Carrick Health Centre", "Kellbeck Health Centre"),
        ("Carrick Medical Group", "Carrick Health Centre"),
        ("High Street Surgery", "Station Road Surgery"),
        ("Kellbeck Hospital 1", "Kellbeck Hospital 2"),
        ("Community Hospital", NORTHMOOR),
        ("Raxley Surgery", NORTHMOOR),
        ("Nicely Surgery", NORTHMOOR),
        ("ZZ12 Surgery", NORTHMOOR),
        ("NHS Carrick and Kellbeck ICB", NORTHMOOR),
        ("Home Farm Surgery", NORTHMOOR),
        ("Carrick Homeless Health", NORTHMOOR),
        ("Public Health Carrick", NORTHMOOR),
        ("Wardley Care Research Unit", NORTHMOOR),
        ("Carrick Department of Surgery", NORTHMOOR),
        ("Searchlight Hospice", NORTHMOOR),
    ] {
        if resembles(name, known, &["ZZ1", "RAX"]) {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<&str>::new());
}
