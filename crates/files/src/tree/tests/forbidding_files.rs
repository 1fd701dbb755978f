//! The table of first lines, titles, keys and names that forbid to pass a file on, and of public ones that look like them.

use wire::Date;

use super::restricted_files::is_published;
use super::verdict_alone;
use crate::tree::{Verdict, parse};

fn is_published_at(path: &str) -> bool {
    let text = "# Beds of the ward\n\nWords of the page.\n";
    let today = Date::parse("2026-11-28").unwrap();
    let parsed = parse(text, path);
    matches!(
        verdict_alone(path, text, &parsed, today),
        Verdict::Document(_)
    )
}

const NONE: Vec<String> = Vec::new();

/// Returns which of these files are published.
fn published(files: impl IntoIterator<Item = String>) -> Vec<String> {
    files
        .into_iter()
        .filter(|text| is_published(text))
        .collect()
}

/// First lines, each above a title and below one.
const LINES: [&str; 94] = [
    "NOT APPROVED",
    "Not approved",
    "Not yet approved by the board",
    "Not signed off",
    "Not final",
    "Unapproved",
    "TOP SECRET",
    "Top secret",
    "Secret",
    "Protect - staff",
    "PROTECT - COMMERCIAL",
    "Restricted: commercial",
    "Not to be shared beyond the ICB",
    "Not to be shared with suppliers",
    "Not to be published before the board has met",
    "Not to be circulated any further",
    "Must not be shared with anyone at the supplier",
    "This paper must not be copied to other trusts",
    "May not be distributed without the author's word",
    "Not published yet",
    "Not for sharing with suppliers",
    "Not for onward distribution by anyone",
    "Not for public release",
    "Not for press use",
    "Not for disclosure",
    "Not for the public",
    "Rough notes - not for sharing",
    "Rough notes",
    "Please do not forward",
    "Please don’t circulate outside the region",
    "Do not disclose to the press",
    "Do not post online",
    "Do not share with the supplier before the tender closes",
    "Never share this outside the team",
    "Legal privilege applies",
    "Subject to NDA",
    "Subject to a non-disclosure agreement",
    "Under NDA with the supplier",
    "Exempt from FOI (s43)",
    "Exempt from FOI under section 36",
    "Exempt from disclosure under the Freedom of Information Act",
    "Chatham House Rule applies",
    "Off the record",
    "- DRAFT",
    "* DRAFT",
    "+ Confidential",
    "- [ ] DRAFT",
    "* Internal use only",
    "- Not for publication",
    "- DRAFT\n- Owner: Jo Smith",
    "<!-- Do not publish before the board has met -->",
    "<!-- internal -->",
    "<!-- not to be shared beyond the ICB -->",
    "<!--\nDo not publish before the board has met\n-->",
    "<!-- unapproved -->",
    "{% comment %}DRAFT{% endcomment %}",
    "{% comment %}\ninternal\n{% endcomment %}",
    "{%- comment -%} not for sharing {%- endcomment -%}",
    "{::comment}internal{:/comment}",
    "{{< comment >}}internal{{< /comment >}}",
    "{# internal #}",
    "%% not to be shared %%",
    "[//]: # (not approved)",
    "Vertrouwelijk",
    "Strikt vertrouwelijk",
    "Niet voor publicatie",
    "Niet verspreiden",
    "Alleen voor intern gebruik",
    "Nid i'w gyhoeddi",
    "Nid i’w rannu",
    "Peidiwch â chyhoeddi",
    "Peidiwch â rhannu",
    "Cyfrinachol",
    "Defnydd mewnol yn unig",
    "Ne pas diffuser",
    "Ne pas publier avant mai",
    "Usage interne",
    "Diffusion restreinte",
    "Nicht weitergeben",
    "Nicht zur Veröffentlichung",
    "Nur für den Dienstgebrauch",
    "Streng vertraulich",
    "No difundir",
    "Uso interno",
    "Non divulgare",
    "Ⓓⓡⓐⓕⓣ",
    "🅳🆁🅰🅵🆃",
    "🄳🅁🄰🄵🅃",
    "ᴅʀᴀꜰᴛ",
    "&#68;RAFT",
    "&#x44;raft",
    "D&#x200b;RAFT",
    "Status ....... Draft",
    "Audience: our team",
];

#[test]
fn a_first_line_that_forbids_makes_a_draft() {
    let above = LINES.map(|line| format!("{line}\n\n# Beds of the ward\n\nWords of the page.\n"));
    let below = LINES.map(|line| format!("# Beds of the ward\n\n{line}\n\nWords of the page.\n"));
    assert_eq!(published(above.into_iter().chain(below)), NONE);
}

