//! The gate: how many requests search or make pages at a time. Others wait a moment in a queue, and are then refused.
//!
//! The gate is a layer around every handler, and the table of routes says what a route costs, so that no handler can
//! leave it out. Expensive requests have a lane of their own, so that they delay ordinary ones by a processor at most.
//! `HEAD` is answered here, without a search, where the table has the content type.
//!
//! Invariant: the queue is bounded in number and in time, so an overload is answered with 503, or 429 for who asks for
//! more than a part of it, within a second.

use std::{
    collections::HashMap,
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use http::{HeaderValue, Method, StatusCode, header};
use ipnet::IpNet;
use node::work::{Permit, with_permit};
use tokio::{sync::Semaphore, time::timeout};

use super::{
    client::{Client, Remote},
    cost::{Cost, Weight},
};
use crate::access::Audience;
use pages::{
    answer::{HTML, REVALIDATE},
    errors,
    problem::Problem,
};

/// How long a request waits for its turn. The rest of a second is for the answer.
const MAX_WAIT: Duration = Duration::from_millis(500);
/// Requests that wait in a lane. Each costs the memory of its connection only, which is there anyway.
const MAX_WAITING: usize = 256;
/// The part of a lane, running and waiting, that one client may have while the lane is more than half full.
const SHARE: usize = 4;
/// When a program should try again. A person may try at once.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Admits requests.
#[derive(Debug)]
pub struct Gate {
    ordinary: Lane,
    expensive: Lane,
    trusted: Vec<IpNet>,
    /// How long a request waits for its turn.
    wait: Duration,
    /// How long an answer that is under way may wait for its next part.
    part_wait: Duration,
}

/// A number of places for work, and those who have one or wait for one.
#[derive(Debug)]
struct Lane {
    places: Arc<Semaphore>,
    max_inside: usize,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    total: usize,
    by_client: HashMap<Client, usize>,
}

/// A request that runs or waits; it leaves the lane when this is dropped, also when its client goes away.
struct Entry<'a> {
    lane: &'a Lane,
    client: Option<Client>,
}

/// Why a request has no place in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoPlace {
    /// Too many others are in it, or it has waited too long.
    Full,
    /// Its client has its part of the lane already.
    OverShare,
}

/// What the gate needs to know of a route.
#[derive(Debug, Clone)]
pub struct Gated {
    /// The gate of all routes.
    pub gate: Arc<Gate>,
    /// The form of a refusal.
    pub audience: Audience,
    /// What the route costs.
    pub cost: Cost,
    /// The content type of the answer to `HEAD`, if that is answered here.
    pub head: Option<&'static str>,
}

/// Lets a handler that sends its answer in parts queue again for each of them. In the extensions of each request that
/// the gate has admitted.
#[derive(Debug, Clone)]
pub struct Pass {
    gate: Arc<Gate>,
    weight: Weight,
    client: Option<Client>,
}

/// In the extensions of a refusal: it is counted, and needs no line in the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused;

/// The next part of an answer could not be made in time.
#[derive(Debug, thiserror::Error)]
#[error("the rest of the answer had to wait too long")]
pub struct WaitedTooLong;

impl Gate {
    /// Returns a gate for the processors of this machine.
    #[must_use]
    pub fn for_machine(trusted: &[IpNet], part_wait: Duration) -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Self {
            // Two a core: while one waits for the database, the other works.
            ordinary: Lane::new(2 * cores, MAX_WAITING),
            // Half of the cores, so that ordinary requests have the others.
            expensive: Lane::new((cores / 2).max(1), MAX_WAITING),
            trusted: trusted.to_vec(),
            wait: MAX_WAIT,
            part_wait,
        }
    }

    const fn lane(&self, weight: Weight) -> &Lane {
        match weight {
            Weight::Ordinary => &self.ordinary,
            Weight::Expensive => &self.expensive,
        }
    }

    fn client(&self, request: &Request) -> Option<Client> {
        let remote = request.extensions().get::<Remote>()?;
        Client::for_request(remote.0.ip(), request.headers(), &self.trusted)
    }
}

