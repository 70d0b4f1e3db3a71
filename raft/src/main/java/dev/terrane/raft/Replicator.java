package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the other members' logs up to the leader's. Sends nothing by itself: what the calls make
 * possible goes out at {@link #flush}, once per Ready, so that the proposals of one duty cycle
 * travel in one append per peer.
 */
final class Replicator {
  private final Core core;
  private final ProgressTable peers;
  private final Rounds rounds;

  /** Whether anything has happened that may let something be sent. */
  private boolean dirty = true;

  /** The entries last read, which the next peer often needs too. */
  private @Nullable List<Entry> lastRead;

  private final EntryFetches fetches = new EntryFetches();

  Replicator(Core core, ProgressTable peers, Rounds rounds) {
    this.core = core;
    this.peers = peers;
    this.rounds = rounds;
  }

  /** Entries, the commit index or the members have changed. */
  void changed() {
    dirty = true;
  }

  boolean hasChanged() {
    return dirty;
  }

  void flush() {
    if (!dirty) {
      return;
    }
    dirty = false;
    for (int i = 0; i < peers.size(); i++) {
      sendTo(peers.at(i));
    }
    lastRead = null;
    fetches.forgetArrived();
  }

  private void sendTo(Progress peer) {
    switch (peer.state()) {
      case ProgressState.Probe probe -> {
        if (!probe.isAwaitingAnswer() && sendAppend(peer)) {
          probe.awaitAnswer(rounds.current());
        }
      }
      case ProgressState.Replicate replicate -> {
        while (peer.next() <= core.log.lastIndex()
            && !replicate.inflights().isFull(core.config)
            && sendAppend(peer)) {}
        sendCommit(peer);
      }
      case ProgressState.SnapshotTransfer transfer -> {}
    }
  }

  /**
   * Sends the next append, possibly empty. False if the peer turned out to need a snapshot, or what
   * it needs has to be read first.
   */
  private boolean sendAppend(Progress peer) {
    long prevIndex = peer.next() - 1;
    if (prevIndex < core.log.firstIndex() - 1) {
      needsSnapshot(peer);
      return false;
    }
    List<Entry> entries = List.of();
    if (fetches.isUnderWay(peer.next())) {
      return false;
    }
    if (peer.next() <= core.log.lastIndex()) {
      LogRead read = read(peer.next());
      if (read == null) {
        fetch(peer.next());
        return false;
      }
      switch (read) {
        case LogRead.Found found -> entries = found.entries();
        case LogRead.Compacted compacted -> {
          needsSnapshot(peer);
          return false;
        }
      }
    }
    sendAppend(peer, entries);
    return true;
  }

  private void sendAppend(Progress peer, List<Entry> entries) {
    long prevIndex = peer.next() - 1;
    core.outbox.send(
        new Message.AppendEntries(
            core.id,
            peer.peerId(),
            core.term(),
            prevIndex,
            core.log.term(prevIndex),
            entries,
            core.committedToTell(),
            rounds.current()));
    peer.commitSent(Math.min(core.committedToTell(), prevIndex + entries.size()));
    if (peer.state() instanceof ProgressState.Replicate replicate && !entries.isEmpty()) {
      peer.sentThrough(prevIndex + entries.size(), bytesOf(entries), replicate);
    }
  }

  /** Null if only the disk has them. */
  private @Nullable LogRead read(long from) {
    List<Entry> cached = lastRead;
    if (cached != null && cached.getFirst().index() == from) {
      return new LogRead.Found(cached);
    }
    List<Entry> fetched = fetches.arrived(from);
    if (fetched != null) {
      return new LogRead.Found(fetched);
    }
    @Nullable LogRead read =
        core.log.entriesInMemory(
            from, core.config.appendBytesMax(), core.config.appendEntriesMax());
    if (read instanceof LogRead.Found found) {
      check(!found.entries().isEmpty(), "no entry at %d", from);
      lastRead = found.entries();
    }
    return read;
  }

  private void fetch(long from) {
    fetches.begin(from);
    long before = core.log.storedEnd(from, core.config.appendEntriesMax());
    core.outbox.requestEntries(
        new EntriesRequest(
            EntriesRequest.Use.REPLICATE, core.term(), from, before, core.config.appendBytesMax()));
  }

  /** What was compacted meanwhile is found to be so when it is wanted again. */
  void entriesRead(EntriesRequest request, LogRead read) {
    fetches.ended(
        request.from(), read instanceof LogRead.Found found ? found.entries() : List.of());
    dirty = true;
  }

  private static long bytesOf(List<Entry> entries) {
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      bytes += entries.get(i).sizeBytes();
    }
    return bytes;
  }

  /** Tells a peer that is up to date what is committed, if nothing else has told it. */
  private void sendCommit(Progress peer) {
    sendCommit(peer, core.committedToTell());
  }

  /** Tells everyone that everything through {@code index} is committed; it is applied here. */
  void tellCommitted(long index) {
    for (int i = 0; i < peers.size(); i++) {
      if (peers.at(i).state() instanceof ProgressState.Replicate) {
        sendCommit(peers.at(i), index);
      }
    }
  }

  private void sendCommit(Progress peer, long known) {
    long commit = Math.min(peer.match(), known);
    if (commit > peer.sentCommit()) {
      core.outbox.send(new Message.CommitAdvanced(core.id, peer.peerId(), core.term(), commit));
      peer.commitSent(commit);
    }
  }

  private void needsSnapshot(Progress peer) {
    peer.becomeSnapshot();
    core.outbox.requestSnapshot(new SnapshotRequest(peer.peerId(), core.log.firstIndex() - 1));
  }

  /** Whether the peer now holds more than was known. */
  boolean accepted(Progress peer, long matchIndex) {
    check(
        matchIndex <= core.log.lastIndex(),
        "peer %d has %d, the leader only %d",
        peer.peerId(),
        matchIndex,
        core.log.lastIndex());
    boolean news = peer.advance(matchIndex, core.log.lastIndex());
    switch (peer.state()) {
      case ProgressState.Probe probe -> {
        if (matchIndex == peer.match()) {
          peer.becomeReplicate();
        }
      }
      case ProgressState.Replicate replicate -> replicate.inflights().releaseThrough(matchIndex);
      case ProgressState.SnapshotTransfer transfer -> {
        if (peer.match() >= core.log.firstIndex() - 1) {
          peer.becomeReplicate(); // the snapshot, or something better, has arrived
        }
      }
    }
    dirty = true;
    return news;
  }

  void rejected(Progress peer, Message.AppendRejected rejection) {
    boolean stale =
        switch (peer.state()) {
          case ProgressState.Probe probe -> rejection.rejectedIndex() != peer.next() - 1;
          case ProgressState.Replicate replicate -> rejection.rejectedIndex() <= peer.match();
          case ProgressState.SnapshotTransfer transfer -> true;
        };
    if (stale) {
      return;
    }
    long agreement = core.log.lastIndexOfTermAtMost(rejection.hintIndex(), rejection.hintTerm());
    if (agreement < peer.releasableThrough()) {
      peer.letLogGo(); // the snapshot that it was held for is not there
    }
    peer.becomeProbe(agreement + 1);
    dirty = true;
  }

  /** A sign of life: a probe may have been lost, and so may the appends of a peer that stalls. */
  void heard(Progress peer, long round) {
    boolean stalled = peer.hasStalled();
    switch (peer.state()) {
      case ProgressState.Probe probe -> {
        dirty |= probe.resumeAfter(round);
      }
      case ProgressState.Replicate replicate -> {
        if (stalled && peer.match() < core.log.lastIndex()) {
          sendEmptyAppend(peer);
        }
      }
      case ProgressState.SnapshotTransfer transfer -> {}
    }
  }

  /** Its rejection tells that appends before it were lost; its acceptance, that answers were. */
  private void sendEmptyAppend(Progress peer) {
    if (peer.next() - 1 >= core.log.firstIndex() - 1) {
      sendAppend(peer, List.of());
    } else {
      needsSnapshot(peer);
    }
  }

  void unreachable(Progress peer) {
    if (peer.state() instanceof ProgressState.Replicate) {
      probeLater(peer, peer.match() + 1);
    }
  }

  /** Holds the log for a snapshot that is about to be opened. Whether it is wanted. */
  boolean openingSnapshot(Progress peer) {
    if (!(peer.state() instanceof ProgressState.SnapshotTransfer)) {
      return false;
    }
    peer.snapshotOpening(core.log.applied());
    return true;
  }

  Message.@Nullable InstallSnapshot sendSnapshot(Progress peer, Snapshot snapshot) {
    if (!(peer.state() instanceof ProgressState.SnapshotTransfer transfer)) {
      return null;
    }
    long index = snapshot.meta().index();
    if (index < core.log.firstIndex() - 1) {
      return null; // it was opened without holding the log, which has been released past it
    }
    // What has been applied may be seen in a snapshot before this core is told that it has been.
    check(index <= core.log.committed(), "snapshot %d of what is not committed", index);
    peer.snapshotOpened(index);
    transfer.begin(index);
    return new Message.InstallSnapshot(core.id, peer.peerId(), core.term(), snapshot);
  }

  void snapshotEnded(Progress peer, boolean shipped) {
    if (!(peer.state() instanceof ProgressState.SnapshotTransfer transfer)) {
      return;
    }
    if (shipped) {
      transfer.shipped();
    } else {
      peer.letLogGo();
      probeLater(peer, 0);
    }
  }

  /** Through which index the log may be released, as far as snapshots for other peers go. */
  long releasableThrough() {
    long through = Long.MAX_VALUE;
    for (int i = 0; i < peers.size(); i++) {
      through = Math.min(through, peers.at(i).releasableThrough());
    }
    return through;
  }

  /** A shipped snapshot whose receiver stays silent may have been lost on the last step. */
  void tick() {
    for (int i = 0; i < peers.size(); i++) {
      Progress peer = peers.at(i);
      if (peer.state() instanceof ProgressState.SnapshotTransfer transfer
          && transfer.tick() > core.config.electionTicksMax()) {
        probeLater(peer, transfer.index() + 1);
      }
    }
  }

  /** Whether {@link #tick} has something to count. */
  boolean countsTicks() {
    for (int i = 0; i < peers.size(); i++) {
      if (peers.at(i).state() instanceof ProgressState.SnapshotTransfer) {
        return true;
      }
    }
    return false;
  }

  /** Probes at the peer's next sign of life, so that a failing peer is not asked in a loop. */
  private void probeLater(Progress peer, long from) {
    peer.becomeProbe(from);
    if (peer.state() instanceof ProgressState.Probe probe) {
      probe.awaitAnswer(rounds.current());
    }
  }
}
