//! The images of a text that do not come with it.

use std::borrow::Cow;

use domain::Fault;
use markdown::Reading;

use super::links::file_path;

/// Images that a report names.
const MAX_NAMED_IMAGES: usize = 10;

/// Warns of images, which are not imported yet; their descriptions stay in the text.
/// Those that the file has attached are.
pub(super) fn image_warning(
    md: &str,
    read: Option<&Reading>,
    is_attached: impl Fn(&str) -> bool,
) -> Option<Fault> {
    let mut images = local_images(md, read);
    images.retain(|url| !is_attached(url));
    if images.is_empty() {
        return None;
    }
    let named: Vec<&str> = images
        .iter()
        .take(MAX_NAMED_IMAGES)
        .map(String::as_str)
        .collect();
    let more = images.len() - named.len();
    let mut text = named.join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    Some(image_fault(&text))
}

/// Returns the warning about images; `named` names them.
pub(super) fn image_fault(named: &str) -> Fault {
    let text =
        format!("images are not imported, and their descriptions are shown instead: {named}");
    Fault::new("body", None, text)
}

/// Returns the images of the tree that a text shows, each once; they are not imported yet. `read` is a reading of the
/// text, if it was parsed already.
#[must_use]
fn local_images(md: &str, read: Option<&Reading>) -> Vec<String> {
    if !(md.contains("![") || md.contains("<img") || md.contains("<IMG")) {
        return Vec::new();
    }
    let links = match read.filter(|reading| reading.md() == md) {
        Some(reading) => Cow::Borrowed(reading.links()),
        None => Cow::Owned(markdown::links(md)),
    };
    let mut images: Vec<String> = Vec::new();
    for link in links.iter().filter(|link| link.image) {
        if file_path(&link.url).is_some() && !images.contains(&link.url) {
            images.push(link.url.clone());
        }
    }
    images
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_of_the_tree_is_found_and_none_of_another_site() {
        let md = "![a](a.png) [b](b.png) ![c](https://x.example/c.png) ![again](a.png)";
        for read in [None, Some(Reading::new(md))] {
            assert_eq!(local_images(md, read.as_ref()), ["a.png"]);
        }
    }
}