impl Lane {
    fn new(places: usize, max_waiting: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            max_inside: places + max_waiting,
            inside: Mutex::default(),
        }
    }

    /// Takes a client into the lane.
    ///
    /// # Errors
    /// [`NoPlace`] if the lane is full, or has no more room for this client.
    fn enter(&self, client: Option<Client>) -> Result<Entry<'_>, NoPlace> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let own = client.map_or(0, |client| {
            inside.by_client.get(&client).copied().unwrap_or_default()
        });
        let crowded = inside.total >= self.max_inside / 2;
        if crowded && own >= (self.max_inside / SHARE).max(1) {
            return Err(NoPlace::OverShare);
        }
        if inside.total >= self.max_inside {
            return Err(NoPlace::Full);
        }
        Ok(self.count(&mut inside, client))
    }

    /// Takes a client in whose answer is under way: it is not refused, and those who come are.
    fn enter_again(&self, client: Option<Client>) -> Entry<'_> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        self.count(&mut inside, client)
    }

    fn count(&self, inside: &mut Inside, client: Option<Client>) -> Entry<'_> {
        inside.total += 1;
        if let Some(client) = client {
            *inside.by_client.entry(client).or_default() += 1;
        }
        Entry { lane: self, client }
    }

    async fn permit(&self, wait: Duration) -> Option<Permit> {
        timeout(wait, Permit::wait(&self.places)).await.ok()
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let inside = &self.lane.inside;
        let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.total = inside.total.saturating_sub(1);
        let Some(client) = self.client else { return };
        if let Some(own) = inside.by_client.get_mut(&client) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                inside.by_client.remove(&client);
            }
        }
    }
}

impl Pass {
    /// Does the work of a further part of the answer when it is its turn.
    ///
    /// # Errors
    /// [`WaitedTooLong`] after the longest time that a request may take.
    pub async fn work<F: Future>(&self, work: F) -> Result<F::Output, WaitedTooLong> {
        let lane = self.gate.lane(self.weight);
        let _entry = lane.enter_again(self.client);
        let permit = lane.permit(self.gate.part_wait).await;
        Ok(with_permit(permit.ok_or(WaitedTooLong)?, work).await)
    }
}

/// Runs the handler of a route when it is its turn, or refuses.
pub async fn admit(State(gated): State<Gated>, mut request: Request, next: Next) -> Response {
    if let (Some(media), &Method::HEAD) = (gated.head, request.method()) {
        return head(media);
    }
    let Some(weight) = gated.cost.weight(request.uri().query()) else {
        return next.run(request).await;
    };
    let client = gated.gate.client(&request);
    let lane = gated.gate.lane(weight);
    let _entry = match lane.enter(client) {
        Ok(entry) => entry,
        Err(why) => return refusal(&gated, why),
    };
    let Some(permit) = lane.permit(gated.gate.wait).await else {
        return refusal(&gated, NoPlace::Full);
    };
    request.extensions_mut().insert(Pass {
        gate: Arc::clone(&gated.gate),
        weight,
        client,
    });
    with_permit(permit, next.run(request)).await
}

/// Answers `HEAD` with the headers that do not depend on the content (RFC 9110 §9.3.2).
fn head(media: &'static str) -> Response {
    // A stream has no length, so that none is sent.
    let nothing = stream::empty::<Result<Bytes, std::io::Error>>();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CACHE_CONTROL, HeaderValue::from_static(REVALIDATE)),
    ];
    (headers, Body::from_stream(nothing)).into_response()
}

