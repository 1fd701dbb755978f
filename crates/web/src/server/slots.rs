//! Which connections a server holds, and which has to go for a new one.
//!
//! A connection waits until the head of a request is complete, and again once its answer is handed over. Connections
//! that wait cost nothing to lose, so they go first, the oldest before the others. Invariants: no client has more than
//! its part of the connections, and a few beyond the limit are kept for health checks.

use std::{
    collections::{BTreeSet, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use super::client::Client;

/// The part of all connections that one client may have.
const SHARE: usize = 4;
/// Connections beyond the limit, where only health checks are answered: a supervisor opens one or two.
const MAX_RESERVED: usize = 8;

/// The connections of one listener.
#[derive(Debug)]
pub(super) struct Slots {
    max: usize,
    trusted: Vec<IpNet>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts openings and waits, so that a smaller number is older.
    last: u64,
    open: HashMap<u64, Open>,
    /// Those that wait: since when, and which.
    waiting: BTreeSet<(u64, u64)>,
    by_client: HashMap<Client, usize>,
    reserved: usize,
}

#[derive(Debug)]
struct Open {
    client: Option<Client>,
    reserved: bool,
    waits_since: Option<u64>,
    end: CancellationToken,
}

/// The place of one connection, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    id: u64,
    end: CancellationToken,
    /// Whether only health checks are answered.
    pub(super) reserved: bool,
    /// Whether this connection has to be quick, because there are many.
    pub(super) hurried: bool,
}

/// A request of a connection, from its complete head until its answer is handed over.
#[derive(Debug)]
pub(super) struct Busy {
    slots: Arc<Slots>,
    id: u64,
}

impl Slots {
    /// Returns slots for `max` connections and the reserve.
    pub(super) fn new(max: usize, trusted: &[IpNet]) -> Arc<Self> {
        Arc::new(Self {
            max,
            trusted: trusted.to_vec(),
            state: Mutex::default(),
        })
    }

    /// Takes a slot for a new connection, and ends another one for it if need be; `None` if it has to be refused.
    pub(super) fn take(self: &Arc<Self>, remote: IpAddr) -> Option<Slot> {
        let client = Client::for_connection(remote, &self.trusted);
        let mut state = self.state();
        // Step 1: a client that has its part already gives up one of its own.
        let own = client.and_then(|client| state.by_client.get(&client).copied());
        let has_its_part = own.is_some_and(|own| own >= (self.max / SHARE).max(1));
        if has_its_part && !state.end_oldest(|open| open.client == client) {
            return None;
        }
        // Step 2: from 80 % of the limit, the oldest that waits goes for the new one.
        let ordinary = |state: &State| state.open.len() - state.reserved;
        let hurried = ordinary(&state) * 5 >= self.max * 4;
        if hurried && !has_its_part {
            state.end_oldest(|open| !open.reserved);
        }
        // Step 3: when all are busy, the reserve is left.
        let reserved = ordinary(&state) >= self.max;
        if reserved && state.reserved >= MAX_RESERVED && !state.end_oldest(|open| open.reserved) {
            return None;
        }
        Some(self.open(&mut state, client, reserved, hurried))
    }

    fn open(
        self: &Arc<Self>,
        state: &mut State,
        client: Option<Client>,
        reserved: bool,
        hurried: bool,
    ) -> Slot {
        let id = state.next();
        let end = CancellationToken::new();
        state.waiting.insert((id, id));
        if let Some(client) = client {
            *state.by_client.entry(client).or_default() += 1;
        }
        state.reserved += usize::from(reserved);
        let open = Open {
            client,
            reserved,
            waits_since: Some(id),
            end: end.clone(),
        };
        state.open.insert(id, open);
        Slot {
            slots: Arc::clone(self),
            id,
            end,
            reserved,
            hurried,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Ends the oldest connection that waits and is meant; returns whether there is one.
    fn end_oldest(&mut self, is_meant: impl Fn(&Open) -> bool) -> bool {
        let mut ids = self.waiting.iter().map(|(_, id)| *id);
        let oldest = ids.find(|id| self.open.get(id).is_some_and(&is_meant));
        let Some(open) = oldest.and_then(|id| self.remove(id)) else {
            return false;
        };
        open.end.cancel();
        true
    }

    fn remove(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        if let Some(since) = open.waits_since {
            self.waiting.remove(&(since, id));
        }
        self.reserved -= usize::from(open.reserved);
        if let Some(client) = open.client
            && let Some(own) = self.by_client.get_mut(&client)
        {
            *own -= 1;
            if *own == 0 {
                self.by_client.remove(&client);
            }
        }
        Some(open)
    }
}

impl Slot {
    /// Returns what ends the connection.
    pub(super) fn end(&self) -> CancellationToken {
        self.end.clone()
    }

    /// Waits until the connection has to end for another one.
    pub(super) fn ended(&self) -> WaitForCancellationFuture<'_> {
        self.end.cancelled()
    }

    /// Records that the head of a request is complete. The connection waits again when the result is dropped.
    pub(super) fn busy(&self) -> Busy {
        let mut state = self.slots.state();
        let since = state
            .open
            .get_mut(&self.id)
            .and_then(|open| open.waits_since.take());
        if let Some(since) = since {
            state.waiting.remove(&(since, self.id));
        }
        Busy {
            slots: Arc::clone(&self.slots),
            id: self.id,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.state().remove(self.id);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.slots.state();
        let since = state.next();
        if let Some(open) = state.open.get_mut(&self.id) {
            open.waits_since = Some(since);
            state.waiting.insert((since, self.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(slots: &[Slot]) -> Vec<usize> {
        let ended = |(place, slot): (usize, &Slot)| slot.end.is_cancelled().then_some(place);
        slots.iter().enumerate().filter_map(ended).collect()
    }

    fn address(number: usize) -> IpAddr {
        format!("192.0.2.{number}").parse().unwrap()
    }

    #[test]
    fn under_pressure_the_oldest_that_waits_goes_for_each_new_one() {
        let slots = Slots::new(10, &[]);
        let mut held: Vec<Slot> = (0..8)
            .map(|number| slots.take(address(number)).unwrap())
            .collect();
        assert_eq!(ended(&held), [0_usize; 0]);
        assert!(held.iter().all(|slot| !slot.hurried));
        // The first makes a request, and the second has made one and waits again: it is younger than the others.
        let busy = held[0].busy();
        drop(held[1].busy());
        for number in 8..10 {
            held.push(slots.take(address(number)).unwrap());
        }
        assert_eq!(ended(&held), [2, 3]);
        assert!(held[8].hurried && !held[9].reserved);
        drop(busy);
        assert_eq!(slots.state().open.len(), 8);
        drop(held);
        let state = slots.state();
        assert!(state.open.is_empty() && state.waiting.is_empty() && state.by_client.is_empty());
    }

    #[test]
    fn no_client_has_more_than_a_quarter_unless_it_is_a_trusted_proxy() {
        let proxy = "10.0.0.1".parse().unwrap();
        let slots = Slots::new(20, &["10.0.0.1/32".parse().unwrap()]);
        let mut held: Vec<Slot> = (0..5).map(|_| slots.take(address(1)).unwrap()).collect();
        held.push(slots.take(address(1)).unwrap());
        assert_eq!(ended(&held), [0], "it gives up its oldest");
        let busy: Vec<Busy> = held.iter().map(Slot::busy).collect();
        assert!(slots.take(address(1)).is_none(), "all of its own are busy");
        let proxied: Vec<Slot> = (0..9).map(|_| slots.take(proxy).unwrap()).collect();
        assert_eq!((ended(&held), ended(&proxied)), (vec![0], vec![]));
        drop(busy);
    }

    #[test]
    fn when_all_are_busy_the_reserve_is_left() {
        let slots = Slots::new(4, &[]);
        let held: Vec<Slot> = (0..4)
            .map(|number| slots.take(address(number)).unwrap())
            .inspect(|slot| std::mem::forget(slot.busy()))
            .collect();
        let mut reserved: Vec<Slot> = Vec::new();
        for number in 10..10 + MAX_RESERVED + 2 {
            reserved.push(slots.take(address(number)).unwrap());
        }
        assert!(reserved.iter().all(|slot| slot.reserved));
        assert_eq!((ended(&held), ended(&reserved)), (vec![], vec![0, 1]));
    }
}
