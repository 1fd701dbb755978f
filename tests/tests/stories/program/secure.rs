//! Stories of a node that speaks TLS itself: clients with an own authority, a certificate that is renewed, half-open
//! handshakes, plain requests, peers.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use it::{
    ports::free_ports,
    samples::page,
    setup::Setup,
    trust::{Trust, until},
};
use node::{audit::By, flows::peers};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::{Certificate, Client, Version, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use settings::Settings;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Longer than anything here takes; a test that reaches it has failed.
const LONG: Duration = Duration::from_secs(20);
const HOST: &str = "lessons.harrowdale.example";

/// A certificate authority, and the files of a site.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = Self {
            issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap(),
            directory: tempfile::tempdir().unwrap(),
        };
        fs::write(authority.path("ca.pem"), authority.issuer.pem()).unwrap();
        authority.issue(HOST);
        authority
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a new certificate and its key to the files of the site; returns the certificate.
    fn issue(&self, host: &str) -> Vec<u8> {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        fs::write(self.path("site.pem"), certificate.pem()).unwrap();
        let path = self.path("site.key");
        fs::write(&path, key.serialize_pem()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        certificate.der().to_vec()
    }

    /// Serves a node with the certificate of the site.
    async fn serve(&self, change: impl FnOnce(&mut Settings)) -> Trust {
        let port = free_ports(1);
        let setup = Setup::new("ZZ1")
            .base_url(&format!("https://{HOST}:{port}"))
            .settings(|settings| {
                settings.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
                settings.tls.certificate = Some(self.path("site.pem"));
                settings.tls.key = Some(self.path("site.key"));
                settings.metrics.listen = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
                change(settings);
            });
        setup.start().await
    }

    /// Returns a client that trusts this authority.
    fn client(&self, trust: &Trust) -> Client {
        let root = Certificate::from_pem(self.issuer.pem().as_bytes()).unwrap();
        let builder = Client::builder()
            .tls_certs_only([root])
            .tls_info(true)
            .no_proxy()
            .redirect(Policy::none())
            // Each request makes a connection of its own.
            .pool_max_idle_per_host(0);
        builder.resolve(HOST, trust.address()).build().unwrap()
    }

    /// Returns a connection after its handshake.
    async fn connect(&self, trust: &Trust) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = connect(trust).await;
        let name = ServerName::try_from(HOST).unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, stream).await.unwrap()
    }
}

async fn connect(trust: &Trust) -> TcpStream {
    TcpStream::connect(trust.address()).await.unwrap()
}

fn address(trust: &Trust, path: &str) -> String {
    format!("https://{HOST}:{}{path}", trust.address().port())
}

/// Sends bytes without TLS, and returns all that comes until the server closes.
async fn exchange(address: SocketAddr, request: &[u8]) -> (Vec<u8>, bool) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut bytes = Vec::new();
    let read = timeout(LONG, stream.read_to_end(&mut bytes)).await;
    let is_clean = read.expect("the server closes").is_ok();
    (bytes, is_clean)
}

async fn figure(trust: &Trust, name: &str) -> Option<u64> {
    let request = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let (page, _) = exchange(trust.running().metrics.unwrap(), request).await;
    let page = String::from_utf8(page).unwrap();
    let value = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map(|value| value.parse().unwrap())
}

#[tokio::test]
async fn a_node_with_a_certificate_serves_https_to_those_who_know_its_authority() {
    let authority = Authority::new();
    let mut trust = authority.serve(|_| ()).await;
    let client = authority.client(&trust);
    let answer = client.get(address(&trust, "/")).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, Version::HTTP_11)
    );
    let transport = answer.headers().get_all("strict-transport-security");
    assert_eq!(transport.iter().count(), 1);
    assert!(answer.text().await.unwrap().contains("</html>"));
    assert!(trust.running().place.starts_with("https://"));
    // An older client.
    let root = Certificate::from_pem(authority.issuer.pem().as_bytes()).unwrap();
    let older = Client::builder()
        .tls_certs_only([root])
        .tls_version_max(reqwest::tls::Version::TLS_1_2)
        .no_proxy()
        .resolve(HOST, trust.address());
    let answer = older
        .build()
        .unwrap()
        .get(address(&trust, "/healthz"))
        .send();
    assert_eq!(answer.await.unwrap().status(), 200);
    // Others are not served: the wrong authority, the wrong name.
    let stranger = Authority::new().client(&trust);
    assert!(stranger.get(address(&trust, "/")).send().await.is_err());
    let other = format!("https://127.0.0.1:{}/", trust.address().port());
    assert!(client.get(other).send().await.is_err());
    let expires = figure(&trust, "wardround_certificate_expires_timestamp_seconds");
    assert!(expires.await.is_some_and(|expires| expires > 1_700_000_000));
    assert_eq!(
        figure(&trust, "wardround_certificate_faulty").await,
        Some(0)
    );
    trust.stop().await;
}

