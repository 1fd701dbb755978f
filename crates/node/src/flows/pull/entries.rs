//! Steps 4 to 9: the new entries, proven as a whole and then applied as a whole.
//!
//! Full bundles wait in staging when there are many, or when the poll ends early; the rest waits in memory.

use futures_util::{StreamExt as _, stream};
use ledger::{
    FaultCode, PeerFault,
    checkpoint::SignedCheckpoint,
    extend::{Extension, HeldLog, MissingBundle},
    limits::{BUNDLE_ENTRIES, MAX_BUNDLES_IN_FLIGHT, MAX_STAGING_BYTES},
    tile,
};
use peering::{Answer, PeerClient};
use store::{LogHead, PullOutcome, Room, StoreError};
use wire::Timestamp;

use super::{
    Poll, PollReport, Step, Stop,
    quota::{self, Refusal},
    transport,
};
use crate::{eraser::Removed, refused_logs::Quota};

/// Bundles that wait in memory, at most 4 MiB, before they go to staging: most polls bring fewer and stage nothing.
const MAX_IN_MEMORY: usize = 16;
/// Staged bundles that are read at a time.
const STAGED_BATCH: u64 = 64;

/// What steps 4 and 5 found.
pub(super) struct JudgedCheckpoint {
    /// What has to be fetched and proven; `None` when the checkpoint is the one held, served again without a 304.
    pub(super) extension: Option<Extension>,
    /// The time that it states, or else the time of the poll.
    pub(super) checkpoint_at: Timestamp,
}

/// Bundles that were fetched and pushed, and where they wait for the proof.
#[derive(Default)]
struct Waiting {
    /// Not staged, in order.
    bundles: Vec<(u64, Vec<u8>)>,
    /// Bytes in staging, of all logs of the peer.
    staged: u64,
}

