//! Which addresses a text may lead to.

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
    (known && !rest.is_empty()).then_some(address)
}
