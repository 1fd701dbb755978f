//! `publish`, `withdraw`, `import` and `export`.

use std::fs;

use crate::program::{CASE_STUDY, Place};

#[test]
fn commands_do_the_same_while_a_node_runs_and_alone() {
    let place = Place::new();
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    let serving = place.serve();
    place.init();
    let published = place.prints(&["publish", "a.md", "--json"]);
    assert!(published.contains(r#""status":"created""#), "{published}");
    drop(serving);
    let again = place.prints(&["publish", "a.md", "--json"]);
    assert!(again.contains(r#""status":"unchanged""#), "{again}");
    let id = again
        .split(r#""id":""#)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let withdrawn = place.prints(&["withdraw", id, "--why", "error", "--json"]);
    assert!(withdrawn.contains(r#""why":"error""#) && withdrawn.contains(r#""again":false"#));
    assert!(
        place
            .prints(&["reindex"])
            .contains("0 documents can be found")
    );
    assert_eq!(place.prints(&["peer", "list", "--json"]).trim(), "[]");
    assert!(place.prints(&["verify"]).contains("2 entries"));
}

#[test]
fn a_copied_folder_is_refused_before_anything_is_published() {
    let place = Place::new();
    let serving = place.serve();
    place.init();
    for folder in ["one", "two"] {
        fs::create_dir(place.path(folder)).unwrap();
        fs::write(place.path(folder).join("a.md"), "# A page\n\nWords.\n").unwrap();
    }
    place.prints(&["import", "one"]);
    for json in [&["import", "two", "--json"][..], &["import", "two"]] {
        let (code, said) = place.fails(json);
        assert_eq!(code, 2, "{said}");
        assert!(
            said.contains("--moved-from") && said.contains("--as-new"),
            "{said}"
        );
    }
    fs::remove_dir_all(place.path("one")).unwrap();
    let moved = place.prints(&["import", "two", "--moved-from", "one", "--json"]);
    assert!(moved.contains(r#""unchanged":1"#), "{moved}");
    drop(serving);
}

#[test]
fn an_export_follows_no_symbolic_link() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let serving = place.serve();
    place.init();
    fs::create_dir(place.path("texts")).unwrap();
    fs::write(place.path("texts/a.md"), "# A page\n\nWords.\n").unwrap();
    place.prints(&["import", "texts"]);
    fs::create_dir_all(place.path("out")).unwrap();
    fs::create_dir(place.path("elsewhere")).unwrap();
    fs::write(place.path("precious"), "words").unwrap();
    symlink(place.path("elsewhere"), place.path("out/pages")).unwrap();
    let (code, said) = place.fails(&["export", "out", "--force"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("symbolic link"), "{said}");
    assert_eq!(fs::read_dir(place.path("elsewhere")).unwrap().count(), 0);
    symlink(place.path("elsewhere"), place.path("link")).unwrap();
    let (code, said) = place.fails(&["export", "link", "--force"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("symbolic link"), "{said}");
    assert_eq!(fs::read_dir(place.path("elsewhere")).unwrap().count(), 0);
    fs::remove_file(place.path("out/pages")).unwrap();
    fs::create_dir(place.path("out/pages")).unwrap();
    symlink(place.path("precious"), place.path("out/pages/a-page.part")).unwrap();
    place.prints(&["export", "out", "--force"]);
    let kept = fs::read_to_string(place.path("precious")).unwrap();
    assert_eq!(kept, "words");
    drop(serving);
}
