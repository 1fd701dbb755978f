//! Stories of a node that gets its certificate from an authority that speaks ACME: Pebble, the authority that Let's Encrypt
//! tests clients with. They run where `pebble` and `pebble-challtestsrv` are found (Debian package `pebble`).

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use it::{
    ports::free_ports,
    setup::Setup,
    trust::{Trust, until},
};
use node::clock::Clock;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::{Certificate, Client};
use settings::{Acme, Secret};
use tempfile::TempDir;
use tokio::net::TcpStream;

const HOST: &str = "lessons.harrowdale.example";
/// How long a certificate of the authority lasts.
const LIFETIME: Duration = Duration::from_secs(90 * 86_400);

/// The authority, and the name server that sends it to this machine.
struct Pebble {
    children: Vec<Child>,
    ports: u16,
    directory: TempDir,
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for child in &mut self.children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

/// Set by who knows that the authority is not there; `tests/run` then says that its stories are skipped.
const WITHOUT: &str = "WARDROUND_TEST_WITHOUT_PEBBLE";

fn is_installed() -> bool {
    let is_there = Command::new("pebble").arg("-version").output().is_ok();
    if !is_there {
        let is_set = |name| std::env::var_os(name).is_some();
        assert!(
            !is_set("CI") || is_set(WITHOUT),
            "`pebble` is not installed; install the Debian package `pebble`, or set `{WITHOUT}=1`"
        );
        eprintln!("skipped: `pebble` is not installed");
    }
    is_there
}

impl Pebble {
    /// Makes the authority's own certificate and configuration; `site` is where it looks for answers.
    fn new(site: u16) -> Self {
        Self::for_customers(site, &[])
    }

