//! The table of files that must not be published without a word, and of files that look like them and may be.

use wire::Date;

use super::verdict_alone;
use crate::tree::{Verdict, parse};

pub(super) fn is_published(text: &str) -> bool {
    let text = text.replace("{40 lines}", &"Words.\n".repeat(40));
    let parsed = parse(&text, "x.md");
    let today = Date::parse("2026-11-28").unwrap();
    match verdict_alone("x.md", &text, &parsed, today) {
        Verdict::Document(document) => {
            document.common.visibility == domain::vocabulary::Visibility::Public
        }
        Verdict::Draft => false,
        // What holds a file back is named.
        Verdict::HeldBack(fault) => fault.text.is_empty(),
    }
}

#[test]
fn what_looks_like_a_restriction_is_never_published() {
    let files = [
        (
            "two byte order marks",
            "\u{feff}\u{feff}---\ntitle: x\nvisibility: internal\n---\ntext",
        ),
        (
            "a zero-width space before the fence",
            "\u{200b}---\ndraft: true\n---\ntext",
        ),
        (
            "a word joiner inside the key",
            "---\nvisi\u{2060}bility: organisation\n---\ntext",
        ),
        (
            "a smart dash as a fence",
            "—\ntitle: Smart dash\nvisibility: organisation\n—\ntext",
        ),
        ("three en dashes", "–––\ntitle: x\nstatus: draft\n–––\ntext"),
        (
            "an em dash and a hyphen",
            "—-\ntitle: x\nvisibility: organisation\n—-\ntext",
        ),
        ("four dashes", "----\nvisibility: organisation\n----\ntext"),
        (
            "a linter switch, and a fence that is not one",
            "<!-- lint off -->\n***\nvisibility: organisation\n***\ntext",
        ),
        (
            "a linter switch with the status in it",
            "<!-- markdownlint-disable -->\n<!-- status: draft -->\n# Title\n",
        ),
        (
            "the whole file in a block of code",
            "```markdown\n---\nvisibility: organisation\n---\n\nText\n```\n",
        ),
        (
            "the whole file in a block of tildes",
            "~~~\n---\ndraft: true\n---\nText\n~~~\n",
        ),
        (
            "a block of code without fences in it",
            "```yaml\ntitle: x\nvisibility: staff\n```\ntext",
        ),
        (
            "asterisks as a fence",
            "***\nvisibility: organisation\n***\ntext",
        ),
        ("underscores as a fence", "___\nprivate: yes\n___\ntext"),
        (
            "a comment as front matter",
            "<!--\ntitle: x\nvisibility: organisation\n-->\ntext",
        ),
        (
            "a comment on one line",
            "<!-- visibility: internal -->\n# Title\n",
        ),
        (
            "TOML without an end",
            "+++\ntitle = \"x\"\ndraft = true\n\nnever closed",
        ),
        ("TOML after an empty line", "\n+++\ndraft = true\n+++\ntext"),
        (
            "TOML in YAML's fences",
            "---\ntitle = \"x\"\nvisibility = \"organisation\"\n---\ntext",
        ),
        (
            "JSON with a comma too much",
            "{\"title\":\"x\",\"visibility\":\"organisation\",}\ntext",
        ),
        (
            "JSON over lines with a comma too much",
            "{\n  \"title\": \"x\",\n  \"draft\": true,\n}\n\ntext",
        ),
        (
            "JSON in a level too deep",
            "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{\"visibility\":\"organisation\"}}}}}}}}}\ntext",
        ),
        (
            "JSON with single quotes",
            "{'title': 'x', 'visibility': 'organisation'}\ntext",
        ),
        (
            "JSON behind a semicolon fence",
            ";;;\n{\"private\": true}\n;;;\ntext",
        ),
        (
            "metadata without a fence",
            "Title: Plan\nStatus: draft\nVisibility: organisation\n\nWords.",
        ),
        (
            "metadata with a key of its own",
            "Title: Plan\nOwner: Jo\nVisibility: organisation\n\nWords.",
        ),
        (
            "metadata of two lines that are not known",
            "Owner: Jo\nVisibility: our ward\n\nWords.",
        ),
        ("reST fields", ":title: Plan\n:status: draft\n\nWords."),
        (
            "an Org keyword",
            "#+TITLE: Plan\n#+VISIBILITY: internal\n\nWords.",
        ),
        (
            "one line after the title",
            "# Plan\n\nVisibility: internal\n\nWords.",
        ),
        (
            "in bold after the title",
            "# Plan\n\n**Status:** Draft\n\nWords.",
        ),
        (
            "in a list after the title",
            "# Plan\n\n- **Visibility**: internal only\n- Owner: Jo\n",
        ),
        (
            "front matter behind a line of text",
            "Some words.\n\n---\nvisibility: organisation\n---\ntext",
        ),
        (
            "front matter in a quotation",
            "> ---\n> visibility: organisation\n> ---\n\ntext",
        ),
        (
            "in another map",
            "---\nmeta: {visibility: organisation}\n---\ntext",
        ),
        (
            "in another map, over lines",
            "---\nparams:\n  private: true\n---\ntext",
        ),
        (
            "in another map of TOML",
            "+++\ntitle = \"x\"\n[extra]\ndraft = true\n+++\ntext",
        ),
        ("another key", "---\naccess: internal\n---\ntext"),
        (
            "a key with words",
            "---\n\"Who can read\": staff\n---\ntext",
        ),
        ("a readership", "---\naudience: internal\n---\ntext"),
        (
            "a marking",
            "---\nclassification: OFFICIAL-SENSITIVE\n---\ntext",
        ),
        ("another key, true", "---\nconfidential: true\n---\ntext"),
        ("another key in capitals", "---\nINTERNAL: Yes\n---\ntext"),
        (
            "quotation marks and spaces",
            "---\n\" Draft \": \"TRUE\"\n---\ntext",
        ),
        ("a number as truth", "---\ndraft: 1\n---\ntext"),
        ("a truth that is not one", "---\ndraft: maybe\n---\ntext"),
        ("an active restriction", "---\nprivate: enabled\n---\ntext"),
        (
            "an embargo that is active",
            "---\nembargo: active\n---\ntext",
        ),
        (
            "a password that is enabled",
            "---\npassword_protected: enabled\n---\ntext",
        ),
        ("a draft in progress", "---\ndraft: in progress\n---\ntext"),
        ("what is current", "---\nconfidential: current\n---\ntext"),
        (
            "a nested question",
            "---\nmeta: {is_public: false}\n---\ntext",
        ),
        (
            "another nested question",
            "---\npage: {is_published: false}\n---\ntext",
        ),
        (
            "a nested login",
            "---\naccess_settings: {login_required: true}\n---\ntext",
        ),
        (
            "a condition of publication",
            "---\nis_public: after the June board\n---\ntext",
        ),
        (
            "a condition of approval",
            "---\napproved_for_publication: once Caldicott agrees\n---\ntext",
        ),
        (
            "a login until a day",
            "---\nlogin_required: until launch\n---\ntext",
        ),
        (
            "some readers",
            "---\nallowed_readers: [ward managers]\n---\ntext",
        ),
        ("not final", "---\nis_final: false\n---\ntext"),
        ("a misspelt key", "---\nvisibilty: organisation\n---\ntext"),
        (
            "look-alike letters",
            "---\nvіsіbіlіty: organisation\n---\ntext",
        ),
        (
            "look-alike letters in a value",
            "---\nstatus: dr\u{430}ft\n---\ntext",
        ),
        (
            "a full-width colon",
            "---\ntitle: x\nvisibility： organisation\n---\ntext",
        ),
        (
            "no-break spaces",
            "---\u{a0}\nvisibility: organisation\n---\ntext",
        ),
        (
            "letters of a mathematical alphabet",
            "𝐯𝐢𝐬𝐢𝐛𝐢𝐥𝐢𝐭𝐲: internal\n\ntext",
        ),
        ("Jekyll", "---\npublished: false\n---\ntext"),
        ("Jekyll, quoted", "---\npublished: 'no'\n---\ntext"),
        ("Obsidian Publish", "---\npublish: false\n---\ntext"),
        (
            "Obsidian's digital garden",
            "---\ndg-publish: false\n---\ntext",
        ),
        ("Docusaurus", "---\nunlisted: true\n---\ntext"),
        ("WordPress", "---\npost_status: pending\n---\ntext"),
        (
            "a status in other words",
            "---\nstatus: Work in progress\n---\ntext",
        ),
        (
            "a status with a version",
            "---\nstatus: DRAFT v0.3\n---\ntext",
        ),
        ("an embargo", "---\nembargo: 2030-01-01\n---\ntext"),
        (
            "a day in the future",
            "---\npublishDate: 2099-01-01\n---\ntext",
        ),
        (
            "a British day in the future",
            "---\ndate: 01/02/2099\n---\ntext",
        ),
        ("a banner", "DRAFT - DO NOT SHARE\n\n# Plan\n"),
        (
            "a heading as a banner",
            "# DRAFT - DO NOT SHARE\n\nWords.\n",
        ),
        ("a quotation as a banner", "> DO NOT SHARE\n\n# Plan\n"),
        (
            "a marking of the government",
            "OFFICIAL-SENSITIVE COMMERCIAL\n\n# Plan\n",
        ),
        ("not for circulation", "NOT FOR CIRCULATION\n\n# Plan\n"),
        (
            "strictly",
            "Strictly confidential\n---\nclassification: strictly confidential\n---\n# Plan\n",
        ),
        ("in confidence", "COMMERCIAL IN CONFIDENCE\n\n# Plan\n"),
        ("an order not to copy", "DO NOT COPY\n\n# Plan\n"),
        (
            "a marking as a value",
            "---\nclassification: OFFICIAL-SENSITIVE COMMERCIAL\n---\ntext",
        ),
        (
            "a marking with its readers",
            "---\nmarking: Board in confidence\n---\ntext",
        ),
        ("a banner in bold", "**INTERNAL USE ONLY**\n\nWords"),
        ("an order", "# Plan\n\nNot for publication\n"),
        (
            "no spaces after the colon",
            "---\nvisibility:organisation\ntitle: x\n---\ntext",
        ),
        ("a list", "---\naccess:\n  - staff\n---\ntext"),
        (
            "a list, not read",
            "Title: x\nOwner: y\nVisibility:\n  - staff\n\ntext",
        ),
        ("old line ends", "---\rtitle: x\rdraft: true\r---\rtext"),
        (
            "a tab before the key",
            "\t---\n\tvisibility: organisation\n\t---\ntext",
        ),
        (
            "a title with a key in it",
            "---\ntitle: Plan visibility: organisation\n---\ntext",
        ),
        (
            "a word of another language",
            "---\nbrouillon: oui\n---\ntext",
        ),
        (
            "a status of another language",
            "---\nstatws: drafft\n---\ntext",
        ),
        (
            "a visibility of another language",
            "---\nvisibilité: interne\n---\ntext",
        ),
        (
            "three levels down",
            "---\nmeta:\n  node:\n    visibility: organisation\n---\ntext",
        ),
        (
            "in a list of maps",
            "---\npages:\n  - {name: x, private: true}\n---\ntext",
        ),
        ("a key with a dot", "---\npage.draft: true\n---\ntext"),
        ("a misspelt draft", "---\ndarft: true\n---\ntext"),
        ("a misspelt publish", "---\npublsh: no\n---\ntext"),
        ("a tag", "---\ntags: [beds, draft]\n---\ntext"),
        ("a nested tag", "---\ntags: status/wip\n---\ntext"),
        ("a layout", "---\nlayout: draft\n---\ntext"),
        ("a stage", "---\nstage: draft\n---\ntext"),
        ("hashtags", "#plan #draft\n\n# Plan\n"),
        ("a marked title", "# DRAFT: a plan\n\nWords"),
        (
            "a marked title, underlined",
            "[Draft] A plan\n=====\n\nWords",
        ),
        (
            "a marked title as a key",
            "---\ntitle: A plan (draft)\n---\ntext",
        ),
        ("not to be published", "---\nno_publish: true\n---\ntext"),
        ("not to be found", "---\nnoindex: true\n---\ntext"),
        ("not listed", "---\nlisted: false\n---\ntext"),
        ("not made into a page", "---\npermalink: false\n---\ntext"),
        ("Hugo's build", "---\n_build:\n  render: never\n---\ntext"),
        ("not approved", "---\napproved: no\n---\ntext"),
        ("not ready", "---\nready: false\n---\ntext"),
        ("a password", "---\npassword: opensesame\n---\ntext"),
        ("protected", "---\nprotected: true\n---\ntext"),
        ("for staff", "---\nfor: staff\n---\ntext"),
        ("readers", "---\nreaders: our staff only\n---\ntext"),
        ("permissions", "---\npermissions: [team]\n---\ntext"),
        ("to be released", "---\nrelease_date: 2099-06-01\n---\ntext"),
        (
            "available from a day",
            "---\navailable_from: 1 June 2099\n---\ntext",
        ),
        ("over", "---\nexpiryDate: 2020-01-01\n---\ntext"),
        (
            "a banner with a dash, in small letters",
            "> Draft – not for circulation\n\n# Plan\n",
        ),
        (
            "an order with more words",
            "# Plan\n\nNot for onward sharing.\n",
        ),
        (
            "a marking that ends with only",
            "# Plan\n\n_Confidential - staff of this trust only_\n\nWords",
        ),
        (
            "a meta tag",
            "<meta name=\"visibility\" content=\"organisation\">\n\n# Plan\n",
        ),
        (
            "a meta tag for robots",
            "<meta content='noindex' name='robots'>\n\n# Plan\n",
        ),
        ("in tags of HTML", "<p><b>Status:</b> draft</p>\n\n# Plan\n"),
        (
            "a row of properties",
            "# Plan\n\n| Status | Draft |\n|---|---|\n| Owner | Jo |\n",
        ),
        ("a definition", "# Plan\n\nStatus\n: Draft\n\nWords"),
        (
            "a next line of another kind",
            "---\u{85}title: x\u{85}visibility: organisation\u{85}---\u{85}text",
        ),
        (
            "a line separator",
            "---\u{2028}visibility: organisation\u{2028}---\u{2028}text",
        ),
        ("a vertical tab", "---\u{b}draft: true\u{b}---\u{b}text"),
        (
            "a status that is not understood",
            "---\nstatus: awaiting sign-off\n---\ntext",
        ),
        ("a status on hold", "---\nstatus: on hold\n---\ntext"),
        ("left out", "---\nexclude: true\n---\ntext"),
        ("hidden by its theme", "---\nhide: true\n---\ntext"),
        ("not live", "---\nlive: false\n---\ntext"),
        ("a level", "---\nsensitivity: high\n---\ntext"),
        ("the traffic light protocol", "TLP:AMBER\n\n# Plan\n"),
        ("an access list", "---\nacl: [ward7]\n---\ntext"),
        (
            "a value that says it all",
            "---\nprogress: draft\n---\ntext",
        ),
        (
            "a note that says it all",
            "---\nnote: Do not publish\n---\ntext",
        ),
        (
            "a summary that says it all",
            "---\ndescription: DRAFT - do not share\n---\ntext",
        ),
        ("published, without a value", "---\npublished:\n---\ntext"),
        ("a word at the top", "Draft\n\n# Plan\n"),
        (
            "a word at the top, in brackets",
            "(confidential)\n\n# Plan\n",
        ),
        (
            "two words below the title",
            "# Plan\n\nPrivate & confidential\n\nWords",
        ),
        ("a lock", "🔒 Internal\n\n# Plan\n"),
        (
            "a sentence at the top",
            "This document is confidential.\n\n# Plan\n",
        ),
        (
            "a sentence about a draft",
            "# Plan\n\nThis is a draft.\n\nWords",
        ),
        ("a heading of HTML", "<h1>DRAFT</h1>\n\n# Plan\n"),
        ("a mark of Hugo", "{{< draft >}}\n# Plan\n"),
        (
            "the title of a note",
            "!!! warning \"Internal only\"\n    text\n\n# Plan\n",
        ),
        (
            "the title of a container",
            ":::danger Internal\n:::\n# Plan\n",
        ),
        ("a dash for a colon", "Status – Draft\n\n# Plan\n"),
        ("an arrow for a colon", "Status → draft\n\n# Plan\n"),
        (
            "a table without outer pipes",
            "Status | Draft\n---|---\nOwner | Jo\n\n# Plan\n",
        ),
        ("a tag of a documentation tool", "@status draft\n\n# Plan\n"),
        ("a command of LaTeX", "\\status{draft}\n\n# Plan\n"),
        ("a title that begins with it", "# Draft: a plan\n\nWords"),
        ("a title that ends with it", "# A plan [internal]\n\nWords"),
    ];
    let published: Vec<&str> = files
        .into_iter()
        .filter(|(_, text)| is_published(text))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(published, Vec::<&str>::new());
}

