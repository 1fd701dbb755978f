//! Which addresses a text may lead to.

use percent_encoding::percent_decode_str;

/// The longest address that is kept, in bytes.
const MAX_ADDRESS_BYTES: usize = 2_000;

/// Returns an address that a reader may be sent to. Nothing here is ever fetched.
pub(crate) fn readable_address(address: &str) -> Option<String> {
    let address: String = address.trim().chars().filter(|c| !c.is_control()).collect();
    if address.len() > MAX_ADDRESS_BYTES {
        return None;
    }
    let (scheme, rest) = address.split_once(':')?;
    let known = matches!(
        scheme.to_ascii_lowercase().as_str(),
        "http" | "https" | "mailto" | "tel"
    );
    if !known || rest.is_empty() {
        return None;
    }
    match wrapped(&address) {
        Some(inner) => readable_address(&inner),
        None => Some(address),
    }
}

/// Returns the address within one that a mail system or a search engine has wrapped: its own would say who was sent it.
fn wrapped(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let (host, rest) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    let name = match host.as_str() {
        "www.google.com" | "google.com" if rest.starts_with("url?") => ["q", "url"],
        host if host.ends_with(".safelinks.protection.outlook.com") => ["url", "url"],
        _ => return None,
    };
    let (_, query) = rest.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, inner) = pairs.find(|(key, _)| name.contains(key))?;
    Some(percent_decode_str(inner).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_was_wrapped_is_the_one_within() {
        for (written, wanted) in [
            (
                "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fb%3Fc%3D1&data=05%7C01%7Cjo%40nhs.example%7C",
                Some("https://a.example/b?c=1"),
            ),
            (
                "https://www.google.com/url?sa=t&q=https://a.example/&ved=2",
                Some("https://a.example/"),
            ),
            (
                "https://www.google.com/search?q=beds",
                Some("https://www.google.com/search?q=beds"),
            ),
            (
                "https://x.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
                None,
            ),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(readable_address(written).as_deref(), wanted, "{written}");
        }
    }
}
