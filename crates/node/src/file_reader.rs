//! Work on an uploaded file in a process of its own, with limits that the system keeps.
//!
//! The bounds of `office` and `attachments` are in the code of this program; what libraries for PDF and pictures do with
//! a hostile file is theirs. So each job runs in a child: this program again, which takes its limits before it reads a
//! byte. A file that needs more than they allow ends the child, and is refused.

use std::{
    io::{self, Read as _, Write as _},
    path::PathBuf,
    process::{ExitCode, Stdio},
    time::Duration,
};

use attachments::{Job, MAX_BYTES, MAX_OUTCOME_BYTES, Outcome, Refused, read_outcome, run};
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
    sync::Semaphore,
    task::spawn_blocking,
};

/// The first argument of the child.
pub const CHILD: &str = "read-file";
/// The longest time of a job; the child computes for at most [`MAX_CPU_SECS`] of it.
const MAX_TIME: Duration = Duration::from_secs(10);
const MAX_CPU_SECS: u64 = 5;
/// Most memory of a child that reads a document, beyond the program itself.
const MAX_MEMORY_BYTES: u64 = 64 * 1024 * 1024;
/// Most memory of a child that decodes a picture: 24 million points with transparency, twice.
const MAX_PICTURE_MEMORY_BYTES: u64 = 224 * 1024 * 1024;
/// Most children at a time.
const MAX_CHILDREN: usize = 2;
/// The longest name that a child is given, in bytes.
const MAX_NAME_BYTES: usize = 1_000;

/// Where jobs run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// In a process of this program.
    #[default]
    Child,
    /// In this process: for tests, whose program is another one.
    Here,
}

/// Does jobs on files, a few at a time.
#[derive(Debug)]
pub struct FileReader {
    place: Place,
    turns: Semaphore,
}

impl FileReader {
    /// Returns a reader that does its jobs in a place.
    #[must_use]
    pub fn new(place: Place) -> Self {
        Self {
            place,
            turns: Semaphore::new(MAX_CHILDREN),
        }
    }

    /// Does a job on a file that came with a name. A file that ends the child, or takes too long, is refused.
    ///
    /// # Errors
    /// When no child can be started.
    pub async fn work(&self, job: Job, bytes: Vec<u8>, name: &str) -> io::Result<Outcome> {
        let _turn = self.turns.acquire().await.map_err(io::Error::other)?;
        let written = match self.place {
            Place::Here => {
                let name = name.to_owned();
                let work = move || {
                    let mut written = Vec::new();
                    run(job, &bytes, &name, &mut written).map(|()| written)
                };
                spawn_blocking(work).await??
            }
            Place::Child => match tokio::time::timeout(MAX_TIME, in_child(job, &bytes, name)).await
            {
                Ok(written) => written?,
                Err(_) => Vec::new(),
            },
        };
        let outcome = read_outcome(&written);
        if outcome.is_none() {
            tracing::warn!(
                job = job.as_str(),
                "a file needed more time or memory than it may have"
            );
        }
        Ok(outcome.unwrap_or_else(|| Outcome::Refused(Refused::Exhausting.to_string())))
    }
}

/// Runs a job in a child; returns what it wrote.
async fn in_child(job: Job, bytes: &[u8], name: &str) -> io::Result<Vec<u8>> {
    let mut child = Command::new(program()?)
        .args([CHILD, job.as_str(), bounded_name(name)])
        // Nothing of the configuration, which has secrets, is for a child.
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let send = async {
        if let Some(mut stdin) = stdin {
            // A child that ends early does not take all of it.
            let _ = stdin.write_all(bytes).await;
        }
    };
    let receive = async {
        let mut written = Vec::new();
        let limit = u64::try_from(MAX_OUTCOME_BYTES).unwrap_or(u64::MAX);
        if let Some(stdout) = stdout {
            stdout.take(limit).read_to_end(&mut written).await?;
        }
        io::Result::Ok(written)
    };
    let ((), written) = tokio::join!(send, receive);
    let status = child.wait().await?;
    Ok(if status.success() {
        written?
    } else {
        Vec::new()
    })
}

/// Returns a name, cut at the end of a character if it is too long.
fn bounded_name(name: &str) -> &str {
    name.get(..name.floor_char_boundary(MAX_NAME_BYTES))
        .unwrap_or_default()
}

/// Returns this program, also while its file is being replaced by a newer one.
fn program() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() {
        Ok(own)
    } else {
        std::env::current_exe()
    }
}

/// Runs as the child if the arguments say so: takes its limits, reads the file from the standard input, and writes the
/// outcome to the standard output. Call it before anything else.
pub fn child(mut arguments: impl Iterator<Item = String>) -> Option<ExitCode> {
    let _program = arguments.next();
    if arguments.next()? != CHILD {
        return None;
    }
    let job = arguments.next().and_then(|word| Job::parse(&word));
    let name = arguments.next().unwrap_or_default();
    let done = job
        .ok_or_else(|| io::Error::other("no such job"))
        .and_then(|job| child_work(job, &name));
    Some(done.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

fn child_work(job: Job, name: &str) -> io::Result<()> {
    let memory = match job {
        Job::Picture => MAX_PICTURE_MEMORY_BYTES,
        Job::Convert | Job::ConvertWithNotes | Job::Words | Job::Kind => MAX_MEMORY_BYTES,
    };
    for (resource, limit) in [
        (Resource::Data, memory),
        (Resource::Cpu, MAX_CPU_SECS),
        // It writes no file, and starts no process.
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ] {
        setrlimit(
            resource,
            Rlimit {
                current: Some(limit),
                maximum: Some(limit),
            },
        )?;
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    let mut out = io::stdout().lock();
    run(job, &bytes, name, &mut out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_two_characters() {
        assert_eq!(bounded_name("beds.csv"), "beds.csv");
        let long = format!("a{}", "é".repeat(MAX_NAME_BYTES));
        assert_eq!(bounded_name(&long).len(), MAX_NAME_BYTES - 1);
    }
}
