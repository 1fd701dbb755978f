//! HTTP to an authority that speaks ACME, within limits, and its faults in words that say what to do.

use std::{future::Future, pin::Pin, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient, Problem};
use reqwest::{Certificate, Client, Proxy, redirect::Policy};
use settings::{Acme, Settings, read_file};

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of an answer: a chain of certificates has some thousand.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// Sends requests to an authority.
pub(crate) struct Authority(Client);

impl Authority {
    /// Makes a client by the settings.
    ///
    /// # Errors
    /// What is wrong with `tls.acme.ca_file` or `tls.acme.proxy`.
    pub(crate) fn new(settings: &Settings) -> Result<Self, String> {
        let Acme { ca_file, proxy, .. } = &settings.tls.acme;
        let mut builder = Client::builder()
            .user_agent(concat!("wardround/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .no_proxy();
        if let Some(file) = ca_file {
            let wrong = |why: String| format!("`tls.acme.ca_file` `{}`: {why}", file.display());
            let pem = read_file(file).map_err(|error| wrong(error.to_string()))?;
            let roots =
                Certificate::from_pem_bundle(&pem).map_err(|error| wrong(error.to_string()))?;
            if roots.is_empty() {
                return Err(wrong("it has no certificate in PEM form".to_owned()));
            }
            builder = builder.tls_certs_merge(roots);
        }
        if let Some(proxy) = proxy {
            let proxy = Proxy::all(proxy.clone());
            builder = builder.proxy(proxy.map_err(|error| format!("`tls.acme.proxy`: {error}"))?);
        }
        builder.build().map(Self).map_err(|error| error.to_string())
    }
}

impl HttpClient for Authority {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let client = self.0.clone();
        Box::pin(async move {
            let sent = send(&client, request).await;
            sent.map(BytesResponse::from)
                .map_err(|why| Error::Other(why.into()))
        })
    }
}

async fn send(
    client: &Client,
    request: Request<BodyWrapper<Bytes>>,
) -> Result<Response<Full<Bytes>>, String> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|error| error.to_string())?;
    let mut answer = client
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .body(body.to_bytes())
        .send()
        .await
        .map_err(|error| telemetry::chain(&error))?;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| telemetry::chain(&error))?
    {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err("its answer is too long".to_owned());
        }
        bytes.extend_from_slice(&chunk);
    }
    let mut response = Response::new(Full::new(Bytes::from(bytes)));
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

/// Describes what went wrong, and what to do.
pub(crate) fn described(error: &Error, host: &str) -> String {
    match error {
        Error::Api(problem) => described_problem(problem, host),
        Error::Other(cause) => {
            let cause = telemetry::chain(cause.as_ref());
            format!(
                "the authority cannot be reached: {cause}; see that `tls.acme.directory` is right, that this machine may connect to it (`tls.acme.proxy`), and that its certificate is known (`tls.acme.ca_file`)"
            )
        }
        Error::Json(_) => "the authority answers with something that is not ACME; see that `tls.acme.directory` is the address of its directory".to_owned(),
        error => format!("the authority does not do as expected: {error}"),
    }
}

/// Describes the problem that an authority has reported (RFC 8555 §6.7).
pub(crate) fn described_problem(problem: &Problem, host: &str) -> String {
    let kind = problem.r#type.as_deref().unwrap_or_default();
    let kind = kind.rsplit(':').next().unwrap_or_default();
    let detail = problem.to_string();
    let detail = detail.trim_start_matches("API error: ");
    let fix = match kind {
        "connection" | "tls" | "unauthorized" | "incorrectResponse" => format!(
            "the authority has to reach this node at port 443 of `{host}`: see that the name leads here, that the firewall lets it in, and that nothing in front of the node ends TLS"
        ),
        "dns" => format!("see that `{host}` has an address that the authority can look up"),
        "caa" => format!("a CAA record of `{host}` allows other authorities only"),
        "rateLimited" => "the authority has had too many requests from this site; the node tries again later".to_owned(),
        "rejectedIdentifier" | "unsupportedIdentifier" => {
            format!("this authority issues no certificate for `{host}`")
        }
        "externalAccountRequired" => {
            "set `tls.acme.eab_key_id` and `tls.acme.eab_key`, which the authority gives its customers".to_owned()
        }
        "accountDoesNotExist" => "the next attempt makes a new account".to_owned(),
        "userActionRequired" => "read what the authority asks for, and do it in its portal".to_owned(),
        "invalidContact" | "unsupportedContact" => "set `tls.acme.contact` to an address that it takes".to_owned(),
        _ => "ask the people of the authority if it stays so".to_owned(),
    };
    format!("the authority says: {detail}; {fix}")
}

/// Describes why an authority did not take the account of its customer; nothing if that is not why.
pub(crate) fn described_binding(error: &Error) -> Option<String> {
    let Error::Api(problem) = error else {
        return None;
    };
    let kind = problem.r#type.as_deref()?.rsplit(':').next()?;
    let detail = problem.to_string();
    let detail = detail.trim_start_matches("API error: ");
    matches!(kind, "unauthorized" | "malformed" | "externalAccountRequired").then(|| {
        format!("the authority says: {detail}; see that `tls.acme.eab_key_id` and `tls.acme.eab_key` are as the authority gives them, and that it has not ended the account")
    })
}

/// Says whether the authority does not know the account any more.
pub(crate) fn is_unknown_account(error: &Error) -> bool {
    matches!(error, Error::Api(problem) if problem
        .r#type
        .as_deref()
        .is_some_and(|kind| kind.ends_with(":accountDoesNotExist")))
}
