//! The program in a directory of its own, and a node that it serves.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustix::process::{Pid, Signal, kill_process};

/// Longer than anything here takes; a test that reaches it has failed.
pub(crate) const LONG: Duration = Duration::from_secs(30);
pub(crate) const CASE_STUDY: &str =
    include_str!("../../../../content/case-studies/northmoor/epma-seven-weekends.md");

/// A directory, and the program used in it without anyone's environment.
pub(crate) struct Place {
    pub(crate) directory: tempfile::TempDir,
}

/// A node that serves until it is dropped.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardround"));
        command
            .current_dir(self.directory.path())
            .env_clear()
            .env("WARDROUND_DATA", "node")
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs what has to fail; returns its exit code and what it says.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), said)
    }

    /// Runs what has to succeed; returns what it prints.
    pub(crate) fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn serve(&self) -> Serving {
        self.serve_with(&["serve", "--listen", "127.0.0.1:0"])
    }

    pub(crate) fn serve_with(&self, arguments: &[&str]) -> Serving {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                let line = line.unwrap();
                let address = line.split_once("http://").or(line.split_once("https://"))?;
                Some(address.1.to_owned())
            })
            .expect("it says where it serves");
        // Someone has to read on, or the program would wait.
        thread::spawn(move || lines.for_each(drop));
        let address = address
            .split([' ', '/'])
            .next()
            .unwrap_or_default()
            .to_owned();
        Serving { child, address }
    }

    pub(crate) fn init(&self) {
        let introduction = [
            "init",
            "--name",
            "Northmoor",
            "--ods",
            "zz1",
            "--base-url",
            "https://a.example",
        ];
        assert!(self.prints(&introduction).contains("wr1"));
    }
}

impl Place {
    /// Makes an authority and a certificate of it for a host, with which the node serves; returns the authority's own.
    pub(crate) fn certify(&self, host: &str, more: &str) -> String {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let (chain_file, key_file) = (self.path("site.pem"), self.path("site.key"));
        fs::write(&chain_file, certificate.pem()).unwrap();
        fs::write(&key_file, key.serialize_pem()).unwrap();
        fs::set_permissions(&key_file, fs::Permissions::from_mode(0o600)).unwrap();
        let settings = format!("[tls]\ncertificate = {chain_file:?}\nkey = {key_file:?}\n{more}\n");
        fs::create_dir_all(self.path("node")).unwrap();
        fs::write(self.path("node/wardround.toml"), settings).unwrap();
        issuer.pem()
    }
}

impl Serving {
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Waits until the one case study is found.
    pub(crate) fn finds_the_case_study(&self) {
        let until = Instant::now() + LONG;
        while !self.get("/search?q=prescribing").contains("1 case study") {
            assert!(Instant::now() < until, "{}", self.get("/readyz"));
            // Another process: only its answers say how far it is.
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Sends a signal. The program `kill` is not on every machine.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Asks the program to stop; returns the exit code, and how long it took.
    pub(crate) fn stop(self) -> (Option<i32>, Duration) {
        self.stop_by(Signal::TERM)
    }

    pub(crate) fn stop_by(mut self, signal: Signal) -> (Option<i32>, Duration) {
        let began = Instant::now();
        self.signal(signal);
        while began.elapsed() < LONG {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), began.elapsed());
            }
            // The standard library waits for a process without a limit or not at all.
            thread::sleep(Duration::from_millis(20));
        }
        panic!("it does not stop");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A node that serves one case study.
pub(crate) fn with_a_case_study() -> (Place, Serving) {
    let place = Place::new();
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    let serving = place.serve();
    place.init();
    place.prints(&["publish", "a.md"]);
    (place, serving)
}