#[test]
fn what_only_mentions_such_words_is_published() {
    let files = [
        ("a heading in capitals", "# FUTURE\n\nWhat comes next.\n"),
        ("a heading of a part", "# Plan\n\n## REVIEW\n\nWords.\n"),
        (
            "a sentence that forbids",
            "# Fridges\n\nDo not share a fridge with the kitchen.\n",
        ),
        (
            "a sentence about sharing",
            "# Cases\n\nSharing information with the board takes time.\n",
        ),
        (
            "a sentence that begins like a key",
            "# Handover\n\nStatus: the ward was full for three days, so we moved the board.\n",
        ),
        (
            "where a door is",
            "# Visiting\n\nAccess: step-free from the car park.\n",
        ),
        (
            "who it is written for",
            "# Guide\n\nAudience: clinicians, managers\n",
        ),
        (
            "who it is written for, as a key",
            "---\naudience: nurses and private practice teams\n---\ntext",
        ),
        (
            "a table of statuses",
            "# Beds\n\n| Ward | Status |\n|---|---|\n| A | Draft |\n| B | Private |\n",
        ),
        (
            "front matter as an example",
            "# How to write\n\nBegin so:\n\n```yaml\n---\nvisibility: organisation\ndraft: true\n---\n```\n",
        ),
        (
            "an indented example",
            "# How to write\n\nBegin so:\n\n    ---\n    draft: true\n\n    visibility: organisation\n    ---\n",
        ),
        (
            "an example below front matter",
            "---\ntitle: x\n---\n```yaml\ndraft: true\n```\n",
        ),
        (
            "a list of words",
            "# Words\n\n- draft: not published yet\n- private: only you can read it\n- status: where the work is\n",
        ),
        (
            "a sentence about a key",
            "# Jekyll\n\nWrite `published: false` to hide a page.\n",
        ),
        (
            "a key in a list, explained",
            "# Keys\n\n- `draft: true` keeps the page back\n- `visibility: internal` is for staff\n",
        ),
        (
            "the status of work",
            "# Plan\n\nStatus: in progress\nOwner: Jo\n",
        ),
        (
            "a decision record",
            "# 4. Use one database\n\nStatus: accepted\nDate: 2021-01-01\n\nWords",
        ),
        ("another status", "---\nstatus: deprecated\n---\ntext"),
        (
            "a status of Material for MkDocs",
            "---\nstatus: new\nhide:\n  - navigation\n---\ntext",
        ),
        (
            "plainly public",
            "---\nvisibility: public\naccess: public\ndraft: false\nprivate: no\npublished: true\n---\ntext",
        ),
        ("a draft that is final", "---\ndraft: final\n---\ntext"),
        ("a question with yes", "---\nis_public: true\n---\ntext"),
        ("the number of a release", "---\nrelease: 2.1\n---\ntext"),
        (
            "what a product is cleared for",
            "---\ncleared_for: tuberculosis\n---\ntext",
        ),
        ("a day of launch", "---\nlaunch_date: 2024\n---\ntext"),
        ("what is live", "---\nis_live: in 3 wards\n---\ntext"),
        ("a plain no", "---\nprivate: no\n---\ntext"),
        (
            "plainly public, not read",
            "<!-- visibility: public -->\n# Title\n",
        ),
        (
            "published on a day",
            "---\npublished: 2019-01-01\n---\ntext",
        ),
        (
            "a day in the past",
            "---\npublishDate: 2019-01-01\n---\ntext",
        ),
        (
            "share buttons",
            "---\nshare: true\ncomments: false\n---\ntext",
        ),
        (
            "a permission in a sentence",
            "---\npermissions: Owners of a repository can change this.\n---\ntext",
        ),
        (
            "far down in the text",
            "# Long\n\n{40 lines}\nVisibility: internal\n",
        ),
        (
            "a rule and a sentence",
            "---\n\nA rule, and text.\n\nPublic: a house is public if anyone may go in.\n\n---\n",
        ),
        (
            "a heading of that name",
            "# Internal review\n\n## Draft budget\n\nWords\n",
        ),
        ("a private bed", "# Beds\n\nPrivate: 5\nShared: 20\n"),
        ("a list of teams", "# Teams\n\nStaff\n\nTrust team\n"),
        (
            "a book",
            "Author: Jo\nPublisher: Penguin\nPublished: January 2019\n\nText",
        ),
        (
            "words said first",
            "visibility was poor on the ward, and access: a problem\n",
        ),
        ("a clock", "12:30: the ward was closed; access: 14:00\n"),
        (
            "a link",
            "# Links\n\nStatus: https://status.example\nAccess: https://access.example\n",
        ),
        (
            "explicitly public, with a word in the text",
            "---\nvisibility: public\n---\n\nStatus: draft\n",
        ),
        (
            "a key of a case study inside another",
            "---\nsystem: {visibility: true}\nother: {name: internal}\n---\ntext",
        ),
        (
            "a Hugo page",
            "---\ntitle: x\nmenu:\n  main:\n    name: Internal\nweight: 3\n---\ntext",
        ),
        (
            "a quotation of a person",
            "> Internal: we had to wait for the review.\n",
        ),
        (
            "a mention of drafts",
            "# Drafts\n\nDraft: see the folder of last year for all that was thrown away.\n",
        ),
        (
            "a title of a history",
            "# Draft horses: a history of the plan\n\nWords",
        ),
        (
            "a title with a dash",
            "# A plan - the second draft\n\nWords",
        ),
        (
            "a book by a publisher",
            "---\npublisher: Penguin\n---\ntext",
        ),
        (
            "tags about it",
            "---\ntags: [privacy, drafting, private-practice]\n---\ntext",
        ),
        (
            "a layout of its own",
            "---\nlayout: default\ntype: post\npermalink: /plan/\nsitemap: true\n---\ntext",
        ),
        ("not over yet", "---\nexpiryDate: 2099-01-01\n---\ntext"),
        (
            "released",
            "---\nrelease_date: 2020-01-01\napproved: yes\nready: true\n---\ntext",
        ),
        (
            "shared with many",
            "---\nroles: [author]\nfor: nurses\nshare: true\n---\ntext",
        ),
        (
            "a table of words",
            "# Words\n\n| Word | Meaning |\n|---|---|\n| Draft | not published |\n| Private | of one person |\n",
        ),
        (
            "a sentence with an order in it",
            "# Fridges\n\nThis fridge is not for food of the staff room or the kitchen.\n",
        ),
        (
            "systems",
            "---\nsystems:\n  - category: draft\n    supplier: x\n---\ntext",
        ),
        (
            "navigation of a theme",
            "---\nhide:\n  - navigation\n  - toc\n---\ntext",
        ),
        ("a number as a status", "---\nstatus: 200\n---\ntext"),
        (
            "a status of a project",
            "---\nstatus: on track\nprogress: good\nquality: high\n---\ntext",
        ),
        (
            "low sensitivity",
            "---\nsensitivity: low\ntlp: clear\n---\ntext",
        ),
        ("live since a month", "---\nlive: 2024-05\n---\ntext"),
        (
            "a first sentence",
            "This is a guide to drafting a letter.\n\n# Plan\n",
        ),
        (
            "words about drafts at the top",
            "# Plan\n\nInternal audit found three things.\n",
        ),
        ("a list of states", "# Words\n\nStatus - what it is\n"),
        ("a name", "---\nname: Internal\nauthor: Private\n---\ntext"),
        (
            "an address of another page",
            "---\nredirect_from: /sensitive-information/\n---\ntext",
        ),
    ];
    let mut held = Vec::new();
    for (name, text) in files {
        if !is_published(text) {
            held.push((name, parse(text, "x.md").document.err()));
        }
    }
    assert_eq!(held, Vec::new());
}

