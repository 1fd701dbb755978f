//! Whole nodes: import, pages over HTTP, pulls between two of them, publishing, withdrawing, memory and start.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use ledger::{
    checkpoint,
    extend::{Extension, HeldLog},
    node::NodeDocument,
    tree::Frontier,
};
use peering::{Answer, Network, PeerClient, Rules};
use wire::NodeId;

use super::{
    corpus::{self, Random, write_files},
    measure::{Stopwatch, each_us, float, ms, quantile},
    publishing::{publish_cost, singles},
    report::Figure,
    served::{MAX_WAIT, Served, path, text},
};
use node::{Node, clock::Clock, flows};
use settings::Settings;

/// Different queries, and document pages.
const PAGES: usize = 300;
/// Searches a second, when the time of an answer is measured.
const SEARCHES_A_SECOND: u32 = 50;
/// Polls without anything new.
const POLLS: u32 = 100;
/// How long a node rests before it is looked at idle: what was freed goes back to the system some seconds later.
const REST: Duration = Duration::from_secs(20);
/// Between two searches of a node that rebuilds its index.
const BETWEEN_SEARCHES: Duration = Duration::from_millis(50);

/// Measures nodes with `count` documents; `scratch` is an empty directory, `say` gets each step as it begins.
pub(crate) async fn measure(
    scratch: &Path,
    program: &Path,
    count: u64,
    mut say: impl FnMut(&str),
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    say("writing the files");
    let files = write_files(&scratch.join("files"), 0..count)?;
    let mut one = Served::create(program, &scratch.join("one"), "Bench One", "ZZ91").await?;
    say("importing");
    figures.push(import(&one, &files, count).await?);
    say("waiting until the node rests");
    figures.push(rest(&one, count).await?);
    say("searching and reading over HTTP");
    figures.extend(pages(&one, count).await?);
    figures.push(super::known::known(&one, count).await?);
    say("pulling the log and the bodies");
    figures.push(log(&one).await?);
    figures.push(bodies(&one, &scratch.join("three"), count).await?);
    say("pulling from one node to another that serves");
    let two = Served::create(program, &scratch.join("two"), "Bench Two", "ZZ92").await?;
    figures.push(converge(&one, &two, count).await?);
    one.add_peer(&two).await?;
    say("polling without anything new");
    figures.push(idle_poll(&one, &two).await?);
    say("publishing and withdrawing one by one");
    figures.extend(singles(&one, &two, &scratch.join("singles"), count).await?);
    say("comparing one publish with that of a small node");
    figures.push(publish_cost(program, &one, scratch, count).await?);
    say("writing, previewing and approving");
    figures.extend(super::writing::writing(&one, count).await?);
    say("rebuilding the index");
    figures.push(rebuild(&one, count).await?);
    say("at rest");
    tokio::time::sleep(REST).await;
    figures.push(memory(&one, "memory at rest after all this", count).await?);
    say("starting again");
    let start = one.restart().await?;
    figures.push(
        Figure::new(
            format!("start to ready at {count} documents"),
            start.as_secs_f64(),
            "s",
        )
        .goal(1.0),
    );
    figures.push(memory(&one, "memory, idle after a start", count).await?);
    Ok(figures)
}

async fn import(node: &Served, files: &Path, count: u64) -> anyhow::Result<Figure> {
    let (begun, cpu) = (Instant::now(), node.cpu()?);
    node.run(&["import", path(files)?]).await?;
    let accepted = begun.elapsed();
    node.holds(count, MAX_WAIT, async || Ok(())).await?;
    let (all, cpu) = (begun.elapsed(), node.cpu()? - cpu);
    let detail = format!(
        "durable after {:.1} s, {:.0} µs CPU a document",
        accepted.as_secs_f64(),
        each_us(cpu, count)
    );
    let what = format!("import {count} files to searchable, wall");
    let goal = 20.0 * float(count) / 10_000.0;
    Ok(Figure::new(what, all.as_secs_f64(), "s")
        .goal(goal)
        .detail(detail))
}

/// Measures what a node does after an import by itself: it merges parts of the index, and learns from the documents.
async fn rest(node: &Served, count: u64) -> anyhow::Result<Figure> {
    let cpu = node.rests().await?;
    Ok(Figure::new(
        format!("merging and learning after an import of {count} documents, a document"),
        each_us(cpu, count),
        "µs CPU",
    ))
}