fn refusal(gated: &Gated, why: NoPlace) -> Response {
    let for_people =
        gated.audience == Audience::Page && gated.head.is_none_or(|media| media == HTML);
    let mut response = match (why, for_people) {
        (NoPlace::Full, true) => errors::busy(RETRY_AFTER),
        (NoPlace::OverShare, true) => errors::too_many_at_once(RETRY_AFTER),
        (NoPlace::Full, false) => {
            let text = "this node is busy; try again in a few seconds";
            Problem::unavailable(text, RETRY_AFTER).into_response()
        }
        (NoPlace::OverShare, false) => {
            let text = "too many requests of this address wait already; ask for less at once, and try again in a few seconds";
            let problem = Problem {
                retry_after: Some(RETRY_AFTER),
                ..Problem::new(StatusCode::TOO_MANY_REQUESTS, text)
            };
            problem.into_response()
        }
    };
    response.extensions_mut().insert(Refused);
    response
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{Router, middleware, routing::get};
    use tokio::{sync::mpsc, task::JoinHandle};
    use tower::ServiceExt as _;

    use super::*;

    /// Longer than anything here takes.
    const LONG: Duration = Duration::from_secs(20);

    /// A site with one page, which says that it has begun and then waits until it may end.
    struct Site {
        gate: Arc<Gate>,
        router: Router,
        begun: mpsc::UnboundedReceiver<()>,
        may_end: Arc<Semaphore>,
    }

    fn site(places: usize, max_waiting: usize, wait: Duration) -> Site {
        let gate = Arc::new(Gate {
            ordinary: Lane::new(places, max_waiting),
            expensive: Lane::new(1, 0),
            trusted: Vec::new(),
            wait,
            part_wait: LONG,
        });
        let gated = Gated {
            gate: Arc::clone(&gate),
            audience: Audience::Api,
            cost: Cost::Ordinary,
            head: Some("text/x-held"),
        };
        let (begin, begun) = mpsc::unbounded_channel();
        let may_end = Arc::new(Semaphore::new(0));
        let held = Arc::clone(&may_end);
        let page = async move || {
            let _ = begin.send(());
            held.acquire_owned().await.unwrap().forget();
            "done"
        };
        let admitted = middleware::from_fn_with_state(gated, admit);
        Site {
            gate,
            router: Router::new().route("/", get(page).layer(admitted)),
            begun,
            may_end,
        }
    }

    impl Site {
        fn ask(&self, method: &str, remote: &str) -> JoinHandle<Response> {
            let mut request = Request::builder()
                .method(method)
                .body(Body::empty())
                .unwrap();
            let remote: SocketAddr = remote.parse().unwrap();
            request.extensions_mut().insert(Remote(remote));
            let router = self.router.clone();
            tokio::spawn(async move { router.oneshot(request).await.unwrap() })
        }

        /// Waits until this many are in the lane, running and waiting.
        async fn inside(&self, count: usize) {
            let reached = async {
                while self.gate.ordinary.inside.lock().unwrap().total != count {
                    tokio::task::yield_now().await;
                }
            };
            timeout(LONG, reached).await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_refused_at_once_and_the_others_are_served() {
        let mut site = site(1, 1, LONG);
        let first = site.ask("GET", "192.0.2.1:1");
        site.begun.recv().await.unwrap();
        let second = site.ask("GET", "192.0.2.2:1");
        site.inside(2).await;
        let refused = site.ask("GET", "192.0.2.3:1").await.unwrap();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()["retry-after"], "2");
        assert_eq!(
            refused.headers()["content-type"],
            "application/problem+json"
        );
        site.may_end.add_permits(2);
        for served in [first, second] {
            assert_eq!(served.await.unwrap().status(), StatusCode::OK);
        }
        assert!(
            site.gate
                .ordinary
                .inside
                .lock()
                .unwrap()
                .by_client
                .is_empty()
        );
    }

    #[tokio::test]
    async fn who_waits_too_long_is_refused() {
        let mut site = site(1, 9, Duration::from_millis(1));
        let first = site.ask("GET", "192.0.2.1:1");
        site.begun.recv().await.unwrap();
        let refused = site.ask("GET", "192.0.2.2:1").await.unwrap();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        site.may_end.add_permits(1);
        assert_eq!(first.await.unwrap().status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_client_that_goes_away_leaves_its_place_to_the_next() {
        let mut site = site(1, 1, LONG);
        let first = site.ask("GET", "192.0.2.1:1");
        site.begun.recv().await.unwrap();
        let second = site.ask("GET", "192.0.2.2:1");
        site.inside(2).await;
        second.abort();
        site.inside(1).await;
        first.abort();
        site.inside(0).await;
        site.may_end.add_permits(1);
        let third = site.ask("GET", "192.0.2.3:1").await.unwrap();
        assert_eq!(third.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_crowded_lane_keeps_room_for_those_who_have_less_than_their_share() {
        let mut site = site(1, 7, LONG);
        let mut served = Vec::new();
        // Half of the lane: no share counts yet.
        for count in 1..=4 {
            served.push(site.ask("GET", "192.0.2.1:1"));
            site.inside(count).await;
        }
        site.begun.recv().await.unwrap();
        // It is this client that asks for too much.
        let refused = site.ask("GET", "192.0.2.1:1").await.unwrap();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()["retry-after"], "2");
        for other in ["192.0.2.2:1", "[2001:db8::1]:1"] {
            served.push(site.ask("GET", other));
            site.inside(served.len()).await;
        }
        site.may_end.add_permits(served.len());
        for served in served {
            assert_eq!(served.await.unwrap().status(), StatusCode::OK);
        }
    }

    #[tokio::test]
    async fn head_is_answered_without_the_handler_and_without_a_length() {
        let site = site(1, 0, LONG);
        let answer = site.ask("HEAD", "192.0.2.1:1").await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/x-held");
        assert!(!answer.headers().contains_key("content-length"));
        assert!(!answer.headers().contains_key("etag"));
    }
}
