//! The ID token of a provider: the only place where one is checked (OpenID Connect Core 1.0 §3.1.3.7, RFC 8725).
//!
//! jsonwebtoken checks the signature. What it leaves open is checked here: algorithms, `crit`, `typ`, claims that have to
//! be there, their forms, the nonce and all times, with the time as an argument. No address in a token is ever used.

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde_json::{Map, Value};
use wire::{Timestamp, base64};

use super::Lie;

/// A token with a person's groups is some kB long.
const MAX_TOKEN_BYTES: usize = 32 << 10;
/// Bytes of a subject (OpenID Connect Core 1.0 §2).
const MAX_SUBJECT_BYTES: usize = 255;
/// Seconds by which the provider's clock may differ from ours.
const LEEWAY_SECS: i64 = 60;
/// Seconds since a token was made for the sign-in that is under way.
const MAX_AGE_SECS: i64 = 600;
/// Bytes of an RSA modulus: 2048 bits. NIST SP 800-131A has no shorter one.
const MIN_RSA_BYTES: usize = 256;
/// What is accepted: signatures with public keys, and never `none` or a shared secret.
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a token has to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// The provider.
    pub(crate) issuer: &'a str,
    /// This site, as the provider knows it.
    pub(crate) client_id: &'a str,
    /// Drawn for this sign-in.
    pub(crate) nonce: &'a str,
}

/// Returns the claims of a token, which all have been checked.
///
/// # Errors
/// What the provider got wrong.
pub(crate) fn check(
    token: &str,
    keys: &[Jwk],
    expected: Expected<'_>,
    now: Timestamp,
) -> Result<Map<String, Value>, Lie> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Lie::Size);
    }
    // Step 1: the header, before any key is used.
    let (alg, kid) = header(token)?;
    // Step 2: the signature, with a key that the provider publishes for this algorithm.
    let key = key(keys, alg, kid.as_deref())?;
    let decoding = DecodingKey::from_jwk(key).map_err(|_| Lie::Key)?;
    let mut validation = Validation::new(alg);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // Times are checked below, by the node's clock.
    validation.validate_exp = false;
    let claims = decode::<Map<String, Value>>(token, &decoding, &validation)
        .map_err(|error| lie(&error))?
        .claims;
    // Step 3: the claims, in the form that they must have.
    check_claims(&claims, expected)?;
    check_times(&claims, now)?;
    Ok(claims)
}

/// Returns the algorithm and the key id of a header that asks for nothing else.
fn header(token: &str) -> Result<(Algorithm, Option<String>), Lie> {
    let mut parts = token.split('.');
    let (Some(first), Some(_), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Lie::Form);
    };
    let bytes = base64::decode_url(first).ok_or(Lie::Form)?;
    let raw: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| Lie::Form)?;
    // RFC 7515 §4.1.11: what has to be understood and is not is refused. We understand no extension.
    if raw.contains_key("crit") || raw.contains_key("b64") {
        return Err(Lie::Form);
    }
    // RFC 8725 §3.11: a token of another type is none. Old providers send no type.
    let typ = raw.get("typ").map(|typ| typ.as_str().unwrap_or("?"));
    if typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("jwt")) {
        return Err(Lie::Form);
    }
    let header = decode_header(token).map_err(|_| Lie::Algorithm)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Lie::Algorithm);
    }
    Ok((header.alg, header.kid))
}

/// Returns the key of an id; without an id the only key of the algorithm.
fn key<'a>(keys: &'a [Jwk], alg: Algorithm, kid: Option<&str>) -> Result<&'a Jwk, Lie> {
    let mut fitting = keys
        .iter()
        .filter(|key| fits(key, alg))
        .filter(|key| kid.is_none() || key.common.key_id.as_deref() == kid);
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Ok(key),
        (None, _) | (Some(_), Some(_)) => Err(Lie::Key),
    }
}

/// Says whether a key is for signatures of an algorithm, and long enough.
fn fits(key: &Jwk, alg: Algorithm) -> bool {
    use Algorithm as A;
    let for_signatures = matches!(
        key.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    );
    let stated = key.common.key_algorithm.as_ref();
    let for_algorithm = stated.is_none_or(|stated| *stated == KeyAlgorithm::from(alg));
    let of_family = match (&key.algorithm, alg) {
        (
            AlgorithmParameters::RSA(rsa),
            A::RS256 | A::RS384 | A::RS512 | A::PS256 | A::PS384 | A::PS512,
        ) => base64::decode_url(&rsa.n).is_some_and(|n| n.len() >= MIN_RSA_BYTES),
        (AlgorithmParameters::EllipticCurve(curve), A::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(curve), A::ES384) => curve.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(pair), A::EdDSA) => {
            // The verifier panics on a shorter one.
            pair.curve == EllipticCurve::Ed25519
                && base64::decode_url(&pair.x).is_some_and(|x| x.len() == 32)
        }
        _ => false,
    };
    for_signatures && for_algorithm && of_family
}

fn lie(error: &jsonwebtoken::errors::Error) -> Lie {
    use jsonwebtoken::errors::ErrorKind as E;
    match error.kind() {
        E::InvalidIssuer => Lie::Issuer,
        E::InvalidAudience => Lie::Audience,
        E::MissingRequiredClaim(claim) if claim == "iss" => Lie::Issuer,
        E::MissingRequiredClaim(claim) if claim == "aud" => Lie::Audience,
        E::MissingRequiredClaim(claim) if claim == "exp" => Lie::Time,
        E::InvalidSignature => Lie::Signature,
        _ => Lie::Form,
    }
}

fn check_claims(claims: &Map<String, Value>, expected: Expected<'_>) -> Result<(), Lie> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    // The library also accepts a list of issuers.
    if text("iss") != Some(expected.issuer) {
        return Err(Lie::Issuer);
    }
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().map(|one| one.as_str().unwrap_or("")).collect(),
        _ => return Err(Lie::Audience),
    };
    // A token for several sites says which of them it was made for.
    let party = claims.get("azp").map(|party| party.as_str().unwrap_or(""));
    let for_us = audiences.contains(&expected.client_id)
        && party.is_none_or(|party| party == expected.client_id)
        && (audiences.len() == 1 || party.is_some());
    if !for_us {
        return Err(Lie::Audience);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Lie::Nonce);
    }
    let is_subject = |subject: &str| {
        !subject.is_empty()
            && subject.len() <= MAX_SUBJECT_BYTES
            && !subject.chars().any(char::is_control)
    };
    text("sub")
        .filter(|subject| is_subject(subject))
        .ok_or(Lie::Form)?;
    Ok(())
}

fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Result<(), Lie> {
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => seconds(value).map(Some).ok_or(Lie::Time),
    };
    let now = now.secs();
    let expires = time("exp")?.ok_or(Lie::Time)?;
    let made = time("iat")?.ok_or(Lie::Time)?;
    let begins = time("nbf")?.unwrap_or(made);
    let in_time = now < expires.saturating_add(LEEWAY_SECS)
        && made <= now + LEEWAY_SECS
        && made >= now - MAX_AGE_SECS - LEEWAY_SECS
        && begins <= now + LEEWAY_SECS;
    if in_time { Ok(()) } else { Err(Lie::Time) }
}

/// Returns a time as whole seconds; `None` for what is no time of this era.
fn seconds(value: &Value) -> Option<i64> {
    const END: f64 = 253_402_300_800.0;
    if let Some(whole) = value.as_i64() {
        return Some(whole);
    }
    let fraction = value.as_f64().filter(|secs| secs.abs() < END)?;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    Some(fraction as i64)
}