impl Poll<'_> {
    /// Judges an offered checkpoint by its size, root and time against the log held (steps 4 and 5).
    pub(super) async fn judge(
        &self,
        epoch: u64,
        offered: SignedCheckpoint,
    ) -> Step<JudgedCheckpoint> {
        let Self {
            node, claim, now, ..
        } = *self;
        let head = node.store.log_head(claim.peer.node_seq, epoch).await?;
        let time = offered.timestamp();
        let checkpoint_at = time.unwrap_or(now);
        if head.note.as_deref() == Some(offered.note()) {
            return Ok(JudgedCheckpoint {
                extension: None,
                checkpoint_at,
            });
        }
        if let Some(time) = time {
            node.peer_clocks.record(claim.peer.node_seq, time, now);
        }
        let begun = Extension::begin(held_log(head), offered, claim.peer.agreed_size, now);
        let extension = match (begun, time) {
            // Too far ahead of this node's clock. If many peers are, the clock is wrong, and not the peer.
            (Err(fault), Some(time))
                if fault.code == FaultCode::Timestamp
                    && time > now
                    && node.peer_clocks.is_own_clock_wrong(time, now) =>
            {
                return Err(Stop::Clock);
            }
            (begun, _) => begun?,
        };
        Ok(JudgedCheckpoint {
            extension: Some(extension),
            checkpoint_at,
        })
    }

    /// Fetches the entries that an extension wants, proves them and applies them (steps 6 to 9).
    pub(super) async fn extend(
        &self,
        epoch: u64,
        extension: Extension,
        report: &mut PollReport,
    ) -> Step<()> {
        let offered = extension.clone();
        let ended = self.extend_held(epoch, extension, report).await;
        match ended {
            Err(Stop::Fault(fault, _)) if fault.code == FaultCode::Inconsistent => {
                Err(self.judge_second(epoch, &offered, fault).await?.into())
            }
            other => other,
        }
    }

    async fn extend_held(
        &self,
        epoch: u64,
        extension: Extension,
        report: &mut PollReport,
    ) -> Step<()> {
        // A log that was refused and has not changed since is not read again.
        let (node, node_seq) = (self.node, self.claim.peer.node_seq);
        let checkpoint = extension.checkpoint().clone();
        let judged_by = Some(Quota::new(&node.current().federation));
        let refused = &node.refused_logs;
        if let Some(fault) = refused.fault(node_seq, epoch, &checkpoint, judged_by) {
            report.refusal.get_or_insert(Refusal::Quota(fault));
            return Ok(());
        }
        // Nothing is written beyond what the peer may use; only its withdrawals are applied then.
        // Once an epoch is not taken, no later one is: it would seem to have been read to its end.
        let room = match report.refusal.take() {
            Some(refusal) => Err(refusal),
            None => self.room(&extension).await?,
        };
        let refusal = match room {
            Err(refusal) => refusal,
            Ok(room) => {
                let taken = self
                    .prove_and_apply(epoch, extension.clone(), room, report)
                    .await;
                match taken {
                    Err(Stop::Store(StoreError::NoRoom { documents, bytes })) => {
                        let settings = self.node.current();
                        let quota = &settings.federation;
                        Refusal::Quota(quota::beyond(room, documents, bytes, quota))
                    }
                    other => return self.drop_useless(epoch, other).await,
                }
            }
        };
        node.store.drop_staged(self.claim, epoch).await?;
        let is_read = self.apply_withdrawals(epoch, extension, report).await?;
        if let (true, Refusal::Quota(fault)) = (is_read, &refusal) {
            refused.record(node_seq, epoch, &checkpoint, judged_by, fault);
        }
        report.refusal = Some(refusal);
        Ok(())
    }

    /// Drops what is staged if a fault shows that it is of no use.
    async fn drop_useless(&self, epoch: u64, ended: Step<()>) -> Step<()> {
        // Staged entries that do not hash to the root are of no use to the next poll.
        if let Err(Stop::Fault(fault, _)) = &ended
            && matches!(
                fault.code,
                FaultCode::Inconsistent | FaultCode::Equivocation
            )
        {
            self.node.store.drop_staged(self.claim, epoch).await?;
        }
        ended
    }

    async fn prove_and_apply(
        &self,
        epoch: u64,
        mut extension: Extension,
        room: Room,
        report: &mut PollReport,
    ) -> Step<()> {
        let Self {
            node, claim, now, ..
        } = *self;
        // Step 6: the bundles, first those that an earlier poll has staged. The root has to be the checkpoint's.
        let mut waiting = Waiting::default();
        self.push_staged(epoch, &mut extension, &mut waiting)
            .await?;
        if let Err(stop) = self.fetch(epoch, &mut extension, &mut waiting).await {
            // The next poll need not fetch them again.
            self.stage(epoch, &extension, &mut waiting).await?;
            return Err(stop);
        }
        let verified = extension.finish()?;

        // Steps 7 and 8: the leaves are judged and applied in one transaction. Until the hold ends, a withdrawal may be
        // committed and not yet erased, so nothing is cosigned.
        let hold = node.eraser.hold();
        let outcome = node
            .store
            .record_pull(claim, epoch, &verified, &waiting.bundles, room, now)
            .await?;
        hold.end(match outcome {
            PullOutcome { withdrawn: 1.., .. } => Removed::Withdrawn,
            PullOutcome { erased: true, .. } => Removed::Superseded,
            _ => Removed::Nothing,
        });
        report.entries += outcome.entries;
        report.withdrawn += outcome.withdrawn;
        node.indexer.wake();

        // Step 9: the cosigner waits for the erasure and then signs.
        node.wakers.cosigner.notify_one();
        Ok(())
    }

    /// Pushes the bundles that an earlier poll has staged.
    async fn push_staged(
        &self,
        epoch: u64,
        extension: &mut Extension,
        waiting: &mut Waiting,
    ) -> Step<()> {
        let (store, node_seq) = (&self.node.store, self.claim.peer.node_seq);
        waiting.staged = store.staged_bytes(node_seq).await?;
        while let Some(first) = extension.wanted().filter(|_| waiting.staged > 0) {
            let staged = store
                .staged_bundles(node_seq, epoch, first.n, STAGED_BATCH)
                .await?;
            if staged.is_empty() {
                break;
            }
            for bundle in staged {
                let full = MissingBundle {
                    n: bundle.n,
                    width: None,
                };
                if extension.wanted() != Some(full) {
                    return Ok(());
                }
                extension.push_bundle(&bundle.entries)?;
            }
        }
        Ok(())
    }

    /// Fetches and pushes all that is still wanted.
    async fn fetch(
        &self,
        epoch: u64,
        extension: &mut Extension,
        waiting: &mut Waiting,
    ) -> Step<()> {
        let mut bundles = stream::iter(wanted_bundles(extension))
            .map(|wanted| fetch_bundle(&self.client, epoch, wanted))
            .buffered(MAX_BUNDLES_IN_FLIGHT);
        while let Some(fetched) = bundles.next().await {
            let (wanted, bytes) = fetched?;
            extension.push_bundle(&bytes)?;
            waiting.bundles.push((wanted.n, bytes));
            if waiting.bundles.len() > MAX_IN_MEMORY {
                self.stage(epoch, extension, waiting).await?;
            }
            if self.is_over() {
                return Err(Stop::Cut);
            }
        }
        Ok(())
    }

    /// Stages the full bundles that wait in memory.
    async fn stage(&self, epoch: u64, extension: &Extension, waiting: &mut Waiting) -> Step<()> {
        let size = extension.checkpoint().size;
        let is_full = |n: u64| {
            (n + 1)
                .checked_mul(BUNDLE_ENTRIES)
                .is_some_and(|end| end <= size)
        };
        let (full, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut waiting.bundles)
            .into_iter()
            .partition(|(n, _)| is_full(*n));
        waiting.bundles = rest;
        if full.is_empty() {
            return Ok(());
        }
        let bytes: usize = full.iter().map(|(_, bytes)| bytes.len()).sum();
        waiting.staged = waiting
            .staged
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if waiting.staged > MAX_STAGING_BYTES {
            self.node.store.drop_all_staged(self.claim).await?;
            return Err(transport(
                "the log has more than 1 GiB of entries to prove".to_owned(),
            ));
        }
        let origin = extension.checkpoint().origin.to_string();
        self.node
            .store
            .stage_bundles(self.claim, epoch, &origin, full)
            .await?;
        Ok(())
    }
}

