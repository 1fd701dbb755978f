//! A peer on a raw socket that says anything at all: each answer ends within its limits, with one typed result.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]

use std::{
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_compression::{
    Level,
    tokio::write::{GzipEncoder, ZstdEncoder},
    zstd::CParameter,
};
use ledger::FaultCode;
use peering::{Answer, Failure, Limits, Network, PeerClient, RetryAfter, Rules};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use wire::Digest;

type Script =
    Arc<dyn Fn(String, TcpStream) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Answers every connection with a script, which is given the request's head.
async fn serve(script: Script) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let script = script.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).await.is_ok() {
                    head.extend(byte);
                }
                script(String::from_utf8_lossy(&head).into_owned(), stream).await;
            });
        }
    });
    address
}

/// Answers with these bytes and closes.
async fn says(answer: impl Into<Vec<u8>>) -> PeerClient {
    let answer: Arc<Vec<u8>> = Arc::new(answer.into());
    let script: Script = Arc::new(move |_, mut stream| {
        let answer = answer.clone();
        Box::pin(async move {
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        })
    });
    client(serve(script).await)
}

/// Sends a head, then a piece again and again with a pause before each, until the other side hangs up.
async fn repeats(
    head: &'static str,
    piece: Vec<u8>,
    pause: Duration,
    limits: Limits,
) -> PeerClient {
    let piece = Arc::new(piece);
    let script: Script = Arc::new(move |_, mut stream| {
        let piece = piece.clone();
        Box::pin(async move {
            let _ = stream.write_all(head.as_bytes()).await;
            loop {
                // A peer that sends slowly is what is tested here. Even no pause is one of a millisecond.
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                if stream.write_all(&piece).await.is_err() {
                    break;
                }
            }
        })
    });
    client_within(serve(script).await, limits)
}

/// What no honest answer of a test meets, on a machine that is busy with something else.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    idle: Duration::from_secs(10),
    total: Duration::from_secs(30),
};

fn client(address: SocketAddr) -> PeerClient {
    client_within(address, LIMITS)
}

fn client_within(address: SocketAddr, limits: Limits) -> PeerClient {
    let rules = Rules {
        allow_loopback: true,
        limits,
        ..Rules::default()
    };
    Network::new(rules)
        .client(&format!("http://{address}/feed/v1"), "")
        .unwrap()
}

async fn ask(client: &PeerClient, endpoint: &str) -> Result<Answer, Failure> {
    match endpoint {
        "node" => client.node(None).await,
        "node-held" => client.node(Some("\"a\"")).await,
        "checkpoint" => client.checkpoint(1, None).await,
        "bundle" => client.bundle(1, 0, None).await,
        "docs" => client.docs(1, 0, None).await,
        "doc" => client.doc(&Digest::for_bytes(b"")).await,
        "seen" => client.seen().await,
        other => panic!("{other}"),
    }
}

const ENDPOINTS: &[(&str, &str)] = &[
    ("node", "text/plain"),
    ("checkpoint", "text/plain"),
    ("bundle", "application/octet-stream"),
    ("docs", "application/x-ndjson"),
    ("doc", "application/json"),
    ("seen", "application/x-ndjson"),
];

async fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzipEncoder::new(Vec::new());
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

