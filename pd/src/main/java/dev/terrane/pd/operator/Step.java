package dev.terrane.pd.operator;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.pd.region.RegionInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of an operator. It is asked of the Region's leader, perhaps more than once, and is done
 * when a heartbeat shows its effect.
 */
public sealed interface Step {
  /** Whether {@code region} shows this step's effect. */
  boolean isDone(RegionInfo region);

  /**
   * Why this step can no longer be taken, so that its operator must be given up; null if it can.
   */
  @Nullable String obstacle(RegionInfo region);

  /** Whether {@code region} shows that this step has begun, so that asking again makes no sense. */
  default boolean hasBegun(RegionInfo region) {
    return false;
  }

  /** The peer that must be there for this step to end; null if the leader does it alone. */
  default @Nullable Peer needs() {
    return null;
  }

  /** In a sentence's words: {@code add learner 12 on store 3}. */
  String describe();

  /** Adds a replica without a vote. Done when it has caught up. */
  record AddLearner(Peer peer) implements Step {
    @Override
    public boolean isDone(RegionInfo region) {
      Peer present = region.region().peer(peer.id());
      return present != null && !region.isPending(present) && !region.isDown(present);
    }

    @Override
    public @Nullable String obstacle(RegionInfo region) {
      Peer other = region.region().peerOnStore(peer.storeId());
      return other != null && other.id() != peer.id()
          ? "store %d has peer %d already".formatted(peer.storeId(), other.id())
          : null;
    }

    @Override
    public boolean hasBegun(RegionInfo region) {
      return region.region().peer(peer.id()) != null; // it is there, and catches up
    }

    @Override
    public Peer needs() {
      return peer;
    }

    @Override
    public String describe() {
      return "add learner %d on store %d".formatted(peer.id(), peer.storeId());
    }
  }

  /** Gives a learner a vote. */
  record PromoteLearner(Peer peer) implements Step {
    @Override
    public boolean isDone(RegionInfo region) {
      return hasRole(region, peer, PeerRole.VOTER);
    }

    @Override
    public @Nullable String obstacle(RegionInfo region) {
      return missing(region, peer);
    }

    @Override
    public String describe() {
      return "promote learner %d on store %d".formatted(peer.id(), peer.storeId());
    }
  }

  /** Begins a joint change: these learners get a vote, these voters lose theirs. */
  record EnterJoint(List<Peer> promoted, List<Peer> demoted) implements Step {
    public EnterJoint {
      promoted = List.copyOf(promoted);
      demoted = List.copyOf(demoted);
    }

    @Override
    public boolean isDone(RegionInfo region) {
      for (Peer peer : promoted) {
        if (!hasRole(region, peer, PeerRole.INCOMING_VOTER)
            && !hasRole(region, peer, PeerRole.VOTER)) {
          return false;
        }
      }
      for (Peer peer : demoted) {
        if (!hasRole(region, peer, PeerRole.DEMOTING_VOTER)
            && !hasRole(region, peer, PeerRole.LEARNER)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public @Nullable String obstacle(RegionInfo region) {
      for (Peer peer : promoted) {
        if (missing(region, peer) != null) {
          return missing(region, peer);
        }
      }
      for (Peer peer : demoted) {
        if (missing(region, peer) != null) {
          return missing(region, peer);
        }
        if (region.leader() != null && region.leader().id() == peer.id()) {
          return "peer %d, which is to lose its vote, leads".formatted(peer.id());
        }
      }
      return null;
    }

    @Override
    public String describe() {
      return "enter joint change: promote %s, demote %s".formatted(ids(promoted), ids(demoted));
    }
  }

  /** Ends the joint change. */
  record LeaveJoint() implements Step {
    @Override
    public boolean isDone(RegionInfo region) {
      return !region.isJoint();
    }

    @Override
    public @Nullable String obstacle(RegionInfo region) {
      return null;
    }

    @Override
    public String describe() {
      return "leave joint change";
    }
  }

  /** Removes a replica, which should have no vote any more. */
  record RemovePeer(Peer peer) implements Step {
    @Override
    public boolean isDone(RegionInfo region) {
      return region.region().peer(peer.id()) == null;
    }

    @Override
    public @Nullable String obstacle(RegionInfo region) {
      return region.leader() != null && region.leader().id() == peer.id()
          ? "peer %d, which is to be removed, leads".formatted(peer.id())
          : null;
    }

    @Override
    public String describe() {
      return "remove peer %d on store %d".formatted(peer.id(), peer.storeId());
    }
  }

  /** Hands leadership to a voter. */
  record TransferLeader(Peer to) implements Step {
    @Override
    public boolean isDone(RegionInfo region) {
      return region.leader() != null && region.leader().id() == to.id();
    }

    @Override
    public @Nullable String obstacle(RegionInfo region) {
      return missing(region, to);
    }

    @Override
    public Peer needs() {
      return to;
    }

    @Override
    public String describe() {
      return "transfer leader to peer %d on store %d".formatted(to.id(), to.storeId());
    }
  }

  private static boolean hasRole(RegionInfo region, Peer peer, PeerRole role) {
    Peer present = region.region().peer(peer.id());
    return present != null && present.role() == role;
  }

  private static @Nullable String missing(RegionInfo region, Peer peer) {
    return region.region().peer(peer.id()) == null ? "peer %d is gone".formatted(peer.id()) : null;
  }

  private static String ids(List<Peer> peers) {
    return peers.stream().map(Peer::id).toList().toString();
  }
}
