//! A certificate in files of the operator, read again when they change: whatever renews it needs to tell no one.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{task::spawn_blocking, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{Pair, Shown};
use settings::{Settings, read_file};

/// How often it is looked whether the files have changed: two calls of the system.
const LOOK: Duration = Duration::from_secs(10);
/// What others than the owner may do with a file.
const GROUP: u32 = 0o070;
const OTHERS: u32 = 0o007;
/// What a group may do with a file of root.
const GROUP_MORE_THAN_READS: u32 = 0o030;

/// The files of a certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The certificate, and those of the authorities between it and a known one.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// What tells two states of the files apart.
#[derive(Debug, PartialEq, Eq)]
struct Look([Option<Version>; 2]);

/// What says that a file is another one: its device, inode, length, and the seconds and nanoseconds of its last change.
type Version = (u64, u64, u64, i64, i64);

impl Files {
    /// Returns the files of the settings, if they name any.
    #[must_use]
    pub fn from_settings(settings: &Settings) -> Option<Self> {
        let key = settings.tls.key.clone();
        let (certificate, key) = settings.tls.certificate.clone().zip(key)?;
        Some(Self { certificate, key })
    }

    /// Reads and checks both.
    ///
    /// # Errors
    /// What is wrong with them, and how to fix it.
    pub fn read(&self) -> Result<Pair, String> {
        let chain = read_file(&self.certificate).map_err(|error| {
            format!(
                "`tls.certificate` `{}` cannot be read: {error}",
                self.certificate.display()
            )
        })?;
        if let Some(text) = open_to_others(&self.key) {
            return Err(text);
        }
        let key = read_file(&self.key).map_err(|error| {
            format!("`tls.key` `{}` cannot be read: {error}", self.key.display())
        })?;
        Pair::parse(&chain, &key).map_err(|why| {
            let (certificate, key) = (self.certificate.display(), self.key.display());
            format!("`tls.certificate` `{certificate}` with `tls.key` `{key}`: {why}")
        })
    }

    fn look(&self) -> Look {
        // Of what a link leads to: renewal often changes the link only.
        let look = |path: &Path| {
            let found = fs::metadata(path).ok()?;
            let (secs, nanos) = (found.mtime(), found.mtime_nsec());
            Some((found.dev(), found.ino(), found.size(), secs, nanos))
        };
        Look([look(&self.certificate), look(&self.key)])
    }
}

/// Returns what is wrong if others can read a key. The group of a file of root is root's to decide, as it is for PostgreSQL.
fn open_to_others(key: &Path) -> Option<String> {
    let found = fs::metadata(key).ok()?;
    let refused = if found.uid() == 0 {
        GROUP_MORE_THAN_READS | OTHERS
    } else {
        GROUP | OTHERS
    };
    let path = key.display();
    (found.mode() & refused != 0).then(|| {
        format!("other users of this machine can read `tls.key` `{path}` (mode {:o}); run `chmod 600 {path}`", found.mode() & 0o777)
    })
}

/// Shows what is in the files, as often as they change or [`Shown::wake`] is called, until `stop`. Files that cannot be
/// used change nothing.
pub async fn keep(files: Files, shown: Arc<Shown>, stop: &CancellationToken) {
    let mut seen = None;
    loop {
        let woken = tokio::select! {
            () = stop.cancelled() => return,
            () = shown.woken() => true,
            () = sleep(LOOK) => false,
        };
        // First the look: what changes while the files are read is seen at the next one.
        let look = {
            let files = files.clone();
            spawn_blocking(move || files.look()).await
        };
        let Ok(look) = look else { continue };
        if seen.as_ref() == Some(&look) && !woken {
            continue;
        }
        seen = Some(look);
        let read = {
            let files = files.clone();
            spawn_blocking(move || files.read()).await
        };
        if let Ok(read) = read {
            apply(read, &shown);
        }
    }
}

fn apply(read: Result<Pair, String>, shown: &Shown) {
    match read {
        Ok(pair) => {
            let before = shown.pair();
            let is_same = before.is_some_and(|before| before.certified.cert == pair.certified.cert);
            let expires = pair.validity.until;
            shown.show(pair);
            if !is_same {
                tracing::info!(%expires, "another certificate is shown from now on");
            }
        }
        Err(why) => {
            tracing::error!(
                why,
                "the files of the certificate cannot be used; the one before is shown as it was"
            );
            shown.fail(why);
        }
    }
}
