//! Files that are damaged, removed, or written by a newer program.

use std::{fs, io::Write as _, path::Path};

use crate::program::{CASE_STUDY, Place, with_a_case_study};

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_as_it_is() {
    let place = Place::new();
    place.serve().stop();
    make_newer(&place.path("node/node.db"));
    let before = fs::read(place.path("node/node.db")).unwrap();
    let (code, said) = place.fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("is at migration 9999 and this program supports only"),
        "{said}"
    );
    assert_eq!(fs::read(place.path("node/node.db")).unwrap(), before);
}

/// Writes a later migration into a database, as a newer program would.
fn make_newer(path: &Path) {
    let statement =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'later', TRUE, x'00', 0)";
    change_database(path, statement);
    change_database(path, "PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Runs a statement on a database, also while a node has it open.
pub(crate) fn change_database(file: &Path, sql: &'static str) {
    use sqlx::{Connection as _, SqliteConnection};
    let url = format!("sqlite:{}", file.display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn a_damaged_index_is_rebuilt_while_the_node_serves() {
    let (place, serving) = with_a_case_study();
    serving.stop();
    for file in fs::read_dir(place.path("node/index")).unwrap() {
        fs::write(file.unwrap().path(), b"damaged").unwrap();
    }
    let serving = place.serve();
    serving.finds_the_case_study();
}

#[test]
fn an_index_that_is_overwritten_under_a_running_node_is_rebuilt() {
    let (place, serving) = with_a_case_study();
    serving.finds_the_case_study();
    overwrite_index(&place);
    serving.finds_the_case_study();
}

/// Overwrites the files of the index with noise.
pub(crate) fn overwrite_index(place: &Place) {
    for file in fs::read_dir(place.path("node/index")).unwrap() {
        let path = file.unwrap().path();
        let length = fs::metadata(&path).unwrap().len();
        // In place and of the same length: what is mapped stays mapped.
        let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        let noise: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        file.write_all(&noise).unwrap();
    }
}

#[test]
fn a_plain_file_in_place_of_the_index_is_replaced() {
    let (place, serving) = with_a_case_study();
    serving.stop();
    let index = place.path("node/index");
    for name in ["index", "index.old", "index.aside", "index.rebuild"] {
        let stray = place.path("node").join(name);
        if stray == index {
            fs::remove_dir_all(&index).unwrap();
        }
        fs::write(&stray, "no directory").unwrap();
    }
    let serving = place.serve();
    serving.finds_the_case_study();
    place.prints(&["reindex"]);
}

#[test]
fn a_database_that_is_removed_under_a_running_node_is_noticed_before_anything_is_acknowledged() {
    let place = Place::new();
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    let serving = place.serve();
    place.init();
    fs::remove_file(place.path("node/node.db")).unwrap();
    let (code, said) = place.fails(&["publish", "a.md"]);
    assert_eq!(code, 1);
    assert!(said.contains("was removed or replaced"), "{said}");
    assert!(
        serving.get("/readyz").contains("503"),
        "{}",
        serving.get("/readyz")
    );
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_as_it_is() {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    let garbage = "no database at all, but someone's notes\n".repeat(100);
    fs::write(place.path("node/node.db"), &garbage).unwrap();
    for (arguments, code) in [
        (&["serve", "--listen", "127.0.0.1:0"][..], 1),
        (&["export", "out"], 1),
        (&["doctor"], 2),
    ] {
        let output = place.command(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(
            said.contains("is not a database") && said.contains("restore a backup"),
            "{arguments:?}: {said}"
        );
    }
    let left = fs::read_to_string(place.path("node/node.db")).unwrap();
    assert_eq!(left, garbage);
}
