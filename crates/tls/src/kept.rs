//! What is kept of ACME in the data directory: the account at the authority, the certificate with its key, and why the
//! last attempt failed. Only the user of the node can read it.
//!
//! None of it is in a backup: a node that is restored asks for a new account and a new certificate.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use disk_space::replace_file;
use serde::{Deserialize, Serialize};
use settings::Settings;
use wire::{Digest, Timestamp};
use zeroize::Zeroizing;

use crate::Pair;

/// The directory in the data directory.
const DIRECTORY: &str = "acme";
const ACCOUNT: &str = "account.json";
/// The key and the certificates, in one file so that they always fit.
const CERTIFICATE: &str = "certificate.pem";
const FAILURE: &str = "failure.json";
/// A larger file is none that was written here.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The first pause after a failure, and the longest. Let's Encrypt allows five failures an hour for each host.
const FIRST_PAUSE: Duration = Duration::from_secs(300);
const MAX_PAUSE: Duration = Duration::from_secs(6 * 3_600);
/// Doublings after which the longest pause is reached.
const MAX_DOUBLINGS: u32 = 8;

/// What is kept for one authority.
#[derive(Debug, Clone)]
pub struct Kept {
    directory: PathBuf,
}

/// Why the last attempt to get a certificate failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// How many failed in a row.
    pub attempts: u32,
    /// The cause and what to do, for the operator.
    pub why: String,
}

impl Failure {
    /// Returns when it is tried again: at once where it was recorded by a clock that was ahead, and was put right since.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Timestamp {
        if self.at > now {
            return now;
        }
        let doublings = self.attempts.saturating_sub(1).min(MAX_DOUBLINGS);
        self.at
            .plus((FIRST_PAUSE * 2_u32.pow(doublings)).min(MAX_PAUSE))
    }
}

/// The form of a failure in its file.
#[derive(Serialize, Deserialize)]
struct Written {
    at_ms: i64,
    attempts: u32,
    why: String,
}

impl Kept {
    /// Returns what is kept for the authority of the settings. Another authority has an account and certificates of its own.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        /// Enough to tell directories apart.
        const NAME_BYTES: usize = 8;
        let digest = Digest::for_bytes(settings.tls.acme.directory.as_str().as_bytes());
        let bytes = digest.as_bytes().iter().take(NAME_BYTES);
        let name: String = bytes.map(|byte| format!("{byte:02x}")).collect();
        Self {
            directory: settings.data.join(DIRECTORY).join(name),
        }
    }

    /// Returns the certificate, if there is one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn pair(&self) -> Result<Option<Pair>, String> {
        match self.read(CERTIFICATE)? {
            // Each of the two readers takes its own sections.
            Some(pem) => Pair::parse(&pem, &pem).map(Some),
            None => Ok(None),
        }
    }

    /// Returns why the last attempt failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        let bytes = self.read(FAILURE).ok().flatten()?;
        let Written {
            at_ms,
            attempts,
            why,
        } = serde_json::from_slice(&bytes).ok()?;
        Some(Failure {
            at: Timestamp::from_millis(at_ms),
            attempts,
            why,
        })
    }

    pub(crate) fn account(&self) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        self.read(ACCOUNT)
    }

    pub(crate) fn keep_account(&self, account: &[u8]) -> Result<(), String> {
        self.write(ACCOUNT, account)
    }

    pub(crate) fn forget_account(&self) {
        fs::remove_file(self.directory.join(ACCOUNT)).ok();
    }

    pub(crate) fn keep_pair(&self, key: &str, chain: &str) -> Result<(), String> {
        let both = Zeroizing::new(format!("{}\n{chain}", key.trim_end()));
        self.write(CERTIFICATE, both.as_bytes())?;
        self.forget_failure();
        Ok(())
    }

    pub(crate) fn forget_failure(&self) {
        fs::remove_file(self.directory.join(FAILURE)).ok();
    }

    pub(crate) fn keep_failure(&self, failure: &Failure) -> Result<(), String> {
        let written = Written {
            at_ms: failure.at.millis(),
            attempts: failure.attempts,
            why: failure.why.clone(),
        };
        let bytes = serde_json::to_vec(&written).map_err(|error| error.to_string())?;
        self.write(FAILURE, &bytes)
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        let path = self.directory.join(name);
        let read = || -> io::Result<Vec<u8>> {
            if fs::metadata(&path)?.len() > MAX_FILE_BYTES {
                return Err(io::Error::other("it has more than 1 MiB"));
            }
            fs::read(&path)
        };
        match read() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("`{}` cannot be read: {error}", path.display())),
        }
    }

    /// Replaces a file at once: a reader finds the one before or this one.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.directory.join(name);
        let written = make_private_directory(&self.directory)
            .and_then(|()| replace_file(&path, bytes, 0o600));
        written.map_err(|error| format!("`{}` cannot be written: {error}", path.display()))
    }
}

fn make_private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn kept(data: &Path) -> Kept {
        Kept::new(&Settings {
            data: data.to_owned(),
            ..Settings::default()
        })
    }

    #[test]
    fn what_is_kept_is_for_the_owner_only_and_for_one_authority() {
        let data = tempfile::tempdir().unwrap();
        let kept = kept(data.path());
        assert!(kept.pair().unwrap().is_none() && kept.account().unwrap().is_none());
        assert_eq!(kept.failure(), None);
        kept.keep_account(b"{}").unwrap();
        kept.keep_account(b"{\"a\":1}").unwrap();
        assert_eq!(kept.account().unwrap().unwrap().as_slice(), b"{\"a\":1}");
        let failure = Failure {
            at: Timestamp::from_secs(1_700_000_000),
            attempts: 3,
            why: "no way".to_owned(),
        };
        kept.keep_failure(&failure).unwrap();
        assert_eq!(kept.failure(), Some(failure));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for file in [ACCOUNT, FAILURE] {
            assert_eq!(mode(&kept.directory.join(file)), 0o600);
        }
        assert_eq!(mode(&kept.directory), 0o700);
        assert_eq!(mode(kept.directory.parent().unwrap()), 0o700);
        // A certificate ends the failure, and damage is reported.
        kept.keep_pair("nonsense", "nonsense").unwrap();
        assert_eq!(kept.failure(), None);
        assert!(kept.pair().is_err());
        let mut settings = Settings {
            data: data.path().to_owned(),
            ..Settings::default()
        };
        settings.tls.acme.directory = "https://acme.example/directory".parse().unwrap();
        assert_ne!(Kept::new(&settings).directory, kept.directory);
    }

    #[test]
    fn pauses_double_up_to_six_hours() {
        let at = Timestamp::from_secs(1_700_000_000);
        for (attempts, secs) in [
            (0, 300),
            (1, 300),
            (2, 600),
            (4, 2_400),
            (7, 19_200),
            (8, 21_600),
            (u32::MAX, 21_600),
        ] {
            let failure = Failure {
                at,
                attempts,
                why: String::new(),
            };
            assert_eq!(failure.next(at).since(at).as_secs(), secs, "{attempts}");
            let before = at.minus(Duration::from_secs(100_000_000));
            assert_eq!(failure.next(before), before);
        }
    }
}