async fn zstd(bytes: &[u8], window_log: u32) -> Vec<u8> {
    let parameters = [CParameter::window_log(window_log)];
    let mut encoder =
        ZstdEncoder::with_quality_and_params(Vec::new(), Level::Precise(3), &parameters);
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

fn coded(media: &str, coding: &str, body: &[u8]) -> Vec<u8> {
    let len = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Encoding: {coding}\r\nContent-Length: {len}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn body_of(answer: Result<Answer, Failure>) -> Vec<u8> {
    match answer {
        Ok(Answer::Body(body)) => body.bytes.to_vec(),
        other => panic!("{other:?}"),
    }
}

fn code_of(answer: Result<Answer, Failure>) -> FaultCode {
    answer.unwrap_err().fault.code
}

#[tokio::test]
async fn each_status_has_its_own_answer() {
    for (endpoint, head, expected) in [
        ("node", "404 Not Found\r\n", Ok(Answer::NotFound)),
        ("doc", "410 Gone\r\n", Ok(Answer::Gone)),
        ("doc", "401 Unauthorized\r\n", Ok(Answer::Unauthorised)),
        ("doc", "403 Forbidden\r\n", Ok(Answer::Unauthorised)),
        (
            "node-held",
            "304 Not Modified\r\n",
            Ok(Answer::NotModified { node_version: None }),
        ),
        (
            "node-held",
            "304 Not Modified\r\nWardround-Node-Version: 7\r\n",
            Ok(Answer::NotModified {
                node_version: Some(7),
            }),
        ),
        (
            "node-held",
            "304 Not Modified\r\nWardround-Node-Version: seven\r\n",
            Ok(Answer::NotModified { node_version: None }),
        ),
        ("node", "304 Not Modified\r\n", Err(None)),
        (
            "node",
            "301 Moved\r\nLocation: http://169.254.169.254/\r\n",
            Err(None),
        ),
        ("node", "302 Found\r\nLocation: /elsewhere\r\n", Err(None)),
        (
            "node",
            "307 Found\r\nLocation: file:///etc/passwd\r\n",
            Err(None),
        ),
        ("node", "204 No Content\r\n", Err(None)),
        (
            "node",
            "206 Partial\r\nContent-Type: text/plain\r\n",
            Err(None),
        ),
        ("node", "500 Oh\r\n", Err(None)),
        (
            "node",
            "429 Slow down\r\nRetry-After: 90\r\n",
            Err(Some(RetryAfter::In(Duration::from_secs(90)))),
        ),
        ("node", "503 Later\r\nRetry-After: whenever\r\n", Err(None)),
    ] {
        let client = says(format!("HTTP/1.1 {head}Content-Length: 0\r\n\r\n")).await;
        match (ask(&client, endpoint).await, expected) {
            (Ok(answer), Ok(expected)) => assert_eq!(answer, expected, "{head}"),
            (Err(failure), Err(retry_after)) => {
                assert_eq!(failure.fault.code, FaultCode::Transport, "{head}");
                assert_eq!(failure.retry_after, retry_after, "{head}");
            }
            (answer, expected) => panic!("{head}: {answer:?}, expected {expected:?}"),
        }
    }
}

#[tokio::test]
async fn a_type_is_compared_without_parameters_and_case_and_has_to_match() {
    for (sent, good) in [
        ("text/plain; charset=utf-8", true),
        ("Text/PLAIN", true),
        ("text/plain;charset=utf-8", true),
        ("text/html", false),
        ("text/html; charset=utf-8", false),
        ("text/plainly", false),
        ("application/octet-stream", false),
        ("", false),
    ] {
        let client = says(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {sent}\r\nContent-Length: 2\r\n\r\nhi"
        ))
        .await;
        let answer = ask(&client, "node").await;
        if good {
            assert_eq!(body_of(answer), b"hi", "{sent}");
        } else {
            assert_eq!(code_of(answer), FaultCode::Transport, "{sent}");
        }
    }
    let login = "<!doctype html><title>Sign in</title>";
    for (endpoint, _) in ENDPOINTS {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
            login.len()
        );
        let client = says(head + login).await;
        assert_eq!(
            code_of(ask(&client, endpoint).await),
            FaultCode::Transport,
            "{endpoint}"
        );
    }
}

#[tokio::test]
async fn an_etag_is_kept_only_if_it_can_be_sent_back() {
    let long = format!("\"{}\"", "x".repeat(200));
    for (etag, kept) in [
        ("\"abc\"", true),
        ("W/\"abc\"", true),
        ("abc", false),
        ("\"a\"b\"", false),
        ("\"a b\"", false),
        (long.as_str(), false),
    ] {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n";
        let client = says(format!("{head}ETag: {etag}\r\n\r\n")).await;
        let Ok(Answer::Body(body)) = ask(&client, "node").await else {
            panic!("{etag}")
        };
        assert_eq!(body.etag.as_deref(), kept.then_some(etag), "{etag}");
    }
}

