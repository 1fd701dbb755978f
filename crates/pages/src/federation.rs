//! The state of the network, for readers: which organisations' copies are fresh, and which are not.

use std::{collections::HashMap, sync::Arc, time::Duration};

use askama::Template;
use axum::{extract::State, response::Response};
use ledger::FaultCode;
use store::{Peer, PeerState};
use wire::{Date, NodeId, Timestamp};

use crate::{
    PageError,
    frame::{Frame, Section},
    help_files,
    link::Figure,
    requester::Requester,
    search_links::search_link,
    words,
};
use finding::{
    health::{Health, judged},
    search::SearchParams,
};
use node::{Node, urls};
use search::Sort;

const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// The number of this node in the database.
const OWN: i64 = 1;
/// Groups of four characters of an identity that the table shows: 80 bits.
const FINGERPRINT_GROUPS: usize = 4;

#[derive(Template)]
#[template(path = "federation.html")]
struct Federation {
    frame: Frame,
    made: String,
    /// What is new in the whole network.
    new: Option<New>,
    stats: Vec<Stat>,
    peers: Vec<PeerRow>,
    own: OwnNode,
    verified_help: Option<String>,
}

/// What is new in the whole network, in words.
struct New {
    href: String,
    pages: String,
    organisations: String,
}

/// A figure.
struct Stat {
    class: &'static str,
    words: &'static str,
    number: String,
    note: String,
}

/// A peer as readers see it.
struct PeerRow {
    name: String,
    href: String,
    host: String,
    tag: &'static str,
    health: &'static str,
    reason: String,
    last: String,
    /// What is new of it this week.
    new: Option<String>,
    fingerprint: String,
}

/// This node.
struct OwnNode {
    name: String,
    host: String,
    fingerprint: String,
    documents: String,
    new: Option<String>,
}

/// `GET /federation`.
pub async fn federation(
    State(node): State<Arc<Node>>,
    requester: Requester,
) -> Result<Response, PageError> {
    let viewer = requester.viewer;
    let peers = node.store.peers().await?;
    let counts = node.store.counts(viewer).await?;
    let since = node.now().minus(WEEK).date();
    let new = node.store.new_documents(since.start()).await?;
    let frame = crate::frame_for(&node, &requester);
    let own = node.identity();
    let own = own.map(|own| (host(own.site_url.as_str()), own.node.grouped()));
    let (host, fingerprint) = own.unwrap_or_default();
    let (interval, now) = (node.current().federation.interval, node.now());
    let peers = judged(&peers, interval, now);
    let own = OwnNode {
        name: frame.organisation.clone(),
        host,
        fingerprint,
        documents: words::counted(counts.own_documents, "document", "documents"),
        new: new_this_week(&new, OWN),
    };
    let page = Federation {
        made: format!("{} on {}", words::time(now), words::day_of(now)),
        new: new_in_all(&new, since),
        stats: stats(&peers, &counts),
        peers: rows(peers, &new, now),
        own,
        verified_help: help_files::address("verified"),
        frame: Frame {
            title: format!("Network – {}", frame.site),
            section: Section::Federation,
            description:
                "Which organisations this site follows, and when it last checked each of them."
                    .to_owned(),
            ..frame
        },
    };
    crate::html(&page)
}

fn count(peers: &[(Health, &Peer)], wanted: Health) -> usize {
    peers.iter().filter(|(health, _)| *health == wanted).count()
}

/// Returns the figures of the home page.
#[must_use]
pub fn summary(peers: &[(Health, &Peer)], organisations: usize) -> Vec<Figure> {
    let publishing = if organisations == 1 {
        "organisation publishing"
    } else {
        "organisations publishing"
    };
    let (fresh, all) = up_to_date(peers);
    let up_to_date = format!("{fresh} of {all}");
    let figure = |number: String, words: &str| Figure {
        number,
        words: words.to_owned(),
    };
    let mut out = vec![
        figure(organisations.to_string(), publishing),
        figure(up_to_date, "up to date, this site included"),
    ];
    for (health, words) in [
        (Health::Retrying, "retrying"),
        (Health::New, "not reached yet"),
        (Health::Behind, "out of date"),
        (Health::Stopped, "stopped"),
    ] {
        let number = count(peers, health);
        if number > 0 {
            out.push(figure(number.to_string(), words));
        }
    }
    out
}

/// Returns how many organisations are up to date, and of how many: this site, which always is, and those that it follows.
fn up_to_date(peers: &[(Health, &Peer)]) -> (usize, usize) {
    let followed = peers.len() - count(peers, Health::Left);
    (count(peers, Health::UpToDate) + 1, followed + 1)
}