#[test]
fn a_file_that_is_held_back_names_its_line() {
    for (text, line) in [
        ("# Plan\n\nVisibility: internal\n", 3),
        (
            "---\ntitle: x\nmeta:\n  visibility: organisation\n---\ntext",
            4,
        ),
        ("---\ntitle: x\n---\n\nStatus: draft\n", 5),
        (
            "<!-- a\nb -->\n---\ntitle: x\nlicence: none of ours\n---\ntext",
            5,
        ),
        ("<!-- a\nb -->\n---\ntitle: x\ndraft: true\n---\ntext", 5),
        ("Title: x\nStatus: draft\n\ntext", 2),
    ] {
        let parsed = parse(text, "x.md");
        let faults = parsed.document.as_ref().err().into_iter().flatten();
        let lines: Vec<_> = faults
            .chain(&parsed.held_back)
            .map(|fault| fault.line)
            .collect();
        assert_eq!(lines, [Some(line)], "{text}");
    }
}

#[test]
fn a_comment_before_front_matter_and_metadata_without_a_fence_are_read() {
    for text in [
        "\u{feff}\u{feff}---\ntitle: A title\ntags: [a]\n---\nText\n",
        "---\rtitle: A title\rtags: [a]\r---\rText\r",
        "Title: A title\nTags: a\n\nText\n",
        "+++\ntitle = \"A title\"\n[taxonomies]\ntags = [\"a\"]\n+++\nText\n",
    ] {
        let document = parse(text, "x.md").document.unwrap();
        assert_eq!(document.common.title, "A title", "{text}");
        assert_eq!(document.common.tags, ["a"], "{text}");
        assert_eq!(document.common.body_md, "Text\n", "{text}");
    }
    let text = "<!-- markdownlint-disable -->\n\n---\ntitle: A title\n---\n\nText\n";
    let document = parse(text, "x.md").document.unwrap();
    assert_eq!(document.common.title, "A title");
    assert_eq!(
        document.common.body_md,
        "<!-- markdownlint-disable -->\n\nText\n"
    );
}

