//! Ports for nodes that are stopped and started again, and an address that must not be connected to.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{
    env,
    fs::{self, File},
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Mutex, PoisonError},
};

/// The range: below the ports that the system gives out itself, so that no other process gets one meanwhile.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// Returns a number that differs from run to run.
#[must_use]
pub fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// The locks on the ports that this process has been given.
/// Tests run in many processes at a time: without a lock, two of them find the same port free before either listens.
static GIVEN: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// Returns the first of `count` consecutive ports that are free, and that no other test is given before this process ends.
///
/// # Panics
/// When there are none.
#[must_use]
pub fn free_ports(count: u16) -> u16 {
    for _ in 0..100 {
        let first = FIRST + u16::try_from(random() % u64::from(COUNT)).unwrap();
        if let Some(locks) = (first..first + count).map(lock).collect::<Option<Vec<_>>>() {
            let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
            given.extend(locks);
            return first;
        }
    }
    panic!("no {count} free ports in a row");
}

/// Returns the lock on a port, unless someone listens on it or has its lock.
fn lock(port: u16) -> Option<File> {
    let directory = env::temp_dir().join("wardround-test-ports");
    fs::create_dir_all(&directory).unwrap();
    let file = File::create(directory.join(port.to_string())).unwrap();
    file.try_lock().ok()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some(file)
}

/// An address that must not be connected to. The system accepts for it, so that a connection is seen whenever it came.
#[derive(Debug)]
pub struct Trap(TcpListener);

impl Trap {
    /// Listens on any free port.
    #[must_use]
    pub fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    /// Returns the address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Says whether there has been a connection.
    #[must_use]
    pub fn was_connected_to(&self) -> bool {
        self.0.accept().is_ok()
    }
}