fn stats(peers: &[(Health, &Peer)], counts: &store::Counts) -> Vec<Stat> {
    let (up_to_date, all) = up_to_date(peers);
    let count = |wanted| u64::try_from(count(peers, wanted)).unwrap_or(u64::MAX);
    let retrying = count(Health::Retrying);
    let (behind, stopped) = (count(Health::Behind), count(Health::Stopped));
    vec![
        // Those whose copies are fresh, with those that are tried again.
        Stat {
            class: "",
            words: "Organisations up to date",
            number: up_to_date.to_string(),
            note: match retrying {
                0 => format!("of {all}, this site included"),
                _ => format!("of {all}, this site included; {retrying} retrying"),
            },
        },
        // Peers that need the operator's attention.
        Stat {
            class: if behind > 0 { "app-stats__warn" } else { "" },
            words: "Out of date",
            number: words::number(behind),
            note: "not reached when they should have been".to_owned(),
        },
        Stat {
            class: if stopped > 0 { "app-stats__bad" } else { "" },
            words: "Stopped",
            number: words::number(stopped),
            note: "we take nothing new from them".to_owned(),
        },
        // What readers get from all of them.
        Stat {
            class: "",
            words: "You can search",
            number: words::number(counts.documents),
            note: format!(
                "pages, {} published here",
                words::number(counts.own_documents)
            ),
        },
    ]
}

/// Returns what is new of one node, in words.
fn new_this_week(new: &HashMap<i64, u64>, node_seq: i64) -> Option<String> {
    let count = new.get(&node_seq).filter(|count| **count > 0)?;
    Some(format!("{} new this week", words::number(*count)))
}

/// Returns what is new of all nodes, in words.
fn new_in_all(new: &HashMap<i64, u64>, since: Date) -> Option<New> {
    let count: u64 = new.values().sum();
    let organisations = u64::try_from(new.len()).unwrap_or(u64::MAX);
    let params = SearchParams {
        sort: Sort::Newest,
        since: Some(since),
        ..SearchParams::default()
    };
    (count > 0).then(|| New {
        href: search_link(&params),
        pages: words::counted(count, "page", "pages"),
        organisations: words::counted(organisations, "organisation", "organisations"),
    })
}

/// Returns how a peer is doing as a tag: its colour, and its words.
fn tag_of(health: Health) -> (&'static str, &'static str) {
    match health {
        Health::Stopped => ("red", "Stopped"),
        Health::Behind => ("orange", "Out of date"),
        Health::Retrying => ("yellow", "Retrying"),
        Health::New => ("grey", "Not reached yet"),
        Health::UpToDate => ("green", "Up to date"),
        Health::Left => ("grey", "Has left"),
    }
}

fn rows(mut peers: Vec<(Health, &Peer)>, new: &HashMap<i64, u64>, now: Timestamp) -> Vec<PeerRow> {
    peers.sort_by(|(health, peer), (other_health, other)| {
        (health, &peer.name).cmp(&(other_health, &other.name))
    });
    peers
        .into_iter()
        .map(|(health, peer)| PeerRow {
            new: new_this_week(new, peer.node_seq),
            ..row(health, peer, now)
        })
        .collect()
}

fn row(health: Health, peer: &Peer, now: Timestamp) -> PeerRow {
    let (tag, health_words) = tag_of(health);
    PeerRow {
        name: peer.name.clone(),
        href: urls::organisation(&peer.handle),
        host: host(&peer.base),
        tag,
        health: health_words,
        reason: reason(health, peer),
        last: peer.last_contact.map_or_else(
            || "Never".to_owned(),
            |at| words::sentence(&words::ago(now, at)),
        ),
        new: None,
        fingerprint: fingerprint(&peer.node),
    }
}

fn reason(health: Health, peer: &Peer) -> String {
    if let (Health::Left, Some(successor)) = (health, &peer.successor) {
        return match &successor.known {
            Some((_, name)) => format!("{name} continues its work"),
            None => {
                "It names another organisation to continue its work, which is not here".to_owned()
            }
        };
    }
    let text = match (health, &peer.fault, peer.state) {
        (_, _, PeerState::Paused) => "Paused by the people who run this site",
        (_, Some(fault), _) => fault_words(fault.code),
        (Health::Behind, None, _) if peer.stale => "It has not confirmed its list recently",
        (Health::Behind, None, _) => "We have not reached it when we should have",
        (_, None, _) if peer.stated.is_some() => {
            "It gives other details of itself. We are checking them"
        }
        _ => "",
    };
    text.to_owned()
}

