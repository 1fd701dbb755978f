//! The reasons for which a person accepts warnings.

use crate::{
    check,
    finding::{Finding, Kind, Severity},
    part::Part,
    values::Values,
};

/// Characters of a reason that says something.
pub const MIN_REASON: usize = 8;
/// Letters and digits among them.
const MIN_LETTERS: usize = 5;
/// Characters of a reason.
pub const MAX_REASON: usize = 500;

/// The reasons for which warnings are accepted: one for all kinds, and one for each kind that has its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acceptance {
    all: Option<String>,
    kinds: Vec<(Kind, String)>,
}

/// Why a reason is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptanceFault {
    /// It is shorter than [`MIN_REASON`] or longer than [`MAX_REASON`].
    Length,
    /// It looks like patient data itself.
    PatientData,
    /// It repeats a part of a value that was found.
    Repeated,
    /// The same kind, or all kinds, have a reason already.
    Twice,
}

impl std::fmt::Display for AcceptanceFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Length => write!(
                f,
                "a reason has {MIN_REASON} to {MAX_REASON} characters; say why the warning does not concern a patient"
            ),
            Self::PatientData => {
                f.write_str("the reason itself looks like patient data; write it without that")
            }
            Self::Repeated => {
                f.write_str("the reason repeats a part of what was found; write it without that")
            }
            Self::Twice => f.write_str("the same kind has two reasons; give one"),
        }
    }
}

impl std::error::Error for AcceptanceFault {}

impl Acceptance {
    /// Adds `KIND=REASON`, or a reason for all kinds that have none of their own.
    ///
    /// # Errors
    /// [`AcceptanceFault`], and nothing is added.
    pub fn add(&mut self, text: &str) -> Result<(), AcceptanceFault> {
        let named = text
            .split_once('=')
            .and_then(|(kind, reason)| Some((Kind::parse(kind.trim())?, reason)));
        match named {
            Some((kind, reason)) => self.add_reason(Some(kind), reason),
            None => self.add_reason(None, text),
        }
    }

    /// Adds a reason for one kind, or for all that have none of their own.
    ///
    /// # Errors
    /// [`AcceptanceFault`], and nothing is added.
    pub fn add_reason(&mut self, kind: Option<Kind>, reason: &str) -> Result<(), AcceptanceFault> {
        let reason = reason.trim();
        // Signs that cannot be seen, or full stops, are no reason.
        let letters = reason.chars().filter(|c| c.is_alphanumeric()).count();
        let is_long_enough = (MIN_REASON..=MAX_REASON).contains(&reason.chars().count());
        if !is_long_enough || letters < MIN_LETTERS {
            return Err(AcceptanceFault::Length);
        }
        if !check(&[Part::value("reason", reason, None)]).is_empty() {
            return Err(AcceptanceFault::PatientData);
        }
        match kind {
            None if self.all.is_some() => return Err(AcceptanceFault::Twice),
            None => self.all = Some(reason.to_owned()),
            Some(kind) if self.kinds.iter().any(|(held, _)| *held == kind) => {
                return Err(AcceptanceFault::Twice);
            }
            Some(kind) => self.kinds.push((kind, reason.to_owned())),
        }
        Ok(())
    }

    /// Returns the reasons that repeat no value: of the others, the audit would keep a part of what was masked.
    #[must_use]
    pub fn without_repeated(&self, values: &Values) -> Self {
        let is_kept = |reason: &str| !values.are_repeated_in(reason);
        let kinds = self.kinds.iter().filter(|(_, reason)| is_kept(reason));
        Self {
            all: self.all.clone().filter(|reason| is_kept(reason)),
            kinds: kinds.cloned().collect(),
        }
    }

    /// Returns the reasons for the kinds of these findings alone, each of them by its kind.
    #[must_use]
    pub fn for_findings<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut kinds: Vec<(Kind, String)> = Vec::new();
        for finding in findings {
            if let Some(reason) = self.reason_for(finding)
                && kinds.iter().all(|(kind, _)| *kind != finding.kind)
            {
                kinds.push((finding.kind, reason.to_owned()));
            }
        }
        Self { all: None, kinds }
    }

    /// Returns the kinds that have a reason of their own, with it.
    #[must_use]
    pub fn kinds(&self) -> &[(Kind, String)] {
        &self.kinds
    }

    /// Returns the reason for which a finding is accepted. What blocks is never accepted.
    #[must_use]
    pub fn reason_for(&self, finding: &Finding) -> Option<&str> {
        if finding.severity == Severity::Block {
            return None;
        }
        let own = self.kinds.iter().find(|(kind, _)| *kind == finding.kind);
        own.map(|(_, reason)| reason.as_str())
            .or(self.all.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_for_one_kind_or_for_all_and_says_something() {
        let mut acceptance = Acceptance::default();
        for (text, answer) in [
            ("ok", Err(AcceptanceFault::Length)),
            ("image=ok", Err(AcceptanceFault::Length)),
            ("image=..............", Err(AcceptanceFault::Length)),
            (
                "image=\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}",
                Err(AcceptanceFault::Length),
            ),
            (
                "see NHS number 450 557 7104",
                Err(AcceptanceFault::PatientData),
            ),
            ("image=screens of a test system", Ok(())),
            ("image=another reason", Err(AcceptanceFault::Twice)),
            ("checked by the lead = all invented", Ok(())),
            ("a second reason for all", Err(AcceptanceFault::Twice)),
        ] {
            assert_eq!(acceptance.add(text), answer, "{text}");
        }
        let of = |kind: &str, severity| {
            let kind = Kind::parse(kind).unwrap();
            let place = crate::Place {
                part: String::new(),
                line: None,
                column: None,
                end_line: None,
                end_column: None,
                bytes: 0..0,
                index: 0,
            };
            let masked = String::new();
            let finding = Finding {
                kind,
                severity,
                place,
                masked,
            };
            acceptance.reason_for(&finding).map(str::to_owned)
        };
        assert_eq!(
            of("image", Severity::Warn).as_deref(),
            Some("screens of a test system")
        );
        assert_eq!(
            of("age", Severity::Warn).as_deref(),
            Some("checked by the lead = all invented")
        );
        assert_eq!(of("nhs-number", Severity::Block), None);
    }
}
