//! Numbered pages: which numbers a page of a list links to.

/// The links to the other pages of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The numbers.
    pub links: Vec<PageLink>,
}

/// One number, or a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// The number; 0 for a gap.
    pub number: u32,
    /// Its address.
    pub href: String,
    /// Whether it is the page that is shown.
    pub current: bool,
}

/// Returns the links of page `page` of `pages`, both from 1: the first, the last, the neighbours, and
/// gaps between; nothing for a list of one page.
pub fn pages(page: u32, pages: u32, href: impl Fn(u32) -> String) -> Option<Pages> {
    if pages < 2 {
        return None;
    }
    let mut links: Vec<PageLink> = Vec::new();
    let mut last = 0;
    for number in 1..=pages {
        let near = number.abs_diff(page) <= 1 || number == 1 || number == pages;
        // A gap of one page is no shorter than its number.
        let lone = (number == 2 && page == 4) || (number + 1 == pages && page + 3 == pages);
        if !near && !lone {
            continue;
        }
        if number > last + 1 {
            links.push(PageLink {
                number: 0,
                href: String::new(),
                current: false,
            });
        }
        links.push(PageLink {
            number,
            href: href(number),
            current: number == page,
        });
        last = number;
    }
    Some(Pages {
        previous: (page > 1).then(|| href(page - 1)),
        next: (page < pages).then(|| href(page + 1)),
        links,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_and_the_neighbours_are_linked() {
        for (page, of, expected) in [
            (1, 2, "[1] 2"),
            (1, 4, "[1] 2 3 4"),
            (4, 9, "1 2 3 [4] 5 … 9"),
            (5, 9, "1 … 4 [5] 6 … 9"),
            (6, 9, "1 … 5 [6] 7 8 9"),
            (9, 9, "1 … 8 [9]"),
        ] {
            let shown: Vec<_> = pages(page, of, |number| number.to_string())
                .unwrap()
                .links
                .iter()
                .map(|link| match link {
                    PageLink { number: 0, .. } => "…".to_owned(),
                    PageLink {
                        number,
                        current: true,
                        ..
                    } => format!("[{number}]"),
                    PageLink { number, .. } => number.to_string(),
                })
                .collect();
            assert_eq!(shown.join(" "), expected);
        }
        assert_eq!(pages(1, 1, |_| String::new()), None);
    }
}