#[tokio::test]
async fn endless_answers_are_cut_at_the_limit_of_their_endpoint() {
    for (endpoint, media) in ENDPOINTS {
        let head: &'static str = format!("HTTP/1.1 200 OK\r\nContent-Type: {media}\r\n\r\n").leak();
        let client = repeats(head, vec![b'a'; 64 * 1024], Duration::ZERO, LIMITS).await;
        let expected = if *endpoint == "bundle" {
            FaultCode::Inconsistent
        } else {
            FaultCode::Transport
        };
        let failure = ask(&client, endpoint).await.unwrap_err();
        assert_eq!(failure.fault.code, expected, "{endpoint}");
        assert!(
            failure.fault.text.contains("more than"),
            "{}",
            failure.fault.text
        );
        assert!(
            failure.received > 200,
            "what was read and discarded is counted"
        );

        let huge = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: 4611686018427387904\r\n\r\nab"
        );
        assert_eq!(
            code_of(ask(&says(huge).await, endpoint).await),
            expected,
            "{endpoint}"
        );
    }
}

#[tokio::test]
async fn an_answer_may_be_coded_in_several_pieces() {
    for (coding, pieces) in [
        ("gzip", [gzip(b"a ward ").await, gzip(b"round").await]),
        (
            "zstd",
            [zstd(b"a ward ", 20).await, zstd(b"round", 20).await],
        ),
    ] {
        let answer = coded("application/x-ndjson", coding, &pieces.concat());
        let client = says(answer).await;
        assert_eq!(
            body_of(ask(&client, "docs").await),
            b"a ward round",
            "{coding}"
        );
    }
}

#[tokio::test]
async fn bombs_are_cut_and_codings_not_asked_for_are_refused() {
    let zeroes = vec![0; 64 * 1024 * 1024];
    let gzip_bomb = gzip(&zeroes).await;
    let zstd_bomb = zstd(&zeroes, 20).await;
    let wide_window = zstd(
        &[zeroes.as_slice(), b"end"].concat()[60 * 1024 * 1024..],
        26,
    )
    .await;
    let (bytes, lines) = ("application/octet-stream", "application/x-ndjson");
    for (endpoint, media, coding, body, expected) in [
        ("bundle", bytes, "gzip", &gzip_bomb, FaultCode::Inconsistent),
        ("docs", lines, "gzip", &gzip_bomb, FaultCode::Transport),
        ("docs", lines, "zstd", &zstd_bomb, FaultCode::Transport),
        ("docs", lines, "zstd", &wide_window, FaultCode::Transport),
        (
            "docs",
            lines,
            "gzip",
            &b"not gzip".to_vec(),
            FaultCode::Transport,
        ),
        (
            "docs",
            lines,
            "zstd",
            &b"not zstd".to_vec(),
            FaultCode::Transport,
        ),
        ("docs", lines, "br", &b"what".to_vec(), FaultCode::Transport),
        ("bundle", bytes, "zstd", &zstd_bomb, FaultCode::Transport),
        (
            "doc",
            "application/json",
            "gzip",
            &gzip_bomb,
            FaultCode::Transport,
        ),
        (
            "node",
            "text/plain",
            "gzip",
            &gzip_bomb,
            FaultCode::Transport,
        ),
    ] {
        let client = says(coded(media, coding, body)).await;
        assert_eq!(
            code_of(ask(&client, endpoint).await),
            expected,
            "{endpoint} {coding}"
        );
    }
    let small = vec![b'x'; 100_000];
    for (coding, body) in [
        ("gzip", gzip(&small).await),
        ("zstd", zstd(&small, 20).await),
    ] {
        let client = says(coded(lines, coding, &body)).await;
        assert_eq!(body_of(ask(&client, "docs").await), small, "{coding}");
    }
    let exact = vec![7; 262_656];
    let client = says(coded(bytes, "gzip", &gzip(&exact).await)).await;
    assert_eq!(body_of(ask(&client, "bundle").await).len(), exact.len());
}

