//! The addresses that the front matter of a file gives its page: `permalink`, `slug`, `url`, `aliases` and the like.

use super::front::{FrontLines, front_lines};

/// Keys of an address from the root of a site, or from the folder of the file if it does not begin with a slash.
const KEYS: [&str; 6] = [
    "permalink",
    "slug",
    "url",
    "aliases",
    "alias",
    "redirect_from",
];
/// Addresses of one file that are read.
const MAX_ADDRESSES: usize = 32;
/// Bytes of an address.
const MAX_ADDRESS: usize = 500;

/// Returns the addresses that the front matter in the first lines of a file names, as they are written.
pub(crate) fn named_addresses(head: &str) -> Vec<String> {
    let Some(FrontLines { lines, separator }) = front_lines(head) else {
        return Vec::new();
    };
    let mut addresses = Vec::new();
    let mut in_list = false;
    for line in lines {
        let text = line.trim();
        if in_list && let Some(item) = text.strip_prefix("- ") {
            add(&mut addresses, item);
            continue;
        }
        // What is further down belongs to another key; in JSON, every key is.
        if separator == '=' && text.starts_with('[') {
            break;
        }
        let Some((key, value)) = text.split_once(separator) else {
            in_list &= text.is_empty();
            continue;
        };
        let is_outermost =
            separator != ':' || head.starts_with('{') || !line.starts_with([' ', '\t']);
        let key = key.trim().trim_matches(['"', '\'', '{', ' ']);
        let is_address = is_outermost && KEYS.iter().any(|known| key.eq_ignore_ascii_case(known));
        in_list = is_address && value.trim().is_empty();
        if is_address {
            let values = value.trim().trim_end_matches([',', '}']).trim();
            let values = values.trim_start_matches('[').trim_end_matches(']');
            values
                .split(',')
                .for_each(|value| add(&mut addresses, value));
        }
    }
    addresses
}

fn add(addresses: &mut Vec<String>, value: &str) {
    let value = value.trim().trim_matches(['"', '\'']).trim();
    // `/:year/:title/` is a pattern.
    let is_address = !value.is_empty()
        && value.len() <= MAX_ADDRESS
        && !value.contains([':', '{', '<', '>', '\\'])
        && !matches!(
            value,
            "pretty" | "true" | "false" | "~" | "null" | "none" | "date" | "ordinal"
        );
    if is_address && addresses.len() < MAX_ADDRESSES {
        addresses.push(value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_each_form_of_front_matter() {
        for (head, addresses) in [
            ("---\ntitle: x\npermalink: /beds/\n---\n", &["/beds/"][..]),
            ("---\nslug: beds\n---\nurl: /no\n", &["beds"]),
            (
                "---\nurl: \"/my/beds/\"\naliases: [/old, 'older/']\n---\n",
                &["/my/beds/", "/old", "older/"],
            ),
            (
                "---\naliases:\n  - /a/\n  - b\ntags:\n  - no\n---\n",
                &["/a/", "b"],
            ),
            ("---\nredirect_from:\n- /a/\n- /b/\n---\n", &["/a/", "/b/"]),
            (
                "+++\nslug = \"beds\"\naliases = [\"/a\", \"/b\"]\n[extra]\nurl = \"/no\"\n+++\n",
                &["beds", "/a", "/b"],
            ),
            (
                "{\n \"slug\": \"beds\",\n \"url\": \"/b\"\n}\n",
                &["beds", "/b"],
            ),
            ("---\npermalink: /:year/:title/\n---\n", &[]),
            ("---\npermalink: pretty\n---\n", &[]),
            ("---\nimage:\n  url: /no\n---\n", &[]),
            ("url: /no\n", &[]),
        ] {
            assert_eq!(named_addresses(head), addresses, "{head}");
        }
    }
}
