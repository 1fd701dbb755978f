//! What can be done: one word for each act.

/// Declares the acts, the word of each, and what a page says it is.
macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident $word:literal $label:literal;)*) => {
        /// What someone did, or could not do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Act {
            $($(#[$doc])* $name,)*
        }

        impl Act {
            /// Every act.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the word of the act, as rows have it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// Returns what a page says that someone did.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }
        }
    };
}

acts! {
    /// Signed in.
    SignedIn "signed-in" "Signed in";
    /// Could not sign in.
    SignInFailed "sign-in-failed" "Failed to sign in";
    /// Could not try to sign in again so soon.
    SignInTooOften "sign-in-too-often" "Tried to sign in too often";
    /// What a provider said was refused.
    ProviderRefused "provider-refused" "Sign-in by a provider refused";
    /// Tried a link that is not valid.
    LinkRefused "link-refused" "Used a link that is not valid";
    /// Asked for something that their role does not allow.
    Refused "refused" "Refused for lack of a role";
    /// Signed out.
    SignedOut "signed-out" "Signed out";
    /// Ended sessions.
    SessionsEnded "sessions-ended" "Ended sessions";
    /// Added an account.
    AccountAdded "account-added" "Added an account";
    /// Gave an account another role.
    RoleChanged "role-changed" "Changed a role";
    /// Disabled an account.
    AccountDisabled "account-disabled" "Disabled an account";
    /// Enabled an account.
    AccountEnabled "account-enabled" "Enabled an account";
    /// Erased the name and the address of an account.
    AccountErased "account-erased" "Erased an account";
    /// Made a link with which a password can be set.
    LinkMade "link-made" "Made a link to set a password";
    /// Set a password.
    PasswordSet "password-set" "Set a password";
    /// Linked a person of a provider to an account.
    IdentityLinked "identity-linked" "Linked a sign-in of a provider";
    /// Removed the link of a person of a provider to an account.
    IdentityUnlinked "identity-unlinked" "Removed a sign-in of a provider";
    /// Made an access token.
    TokenMade "token-made" "Made an access token";
    /// Revoked an access token.
    TokenRevoked "token-revoked" "Revoked an access token";
    /// Submitted a draft for review.
    DraftSubmitted "draft-submitted" "Submitted a draft";
    /// Took a draft back from review.
    DraftTakenBack "draft-taken-back" "Took a draft back";
    /// Went on with a draft from what is published now.
    DraftRebased "draft-rebased" "Brought a draft up to the published page";
    /// Returned a draft to its author.
    DraftReturned "draft-returned" "Returned a draft";
    /// Declined a proposed change.
    DraftDeclined "draft-declined" "Declined a proposed change";
    /// Deleted a draft.
    DraftDeleted "draft-deleted" "Deleted a draft";
    /// Approved a draft, which published it.
    DraftApproved "draft-approved" "Approved a draft";
    /// Published a revision.
    Published "published" "Published";
    /// Published despite a warning about patient data.
    WarningOverridden "warning-overridden" "Overrode a warning about patient data";
    /// Imported a directory.
    Imported "imported" "Imported a directory";
    /// Withdrew a document.
    Withdrawn "withdrawn" "Withdrew";
    /// Asked the editors to withdraw a document.
    WithdrawalRequested "withdrawal-requested" "Asked to withdraw";
    /// Kept a document that someone had asked to withdraw.
    WithdrawalDeclined "withdrawal-declined" "Declined to withdraw";
    /// Confirmed that a document is still true.
    ReviewConfirmed "review-confirmed" "Confirmed that it is still true";
    /// Removed what people searched for from the list of gaps.
    GapRemoved "gap-removed" "Removed a search that found nothing";
    /// Changed who looks after a document.
    OwnerChanged "owner-changed" "Changed the owner";
    /// Added a peer.
    PeerAdded "peer-added" "Added a peer";
    /// Agreed to what a peer states about itself, or to the size of its log.
    PeerAgreed "peer-agreed" "Agreed to what a peer states";
    /// Changed how a peer is polled.
    PeerChanged "peer-changed" "Changed a peer";
    /// Removed a peer.
    PeerRemoved "peer-removed" "Removed a peer";
    /// Gave the node its identity, or changed it.
    NodeChanged "node-changed" "Changed the identity of this site";
    /// Added, rotated or revoked a key.
    KeyChanged "key-changed" "Changed a key";
    /// Started with another configuration.
    ConfigurationChanged "configuration-changed" "Changed the configuration";
    /// Made a backup.
    BackedUp "backed-up" "Made a backup";
    /// Restored a backup.
    Restored "restored" "Restored a backup";
    /// Recovered the node after a loss.
    Recovered "recovered" "Recovered the node";
    /// Acts of people who had not signed in, or lacked a role, were too many to record each.
    NotRecorded "not-recorded" "More refusals than are recorded";
}

impl Act {
    /// Reads the word of an act.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Act;

    #[test]
    fn each_act_has_a_word_of_its_own() {
        let words: BTreeSet<_> = Act::ALL.iter().map(|act| act.as_str()).collect();
        assert_eq!(words.len(), Act::ALL.len());
        for act in Act::ALL {
            assert_eq!(Act::parse(act.as_str()), Some(*act));
        }
    }
}