    /// Makes one that only issues to customers, each with the id and the key of an account; to everyone if there are none.
    fn for_customers(site: u16, customers: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).display().to_string();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let own = own.signed_by(&key, &issuer).unwrap();
        fs::write(path("ca.pem"), issuer.pem()).unwrap();
        fs::write(path("own.pem"), own.pem()).unwrap();
        fs::write(path("own.key"), key.serialize_pem()).unwrap();
        let ports = free_ports(4);
        let configuration = serde_json::json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{ports}"),
            "managementListenAddress": format!("127.0.0.1:{}", ports + 1),
            "certificate": path("own.pem"),
            "privateKey": path("own.key"),
            "httpPort": 1,
            "tlsPort": site,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": !customers.is_empty(),
            "externalAccountMACKeys": customers.iter().copied().collect::<BTreeMap<_, _>>(),
            "certificateValidityPeriod": LIFETIME.as_secs(),
        }});
        fs::write(path("pebble.json"), configuration.to_string()).unwrap();
        Self {
            children: Vec::new(),
            ports,
            directory,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn start(&mut self) {
        let names = format!("127.0.0.1:{}", self.ports + 2);
        let management = format!("127.0.0.1:{}", self.ports + 3);
        let mut names_server = Command::new("pebble-challtestsrv");
        names_server.args([
            "-defaultIPv4",
            "127.0.0.1",
            "-defaultIPv6",
            "",
            "-dns01",
            &names,
        ]);
        names_server.args(["-http01", "", "-https01", "", "-tlsalpn01", ""]);
        names_server.args(["-management", &management]);
        let mut authority = Command::new("pebble");
        authority.arg("-config").arg(self.path("pebble.json"));
        authority.args(["-dnsserver", &names, "-strict"]);
        authority.env("PEBBLE_VA_NOSLEEP", "1");
        for mut command in [names_server, authority] {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            self.children.push(command.spawn().unwrap());
        }
    }

    fn stop(&mut self) {
        for mut child in self.children.drain(..) {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Returns a client that trusts the authority itself.
    fn client(&self) -> Client {
        let root = fs::read(self.path("ca.pem")).unwrap();
        let root = Certificate::from_pem(&root).unwrap();
        Client::builder()
            .tls_certs_only([root])
            .no_proxy()
            .build()
            .unwrap()
    }

    /// Waits until it and the name server answer, and returns the root of what it issues.
    async fn root(&self) -> Certificate {
        let names = (Ipv4Addr::LOCALHOST, self.ports + 3);
        until(async || TcpStream::connect(names).await.is_ok()).await;
        let client = self.client();
        let address = format!("https://127.0.0.1:{}/roots/0", self.ports + 1);
        let ask = async || client.get(&address).send().await?.text().await;
        until(async || ask().await.is_ok_and(|text| text.contains("BEGIN"))).await;
        Certificate::from_pem(ask().await.unwrap().as_bytes()).unwrap()
    }

    /// Serves a node that asks this authority.
    async fn serve(&self, port: u16, clock: &Clock) -> Trust {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        self.serve_at(HOST, address, clock, |_| ()).await
    }

    /// Serves a node with a host at an address.
    async fn serve_at(
        &self,
        host: &str,
        address: SocketAddr,
        clock: &Clock,
        change: impl FnOnce(&mut Acme),
    ) -> Trust {
        let setup = Setup::new("ZZ1")
            .base_url(&format!("https://{host}:{}", address.port()))
            .clock(clock)
            .settings(|settings| {
                settings.listen = address;
                let acme = &mut settings.tls.acme;
                acme.enabled = true;
                acme.agree_to_terms = true;
                acme.contact = Some("site@harrowdale.example".to_owned());
                acme.directory = format!("https://127.0.0.1:{}/dir", self.ports)
                    .parse()
                    .unwrap();
                acme.ca_file = Some(self.path("ca.pem"));
                change(acme);
            });
        setup.start().await
    }
}

/// Returns the certificate that a node shows to who trusts a root.
async fn shown(trust: &Trust, root: &Certificate) -> Option<Vec<u8>> {
    shown_as(HOST, trust, root).await
}

/// Returns the certificate that a node shows for a host.
async fn shown_as(host: &str, trust: &Trust, root: &Certificate) -> Option<Vec<u8>> {
    let builder = Client::builder()
        .tls_certs_only([root.clone()])
        .tls_info(true);
    let client = builder.no_proxy().resolve(HOST, trust.address());
    let address = format!("https://{host}:{}/healthz", trust.address().port());
    let answer = client.build().unwrap().get(address).send().await.ok()?;
    assert_eq!(answer.status(), 200);
    let info = answer.extensions().get::<reqwest::tls::TlsInfo>().unwrap();
    Some(info.peer_certificate().unwrap().to_vec())
}

fn modes(directory: &Path) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            found.push(("directory".to_owned(), mode));
            found.extend(modes(&path));
        } else {
            found.push((path.file_name().unwrap().display().to_string(), mode));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_certificate_is_asked_for_renewed_and_kept_whatever_the_authority_does() {
    if !is_installed() {
        return;
    }
    let port = free_ports(1);
    let mut pebble = Pebble::new(port);
    pebble.start();
    pebble.root().await;
    let clock = Clock::system();
    let mut trust = pebble.serve(port, &clock).await;
    let root = pebble.root().await;
    until(async || shown(&trust, &root).await.is_some()).await;
    let first = shown(&trust, &root).await.unwrap();
    let kept = trust.node().settings.data.join("acme");
    let expected = [
        ("account.json", 0o600),
        ("certificate.pem", 0o600),
        ("directory", 0o700),
    ];
    assert_eq!(
        modes(&kept),
        expected.map(|(name, mode)| (name.to_owned(), mode))
    );
    // A start takes what was kept, without the authority.
    pebble.stop();
    trust.restart().await;
    until(async || shown(&trust, &root).await.is_some()).await;
    assert_eq!(shown(&trust, &root).await.unwrap(), first);
    // It is due, and the authority is away: the one that is there is shown, and the reason is kept.
    trust.advance(LIFETIME * 7 / 10);
    trust.node().tls.wake();
    until(async || trust.node().tls.fault().is_some()).await;
    let why = trust.node().tls.fault().unwrap();
    assert!(
        why.contains("cannot be reached") && why.contains("tls.acme.directory"),
        "{why}"
    );
    assert_eq!(shown(&trust, &root).await.unwrap(), first);
    let failure = tls::Kept::new(&trust.node().settings).failure().unwrap();
    assert_eq!(
        (failure.attempts, failure.next(failure.at)),
        (1, failure.at.plus(Duration::from_secs(300)))
    );
    // It is back, with another root and without the account: a new one is made.
    pebble.start();
    let root = pebble.root().await;
    trust.node().tls.wake();
    until(async || {
        trust.node().tls.wake();
        shown(&trust, &root).await.is_some()
    })
    .await;
    // The authority's clock was not moved.
    clock.set_back(LIFETIME * 7 / 10);
    trust.node().tls.wake();
    until(async || trust.node().tls.fault().is_none()).await;
    assert_eq!(tls::Kept::new(&trust.node().settings).failure(), None);
    trust.stop().await;
}

#[tokio::test]
async fn a_clock_that_is_ahead_does_not_ask_the_authority_without_end() {
    if !is_installed() {
        return;
    }
    let port = free_ports(1);
    let mut pebble = Pebble::new(port);
    pebble.start();
    let root = pebble.root().await;
    let clock = Clock::system();
    clock.advance(LIFETIME * 7 / 10);
    let mut trust = pebble.serve(port, &clock).await;
    until(async || trust.node().tls.fault().is_some()).await;
    let why = trust.node().tls.fault().unwrap();
    assert!(why.contains("see that the clock is right"), "{why}");
    let kept = tls::Kept::new(&trust.node().settings);
    let failure = kept.failure().unwrap();
    assert_eq!(
        (failure.attempts, failure.next(failure.at)),
        (1, failure.at.plus(Duration::from_secs(300)))
    );
    let first = shown(&trust, &root).await.unwrap();
    // Each further attempt waits longer.
    trust.advance(Duration::from_secs(301));
    trust.node().tls.wake();
    until(async || kept.failure().is_some_and(|failure| failure.attempts == 2)).await;
    let second = shown(&trust, &root).await.unwrap();
    assert_ne!(first, second);
    // With the right time, nothing is needed.
    clock.set_back(LIFETIME * 7 / 10 + Duration::from_secs(301));
    trust.node().tls.wake();
    until(async || trust.node().tls.fault().is_none()).await;
    assert_eq!(kept.failure(), None);
    assert_eq!(shown(&trust, &root).await.unwrap(), second);
    trust.stop().await;
}

#[tokio::test]
async fn an_authority_that_cannot_reach_the_node_says_what_is_in_the_way() {
    if !is_installed() {
        return;
    }
    let port = free_ports(2);
    let mut pebble = Pebble::new(port + 1);
    pebble.start();
    let root = pebble.root().await;
    let mut trust = pebble.serve(port, &Clock::system()).await;
    until(async || trust.node().tls.fault().is_some()).await;
    let why = trust.node().tls.fault().unwrap();
    assert!(why.contains("has to reach this node at port 443"), "{why}");
    assert!(why.contains(HOST), "{why}");
    // Without a certificate there is no answer, and no harm.
    assert_eq!(shown(&trust, &root).await, None);
    trust.stop().await;
}

#[tokio::test]
async fn an_authority_that_has_customers_issues_to_who_has_an_account() {
    const ID: &str = "harrowdale";
    const KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
    const OTHER: &str = "b10lLJs8l1GPIzsLP0s6pMt8O0XVGnfTaCeROxQM0BIt2XrJMDHJZBM5NuQmQJQH";
    if !is_installed() {
        return;
    }
    let port = free_ports(1);
    let mut pebble = Pebble::for_customers(port, &[(ID, KEY)]);
    pebble.start();
    let root = pebble.root().await;
    for (id, key, words) in [
        (
            None,
            None,
            "set `tls.acme.eab_key_id` and `tls.acme.eab_key`",
        ),
        (Some(ID), Some(OTHER), "are as the authority gives them"),
        (
            Some("another"),
            Some(KEY),
            "are as the authority gives them",
        ),
        (
            Some(ID),
            Some("not base64!"),
            "`tls.acme.eab_key` is not base64",
        ),
        (Some(ID), Some(KEY), ""),
    ] {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let give = |acme: &mut Acme| {
            acme.eab_key_id = id.map(str::to_owned);
            acme.eab_key = key.map(|key| Secret::new(key.to_owned()));
        };
        let clock = Clock::system();
        let mut trust = pebble.serve_at(HOST, address, &clock, give).await;
        if words.is_empty() {
            until(async || shown(&trust, &root).await.is_some()).await;
        } else {
            until(async || trust.node().tls.fault().is_some()).await;
            let why = trust.node().tls.fault().unwrap();
            assert!(why.contains(words), "{words}: {why}");
            assert!(!why.contains(OTHER) && !why.contains(KEY), "{why}");
        }
        trust.stop().await;
    }
}

#[tokio::test]
async fn a_site_whose_host_is_an_address_gets_a_certificate_for_it() {
    if !is_installed() {
        return;
    }
    for (host, address) in [
        ("[::1]", IpAddr::from(Ipv6Addr::LOCALHOST)),
        ("127.0.0.1", IpAddr::from(Ipv4Addr::LOCALHOST)),
    ] {
        let port = free_ports(1);
        let mut pebble = Pebble::new(port);
        pebble.start();
        let root = pebble.root().await;
        let address = SocketAddr::from((address, port));
        let clock = Clock::system();
        let mut trust = pebble.serve_at(host, address, &clock, |_| ()).await;
        until(async || {
            let fault = trust.node().tls.fault();
            assert_eq!(fault, None);
            shown_as(host, &trust, &root).await.is_some()
        })
        .await;
        trust.stop().await;
    }
}