async fn pages(node: &Served, count: u64) -> anyhow::Result<Vec<Figure>> {
    let mut random = Random::new(7);
    let searches: Vec<String> = (0..PAGES)
        .map(|_| format!("/search?q={}", corpus::query(&mut random).replace(' ', "+")))
        .collect();
    let found = node.json("/api/v1/search?q=&per_page=100").await?;
    let hits = found.get("hits").and_then(serde_json::Value::as_array);
    let documents = hits
        .context("no hits")?
        .iter()
        .map(|hit| path_of(&text(hit, "url")?))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let search = cpu_per_request(node, &searches).await?;
    let (p50, p99) = paced(node, &searches).await?;
    let page = cpu_per_request(node, &documents).await?;
    ensure!(
        node.is_unchanged(documents.first().context("no document")?)
            .await?,
        "an unchanged page is sent again"
    );
    Ok(vec![
        Figure::new(
            format!("search page over HTTP at {count} documents"),
            search.0,
            "ms CPU",
        )
        .goal(1.8)
        .detail(format!("{:.1} kB sent", search.1 / 1e3)),
        Figure::new(
            format!("search page, p99 at {SEARCHES_A_SECOND} a second, wall"),
            ms(p99),
            "ms",
        )
        .goal(25.0)
        .detail(format!("p50 {:.1} ms", ms(p50))),
        Figure::new(
            format!("document page at {count} documents"),
            page.0,
            "ms CPU",
        )
        .goal(0.3)
        .detail(format!("{:.1} kB sent; 304 when unchanged", page.1 / 1e3)),
    ])
}

/// Returns the CPU time of a request in ms and the bytes sent, once the caches are filled.
async fn cpu_per_request(node: &Served, paths: &[String]) -> anyhow::Result<(f64, f64)> {
    const ROUNDS: u32 = 4;
    let mut bytes = 0;
    for path in paths {
        bytes += node.get(path).await?;
    }
    let cpu = node.cpu()?;
    for _ in 0..ROUNDS {
        for path in paths {
            node.get(path).await?;
        }
    }
    let requests = u64::from(ROUNDS) * u64::try_from(paths.len())?;
    let sent = float(u64::try_from(bytes)?) / float(u64::try_from(paths.len())?);
    Ok((each_us(node.cpu()? - cpu, requests) / 1e3, sent))
}

/// Returns the median and the 99th percentile of the time to an answer, with requests at a steady pace.
async fn paced(node: &Served, paths: &[String]) -> anyhow::Result<(Duration, Duration)> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / SEARCHES_A_SECOND);
    let mut took = Vec::with_capacity(paths.len());
    for path in paths {
        ticks.tick().await;
        let begun = Instant::now();
        node.get(path).await?;
        took.push(begun.elapsed());
    }
    Ok((quantile(&took, 0.5), quantile(&took, 0.99)))
}

/// Fetches and verifies the whole log, as a consumer does, and stores nothing.
async fn log(node: &Served) -> anyhow::Result<Figure> {
    let client = client(node)?;
    let document = NodeDocument::first(&body(client.node_version(1).await)?, &id(node)?)?;
    let stopwatch = Stopwatch::start();
    let note = body(client.checkpoint(1, None).await)?;
    let signed = checkpoint::verify(&note, &document.known_keys())?;
    let empty = Frontier::new();
    let known = HeldLog {
        root: empty.root(),
        frontier: empty,
        timestamp: None,
        tail_hashes: Vec::new(),
    };
    let mut extension = Extension::begin(known, signed, None, Clock::system().now())?;
    while let Some(wanted) = extension.wanted() {
        let bundle = body(client.bundle(1, wanted.n, wanted.width).await)?;
        extension.push_bundle(&bundle)?;
    }
    let verified = extension.finish()?;
    let took = stopwatch.stop();
    let size = verified.checkpoint().size;
    Ok(Figure::new(
        "cold pull of the log, an entry, HTTP and checks",
        each_us(took.cpu, size),
        "µs CPU",
    )
    .goal(1.5)
    .detail(format!("{size} entries")))
}

/// Pulls everything into a node that does not index.
async fn bodies(node: &Served, data: &Path, count: u64) -> anyhow::Result<Figure> {
    let mut settings = Settings {
        data: data.to_owned(),
        ..Settings::default()
    };
    settings.federation.allow_loopback = true;
    settings.federation.min_free_percent = 0;
    settings.federation.quota_documents = 10_000_000;
    settings.federation.quota_bytes = 1_000_000_000_000;
    let reader = Node::open(settings, Clock::system()).await?;
    let request = flows::peers::NewPeerRequest::new(node.url.as_str());
    flows::peers::add(&reader, &request, &id(node)?, &node::audit::By::Node).await?;
    let peer = reader.store.peer(&node.node).await?.context("no peer")?;
    let stopwatch = Stopwatch::start();
    let mut taken = 0;
    while taken < count {
        let claim = reader
            .store
            .claim_peer(peer.node_seq, reader.now(), "bench", MAX_WAIT)
            .await?
            .context("the peer is claimed")?;
        let report = flows::pull::pull(&reader, &claim).await;
        ensure!(
            report.fault.is_none() && report.error.is_none(),
            "{report:?}"
        );
        ensure!(report.bodies > 0, "a poll that brings nothing");
        taken += report.bodies;
    }
    let took = stopwatch.stop();
    reader.close().await;
    Ok(Figure::new(
        "cold pull, a document: log and body verified and stored",
        each_us(took.cpu, count),
        "µs CPU",
    )
    .goal(50.0)
    .detail(format!("wall {:.1} s", took.wall.as_secs_f64())))
}

