//! Stories of the server at its sockets: half requests, too many connections, doubtful heads, a calm end.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    routing::{get, post},
};
use it::{
    setup::Setup,
    trust::{Trust, until},
};
use settings::Settings;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use web::{routes::Audience, server::guard::guard};

/// Longer than anything here takes; a test that reaches it has failed.
const LONG: Duration = Duration::from_secs(20);

async fn serve(change: impl FnOnce(&mut Settings)) -> Trust {
    let setup = Setup::without_identity().settings(|settings| {
        settings.limits.header_timeout = Duration::from_secs(1);
        settings.metrics.listen = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        change(settings);
    });
    setup.start().await
}

async fn connect(trust: &Trust) -> TcpStream {
    TcpStream::connect(trust.address()).await.unwrap()
}

/// Sends bytes and returns all that comes until the server closes.
async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may refuse before it has read everything.
    let _ = stream.write_all(request).await;
    read_to_end(&mut stream).await
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(LONG, stream.read_to_end(&mut bytes))
        .await
        .expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or("none")
}

#[tokio::test]
async fn a_half_head_and_a_silent_connection_are_closed() {
    let mut trust = serve(|_| ()).await;
    for sent in [
        "",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Half: ",
        "G",
        "PRI * HTTP/2.0\r\n\r\nS",
    ] {
        let began = Instant::now();
        let answer = exchange(trust.address(), sent.as_bytes()).await;
        assert!(!answer.contains(" 200 "), "{sent}: {answer}");
        assert!(began.elapsed() < LONG, "{sent}: {:?}", began.elapsed());
    }
    let mut idle = connect(&trust).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let answer = read_to_end(&mut idle).await;
    assert_eq!(
        status(&answer),
        "200",
        "and the connection is closed when idle: {answer}"
    );
    trust.stop().await;
}

