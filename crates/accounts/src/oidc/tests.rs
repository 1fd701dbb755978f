//! Tokens that are right in all but one thing.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Map, Value, json};
use wire::{Role, Timestamp, base64};

use super::{
    Lie, NoEmail, Person, ProviderSettings,
    id_token::{Expected, check},
};

const NOW: i64 = 1_790_000_000;
const EXPECTED: Expected<'_> = Expected {
    issuer: "https://id.example/tenant",
    client_id: "wardround",
    nonce: "n-1",
};

fn key(seed: u8) -> (EncodingKey, Jwk) {
    let key = SigningKey::from_bytes(&[seed; 32]);
    // RFC 8410 §7: PKCS #8 around the 32 bytes.
    let mut der = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    der.extend([seed; 32]);
    let x = base64::encode_url(key.verifying_key().as_bytes());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k1", "use": "sig", "alg": "EdDSA" });
    (
        EncodingKey::from_ed_der(&der),
        serde_json::from_value(jwk).unwrap(),
    )
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example/tenant", "aud": "wardround", "sub": "s-1", "nonce": "n-1",
        "iat": NOW - 1, "exp": NOW + 300,
        "email": "Ada.Okafor@Northmoor.example", "email_verified": true, "name": "Ada Okafor",
    })
}

fn signed(change: impl FnOnce(&mut Map<String, Value>)) -> String {
    let mut claims = claims();
    change(claims.as_object_mut().unwrap());
    let header = Header {
        kid: Some("k1".to_owned()),
        ..Header::new(Algorithm::EdDSA)
    };
    encode(&header, &claims, &key(1).0).unwrap()
}

fn checked(token: &str) -> Result<Map<String, Value>, Lie> {
    check(token, &[key(1).1], EXPECTED, Timestamp::from_secs(NOW))
}

#[test]
fn a_token_is_refused_for_every_claim_that_is_wrong() {
    assert!(checked(&signed(|_| {})).is_ok());
    for (name, value, expected) in [
        ("iss", json!("https://id.example/other"), Some(Lie::Issuer)),
        (
            "iss",
            json!("https://id.example/tenant/"),
            Some(Lie::Issuer),
        ),
        (
            "iss",
            json!(["https://id.example/tenant"]),
            Some(Lie::Issuer),
        ),
        ("iss", Value::Null, Some(Lie::Issuer)),
        ("aud", json!("other"), Some(Lie::Audience)),
        ("aud", json!(["wardround", "other"]), Some(Lie::Audience)),
        ("aud", json!(["wardround"]), None),
        ("aud", json!([]), Some(Lie::Audience)),
        ("aud", Value::Null, Some(Lie::Audience)),
        ("azp", json!("other"), Some(Lie::Audience)),
        ("azp", json!("wardround"), None),
        ("azp", json!(7), Some(Lie::Audience)),
        ("nonce", json!("n-2"), Some(Lie::Nonce)),
        ("nonce", json!(""), Some(Lie::Nonce)),
        ("nonce", Value::Null, Some(Lie::Nonce)),
        ("sub", json!(""), Some(Lie::Form)),
        ("sub", json!("x".repeat(256)), Some(Lie::Form)),
        ("sub", json!(7), Some(Lie::Form)),
        ("sub", json!("a\nb"), Some(Lie::Form)),
        ("exp", json!(NOW - 59), None),
        ("exp", json!(NOW - 60), Some(Lie::Time)),
        ("exp", json!("2026"), Some(Lie::Time)),
        ("exp", json!(1e300), Some(Lie::Time)),
        ("exp", json!(NOW as f64 + 0.5), None),
        ("exp", Value::Null, Some(Lie::Time)),
        ("iat", json!(NOW + 60), None),
        ("iat", json!(NOW + 61), Some(Lie::Time)),
        ("iat", json!(NOW - 661), Some(Lie::Time)),
        ("iat", Value::Null, Some(Lie::Time)),
        ("nbf", json!(NOW + 60), None),
        ("nbf", json!(NOW + 61), Some(Lie::Time)),
        ("nbf", json!(true), Some(Lie::Time)),
    ] {
        let token = signed(|claims| {
            let case = value.clone();
            if case.is_null() {
                claims.remove(name);
            } else {
                claims.insert(name.to_owned(), case);
            }
        });
        assert_eq!(checked(&token).err(), expected, "{name}: {value}");
    }
}