#[tokio::test]
async fn a_certificate_that_is_renewed_is_shown_and_one_that_cannot_be_used_changes_nothing() {
    let authority = Authority::new();
    let mut trust = authority.serve(|_| ()).await;
    let shown = async || {
        // A client that resumes a session goes by the certificate that it saw first.
        let client = authority.client(&trust);
        let answer = client.get(address(&trust, "/readyz")).send().await.unwrap();
        let info = answer.extensions().get::<reqwest::tls::TlsInfo>().unwrap();
        let certificate = info.peer_certificate().unwrap().to_vec();
        (certificate, answer.text().await.unwrap())
    };
    let (first, _) = shown().await;
    let renewed = authority.issue(HOST);
    assert_ne!(first, renewed);
    trust.node().tls.wake();
    until(async || shown().await.0 == renewed).await;
    // What cannot be used: each is reported, and the certificate that was there is shown.
    let key = fs::read(authority.path("site.key")).unwrap();
    let certificate = fs::read(authority.path("site.pem")).unwrap();
    for (file, content) in [
        ("site.key", &b"nonsense"[..]),
        ("site.pem", b""),
        ("site.pem", authority.issuer.pem().as_bytes()),
    ] {
        fs::write(authority.path(file), content).unwrap();
        trust.node().tls.wake();
        until(async || trust.node().tls.fault().is_some()).await;
        let (now, ready) = shown().await;
        assert_eq!(now, renewed, "{file}");
        assert!(
            ready.contains("\"ready\":true") && ready.contains("certificate"),
            "{ready}"
        );
        assert_eq!(
            figure(&trust, "wardround_certificate_faulty").await,
            Some(1)
        );
        // And right again.
        fs::write(authority.path("site.key"), &key).unwrap();
        fs::write(authority.path("site.pem"), &certificate).unwrap();
        trust.node().tls.wake();
        until(async || trust.node().tls.fault().is_none()).await;
    }
    // A key that others can read is not taken, and says what to run.
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(authority.path("site.key"), open).unwrap();
    trust.node().tls.wake();
    until(async || trust.node().tls.fault().is_some()).await;
    let why = trust.node().tls.fault().unwrap();
    assert!(why.contains("chmod 600"), "{why}");
    let (now, _) = shown().await;
    assert_eq!(now, renewed);
    trust.stop().await;
}

