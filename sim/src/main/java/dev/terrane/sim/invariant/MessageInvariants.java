package dev.terrane.sim.invariant;

import com.google.protobuf.Message;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.RaftMessage;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.PdRaftMessage;
import dev.terrane.raft.HardState;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.SimulationFailure;

/** What a Raft message promises must be so when it leaves: durable, and said by nobody else. */
final class MessageInvariants {
  private final RaftInvariants stores;
  private final RaftInvariants pds;
  private final PdGroup pdGroup;

  MessageInvariants(RaftInvariants stores, RaftInvariants pds, PdGroup pdGroup) {
    this.stores = stores;
    this.pds = pds;
    this.pdGroup = pdGroup;
  }

  void sent(Machine from, String method, Message message) {
    if (message instanceof RaftBatch batch) {
      for (RaftEnvelope envelope : batch.getEnvelopesList()) {
        sent(from, envelope);
      }
    } else if (message instanceof PdRaftBatch batch) {
      for (PdRaftMessage one : batch.getMessagesList()) {
        sent(from, one);
      }
    }
  }

  private void sent(Machine from, RaftEnvelope envelope) {
    long region = envelope.getRegionId();
    long peer = envelope.getFromPeer().getId();
    RaftMessage raft = envelope.getMessage();
    switch (raft.getKind()) {
      case APPEND_ENTRIES, COMMIT_ADVANCED, HEARTBEAT, TIMEOUT_NOW ->
          stores.facts(region).leads(peer, raft.getTerm());
      case VOTE_RESULT -> {
        if (raft.getFlag()) {
          vote(stores, from, region, peer, raft.getTerm(), envelope.getToPeer().getId());
        }
      }
      case APPEND_ACCEPTED -> accepted(stores, from, region, peer, raft.getTerm(), raft.getIndex());
      default -> {}
    }
  }

  private void sent(Machine from, PdRaftMessage raft) {
    switch (raft.getBodyCase()) {
      case APPEND_ENTRIES, COMMIT_ADVANCED, HEARTBEAT, TIMEOUT_NOW -> {
        pds.facts(PdGroup.ID).leads(raft.getFrom(), raft.getTerm());
        pdGroup.committed(from, commitIn(raft));
      }
      case VOTE_RESULT -> {
        if (raft.getVoteResult().getGranted()) {
          vote(pds, from, PdGroup.ID, raft.getFrom(), raft.getTerm(), raft.getTo());
        }
      }
      case APPEND_ACCEPTED ->
          accepted(
              pds,
              from,
              PdGroup.ID,
              raft.getFrom(),
              raft.getTerm(),
              raft.getAppendAccepted().getMatchIndex());
      default -> {}
    }
  }

  /** Through which index a leader says that everything is committed; 0 where it does not say. */
  private static long commitIn(PdRaftMessage raft) {
    return switch (raft.getBodyCase()) {
      case APPEND_ENTRIES -> raft.getAppendEntries().getCommit();
      case COMMIT_ADVANCED -> raft.getCommitAdvanced().getCommit();
      case HEARTBEAT -> raft.getHeartbeat().getCommit();
      default -> 0;
    };
  }

  private static void vote(
      RaftInvariants kind, Machine from, long group, long peer, long term, long candidate) {
    kind.facts(group).votes(peer, term, candidate);
    if (kind.isDestroyed(from, group, peer)) {
      return;
    }
    DurableGroup log = kind.durable(from, group);
    HardState state = log == null ? null : log.hardState();
    if (state == null
        || state.term() < term
        || (state.term() == term && state.vote() != candidate)) {
      throw new SimulationFailure(
          "%s gives peer %d its vote in term %d of group %d, but remembers %s"
              .formatted(from.name(), candidate, term, group, state));
    }
  }

  private static void accepted(
      RaftInvariants kind, Machine from, long group, long peer, long term, long match) {
    if (kind.isDestroyed(from, group, peer)) {
      return;
    }
    DurableGroup log = kind.durable(from, group);
    HardState state = log == null ? null : log.hardState();
    if (log == null || state == null || state.term() < term) {
      if (log == null && match == 0) {
        return;
      }
      throw new SimulationFailure(
          "%s accepts entries in term %d of group %d, but remembers %s"
              .formatted(from.name(), term, group, state));
    }
    // A later leader may have had the entries cut off before the message left.
    if (state.term() == term && log.last() < match) {
      throw new SimulationFailure(
          "%s accepts entries up to %d in term %d of group %d, but only %d are durable"
              .formatted(from.name(), match, term, group, log.last()));
    }
  }
}