async fn converge(from: &Served, to: &Served, count: u64) -> anyhow::Result<Figure> {
    let (begun, cpu) = (Instant::now(), to.cpu()?);
    to.add_peer(from).await?;
    let mut slowest = Duration::ZERO;
    to.holds(count, MAX_WAIT, async || {
        let asked = Instant::now();
        to.json("/api/v1/search?q=ward").await?;
        slowest = slowest.max(asked.elapsed());
        Ok(())
    })
    .await?;
    let (wall, cpu) = (begun.elapsed(), to.cpu()? - cpu);
    let detail = format!(
        "{:.0} µs CPU a document, slowest search meanwhile {:.0} ms",
        each_us(cpu, count),
        ms(slowest)
    );
    let what = format!("{count} documents from one node to searchable on another, wall");
    let goal = 10.0 * float(count) / 10_000.0;
    Ok(Figure::new(what, wall.as_secs_f64(), "s")
        .goal(goal)
        .detail(detail))
}

async fn idle_poll(from: &Served, to: &Served) -> anyhow::Result<Figure> {
    let of_command = async |arguments: &[&str]| {
        to.run(arguments).await?;
        let cpu = to.cpu()?;
        for _ in 0..POLLS {
            to.run(arguments).await?;
        }
        anyhow::Ok(each_us(to.cpu()? - cpu, u64::from(POLLS)) / 1e3)
    };
    // Earlier work continues in the background for a while.
    tokio::time::sleep(REST).await;
    let served = from.cpu()?;
    let pulled = of_command(&["pull", &from.node]).await?;
    let served = each_us(from.cpu()? - served, u64::from(POLLS)) / 1e3;
    // A poll is due by itself; here a command asks for it, and what taking a command costs is taken off.
    let command = of_command(&["peer", "show", &from.node]).await?;
    let detail = format!(
        "of the node that polls, without {command:.2} ms for the command; {served:.2} ms of the one that is polled"
    );
    Ok(
        Figure::new("poll without change", pulled - command, "ms CPU")
            .goal(2.0)
            .detail(detail),
    )
}

/// Rebuilds the index while searches continue in the old one.
async fn rebuild(node: &Served, count: u64) -> anyhow::Result<Figure> {
    let begun = Instant::now();
    let rebuilt = node.run(&["reindex"]);
    tokio::pin!(rebuilt);
    let mut slowest = Duration::ZERO;
    loop {
        let asked = Instant::now();
        tokio::select! {
            done = &mut rebuilt => {
                done?;
                break;
            }
            found = node.json("/api/v1/search?q=ward") => {
                let found = found?;
                let total = found.get("total").and_then(serde_json::Value::as_u64);
                ensure!(total > Some(0), "nothing is found meanwhile");
                slowest = slowest.max(asked.elapsed());
            }
        }
        tokio::time::sleep(BETWEEN_SEARCHES).await;
    }
    let what = format!("index rebuilt at {count} documents while the old one serves, wall");
    Ok(Figure::new(what, begun.elapsed().as_secs_f64(), "s")
        .goal(60.0 * float(count) / 100_000.0)
        .detail(format!("slowest search meanwhile {:.0} ms", ms(slowest))))
}

async fn memory(node: &Served, when: &str, count: u64) -> anyhow::Result<Figure> {
    for query in ["ward", "epr", "minutes"] {
        node.get(&format!("/search?q={query}")).await?;
    }
    let (resident, anonymous) = node.memory()?;
    let mb = |bytes| float(bytes) / 1e6;
    let what = format!("{when}, resident, at {count} documents");
    Ok(Figure::new(what, mb(resident), "MB")
        .goal(120.0)
        .detail(format!("{:.0} MB without what files back", mb(anonymous))))
}

fn client(node: &Served) -> anyhow::Result<PeerClient> {
    let network = Network::new(Rules {
        allow_loopback: true,
        ..Rules::default()
    });
    Ok(network.client(&format!("{}/feed/v1", node.url), "")?)
}

fn id(node: &Served) -> anyhow::Result<NodeId> {
    NodeId::parse(&node.node).context("no node id")
}

fn body(answer: Result<Answer, peering::Failure>) -> anyhow::Result<bytes::Bytes> {
    match answer? {
        Answer::Body(body) => Ok(body.bytes),
        other => anyhow::bail!("not a body: {other:?}"),
    }
}

/// Returns the path of an address.
fn path_of(url: &str) -> anyhow::Result<String> {
    match url::Url::parse(url) {
        Ok(url) => Ok(url.path().to_owned()),
        Err(_) if url.starts_with('/') => Ok(url.to_owned()),
        Err(error) => Err(error.into()),
    }
}