#[test]
fn files_in_a_folder_of_drafts_are_drafts() {
    let today = Date::parse("2026-11-28").unwrap();
    for (path, held) in [
        ("_drafts/x.md", true),
        ("blog/Drafts/deep/x.md", true),
        ("drafts.md", false),
        ("old-drafts/x.md", true),
        ("draft-excluders/x.md", false),
        ("work-in-progress/x.md", true),
        ("OFFICIAL-SENSITIVE/x.md", true),
        ("not public/x.md", true),
        ("drafts2/x.md", true),
        ("Sam drafts/x.md", true),
        ("HR confidential/x.md", true),
        ("confidential-waste/x.md", false),
        ("in-practice/x.md", false),
    ] {
        let parsed = parse("# Title", path);
        let found = verdict_alone(path, "# Title", &parsed, today);
        assert_eq!(matches!(found, Verdict::HeldBack(_)), held, "{path}");
    }
}

#[test]
fn a_file_whose_name_is_marked_is_a_draft() {
    let today = Date::parse("2026-11-28").unwrap();
    for (path, expected) in [
        ("beds-wip.md", true),
        ("beds-draft-2.md", true),
        ("beds-staff-only.md", true),
        ("our-first-draft.md", false),
        ("what-we-do-not-share.md", false),
        ("_sidebar.md", true),
        ("_index.md", false),
    ] {
        let parsed = parse("# Title", path);
        let found = verdict_alone(path, "# Title", &parsed, today);
        assert_eq!(matches!(found, Verdict::Draft), expected, "{path}");
    }
}

#[test]
fn a_day_of_publication_keeps_a_file_back_until_then() {
    let text = "---\ntitle: x\npublishDate: 2026-12-01\n---\ntext";
    let parsed = parse(text, "x.md");
    for (today, held) in [("2026-11-30", true), ("2026-12-01", false)] {
        let today = Date::parse(today).unwrap();
        let found = verdict_alone("x.md", text, &parsed, today);
        assert_eq!(matches!(found, Verdict::HeldBack(_)), held, "{today}");
    }
}
