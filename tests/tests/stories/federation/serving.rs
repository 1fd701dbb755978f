//! The endpoints as docs/FEED.md §6 has them: paths, types, caching, limits.

use domain::Document;
use it::{setup::Setup, trust::Trust};
use ledger::{checkpoint, leaf, node::NodeDocument, tile, tree};
use reqwest::{Method, StatusCode};
use wire::{Digest, Viewer};

#[tokio::test]
async fn every_endpoint_has_the_type_and_the_caching_of_the_table() {
    let trust = Trust::new("ZZ1").await;
    trust.publish_page("Tap and go", "badges").await;
    let store = &trust.node().store;
    let entries = store.bundle(1, 0, Some(1)).await.unwrap().unwrap();
    let leaf::Entry::Leaf(leaf::Leaf::Put { doc, .. }) =
        leaf::read(tile::decode_bundle(&entries).unwrap()[0])
    else {
        panic!("a put");
    };
    let doc = format!("/feed/v1/doc/{doc}");
    for (path, media, cache, tagged) in [
        (
            "/.well-known/wardround",
            "application/json",
            "public, max-age=60",
            false,
        ),
        (
            "/feed/v1/node",
            "text/plain; charset=utf-8",
            "public, max-age=60",
            true,
        ),
        (
            "/feed/v1/node/1",
            "text/plain; charset=utf-8",
            "public, max-age=31536000, immutable",
            true,
        ),
        (
            "/feed/v1/log/1/checkpoint",
            "text/plain; charset=utf-8",
            "public, max-age=5",
            true,
        ),
        (
            "/feed/v1/log/1/tile/0/000.p/1",
            "application/octet-stream",
            "public, max-age=31536000, immutable",
            false,
        ),
        (
            "/feed/v1/log/1/tile/entries/000.p/1",
            "application/octet-stream",
            "public, max-age=31536000, immutable",
            false,
        ),
        (
            "/feed/v1/log/1/docs/000",
            "application/x-ndjson",
            "no-cache",
            true,
        ),
        (&doc, "application/json", "no-cache", true),
        ("/feed/v1/seen", "application/x-ndjson", "no-cache", true),
    ] {
        let response = trust.get(path).await;
        assert_eq!(response.status, 200, "{path}");
        assert_eq!(response.header("content-type"), media, "{path}");
        assert_eq!(response.header("cache-control"), cache, "{path}");
        assert_eq!(
            response.header("x-content-type-options"),
            "nosniff",
            "{path}"
        );
        let etag = response.header("etag").to_owned();
        assert_eq!(!etag.is_empty(), tagged, "{path}");
        let body = response.bytes;
        let head = trust.send(Method::HEAD, path, &[], "").await;
        assert_eq!(
            (head.status, head.header("etag")),
            (StatusCode::OK, etag.as_str()),
            "{path}"
        );
        assert_eq!(
            head.header("content-length"),
            body.len().to_string(),
            "{path}"
        );
        if tagged {
            let again = trust.get_with(path, &[("if-none-match", &etag)]).await;
            assert_eq!(again.status, 304, "{path}");
            assert_eq!(again.header("etag"), etag, "{path}");
            assert_eq!(again.header("cache-control"), cache, "{path}");
            let size: usize = again
                .headers
                .iter()
                .map(|(name, value)| name.as_str().len() + value.len() + 4)
                .sum();
            assert!(
                size < 350,
                "a poll without news is small: {:?}",
                again.headers
            );
            assert!(again.bytes.is_empty());
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_and_never_a_redirect() {
    let trust = Trust::new("ZZ1").await;
    let id = trust.publish_page("Gone soon", "words").await;
    let document = trust
        .node()
        .store
        .document(Viewer::Public, store::OWN, id)
        .await
        .unwrap()
        .unwrap();
    let digest = Digest::for_bytes(&document.text.unwrap().body);
    trust.withdraw(id).await;
    let unknown = Digest::for_bytes(b"never");
    for (path, status) in [
        ("/feed/v1/node/".to_owned(), 404),
        ("/feed/v1/node/2".to_owned(), 404),
        ("/feed/v1/node/01".to_owned(), 404),
        ("/feed/v1/node/x".to_owned(), 404),
        ("/feed/v1/log/2/checkpoint".to_owned(), 404),
        ("/feed/v1/log/0/checkpoint".to_owned(), 404),
        ("/feed/v1/log/01/checkpoint".to_owned(), 404),
        ("/feed/v1/log/1/tile/entries/000".to_owned(), 404),
        ("/feed/v1/log/1/tile/entries/000.p/3".to_owned(), 404),
        ("/feed/v1/log/1/tile/entries/0.p/1".to_owned(), 404),
        ("/feed/v1/log/1/tile/1/000".to_owned(), 404),
        ("/feed/v1/log/1/tile/entries/..%2f..%2fnode".to_owned(), 404),
        ("/feed/v1/log/2/docs/000".to_owned(), 404),
        ("/feed/v1/log/1/docs/0".to_owned(), 404),
        ("/feed/v1/log/1/docs/000?after=-1".to_owned(), 400),
        (format!("/feed/v1/doc/{digest}"), 410),
        ("/feed/v1".to_owned(), 404),
        ("/feed/v1/".to_owned(), 404),
        (format!("/feed/v1/doc/{unknown}"), 404),
        ("/feed/v1/doc/sha256:x".to_owned(), 404),
        ("/feed/v1/doc/%ff".to_owned(), 404),
        ("/feed/v1/node/%ff".to_owned(), 404),
        ("/feed/v1/log/1/%ff".to_owned(), 404),
        ("/feed/v1/evidence".to_owned(), 404),
    ] {
        let response = trust.get(&path).await;
        assert_eq!(response.status, status, "{path}");
        assert_eq!(
            response.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        assert_eq!(
            response.header("x-content-type-options"),
            "nosniff",
            "{path}"
        );
    }
    let wrong = trust.send(Method::DELETE, "/feed/v1/node", &[], "").await;
    assert_eq!(wrong.status, 405);
    let beyond = trust.get("/feed/v1/log/1/docs/x123/456").await;
    assert_eq!((beyond.status, beyond.bytes.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn the_log_is_what_the_node_document_and_the_checkpoint_say() {
    let trust = Trust::new("ZZ1").await;
    let empty = trust.get("/feed/v1/log/1/docs/000").await;
    assert_eq!((empty.status, empty.bytes.len()), (StatusCode::OK, 0));
    let note = trust.get("/feed/v1/node/1").await.bytes;
    let document = NodeDocument::first(&note, &trust.id()).unwrap();
    let checkpoint_now = async || {
        let note = trust.get("/feed/v1/log/1/checkpoint").await.bytes;
        checkpoint::verify(&note, &document.known_keys()).unwrap()
    };
    let empty = checkpoint_now().await;
    assert_eq!(
        (empty.checkpoint().size, empty.checkpoint().root),
        (0, tree::empty_root())
    );
    trust.publish_page("One", "one").await;
    let id = trust.publish_page("Two", "two").await;
    let again = Document::page("Two", "two again");
    trust.revise(id, again).await;
    let signed = checkpoint_now().await;
    assert!(signed.timestamp().is_some());
    let entries = trust.get("/feed/v1/log/1/tile/entries/000.p/3").await.bytes;
    let hashes = trust.get("/feed/v1/log/1/tile/0/000.p/3").await.bytes;
    let mut frontier = tree::Frontier::new();
    for (entry, hash) in tile::decode_bundle(&entries)
        .unwrap()
        .iter()
        .zip(hashes.chunks(32))
    {
        assert_eq!(tree::leaf_hash(entry), hash);
        frontier.push(tree::leaf_hash(entry));
    }
    assert_eq!(
        (signed.checkpoint().size, signed.checkpoint().root),
        (3, frontier.root())
    );

    // The superseded revision is left out, in any coding, and `after` goes on behind a line.
    let lines = trust.get("/feed/v1/log/1/docs/000").await.text;
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.ends_with('\n') && lines.contains("two again"));
    let after = trust.get("/feed/v1/log/1/docs/000?after=0").await.text;
    assert_eq!(lines.split_once('\n').unwrap().1, after);
    let end = trust.get("/feed/v1/log/1/docs/000?after=2").await.text;
    assert_eq!(end, "");
    for (asked, given) in [("gzip", "gzip"), ("zstd, gzip", "zstd"), ("br", "")] {
        let coded = trust
            .get_with("/feed/v1/log/1/docs/000", &[("accept-encoding", asked)])
            .await;
        assert_eq!(coded.header("content-encoding"), given);
        assert_eq!(coded.header("vary"), "accept-encoding");
    }
    let seen = trust.get("/feed/v1/seen").await.text;
    assert_eq!(seen, "");
}

#[tokio::test]
async fn the_time_on_the_checkpoint_is_renewed_and_a_node_without_identity_says_so() {
    let trust = Trust::new("ZZ1").await;
    let etag = async || {
        let response = trust.get("/feed/v1/log/1/checkpoint").await;
        response.header("etag").to_owned()
    };
    let before = etag().await;
    trust.advance(std::time::Duration::from_secs(16 * 60));
    let identity = trust.node().identity().unwrap();
    trust
        .node()
        .store
        .renew_checkpoint(&identity.signer, trust.node().now())
        .await
        .unwrap();
    assert_ne!(etag().await, before);

    let bare = Setup::without_identity().start().await;
    for path in [
        "/.well-known/wardround",
        "/feed/v1/node",
        "/feed/v1/log/1/checkpoint",
        "/feed/v1/seen",
    ] {
        let response = bare.get(path).await;
        assert_eq!(response.status, 503, "{path}");
        assert!(!response.header("retry-after").is_empty());
    }
}

#[tokio::test]
async fn a_nudge_is_always_accepted_and_hurries_known_peers_only() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    trust.follow(&other).await;
    trust.pull_well(&other.id()).await;
    let due = async || {
        trust
            .node()
            .store
            .next_due(trust.node().now())
            .await
            .unwrap()
            .unwrap()
    };
    let planned = due().await;
    let nudge = async |body: &str| {
        let body = body.to_owned();
        let answer = trust.send(Method::POST, "/feed/v1/nudge", &[], body).await;
        assert_eq!(answer.status, 202);
    };
    let own = format!(r#"{{"node":"{}"}}"#, trust.id());
    for body in ["", "{}", "null", &"x".repeat(5000), &own] {
        nudge(body).await;
    }
    assert_eq!(due().await, planned);
    nudge(&format!(r#"{{"node":"{}"}}"#, other.id())).await;
    assert!(due().await < planned);
}