#[tokio::test]
async fn doubtful_heads_are_refused() {
    let mut trust = serve(|_| ()).await;
    let many: String = (0..200)
        .map(|number| format!("X-{number}: a\r\n"))
        .collect();
    let long = format!("X-Long: {}\r\n", "a".repeat(100_000));
    let path = format!("/{}", "a".repeat(100_000));
    for (head, expected) in [
        (
            "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n".to_owned(),
            "400",
        ),
        ("GET /healthz HTTP/1.1\r\n".to_owned(), "400"),
        ("GET /healthz HTTP/1.0\r\n".to_owned(), "200"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n".to_owned(), "200"),
        (format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{many}"), "431"),
        (format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{long}"), "431"),
        (format!("GET {path} HTTP/1.1\r\nHost: a\r\n"), "414"),
        (
            "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n"
                .to_owned(),
            "400",
        ),
        (
            "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n".to_owned(),
            "413",
        ),
        (
            "POST /feed/v1/nudge HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n".to_owned(),
            "202",
        ),
        (
            "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n".to_owned(),
            "405",
        ),
        ("TRACE / HTTP/1.1\r\nHost: a\r\n".to_owned(), "405"),
        ("GET /healthz FTP/1.1\r\nHost: a\r\n".to_owned(), "400"),
    ] {
        let request = format!("{head}Connection: close\r\n\r\n");
        let answer = exchange(trust.address(), request.as_bytes()).await;
        let shown: String = head.chars().take(90).collect();
        // A head over the limit may be refused with one or the other status.
        let alike = |found: &str| expected == "414" && found == "431";
        let found = status(&answer);
        assert!(found == expected || alike(found), "{shown}: {answer}");
    }
    trust.stop().await;
}

#[tokio::test]
async fn every_answer_has_the_strict_headers_and_an_id() {
    let mut trust = serve(|_| ()).await;
    for head in [
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "GET /nowhere HTTP/1.1\r\nHost: a\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\n",
        "GET /feed/v1/node HTTP/1.1\r\nHost: a\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n",
    ] {
        let request = format!("{head}Connection: close\r\n\r\n");
        let answer = exchange(trust.address(), request.as_bytes())
            .await
            .to_lowercase();
        for header in [
            "\r\ncontent-security-policy: default-src 'none'",
            "\r\nx-content-type-options: nosniff",
            "\r\nreferrer-policy: ",
            "\r\nx-frame-options: deny",
            "\r\npermissions-policy: ",
            "\r\ncross-origin-opener-policy: same-origin",
            "\r\ncross-origin-resource-policy: same-origin",
            "\r\nx-request-id: ",
        ] {
            assert!(answer.contains(header), "{head} lacks {header}: {answer}");
        }
    }
    trust.stop().await;
}

#[tokio::test]
async fn half_open_connections_make_room_for_those_who_ask() {
    let mut trust = serve(|settings| {
        settings.limits.connections = 10;
        settings.limits.header_timeout = Duration::from_secs(300);
    })
    .await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let mut held = Vec::new();
    for _ in 0..100 {
        let mut stream = connect(&trust).await;
        stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        held.push(stream);
        // The others are served as before, however many are half open.
        let answer = exchange(trust.address(), get("/readyz").as_bytes()).await;
        assert_eq!(status(&answer), "200");
    }
    assert_eq!(
        read_to_end(&mut held.remove(0)).await,
        "",
        "the oldest went"
    );
    trust.stop().await;
}

#[tokio::test]
async fn when_every_connection_is_busy_health_is_answered_and_others_are_asked_to_come_back() {
    let mut trust = serve(|settings| settings.limits.connections = 10).await;
    let mut held = Vec::new();
    for _ in 0..10 {
        let mut stream = connect(&trust).await;
        let head = b"POST /feed/v1/nudge HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        stream.write_all(head).await.unwrap();
        // Its handler has begun, and asks for the body.
        stream.read_exact(&mut [0; 25]).await.unwrap();
        held.push(stream);
    }
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let page = exchange(trust.address(), get("/help").as_bytes()).await;
    assert_eq!(status(&page), "503", "{page}");
    assert!(page.contains("retry-after: "), "{page}");
    let health = exchange(trust.address(), get("/healthz").as_bytes()).await;
    assert_eq!(status(&health), "200", "{health}");
    // Those who had begun lose nothing.
    for mut stream in held {
        stream.write_all(b"{}").await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 202");
    }
    trust.stop().await;
}

#[tokio::test]
async fn a_stop_ends_idle_connections_and_leaves_within_its_time() {
    let mut trust = serve(|settings| {
        settings.limits.header_timeout = Duration::from_secs(30);
        settings.limits.drain = Duration::from_secs(1);
    })
    .await;
    let address = trust.address();
    let mut idle = connect(&trust).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    let mut half = connect(&trust).await;
    half.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let began = Instant::now();
    timeout(LONG, trust.stop()).await.expect("it stops");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nothing listens any more"
    );
}

#[tokio::test]
async fn a_request_under_way_at_a_stop_is_answered() {
    let mut trust = serve(|_| ()).await;
    let mut under_way = connect(&trust).await;
    let head = b"POST /feed/v1/nudge HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    under_way.write_all(head).await.unwrap();
    // The handler has begun, and asks for the body.
    let mut invited = [0; 25];
    under_way.read_exact(&mut invited).await.unwrap();
    assert_eq!(&invited, b"HTTP/1.1 100 Continue\r\n\r\n");
    trust.running().stopper().cancel();
    until(async || TcpStream::connect(trust.address()).await.is_err()).await;
    under_way.write_all(b"{}").await.unwrap();
    let answer = read_to_end(&mut under_way).await;
    assert_eq!(status(&answer), "202", "{answer}");
    timeout(LONG, trust.stop()).await.expect("it stops");
}

#[tokio::test]
async fn a_handler_that_panics_costs_its_own_request_only() {
    let trust = serve(|_| ()).await;
    let guarded = |audience| {
        let node = Arc::clone(trust.node());
        axum::middleware::from_fn_with_state((audience, node), guard)
    };
    let boom = async || -> &str { panic!("on purpose") };
    let pages = Router::new()
        .route("/boom", get(boom))
        .route("/fine", get(async || "fine"))
        .layer(guarded(Audience::Page));
    let router = Router::new()
        .route("/api/boom", get(boom))
        .layer(guarded(Audience::Api))
        .merge(pages);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async { axum::serve(listener, router).await });
    for (path, expected, words) in [
        ("/boom", "500", "<h1"),
        ("/fine", "200", "fine"),
        ("/api/boom", "500", "its log has the cause"),
        ("/fine", "200", "fine"),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let answer = exchange(address, request.as_bytes()).await;
        assert_eq!(status(&answer), expected, "{path}: {answer}");
        assert!(answer.contains(words), "{path}: {answer}");
        assert!(!answer.contains("on purpose"), "{path}: {answer}");
    }
    serving.abort();
}

#[tokio::test]
async fn a_slow_request_is_the_fault_of_the_client_or_of_the_node() {
    let half_a_second = Duration::from_millis(500);
    let trust = serve(|settings| settings.limits.request_timeout = half_a_second).await;
    let node = Arc::clone(trust.node());
    let guarded = axum::middleware::from_fn_with_state((Audience::Api, node), guard);
    let hang = async |_: Bytes| -> &str { std::future::pending().await };
    let router = Router::new()
        .route("/api/read", post(async |_: Bytes| "read"))
        .route("/api/hang", post(hang))
        .layer(guarded);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async { axum::serve(listener, router).await });
    for (path, rest, expected) in [
        ("/api/read", "Content-Length: 2\r\n\r\n{", "408"),
        ("/api/read", "Content-Length: 2\r\n\r\n", "408"),
        (
            "/api/read",
            "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
            "408",
        ),
        (
            "/api/read",
            "Content-Length: 2\r\nConnection: close\r\n\r\n{}",
            "200",
        ),
        (
            "/api/hang",
            "Content-Length: 2\r\nConnection: close\r\n\r\n{}",
            "503",
        ),
        ("/api/hang", "Connection: close\r\n\r\n", "503"),
    ] {
        let request = format!("POST {path} HTTP/1.1\r\nHost: a\r\n{rest}");
        // It reads until the server closes, which it is not asked for in the first three.
        let answer = exchange(address, request.as_bytes()).await;
        assert_eq!(status(&answer), expected, "{path} {rest:?}: {answer}");
        let closes = answer.contains("\r\nconnection: close\r\n");
        assert!(closes, "{path} {rest:?}: {answer}");
    }
    serving.abort();
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go() {
    let mut trust = serve(|settings| {
        settings.limits.stall_timeout = Duration::from_secs(1);
        settings.limits.connections = 1;
    })
    .await;
    let mut stalled = connect(&trust).await;
    // More answers than the buffers of the system hold, and no one reads them.
    let request = b"GET /help HTTP/1.1\r\nHost: a\r\n\r\n".repeat(64);
    let asking = async { while stalled.write_all(&request).await.is_ok() {} };
    timeout(LONG, asking).await.expect("it is let go");
    let get = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    until(async || status(&exchange(trust.address(), get).await) == "200").await;
    trust.stop().await;
}

#[tokio::test]
async fn many_clients_that_do_not_read_share_one_budget() {
    const CLIENTS: usize = 40;
    let setup = Setup::new("ZZ1").settings(|settings| {
        settings.limits.stall_timeout = Duration::from_secs(300);
        settings.limits.header_timeout = Duration::from_secs(300);
        settings.limits.unread_bytes = 4 << 20;
    });
    let mut trust = setup.start().await;
    // A page of more than the system takes over for a client that does not read.
    let words = "Staff wrote down what went wrong on each ward. ".repeat(5_000);
    let (_, path) = trust.publish(it::samples::page("Long", &words)).await;
    let ask = |connection: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: {connection}\r\n\r\n")
    };
    let whole = exchange(trust.address(), ask("close").as_bytes()).await;
    assert!(
        status(&whole) == "200" && whole.len() > 200_000,
        "{}",
        whole.len()
    );
    // Each asks for several of them, and reads nothing.
    let requests = ask("keep-alive").repeat(5) + &ask("close");
    let mut silent = Vec::new();
    for _ in 0..CLIENTS {
        let mut stream = connect(&trust).await;
        stream.write_all(requests.as_bytes()).await.unwrap();
        silent.push(stream);
        // The others are answered, whole.
        let read = exchange(trust.address(), ask("close").as_bytes()).await;
        assert_eq!(read.len(), whole.len());
    }
    let mut ends = Vec::new();
    for mut stream in silent {
        let answers = read_to_end(&mut stream).await;
        ends.push(answers.matches("</html>").count() == 6);
    }
    let complete = ends.iter().filter(|complete| **complete).count();
    assert!((1..CLIENTS).contains(&complete), "{complete} of {CLIENTS}");
    assert!(
        !ends[0] && ends[CLIENTS - 1],
        "those who waited longest went: {ends:?}"
    );
    trust.stop().await;
}

#[tokio::test]
async fn health_says_what_it_is_and_figures_are_on_their_own_listener() {
    let mut trust = serve(|_| ()).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let alive = exchange(trust.address(), get("/healthz").as_bytes()).await;
    assert_eq!(status(&alive), "200");
    let ready = exchange(trust.address(), get("/readyz").as_bytes()).await;
    assert!(
        ready.contains(r#""ready":true"#) && ready.contains("not initialised"),
        "{ready}"
    );
    let here = exchange(trust.address(), get("/metrics").as_bytes()).await;
    assert_ne!(status(&here), "200", "figures are not for readers");
    let figures = exchange(trust.running().metrics.unwrap(), get("/metrics").as_bytes()).await;
    for name in [
        "wardround_requests_total{route=\"/healthz\",status=\"200\"} 1",
        "wardround_index_lag 0",
        "wardround_documents 0",
        "process_resident_memory_bytes",
    ] {
        assert!(figures.contains(name), "{name}: {figures}");
    }
    trust.stop().await;
}