const TITLES: [&str; 36] = [
    "Confidential: plan for beds",
    "Internal: plan for beds",
    "Private: plan for beds",
    "Embargoed: plan for beds",
    "Unapproved: plan for beds",
    "Plan for beds - not for publication",
    "Plan for beds – do not share",
    "Plan for beds | not for sharing",
    "Plan for beds - internal use only",
    "Plan for beds - strictly confidential",
    "Plan for beds — embargoed",
    "Plan for beds - confidential",
    "Plan for beds, draft 3",
    "Plan for beds, not approved",
    "STRICTLY PRIVATE Plan for beds",
    "TOP SECRET plan for beds",
    "NOT APPROVED Plan for beds",
    "NOT FOR PUBLICATION Plan for beds",
    "Plan for beds NOT FOR SHARING",
    "⚠ DRAFT Plan for beds",
    "🚧 DRAFT 🚧 Plan for beds",
    "Plan *draft*",
    "Plan **DRAFT**",
    "_Draft_ plan",
    "`DRAFT` Plan for beds",
    "Plan for beds {draft}",
    "Plan for beds [not for publication]",
    "Plan for beds (do not share)",
    "<span>DRAFT</span> Plan for beds",
    "Drafft: cynllun",
    "Entwurf: Plan",
    "Brouillon: un plan",
    "Vertrouwelijk - plan",
    "Plan v0.1 draft",
    "Draft plan for beds",
    "WIP: limits on a board",
];

#[test]
fn a_title_that_is_marked_makes_a_draft() {
    let headings = TITLES.map(|title| format!("# {title}\n\nWords of the page.\n"));
    // Tags in a key are not read.
    let keys = TITLES.into_iter().filter(|title| !title.contains('<'));
    let keys = keys.map(|title| format!("---\ntitle: '{title}'\n---\n\nWords of the page.\n"));
    assert_eq!(published(headings.into_iter().chain(keys)), NONE);
}

const KEYS: [&str; 36] = [
    "marking: TLP:AMBER+STRICT",
    "handling: TLP:RED",
    "status: TLP:AMBER",
    "audience: Trust staff",
    "audience: [our team]",
    "readership: company",
    "notes: not for sharing outside the trust",
    "note: Please do not forward",
    "warning: not to be published",
    "remark: must not be shared with the supplier",
    "caveats: Exempt from FOI (s43)",
    "status: {value: draft}",
    "status: {en: Draft, cy: Drafft}",
    "status: [{name: draft}]",
    "classification: {level: confidential}",
    "status: {value: tbc}",
    "internal-use-only: true",
    "internalUseOnly: true",
    "trust_staff_only: yes",
    "not-for-release: true",
    "notForSharing: 1",
    "do-not-circulate: true",
    "enabled: false",
    "active: no",
    "disabled: true",
    "withdrawn: true",
    "withdrawn: 2024-05-01",
    "retracted: yes",
    "deleted: true",
    "trash: true",
    "concept: ja",
    "vertrouwelijk: ja",
    "vis: organisation",
    "dissemination: limited",
    "状态: 草稿",
    "comment: keep this internal",
];

#[test]
fn a_key_that_forbids_makes_a_draft() {
    let files = KEYS.map(|key| format!("---\ntitle: Beds of the ward\n{key}\n---\n\nWords.\n"));
    assert_eq!(published(files), NONE);
    let keys = "k: v\n".repeat(61);
    for end in ["", "\n# Head\n"] {
        let unclosed = format!("---\n{keys}visibility: organisation\n{end}");
        assert!(!is_published(&unclosed), "{end}");
        let fault = &parse(&unclosed, "x.md").document.unwrap_err()[0];
        assert_eq!(fault.line, Some(63));
    }
}

#[test]
fn a_name_that_forbids_makes_a_draft() {
    let paths = [
        "Internal/a.md",
        "internal docs/a.md",
        "my-drafts/a.md",
        "MyDrafts/a.md",
        "01-drafts/a.md",
        "drafts.old/a.md",
        "Drafts (2024)/a.md",
        "restricted/a.md",
        "staff-only/a.md",
        "StaffOnly/a.md",
        "not for publication/a.md",
        "do-not-share/deep/a.md",
        "embargoed/a.md",
        "Entwürfe/a.md",
        "brouillons/a.md",
        "drafftiau/a.md",
        "dＲafts/a.md",
        "dra\u{200b}fts/a.md",
        "confidential stuff/a.md",
        "x/DRAFT plan.md",
        "x/plan-DRAFT.md",
        "x/plan_v0.1_draft.md",
        "x/plan.draft.md",
        "x/plan.private.md",
        "x/draft.plan.md",
        "x/CONFIDENTIAL plan.md",
        "x/plan (draft).md",
        "x/plan INTERNAL ONLY.md",
        "x/plan - do not share.md",
        "x/plan-not-for-publication.md",
    ];
    let published: Vec<&str> = paths
        .into_iter()
        .filter(|path| is_published_at(path))
        .collect();
    assert_eq!(published, Vec::<&str>::new());
}

