//! What writing in the browser costs: a sign-in, a save, a preview, an approval until its document is found, and the check for
//! patient data.

use std::time::{Duration, Instant};

use accounts::password::{Hasher, Password};
use anyhow::{Context as _, ensure};
use patient_data::Part;
use reqwest::{Method, Response, header, redirect::Policy};

use super::{
    corpus,
    measure::{mean, ms, quantile},
    report::Figure,
    served::Served,
};

/// Saves and previews that are measured.
const TIMES: usize = 40;
/// Sign-ins that are measured.
const SIGN_INS: usize = 10;
/// Drafts that are approved.
const APPROVALS: usize = 10;
/// The length of the text that is saved, shown and checked.
const TEXT_BYTES: usize = 30_000;
/// An invented person.
const AUTHOR: &str = "author@bench.example";
/// Of an invented person.
const PASSWORD: &str = "three random words 7";

/// A person who has signed in.
struct Person<'a> {
    node: &'a Served,
    http: reqwest::Client,
    cookie: String,
    /// The account, as every form says it.
    id: String,
}

/// Measures the writing of two people at a node.
pub(super) async fn writing(node: &Served, count: u64) -> anyhow::Result<Vec<Figure>> {
    let author = Person::sign_in(node, AUTHOR, "contributor").await?;
    let editor = Person::sign_in(node, "editor@bench.example", "editor").await?;
    let text = text();
    let draft = author.begin("page").await?;
    let section = format!("/api/v1{draft}/page");
    let (mut saves, mut previews, mut version) = (Vec::new(), Vec::new(), 1);
    for number in 0..TIMES {
        let body = form(&[
            ("title", "A page of the bench"),
            ("text.body", &format!("{text}\n\nSave {number}.")),
        ]);
        let etag = format!("\"{version}\"");
        let save = author.took(Method::PUT, &section, body, Some(&etag));
        saves.push(save.await?);
        version += 1;
        let path = format!("{draft}/preview");
        let preview = author.took(Method::GET, &path, String::new(), None);
        previews.push(preview.await?);
    }
    let mut found = Vec::new();
    for number in 0..APPROVALS {
        found.push(approve(&author, &editor, number).await?);
    }
    let slowest = |what: String, took: &[Duration], goal: f64| {
        Figure::new(what, ms(quantile(took, 1.0)), "ms")
            .goal(goal)
            .detail(format!("mean {:.1} ms", mean(took)))
    };
    Ok(vec![
        slowest(
            format!("saving 30 kB at {count} documents, slowest of {TIMES}, wall"),
            &saves,
            50.0,
        ),
        slowest(
            format!("preview of 30 kB, slowest of {TIMES}, wall"),
            &previews,
            60.0,
        ),
        slowest(
            format!("approve to searchable at {count} documents, slowest of {APPROVALS}, wall"),
            &found,
            1_000.0,
        ),
        check(&text),
        sign_ins(&author).await?,
    ])
}

/// Measures signing in with a password, next to the hash of a password alone.
async fn sign_ins(author: &Person<'_>) -> anyhow::Result<Figure> {
    let hasher = Hasher::default();
    let (mut took, mut hashes) = (Vec::new(), Vec::new());
    for _ in 0..SIGN_INS {
        let begun = Instant::now();
        let password = Password::typed(PASSWORD).context("no password")?;
        hasher.hash(password).await?;
        hashes.push(begun.elapsed());
        let fields = form(&[("email", AUTHOR), ("password", PASSWORD)]);
        let begun = Instant::now();
        author.post("/sign-in", fields).await?;
        took.push(begun.elapsed());
    }
    let what = format!("sign-in, median of {SIGN_INS}, wall");
    let hash = ms(quantile(&hashes, 0.5));
    Ok(Figure::new(what, ms(quantile(&took, 0.5)), "ms").peer("argon2id alone", hash, Some(1.5)))
}

