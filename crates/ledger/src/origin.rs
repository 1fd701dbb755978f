//! The name of a log, which is also the name of the keys that sign it.

use std::fmt;

use wire::NodeId;

/// A log: `wardround.v1/<node id>/<epoch>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The node whose log it is.
    pub node: NodeId,
    /// The epoch, from 1.
    pub epoch: u64,
}

impl Origin {
    /// Reads the written form; anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (node, epoch) = text.strip_prefix("wardround.v1/")?.split_once('/')?;
        Some(Self {
            node: NodeId::parse(node)?,
            epoch: plain_decimal(epoch).filter(|epoch| (1..=MAX_EPOCH).contains(epoch))?,
        })
    }
}

/// Epochs are JSON integers in node documents (§2).
const MAX_EPOCH: u64 = wire::json::MAX_INTEGER;

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wardround.v1/{}/{}", self.node, self.epoch)
    }
}

/// Reads a decimal without sign and without leading zeros.
pub(crate) fn plain_decimal(text: &str) -> Option<u64> {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_written_form_is_an_origin() {
        let node = "wr1ojiastj3xcsag57xggx5lqtbbapteqf47262ssm3gncllq3j2umq";
        let good = format!("wardround.v1/{node}/12");
        let origin = Origin::parse(&good).unwrap();
        assert_eq!((origin.epoch, origin.to_string()), (12, good));
        for wrong in [
            String::new(),
            format!("wardround.v1/{node}"),
            format!("wardround.v1/{node}/"),
            format!("wardround.v1/{node}/0"),
            format!("wardround.v1/{node}/01"),
            format!("wardround.v1/{node}/+1"),
            format!("wardround.v1/{node}/1/"),
            format!("wardround.v1/{node}/9007199254740992"),
            format!("wardround.v1/{node}/99999999999999999999"),
            format!("wardround.v1/{node}/witness"),
            format!("wardround.v2/{node}/1"),
            "wardround.v1/wr1/1".to_owned(),
        ] {
            assert_eq!(Origin::parse(&wrong), None, "{wrong}");
        }
    }
}
