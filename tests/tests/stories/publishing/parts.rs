//! Links to parts of other pages, as other programs name them, lead there or are named in the report.

use std::fs;

use files::export::{Options, export};
use it::{setup::Setup, tree::write};
use tempfile::TempDir;

const BEDS: &str = "# Beds\n\n## 1. Introduction\n\n## R&D and C++\n\n## Été à Paris\n\n## Costs\n\n## Costs\n\n\
    ## 2020 results\n\n## 2021 results\n\n## Own {#MyId}\n";

#[tokio::test]
async fn a_link_to_a_part_leads_there_whatever_program_it_was_written_for() {
    let links = [
        ("introduction", "#h-1-introduction"),
        ("1-introduction", "#h-1-introduction"),
        ("r-and-d-and-c", "#h-rd-and-c"),
        ("ete-a-paris", "#h-%C3%A9t%C3%A9-%C3%A0-paris"),
        ("costs_1", "#h-costs-1"),
        ("MyId", "#h-MyId"),
        ("Beds#Costs", "#h-costs"),
    ];
    let dead = ["results", "no-such-part"];
    let written = links.iter().map(|(part, _)| *part).chain(dead);
    let text: String = written
        .map(|part| format!("- [{part}](beds.md#{part})\n"))
        .collect();
    let folder = TempDir::new().unwrap();
    write(
        folder.path(),
        &[
            ("beds.md", BEDS.as_bytes()),
            ("links.md", format!("# Links\n\n{text}").as_bytes()),
        ],
    );
    let trust = Setup::new("ZZ1").start().await;
    let imported = trust.import(folder.path()).await;
    let faults = imported.faults("links.md");
    assert!(
        faults.contains("`beds.md#results`, `beds.md#no-such-part`: the page has no such part"),
        "{faults}"
    );
    trust.settle().await;
    let page = trust
        .get(&format!("/d/zz1/{}", imported.id("links.md")))
        .await;
    let page = trust.get(page.header("location")).await.text;
    let beds = imported.id("beds.md");
    for (part, fragment) in links {
        let link = page
            .split("<a href=\"")
            .find(|link| link.contains(&format!(">{part}</a>")));
        let href = link.unwrap().split('"').next().unwrap();
        assert!(
            href.contains(&beds.to_string()) && href.ends_with(fragment),
            "{part}: {href}"
        );
    }
    for part in dead {
        let link = page
            .split("<a href=\"")
            .find(|link| link.contains(&format!(">{part}</a>")));
        assert!(
            !link.unwrap().split('"').next().unwrap().contains('#'),
            "{part}"
        );
        let said = format!(">{part}</a> (part not found)");
        assert!(page.contains(&said), "{part}: {page}");
    }
    assert_eq!(page.matches("(part not found)").count(), dead.len());
    // The author's own words are written again, for the next import.
    let copy = TempDir::new().unwrap();
    export(trust.node(), copy.path(), Options::default(), |_, _| {})
        .await
        .unwrap();
    let written = fs::read_dir(copy.path().join("pages")).unwrap();
    let written: String = written
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for part in dead {
        assert!(written.contains(&format!(".md#{part})")), "{written}");
    }
    assert!(!written.contains("missing:"), "{written}");
}

#[tokio::test]
async fn a_page_says_which_of_its_own_parts_are_not_there_and_the_report_what_is_not_shown() {
    let folder = TempDir::new().unwrap();
    let text = "# Beds\n\n[gone](#gone) [here](#part) [top](#top) [me](beds.md#nowhere) [note](#fn-1)\n\n## Part\n\n\
        | a | b |\n|---|---|\n| 1 | 2 | lost |\n\nWords.[^1]\n\n[^1]: Shown.\n\n[^2]: Not shown.\n";
    write(folder.path(), &[("beds.md", text.as_bytes())]);
    let trust = Setup::new("ZZ1").start().await;
    let imported = trust.import(folder.path()).await;
    let faults = imported.faults("beds.md");
    for said in [
        "`#gone`",
        "`#nowhere`",
        "the rows `| 1 | 2 | lost |` have more cells than the head",
        "nothing refers to the footnotes `[^2]`",
    ] {
        assert!(faults.contains(said), "{said}: {faults}");
    }
    trust.settle().await;
    let page = trust
        .get(&format!("/d/zz1/{}", imported.id("beds.md")))
        .await;
    let page = trust.get(page.header("location")).await.text;
    for (part, is_dead) in [
        ("gone", true),
        ("me", true),
        ("here", false),
        ("top", false),
        ("note", false),
    ] {
        let said = page.contains(&format!(">{part}</a> (part not found)"));
        assert_eq!(said, is_dead, "{part}: {page}");
    }
}