/// Writes a page with a word of its own and submits it; returns how long it took from the approval until it is found.
async fn approve(
    author: &Person<'_>,
    editor: &Person<'_>,
    number: usize,
) -> anyhow::Result<Duration> {
    let word = format!("approved{number}q");
    let draft = author.begin("page").await?;
    let title = format!("Page of {word}");
    let body = form(&[
        ("version", "1"),
        ("title", &title),
        ("text.body", &word),
        ("then", "check"),
    ]);
    author.post(&format!("{draft}/page"), body).await?;
    author
        .post(
            &format!("{draft}/submit"),
            form(&[("version", "2"), ("declared", "yes")]),
        )
        .await?;
    let review = draft.replace("/drafts/", "/review/");
    let body = form(&[
        ("version", "3"),
        ("decision", "approve"),
        ("declared", "yes"),
    ]);
    let begun = Instant::now();
    editor.post(&review, body).await?;
    author.node.finds(&word, 1).await?;
    Ok(begun.elapsed())
}

/// Measures the check for patient data.
fn check(text: &str) -> Figure {
    let parts = [Part::body(text, 1)];
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let begun = Instant::now();
        std::hint::black_box(patient_data::check(std::hint::black_box(&parts)));
        took.push(begun.elapsed());
    }
    Figure::new(
        "check of 30 kB for patient data, median, wall",
        ms(quantile(&took, 0.5)),
        "ms",
    )
    .goal(5.0)
}

/// Returns prose of 30 kB, from the texts of case studies.
fn text() -> String {
    let mut text = String::new();
    let mut studies = (0..).map(corpus::case_study);
    while text.len() < TEXT_BYTES
        && let Some(study) = studies.next()
    {
        text.push_str(study.split("---\n\n").nth(1).unwrap_or_default());
        text.push('\n');
    }
    text.chars().take(TEXT_BYTES).collect()
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

impl<'a> Person<'a> {
    /// Adds an account and signs in with the link that is printed.
    async fn sign_in(node: &'a Served, email: &str, role: &str) -> anyhow::Result<Self> {
        let printed = node
            .run(&[
                "user", "add", email, "--name", "Bench", "--role", role, "--json",
            ])
            .await?;
        let key = printed.split("key=").nth(1).context("no link is printed")?;
        let key: String = key
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect();
        let mut person = Self {
            node,
            http: reqwest::Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .build()?,
            cookie: String::new(),
            id: String::new(),
        };
        let body = form(&[
            ("key", &key),
            ("email", email),
            ("name", "Bench"),
            ("password", PASSWORD),
        ]);
        let answer = person
            .send(Method::POST, "/sign-in/link", body, None)
            .await?;
        let cookie = answer
            .headers()
            .get(header::SET_COOKIE)
            .context("no cookie is set")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
        person.cookie = cookie.to_owned();
        let own = person.send(Method::GET, "/me", String::new(), None).await?;
        let own = own.text().await?;
        let (_, id) = own
            .split_once("data-person=\"")
            .context("no one is named")?;
        id.split('"')
            .next()
            .unwrap_or_default()
            .clone_into(&mut person.id);
        Ok(person)
    }

    /// Begins a draft of a kind; returns its path.
    async fn begin(&self, kind: &str) -> anyhow::Result<String> {
        let answer = self.post("/write", form(&[("kind", kind)])).await?;
        let path = answer
            .headers()
            .get(header::LOCATION)
            .context("no draft is begun")?
            .to_str()?;
        let id = path.split('/').nth(2).context("no draft is begun")?;
        Ok(format!("/drafts/{id}"))
    }

    /// Sends a form that leads on.
    async fn post(&self, path: &str, body: String) -> anyhow::Result<Response> {
        // Whose page it is sent from, as every form says.
        let body = format!("{body}&writer={}", self.id);
        let answer = self.send(Method::POST, path, body, None).await?;
        ensure!(
            answer.status().is_redirection(),
            "{path}: {}",
            answer.status()
        );
        Ok(answer)
    }

    /// Returns how long an answer takes, to its last byte.
    async fn took(
        &self,
        method: Method,
        path: &str,
        body: String,
        if_match: Option<&str>,
    ) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let answer = self.send(method, path, body, if_match).await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await?;
        Ok(begun.elapsed())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: String,
        if_match: Option<&str>,
    ) -> anyhow::Result<Response> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.node.url))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        if let Some(etag) = if_match {
            request = request.header(header::IF_MATCH, etag);
        }
        Ok(request.send().await?)
    }
}
