//! How long the people of this site wait for a review, as it was measured: no one promises a time.

use std::time::Duration;

use node::Node;
use store::StoreError;

/// The drafts that are looked at, the latest.
const MAX_DRAFTS: u32 = 20;
/// Fewer say nothing.
const MIN_DRAFTS: usize = 5;
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Returns how long the latest drafts waited to be published or returned; `None` before there are five.
///
/// # Errors
/// Of the database.
pub(crate) async fn said(node: &Node) -> Result<Option<String>, StoreError> {
    let answered = node.store.answered_drafts(MAX_DRAFTS).await?;
    let waits = answered
        .into_iter()
        .map(|(submitted, answered)| answered.since(submitted));
    Ok(sentence(waits.collect()))
}

/// Says within which time most of the drafts were answered: three of four, so that it is seldom later.
fn sentence(mut waits: Vec<Duration>) -> Option<String> {
    if waits.len() < MIN_DRAFTS {
        return None;
    }
    waits.sort_unstable();
    let count = waits.len();
    let most = waits.get(count * 3 / 4)?;
    Some(format!(
        "Three of four of the last {count} drafts here were answered {}.",
        within(*most)
    ))
}

fn within(wait: Duration) -> String {
    if wait <= HOUR {
        return "within an hour".to_owned();
    }
    if wait <= DAY {
        return "within a day".to_owned();
    }
    format!("within {} days", wait.as_secs().div_ceil(DAY.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_when_there_are_enough_drafts_and_it_is_rounded_up() {
        let hours = |hours: &[u32]| hours.iter().map(|hours| HOUR * *hours).collect();
        for (waits, said) in [
            (hours(&[]), None),
            (hours(&[1, 1, 1, 1]), None),
            (hours(&[0, 0, 0, 1, 90]), Some("within an hour")),
            (hours(&[24, 2, 3, 4, 90]), Some("within a day")),
            (hours(&[1, 2, 3, 25, 90]), Some("within 2 days")),
            (hours(&[1, 90, 72, 73, 90, 90]), Some("within 4 days")),
        ] {
            let waits: Vec<Duration> = waits;
            let count = waits.len();
            let expected = said.map(|said| {
                format!("Three of four of the last {count} drafts here were answered {said}.")
            });
            assert_eq!(sentence(waits), expected);
        }
    }
}