#[test]
fn plainly_public_lines_titles_keys_and_names_are_published() {
    let line = |line: &str| format!("# Beds of the ward\n\n{line}\n\nWords of the page.\n");
    let key = |key: &str| format!("---\ntitle: Beds of the ward\n{key}\n---\n\nWords.\n");
    let title = |title: &str| format!("# {title}\n\nWords of the page.\n");
    let lines = [
        "Do not share your password with anyone.",
        "Do not share a fridge with the kitchen.",
        "Do not copy the chart by hand.",
        "Passwords are not to be shared.",
        "This page is not published by NHS England.",
        "It was not approved in the first round, and we learned from that.",
        "The plan is not final until the ward says so.",
        "Keep the notes of the meeting on the ward.",
        "Protect mealtimes",
        "Exempt from fees",
        "- Draft\n- Review\n- Published",
        "- DRAFT\n- FINAL",
        "<!-- a comment about internal links -->",
        "<!-- prettier-ignore -->",
        "{% comment %}The table is below{% endcomment %}",
        "Concept maps helped the team.",
        "The interns and their rota",
        "Audience: nurses",
        "Secrets of a good handover",
        "Legal advice came from the trust's solicitors.",
        "Non-urgent calls go to the desk.",
        "This page is not for patients.",
        "Not for resuscitation: how the form is found",
        "&#163;50 for each bed",
    ];
    let titles = [
        "WIP limits on a kanban board",
        "WIP limit of three",
        "A plan - the second draft",
        "Draft policies take long",
        "Draft guidance on beds was published in May",
        "Communication: internal and external",
        "Beds - sharing information",
        "How to write a draft",
        "Using `draft`",
        "Concept: a bed board",
        "Not approved twice: what we learned",
        "Restricted growth clinic: digital letters",
        "Private rooms - a year on",
        "Sharing letters, drafts and notes",
        "Top tips for safe handovers",
        "Valproate - withdrawn",
        "Withdrawn: what a recall of pumps taught us",
    ];
    let keys = [
        "status: Approved by the board",
        "status: Adopted on 3 May 2024",
        "status: {value: final}",
        "status: [{name: live}]",
        "audience: everyone",
        "audience: clinicians",
        "enabled: true",
        "active: yes",
        "disabled: false",
        "withdrawn: false",
        "withdrawn: 3 patients",
        "concept: a bed board",
        "toc: {enabled: false}",
        "comments: {disabled: true}",
        "text-only: true",
        "read_only: true",
        "notes: Not every ward shared it",
    ];
    let files = lines.map(line).into_iter();
    let files = files.chain(titles.map(title)).chain(keys.map(key));
    let sensitive = "# Sensitive skin and wristbands\n\nSensitive\n".to_owned();
    let held: Vec<String> = files
        .chain([sensitive])
        .filter(|text| !is_published(text))
        .collect();
    assert_eq!(held, NONE);
    let paths = [
        "draft-excluders/a.md",
        "internal medicine/a.md",
        "private-rooms/a.md",
        "drafts.md",
        "x/how-to-write-a-draft.md",
        "x/README.md",
        "x/INTERNALS.md",
        "x/wip-limits.md",
        "x/beds.v1.2.md",
        "x/WIP limits.md",
        "only/a.md",
        "network/a.md",
    ];
    let held: Vec<&str> = paths
        .into_iter()
        .filter(|path| !is_published_at(path))
        .collect();
    assert_eq!(held, Vec::<&str>::new());
}

#[test]
fn a_word_of_doubt_next_to_what_is_settled_holds_a_file() {
    for status in [
        "Approved for internal use",
        "Approved by the board for internal use only",
        "Approved by the board, but not for sharing",
        "Approved subject to changes",
        "Not approved by the board",
    ] {
        let text = format!("---\ntitle: Beds\nstatus: {status}\n---\n\nWords.\n");
        assert!(!is_published(&text), "{status}");
    }
    // Above a title that does not have the word, it marks the text.
    assert!(!is_published("Sensitive\n\n# Beds of the ward\n\nWords\n"));
    assert!(!is_published(
        "# Sensitive skin\n\nSENSITIVE - DO NOT COPY\n"
    ));
}