/// Returns the meaning of a fault in words for a reader.
fn fault_words(code: FaultCode) -> &'static str {
    match code {
        FaultCode::Transport => "Last attempt failed, trying again",
        FaultCode::Malformed => "Sent something that we cannot read",
        FaultCode::Key => "Signed with a key that we do not know",
        FaultCode::Timestamp => "Its clock is wrong, or its list is too old",
        FaultCode::Rollback => "Its list is shorter than before",
        FaultCode::Equivocation => "Showed two different histories",
        FaultCode::Inconsistent => "Its list failed a check",
        FaultCode::Implausible => "Its list grew too fast to be plausible",
        FaultCode::Expired => "Its identity has expired",
        FaultCode::Quota => "Has more documents than we take",
    }
}

/// Returns the beginning of a node's identity in groups, enough to compare at a glance. The organisation's page has the
/// whole identity.
fn fingerprint(node: &NodeId) -> String {
    let groups = node.grouped();
    let shown: Vec<_> = groups.split(' ').take(1 + FINGERPRINT_GROUPS).collect();
    format!("{} …", shown.join(" "))
}

/// Returns the host of an address, with its port if it has one.
#[must_use]
pub fn host(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn peer(contact: Timestamp) -> Peer {
        Peer {
            node_seq: 2,
            node: NodeId::for_text(b"peer"),
            handle: "xx2".to_owned(),
            ods: None,
            name: "Peer".to_owned(),
            epoch: 1,
            version: 1,
            base: "https://peer.example/feed/v1".to_owned(),
            contact: None,
            stated: None,
            resembles: None,
            successor: None,
            state: PeerState::Active,
            allow_cidr: String::new(),
            interval: None,
            agreed_size: None,
            failures: 0,
            next_due: contact,
            last_contact: Some(contact),
            last_fresh: Some(contact),
            stale: false,
            fault: None,
            node_etag: None,
            checkpoint_etag: None,
            size: 0,
            checkpoint_at: None,
            quarantined: 0,
            unavailable: 0,
            added_at: contact,
        }
    }

    #[test]
    fn a_peer_that_could_not_be_reached_is_not_called_up_to_date() {
        let contact = Timestamp::from_secs(1_800_000_000);
        let unreached = Peer {
            failures: 1,
            fault: Some(store::StoredFault {
                code: FaultCode::Transport,
                text: "connection refused".to_owned(),
                since: contact,
            }),
            ..peer(contact)
        };
        let health = Health::from_peer(&unreached, Duration::from_secs(3_600), contact);
        assert_eq!(health, Health::Retrying);
        assert_eq!(tag_of(health).1, "Retrying");
        assert_eq!(
            reason(health, &unreached),
            "Last attempt failed, trying again"
        );
        let reached = peer(contact);
        let left = peer(contact);
        let all = [
            (health, &unreached),
            (Health::UpToDate, &reached),
            (Health::Left, &left),
        ];
        let figures = summary(&all, 3);
        let figures: Vec<_> = figures
            .iter()
            .map(|figure| format!("{} {}", figure.number, figure.words))
            .collect();
        assert_eq!(
            figures,
            [
                "3 organisations publishing",
                "2 of 3 up to date, this site included",
                "1 retrying"
            ]
        );
        // The page of the network counts in the same way.
        let counts = store::Counts {
            documents: 9,
            own_documents: 4,
            peers: 3,
            log_size: 4,
            last_change: 9,
            drafts: 0,
        };
        let stats = stats(&all, &counts);
        assert_eq!(stats[0].number, "2");
        assert_eq!(stats[0].note, "of 3, this site included; 1 retrying");
    }

    fn sample(of: Sample) -> Federation {
        Federation {
            frame: of.frame(),
            made: "12:00 on 12 September 2026".to_owned(),
            new: of.option(New {
                href: "/search?sort=newest&since=2026-11-23".to_owned(),
                pages: "4 pages".to_owned(),
                organisations: "2 organisations".to_owned(),
            }),
            stats: of.list(vec![Stat {
                class: "app-stats__warn",
                words: "Out of date",
                number: "1".to_owned(),
                note: "not reached when they should have been".to_owned(),
            }]),
            peers: of.list(vec![PeerRow {
                name: of.text("Southmoor Trust"),
                href: "/organisations/zz2".to_owned(),
                host: of.text("lessons.southmoor.example"),
                tag: "orange",
                health: "Out of date",
                reason: of.text("We have not reached it when we should have"),
                last: of.text("2 hours ago"),
                new: of.option("3 new this week".to_owned()),
                fingerprint: of.text("wr1c 3man …"),
            }]),
            own: OwnNode {
                name: of.text("Northmoor University Hospitals"),
                host: of.text("lessons.northmoor.example"),
                fingerprint: of.text("wr1j wbpu"),
                documents: "7 documents".to_owned(),
                new: of.option("1 new this week".to_owned()),
            },
            verified_help: of.option("/help/verified".to_owned()),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