#[tokio::test]
async fn silence_ends_at_the_idle_limit_and_dripping_at_the_limit_of_the_request() {
    const OPEN: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
    const SILENT: Duration = Duration::from_secs(60);
    let limits = Limits {
        idle: Duration::from_secs(1),
        total: Duration::from_secs(3),
        ..LIMITS
    };
    let cases = [
        ("", SILENT, limits.idle),
        ("HTTP/1.1 200", SILENT, limits.idle),
        (OPEN, SILENT, limits.idle),
        (OPEN, Duration::from_millis(50), limits.total),
    ];
    let asked = cases.map(async |(head, pause, least)| {
        let client = repeats(head, b"a".to_vec(), pause, limits).await;
        let began = Instant::now();
        let failure = ask(&client, "node").await.unwrap_err();
        let took = began.elapsed();
        assert_eq!(failure.fault.code, FaultCode::Transport);
        let most = least + Duration::from_secs(15);
        assert!(
            (least..most).contains(&took),
            "{head:?} {pause:?}: {took:?}"
        );
    });
    futures_util::future::join_all(asked).await;
}

#[tokio::test]
async fn broken_answers_are_transport_faults_without_raw_bytes_in_their_text() {
    for answer in [
        b"".to_vec(),
        b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhi".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            .to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/\x1b[31mplain\r\nContent-Length: 0\r\n\r\n"
            .to_vec(),
        [b"HTTP/1.1 200 OK\r\n".to_vec(), b"A: b\r\n".repeat(200_000)].concat(),
    ] {
        let failure = ask(&says(answer).await, "node").await.unwrap_err();
        assert_eq!(failure.fault.code, FaultCode::Transport);
        assert!(
            !failure.fault.text.chars().any(char::is_control),
            "{}",
            failure.fault.text
        );
        assert!(failure.fault.text.chars().count() <= 300);
    }
}

#[tokio::test]
async fn nothing_is_connected_to_that_the_rules_refuse() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let names = ["rebound.example", "mapped.example", "localhost"];
    let hosts = [
        ("rebound.example", "127.0.0.1"),
        ("mapped.example", "::ffff:127.0.0.1"),
    ];
    let network = |allow_loopback| {
        Network::new(Rules {
            allow_loopback,
            hosts: hosts
                .map(|(name, ip)| (name.to_owned(), vec![ip.parse().unwrap()]))
                .into(),
            limits: LIMITS,
            ..Rules::default()
        })
    };
    for name in names {
        let Ok(client) = network(false).client(&format!("https://{name}:{port}/feed/v1"), "")
        else {
            continue;
        };
        assert_eq!(
            code_of(ask(&client, "node").await),
            FaultCode::Transport,
            "{name}"
        );
    }
    for literal in ["127.0.0.1", "2130706433", "[::1]", "[::ffff:7f00:1]"] {
        for scheme in ["http", "https"] {
            let base = format!("{scheme}://{literal}:{port}/feed/v1");
            assert!(
                network(false).client(&base, "127.0.0.0/8").is_err(),
                "{base}"
            );
        }
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);

    // The same name is connected to once a range names its address; TLS then fails.
    let client = network(false)
        .client(&format!("https://rebound.example:{port}/"), "127.0.0.1")
        .unwrap();
    assert_eq!(code_of(ask(&client, "node").await), FaultCode::Transport);
    assert!(connections.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn a_site_is_asked_who_it_is_and_a_nudge_says_who_asks() {
    let node = wire::NodeId::for_text(b"someone");
    let named = format!(r#"{{"node":"{node}","base":"https://a.example/feed/v1","more":1}}"#);
    for (media, body, good) in [
        ("application/json", named.as_str(), true),
        (
            "application/json",
            r#"{"node":"wr1","base":"https://a.example"}"#,
            false,
        ),
        ("application/json", "[]", false),
        ("text/html", named.as_str(), false),
    ] {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let claim = says(head + body).await.well_known().await;
        assert_eq!(claim.is_ok(), good, "{media} {body}");
        if let Ok(claim) = claim {
            assert_eq!(
                (claim.node, claim.base.as_str()),
                (node.clone(), "https://a.example/feed/v1")
            );
        }
    }
    assert!(
        says("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            .await
            .nudge(&node)
            .await
            .is_ok()
    );
    assert!(
        says("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            .await
            .nudge(&node)
            .await
            .is_err()
    );
}