#[test]
fn a_token_for_several_sites_says_that_it_was_made_for_this_one() {
    let token = signed(|claims| {
        claims.insert("aud".to_owned(), json!(["other", "wardround"]));
        claims.insert("azp".to_owned(), json!("wardround"));
    });
    assert!(checked(&token).is_ok());
}

/// Puts another header before the payload and the signature of a good token.
fn with_header(header: &Value) -> String {
    let good = signed(|_| {});
    let (_, rest) = good.split_once('.').unwrap();
    let header = base64::encode_url(&serde_json::to_vec(header).unwrap());
    format!("{header}.{rest}")
}

#[test]
fn a_token_is_refused_for_what_its_header_asks_and_for_its_key() {
    for (header, expected) in [
        (json!({ "alg": "none" }), Lie::Algorithm),
        (json!({ "alg": "HS256", "kid": "k1" }), Lie::Algorithm),
        (json!({ "alg": "ES256", "kid": "k1" }), Lie::Key),
        (json!({ "alg": "EdDSA", "kid": "k2" }), Lie::Key),
        (
            json!({ "alg": "EdDSA", "kid": "k1", "crit": ["exp"] }),
            Lie::Form,
        ),
        (
            json!({ "alg": "EdDSA", "kid": "k1", "b64": false }),
            Lie::Form,
        ),
        (
            json!({ "alg": "EdDSA", "kid": "k1", "typ": "at+jwt" }),
            Lie::Form,
        ),
        (json!({ "alg": "EdDSA", "kid": "k1", "typ": 7 }), Lie::Form),
        // The header is signed too.
        (
            json!({ "alg": "EdDSA", "kid": "k1", "x": 1 }),
            Lie::Signature,
        ),
        (json!([]), Lie::Form),
    ] {
        assert_eq!(
            checked(&with_header(&header)).err(),
            Some(expected),
            "{header}"
        );
    }
    let good = signed(|_| {});
    let (body, _) = good.rsplit_once('.').unwrap();
    for (token, expected) in [
        (String::new(), Lie::Form),
        ("a.b".to_owned(), Lie::Form),
        (format!("{good}.x"), Lie::Form),
        (format!("{body}."), Lie::Signature),
        ("x".repeat(40_000), Lie::Size),
    ] {
        assert_eq!(checked(&token).err(), Some(expected), "{token:.40}");
    }
    let now = Timestamp::from_secs(NOW);
    let with = |keys: &[Jwk]| check(&good, keys, EXPECTED, now).err();
    assert_eq!(with(&[]), Some(Lie::Key));
    assert_eq!(with(&[key(2).1]), Some(Lie::Signature));
    assert_eq!(
        with(&[key(1).1, key(1).1]),
        Some(Lie::Key),
        "two keys of one id"
    );
    for change in [
        json!({ "use": "enc" }),
        json!({ "alg": "ES256" }),
        json!({ "x": "AAAA" }),
        json!({ "kty": "oct", "k": "AAAA" }),
    ] {
        let mut jwk = serde_json::to_value(key(1).1).unwrap();
        for (name, value) in change.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        let keys: Vec<Jwk> = serde_json::from_value(jwk).into_iter().collect();
        assert_eq!(with(&keys), Some(Lie::Key), "{change}");
    }
}

fn person(settings: ProviderSettings, change: Value) -> Person {
    let mut claims = claims();
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    Person::read(claims.as_object().unwrap(), &settings)
}

fn settings() -> ProviderSettings {
    ProviderSettings {
        domains: vec!["northmoor.example".to_owned()],
        default_role: Some(Role::Reader),
        ..ProviderSettings::default()
    }
}