#[tokio::test]
async fn half_open_handshakes_make_room_for_those_who_ask() {
    let authority = Authority::new();
    let mut trust = authority
        .serve(|settings| {
            settings.limits.connections = 10;
            settings.limits.header_timeout = Duration::from_secs(300);
        })
        .await;
    let client = authority.client(&trust);
    // The beginning of a handshake: a record of 512 bytes, of which a few come.
    let half = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];
    let mut held = Vec::new();
    for number in 0..100 {
        let mut stream = connect(&trust).await;
        let sent = number % (half.len() + 1);
        stream.write_all(&half[..sent]).await.unwrap();
        held.push(stream);
        // The others are served as before, however many are half open.
        let answer = client.get(address(&trust, "/readyz")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    let mut bytes = Vec::new();
    let oldest = timeout(LONG, held[0].read_to_end(&mut bytes)).await;
    assert!(oldest.is_ok(), "the oldest went");
    trust.stop().await;
}

#[tokio::test]
async fn a_handshake_has_its_time_and_what_is_none_is_closed() {
    let authority = Authority::new();
    let mut trust = authority
        .serve(|settings| settings.limits.header_timeout = Duration::from_secs(1))
        .await;
    let client = authority.client(&trust);
    for sent in [
        &b""[..],
        &[22],
        &[22, 3, 1, 2, 0, 1, 0],
        &[22, 3, 1, 255, 255],
        &[0; 300],
        &[0x80, 0x2e, 1, 0, 2],
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"get / http/1.0\r\n\r\n",
    ] {
        let began = Instant::now();
        let (answer, _) = exchange(trust.address(), sent).await;
        assert!(answer.len() < 300, "{sent:?}: {answer:?}");
        assert!(began.elapsed() < LONG, "{sent:?}: {:?}", began.elapsed());
    }
    // A person or a program that forgot the `s` reads why.
    for request in [
        &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..],
        b"POST /feed/v1/nudge HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
    ] {
        let (answer, is_clean) = exchange(trust.address(), request).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("https://") && is_clean, "{answer}");
    }
    // After the handshake the head of the request has its time, too.
    let mut idle = authority.connect(&trust).await;
    let mut bytes = Vec::new();
    let ended = timeout(LONG, idle.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "a silent connection ends");
    let answer = client
        .get(address(&trust, "/healthz"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    trust.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_over_tls_is_let_go() {
    let authority = Authority::new();
    let mut trust = authority
        .serve(|settings| {
            settings.limits.stall_timeout = Duration::from_secs(1);
            settings.limits.connections = 1;
        })
        .await;
    let mut stalled = authority.connect(&trust).await;
    // More answers than the buffers of the system hold, and no one reads them.
    let request = b"GET /help HTTP/1.1\r\nHost: a\r\n\r\n".repeat(64);
    let asking = async {
        while stalled.write_all(&request).await.is_ok() && stalled.flush().await.is_ok() {}
    };
    timeout(LONG, asking).await.expect("it is let go");
    let client = authority.client(&trust);
    until(async || {
        let answer = client.get(address(&trust, "/healthz")).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    trust.stop().await;
}

#[tokio::test]
async fn many_clients_over_tls_that_do_not_read_share_one_budget() {
    const CLIENTS: usize = 40;
    let authority = Authority::new();
    let mut trust = authority
        .serve(|settings| {
            settings.limits.stall_timeout = Duration::from_secs(300);
            settings.limits.header_timeout = Duration::from_secs(300);
            settings.limits.unread_bytes = 4 << 20;
        })
        .await;
    let words = "Staff wrote down what went wrong on each ward. ".repeat(5_000);
    let (_, path) = trust.publish(page("Long", &words)).await;
    let client = authority.client(&trust);
    let ask = |connection: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: {connection}\r\n\r\n")
    };
    let requests = ask("keep-alive").repeat(5) + &ask("close");
    let mut silent = Vec::new();
    for _ in 0..CLIENTS {
        let mut stream = authority.connect(&trust).await;
        stream.write_all(requests.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        silent.push(stream);
        // The others are answered, whole.
        let answer = client.get(address(&trust, &path)).send().await.unwrap();
        assert!(answer.text().await.unwrap().len() > 200_000);
    }
    let mut ends = Vec::new();
    for mut stream in silent {
        let mut answers = Vec::new();
        let read = timeout(LONG, stream.read_to_end(&mut answers)).await;
        assert!(read.is_ok(), "the server closes");
        ends.push(String::from_utf8_lossy(&answers).matches("</html>").count() == 6);
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
async fn plain_requests_are_sent_to_the_address_of_the_site_and_nowhere_else() {
    let authority = Authority::new();
    let redirect = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut trust = authority
        .serve(|settings| settings.server.redirect_http = Some(redirect))
        .await;
    let plain = trust.running().redirect.unwrap();
    for (request, expected) in [
        ("GET / HTTP/1.1\r\nHost: a", "/"),
        (
            "HEAD /d/a?b=c%20d HTTP/1.1\r\nHost: evil.example",
            "/d/a?b=c%20d",
        ),
        (
            "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 0",
            "/sign-in",
        ),
        (
            "GET //evil.example/x HTTP/1.1\r\nHost: a",
            "//evil.example/x",
        ),
        (
            "GET http://evil.example/x HTTP/1.1\r\nHost: evil.example",
            "/x",
        ),
        ("OPTIONS * HTTP/1.1\r\nHost: a", "/"),
        ("GET /readyz HTTP/1.1\r\nHost: a", "/readyz"),
    ] {
        let request = format!("{request}\r\nConnection: close\r\n\r\n");
        let (answer, _) = exchange(plain, request.as_bytes()).await;
        let answer = String::from_utf8(answer).unwrap();
        let expected = format!("\r\nlocation: {}\r\n", address(&trust, expected));
        assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
        assert!(answer.contains(&expected), "{request}: {answer}");
        assert!(!answer.contains("strict-transport-security"), "{answer}");
    }
    trust.stop().await;
}

#[tokio::test]
async fn peers_pull_over_tls_with_an_authority_of_their_own() {
    let authority = Authority::new();
    let mut one = authority.serve(|_| ()).await;
    let (id, _) = one.publish(page("Handover", "Two nurses, one list.")).await;
    let hosts = [(HOST.to_owned(), vec![Ipv4Addr::LOCALHOST.into()])];
    let setup = || {
        Setup::new("ZZ2").settings(|settings| {
            settings.federation.hosts = hosts.clone().into_iter().collect();
        })
    };
    let request = |one: &Trust| peers::NewPeerRequest {
        allow_cidr: "127.0.0.0/8".to_owned(),
        ..peers::NewPeerRequest::new(address(one, ""))
    };
    let two = setup()
        .settings(|settings| settings.federation.ca_file = Some(authority.path("ca.pem")))
        .start()
        .await;
    let added = peers::add(two.node(), &request(&one), &one.id(), &By::Node).await;
    added.unwrap();
    two.pull_well(&one.id()).await;
    assert_eq!(two.found("handover").await, [id]);
    // The certificate is renewed while they pull.
    authority.issue(HOST);
    one.node().tls.wake();
    let (second, _) = one.publish(page("Discharge", "Letters in a day.")).await;
    two.pull_well(&one.id()).await;
    assert_eq!(two.found("discharge").await, [second]);
    // A node without that authority trusts no one.
    let three = setup().start().await;
    let added = peers::add(three.node(), &request(&one), &one.id(), &By::Node).await;
    added.unwrap();
    let fault = three.pull(&one.id()).await.fault.unwrap();
    assert!(fault.text.contains("UnknownIssuer"), "{}", fault.text);
    one.stop().await;
}

#[tokio::test]
async fn an_authority_that_becomes_known_is_trusted_without_a_restart() {
    let authority = Authority::new();
    let mut one = authority.serve(|_| ()).await;
    let (id, _) = one.publish(page("Handover", "Two nurses, one list.")).await;
    // The file names another authority first.
    let file = authority.path("trusted.pem");
    fs::copy(Authority::new().path("ca.pem"), &file).unwrap();
    let two = Setup::new("ZZ2")
        .settings(|settings| {
            settings.federation.hosts =
                [(HOST.to_owned(), vec![Ipv4Addr::LOCALHOST.into()])].into();
            settings.federation.ca_file = Some(file.clone());
        })
        .start()
        .await;
    let request = peers::NewPeerRequest {
        allow_cidr: "127.0.0.0/8".to_owned(),
        ..peers::NewPeerRequest::new(address(&one, ""))
    };
    peers::add(two.node(), &request, &one.id(), &By::Node)
        .await
        .unwrap();
    let is_unknown = async || {
        let fault = two.pull(&one.id()).await.fault;
        // The other authority has the same name, and another key.
        fault.is_some_and(|fault| fault.text.contains("BadSignature"))
    };
    // This poll reads the file again, without an effect; then none does within five minutes.
    assert!(is_unknown().await);
    fs::copy(authority.path("ca.pem"), &file).unwrap();
    two.advance(Duration::from_secs(200));
    assert!(is_unknown().await);
    two.advance(Duration::from_secs(101));
    two.pull_well(&one.id()).await;
    assert_eq!(two.found("handover").await, [id]);
    // At a signal at once; a file that cannot be used changes nothing.
    fs::write(&file, "nonsense").unwrap();
    two.node().read_authorities().await;
    two.pull_well(&one.id()).await;
    fs::copy(Authority::new().path("ca.pem"), &file).unwrap();
    two.node().read_authorities().await;
    assert!(is_unknown().await);
    fs::copy(authority.path("ca.pem"), &file).unwrap();
    two.node().read_authorities().await;
    two.pull_well(&one.id()).await;
    one.stop().await;
}

#[tokio::test]
async fn a_handshake_under_way_does_not_hold_up_a_stop() {
    let authority = Authority::new();
    let mut trust = authority
        .serve(|settings| {
            settings.limits.header_timeout = Duration::from_secs(300);
            settings.limits.drain = Duration::from_secs(60);
        })
        .await;
    let mut half = connect(&trust).await;
    half.write_all(&[22, 3, 1]).await.unwrap();
    let _silent = connect(&trust).await;
    let mut idle = authority.connect(&trust).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    idle.read_exact(&mut [0; 12]).await.unwrap();
    timeout(LONG, trust.stop()).await.expect("it stops");
}

#[tokio::test]
async fn a_start_with_files_that_do_not_fit_says_why() {
    let authority = Authority::new();
    let other = Authority::new();
    let trust = Setup::without_identity().start().await;
    let start = async |certificate: PathBuf, key: PathBuf| {
        let directory = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            data: directory.path().join("data"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            ..Settings::default()
        };
        settings.tls.certificate = Some(certificate);
        settings.tls.key = Some(key);
        let node = node::Node::open(settings, trust.clock.clone())
            .await
            .unwrap();
        match web::server::start(node).await {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    };
    let path = |name| authority.path(name);
    let missing = start(path("nowhere.pem"), path("site.key")).await;
    assert!(
        missing.contains("nowhere.pem") && missing.contains("cannot be read"),
        "{missing}"
    );
    let wrong = start(path("site.pem"), other.path("site.key")).await;
    assert!(wrong.contains("belongs to another certificate"), "{wrong}");
    let open = fs::Permissions::from_mode(0o640);
    fs::set_permissions(path("site.key"), open).unwrap();
    let root = rustix::process::geteuid().is_root();
    let open = start(path("site.pem"), path("site.key")).await;
    // A file of root may be readable for its group.
    assert_eq!(open.contains("chmod 600"), !root, "{open}");
    let all = fs::Permissions::from_mode(0o644);
    fs::set_permissions(path("site.key"), all).unwrap();
    let open = start(path("site.pem"), path("site.key")).await;
    assert!(open.contains("chmod 600"), "{open}");
}
