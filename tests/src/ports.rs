//! Ports for nodes that are stopped and started again, and an address that must not be connected to.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, SocketAddr, TcpListener},
};

/// The range: below the ports that the system gives out itself, so that no other process gets one meanwhile.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// Returns a number that differs from run to run.
#[must_use]
pub fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// Returns the first of `count` consecutive ports that are free at the moment.
///
/// # Panics
/// When there are none.
#[must_use]
pub fn free_ports(count: u16) -> u16 {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    for _ in 0..100 {
        let first = FIRST + u16::try_from(random() % u64::from(COUNT)).unwrap();
        if (first..first + count).all(free) {
            return first;
        }
    }
    panic!("no {count} free ports in a row");
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
