//! Styles, scripts and the mark, compiled into the binary under names that change with their content.
//!
//! Each is held in three forms; a client gets the smallest that it accepts, and may keep it forever.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

/// Address of the style sheet.
pub const STYLE: &str = concat!("/assets/", env!("ASSET_APP_CSS"));
/// Address of the script.
pub const SCRIPT: &str = concat!("/assets/", env!("ASSET_APP_JS"));
/// Address of the style sheet of the pages on which people write.
pub const WRITE_STYLE: &str = concat!("/assets/", env!("ASSET_WRITE_CSS"));
/// Address of the script of those pages.
pub const WRITE_SCRIPT: &str = concat!("/assets/", env!("ASSET_WRITE_JS"));
/// Address of the mark.
pub const MARK: &str = concat!("/assets/", env!("ASSET_MARK_SVG"));

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Assets;

/// `GET /assets/{name}`.
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let encoding = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .find(|(encoding, _)| accepts(&headers, encoding));
    let compressed = encoding
        .and_then(|(encoding, ending)| Some((encoding, Assets::get(&format!("{name}{ending}"))?)));
    let (encoding, file) = match compressed {
        Some((encoding, file)) => (Some(encoding), file),
        None => match Assets::get(&name) {
            Some(file) => (None, file),
            None => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    let mut response = axum::body::Body::from(file.data).into_response();
    let out = response.headers_mut();
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type(&name)),
    );
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// Returns whether a client accepts an encoding: named, and not with `q=0`.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let refused = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.parse().ok())
                == Some(0.0);
            name.trim().eq_ignore_ascii_case(encoding) && !refused
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The licence of nhsuk-frontend does not cover the NHS's trade marks.
    #[test]
    fn no_asset_holds_the_nhs_logo_or_its_typeface_or_comes_from_outside() {
        let mut plain = 0;
        for name in Assets::iter() {
            if name.ends_with(".br") || name.ends_with(".gz") {
                continue;
            }
            plain += 1;
            let file = Assets::get(&name).unwrap();
            let text = std::str::from_utf8(&file.data).unwrap();
            for word in [
                "assets.nhs.uk",
                "Frutiger",
                "frutiger",
                "nhsuk-logo",
                "M10.9 4.3",
            ] {
                assert!(!text.contains(word), "`{name}` holds `{word}`");
            }
            assert!(!text.contains("@font-face"), "`{name}` brings a font");
            let outside = text.replace("http://www.w3.org/", "");
            assert!(
                !outside.contains("url(http"),
                "`{name}` fetches from outside"
            );
        }
        assert_eq!(plain, 6);
    }

    #[test]
    fn the_smallest_accepted_form_is_chosen() {
        for (accept, br, gzip) in [
            ("gzip, deflate, br, zstd", true, true),
            ("gzip;q=1.0, br;q=0", false, true),
            ("identity", false, false),
            ("BR", true, false),
        ] {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))]);
            assert_eq!(
                (accepts(&headers, "br"), accepts(&headers, "gzip")),
                (br, gzip),
                "{accept}"
            );
        }
    }
}
