package dev.terrane.store;

import dev.terrane.common.Invariant;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import dev.terrane.raft.Entry;
import dev.terrane.raft.ProposeResult;
import dev.terrane.raft.RawNode;
import dev.terrane.raft.ReadOutcome;
import dev.terrane.raft.RoleKind;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.ReadMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients ask of one peer, from the moment it comes until it is with the applier, answered, or
 * refused. Writes and reads are gathered and offered to Raft together, once a turn.
 *
 * <p>Confined to the store loop.
 */
final class PeerRequests {
  private final LoopServices services;
  private final LocalPeer peer;
  private final ProposalQueue proposals = new ProposalQueue();
  private final ReadQueue reads = new ReadQueue();

  /** Whether the peer is among those that have requests waiting. */
  private boolean expires;

  PeerRequests(LoopServices services, LocalPeer peer) {
    this.services = services;
    this.peer = peer;
  }

  private RawNode node() {
    return peer.node();
  }

  // ---- writes

  /** Takes in a write, or refuses it. */
  void propose(Proposal proposal) {
    RegionError error = refusal(proposal);
    if (error != null) {
      proposal.refused(error);
      return;
    }
    proposals.gather(proposal, node(), services.nowNanos(), this::notProposed);
    expireLater();
    peer.markDirty();
  }

  private @Nullable RegionError refusal(Proposal proposal) {
    Region now = peer.region();
    if (peer.closed() || now == null || proposal.peerId() != peer.peerId()) {
      return new RegionError.RegionNotFound(peer.regionId());
    }
    if (node().role() != RoleKind.LEADER) {
      return notLeader();
    }
    if (proposal.epochVersion() != now.epoch().version()) {
      return new RegionError.EpochNotMatch(List.of(now));
    }
    DecisionStamp stamp = proposal.decidedOn();
    if (stamp != null) {
      if (stamp.term() != node().term() || stamp.peerId() != peer.peerId()) {
        return new RegionError.StaleCommand();
      }
      if (!stamp.epoch().equals(now.epoch())) {
        return new RegionError.EpochNotMatch(List.of(now));
      }
    }
    return null;
  }

  private RegionError notProposed(ProposeResult.Refused refused) {
    return switch (refused.reason()) {
      case NOT_LEADER -> notLeader();
      case UNCOMMITTED_FULL ->
          new RegionError.ServerIsBusy(
              "region " + peer.regionId() + " has too much that is not committed", Busy.BACKOFF);
      case TRANSFERRING ->
          new RegionError.ServerIsBusy(
              "region " + peer.regionId() + " is handing its leadership over", Busy.BACKOFF);
      case CONF_CHANGE_PENDING, CONF_CHANGE_INVALID -> new RegionError.Other(refused.detail());
    };
  }

  private RegionError notLeader() {
    return new RegionError.NotLeader(peer.regionId(), peer.leader());
  }

  /** Those of this peer's writes that {@code committed} holds, which somebody waits for. */
  List<ProposalQueue.InLog> takeProposed(List<Entry> committed) {
    if (proposals.isEmpty()) {
      return List.of();
    }
    List<ProposalQueue.InLog> here = new ArrayList<>();
    for (Entry entry : committed) {
      ProposalQueue.InLog inLog = proposals.take(entry);
      if (inLog != null) {
        here.add(inLog);
      }
    }
    return here;
  }

  /** A snapshot takes the place of all that is in the log: nobody can tell what became of it. */
  void passedBySnapshot() {
    proposals.passedBySnapshot(Long.MAX_VALUE);
  }

  // ---- reads

  /** Takes in a read that needs a ReadIndex. It was checked when it came, and is again later. */
  void read(ReadRequest read) {
    RegionError error = readRefusal(read);
    if (error != null) {
      read.refused(error);
      return;
    }
    reads.gather(read, services.nowNanos());
    expireLater();
    peer.markDirty();
  }

  private @Nullable RegionError readRefusal(ReadRequest read) {
    boolean leaderOnly = read.mode() == ReadMode.LEADER;
    if (leaderOnly && node().role() != RoleKind.LEADER) {
      return notLeader();
    }
    return RequestChecks.check(peer.view(), read.context(), read.keys(), leaderOnly);
  }

  /** Raft has answered where reads may be served, or never will. */
  void answered(List<ReadOutcome> outcomes) {
    for (ReadOutcome outcome : outcomes) {
      reads.outcome(
          outcome,
          new RegionError.ReadIndexNotReady(peer.regionId(), "the leader could not confirm it"));
    }
    serveThrough(peer.applied().index());
  }

  /** Everything through {@code applied} is applied here: reads that waited for it go on. */
  void serveThrough(long applied) {
    reads.release(applied, this::serve);
  }

  private void serve(ReadRequest read) {
    RegionError error = readRefusal(read);
    if (error != null) {
      read.refused(error);
      return;
    }
    Region now = peer.region();
    if (now == null) {
      throw Invariant.violated("region %d is readable without data", peer.regionId());
    }
    read.ready(new LocalReader(services.engine, peer.view(), now, node().term()));
  }

  // ---- both

  /** Offers Raft what was gathered. */
  void offer() {
    offerWrites();
    if (reads.hasGathered()) {
      reads.flush(node(), notAsked());
    }
  }

  void offerWrites() {
    proposals.flush(node(), services.nowNanos(), this::notProposed);
  }

  private RegionError notAsked() {
    return node().role() == RoleKind.LEADER
        ? new RegionError.ServerIsBusy("too many reads wait for a quorum", Busy.BACKOFF)
        : new RegionError.ReadIndexNotReady(peer.regionId(), "no leader is known");
  }

  /** Requests wait here from now on, if none did before. */
  private void expireLater() {
    if (!expires) {
      expires = true;
      StoreConfig.Intervals intervals = services.config.intervals();
      long nanos =
          Math.min(intervals.undeterminedAfter().toNanos(), intervals.readTimeout().toNanos());
      services.expiries.due(peer, services.nowNanos() + nanos);
    }
  }

  /** Lets go of what has waited too long; whether something still waits. */
  boolean expire() {
    long nowNanos = services.nowNanos();
    proposals.expire(
        peer.leads() ? peer.driven().term() : 0,
        nowNanos - services.config.intervals().undeterminedAfter().toNanos());
    reads.expire(
        nowNanos - services.config.intervals().readTimeout().toNanos(),
        new RegionError.ReadIndexNotReady(peer.regionId(), "no quorum has confirmed it in time"));
    expires = !peer.closed() && !(proposals.isEmpty() && reads.isEmpty());
    return expires;
  }

  /** The peer ends. Whatever waits is answered. */
  void close(String reason) {
    RegionError error = new RegionError.RegionNotFound(peer.regionId());
    proposals.close(error, reason);
    reads.close(error);
  }
}