#[test]
fn an_address_counts_if_it_is_verified_and_of_a_domain_that_may_sign_in() {
    let trusting = ProviderSettings {
        trust_email: true,
        ..settings()
    };
    for (settings, change, expected) in [
        (settings(), json!({}), true),
        (settings(), json!({ "email_verified": "true" }), true),
        (settings(), json!({ "email_verified": false }), false),
        (settings(), json!({ "email_verified": null }), false),
        (settings(), json!({ "email_verified": 1 }), false),
        (trusting.clone(), json!({ "email_verified": false }), false),
        (
            settings(),
            json!({ "email": "ada@northmoor.example.evil.example" }),
            false,
        ),
        (settings(), json!({ "email": "ada@evil.example" }), false),
        (
            settings(),
            json!({ "email": "ada@x.northmoor.example" }),
            false,
        ),
        (
            settings(),
            json!({ "email": ["ada@northmoor.example"] }),
            false,
        ),
    ] {
        let found = person(settings, change.clone());
        assert_eq!(found.email.is_ok(), expected, "{change}");
    }
    let mut unsaid = claims();
    unsaid.as_object_mut().unwrap().remove("email_verified");
    let unsaid = unsaid.as_object().unwrap();
    let found = Person::read(unsaid, &settings()).email;
    assert_eq!(found, Err(NoEmail::Unverified));
    assert!(Person::read(unsaid, &trusting).email.is_ok());
    // The operator learns which of the three it is.
    for (change, why) in [
        (json!({ "email": null }), NoEmail::Missing),
        (json!({ "email": "ada" }), NoEmail::Missing),
        (json!({ "email_verified": false }), NoEmail::Unverified),
        (
            json!({ "email": "ada@elsewhere.example" }),
            NoEmail::OtherDomain,
        ),
    ] {
        assert_eq!(
            person(settings(), change.clone()).email,
            Err(why),
            "{change}"
        );
    }
}

#[test]
fn a_role_comes_from_the_claim_or_is_the_usual_one() {
    let mapped = ProviderSettings {
        role_claim: Some("realm_access.roles".to_owned()),
        roles: BTreeMap::from([
            ("wr-editor".to_owned(), Role::Editor),
            ("wr-reader".to_owned(), Role::Reader),
        ]),
        default_role: None,
        ..settings()
    };
    let plain = ProviderSettings {
        role_claim: Some("roles".to_owned()),
        ..settings()
    };
    for (settings, change, expected) in [
        (
            settings(),
            json!({ "roles": ["administrator"] }),
            Some(Role::Reader),
        ),
        (
            plain.clone(),
            json!({ "roles": ["editor", "contributor"] }),
            Some(Role::Editor),
        ),
        (
            plain.clone(),
            json!({ "roles": "contributor" }),
            Some(Role::Contributor),
        ),
        (
            plain.clone(),
            json!({ "roles": { "administrator": true } }),
            Some(Role::Reader),
        ),
        (plain, json!({}), Some(Role::Reader)),
        (
            mapped.clone(),
            json!({ "realm_access": { "roles": ["x", "wr-reader", "wr-editor"] } }),
            Some(Role::Editor),
        ),
        (
            mapped.clone(),
            json!({ "realm_access": { "roles": ["administrator"] } }),
            None,
        ),
        (mapped, json!({ "realm_access": 7 }), None),
    ] {
        assert_eq!(person(settings, change.clone()).role, expected, "{change}");
    }
    let named = person(
        settings(),
        json!({ "name": "  Ada\u{202e}\u{0} \n Okafor " }),
    );
    assert_eq!(named.name, "Ada Okafor");
}

#[test]
fn a_provider_is_reached_over_tls_or_on_this_machine() {
    for (address, expected) in [
        ("https://id.example/tenant", true),
        ("http://127.0.0.1:3000", true),
        ("http://localhost:3000/x", true),
        ("http://id.example", false),
        ("https://user:secret@id.example", false),
        ("https://id.example/#x", false),
        ("file:///etc/passwd", false),
        ("javascript:alert(1)", false),
        ("id.example", false),
        ("", false),
    ] {
        assert_eq!(ProviderSettings::is_address(address), expected, "{address}");
    }
}