/// Returns the log held, in the form that an extension begins with.
pub(in crate::flows) fn held_log(head: LogHead) -> HeldLog {
    HeldLog {
        frontier: head.frontier,
        root: head.root,
        timestamp: head.timestamp,
        tail_hashes: head.tail_hashes,
    }
}

/// Returns the bundles that are still wanted: lazily, since the size is the peer's claim until the root is checked, and may
/// be huge.
pub(in crate::flows) fn wanted_bundles(
    extension: &Extension,
) -> impl Iterator<Item = MissingBundle> + use<> {
    let size = extension.checkpoint().size;
    let first = extension.wanted().map(|wanted| wanted.n);
    let bundles = first.map(|first| first..size.div_ceil(BUNDLE_ENTRIES));
    bundles.into_iter().flatten().map(move |n| MissingBundle {
        n,
        width: u8::try_from(size - n * BUNDLE_ENTRIES).ok(),
    })
}

/// Fetches one bundle. A partial one is cut from the full one if the peer no longer serves it by itself.
pub(in crate::flows) async fn fetch_bundle(
    client: &PeerClient,
    epoch: u64,
    wanted: MissingBundle,
) -> Step<(MissingBundle, Vec<u8>)> {
    let n = wanted.n;
    let mut answer = client.bundle(epoch, n, wanted.width).await?;
    let from_full = matches!(answer, Answer::NotFound) && wanted.width.is_some();
    if from_full {
        answer = client.bundle(epoch, n, None).await?;
    }
    let Answer::Body(body) = answer else {
        return Err(transport(format!("bundle {n} of the log is not there")));
    };
    let bytes = if from_full {
        cut(&body.bytes, wanted)?
    } else {
        body.bytes.to_vec()
    };
    Ok((wanted, bytes))
}

/// Returns the wanted entries of a full bundle.
fn cut(bytes: &[u8], wanted: MissingBundle) -> Result<Vec<u8>, PeerFault> {
    let n = wanted.n;
    let inconsistent = |text: String| FaultCode::Inconsistent.fault(format!("bundle {n}: {text}"));
    let entries = tile::decode_bundle(bytes).map_err(|fault| inconsistent(fault.to_string()))?;
    if u64::try_from(entries.len()) != Ok(BUNDLE_ENTRIES) {
        return Err(inconsistent(format!(
            "{} entries of a full one",
            entries.len()
        )));
    }
    let wanted = usize::try_from(wanted.entries()).unwrap_or(usize::MAX);
    let end: usize = entries
        .iter()
        .take(wanted)
        .map(|entry| entry.len() + 2)
        .sum();
    Ok(bytes.get(..end).unwrap_or_default().to_vec())
}
