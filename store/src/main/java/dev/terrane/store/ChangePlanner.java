package dev.terrane.store;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.pdpb.ChangePeer;
import dev.terrane.raft.Change;
import dev.terrane.raft.ConfChange;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns PD's wish to change a Region's peers into a membership change, with the Region as it will
 * be. {@code confVer} grows by one for a single change, by the number of changes when a joint
 * change begins, and by the number of peers still in between when it ends.
 */
final class ChangePlanner {
  /** The wish makes no sense for the Region as it is. The message says why. */
  static final class Impossible extends Exception {
    private static final long serialVersionUID = 1L;

    Impossible(String message) {
      super(message);
    }
  }

  private ChangePlanner() {}

  /** One wish is done at once; several begin a joint change; none ends it. */
  static ConfChange plan(Region region, List<ChangePeer> wishes) throws Impossible {
    boolean joint =
        region.peers().stream()
            .anyMatch(
                p -> p.role() == PeerRole.INCOMING_VOTER || p.role() == PeerRole.DEMOTING_VOTER);
    if (wishes.isEmpty()) {
      if (!joint) {
        throw new Impossible("there is no joint change to end");
      }
      return leave(region);
    }
    if (joint) {
      throw new Impossible("a joint change has begun and must end first");
    }
    return wishes.size() == 1 ? single(region, wishes.getFirst()) : enter(region, wishes);
  }

  private static ConfChange single(Region region, ChangePeer wish) throws Impossible {
    List<Peer> peers = new ArrayList<>(region.peers());
    Change change = apply(peers, wish, false);
    return new ConfChange.Single(change, RegionChanges.encode(region, after(region, peers, 1)));
  }

  private static ConfChange enter(Region region, List<ChangePeer> wishes) throws Impossible {
    List<Peer> peers = new ArrayList<>(region.peers());
    List<Change> changes = new ArrayList<>();
    for (ChangePeer wish : wishes) {
      changes.add(apply(peers, wish, true));
    }
    return new ConfChange.EnterJoint(
        changes, RegionChanges.encode(region, after(region, peers, wishes.size())));
  }

  private static ConfChange leave(Region region) {
    List<Peer> peers = new ArrayList<>();
    int between = 0;
    for (Peer peer : region.peers()) {
      switch (peer.role()) {
        case INCOMING_VOTER -> {
          peers.add(peer.withRole(PeerRole.VOTER));
          between++;
        }
        case DEMOTING_VOTER -> {
          peers.add(peer.withRole(PeerRole.LEARNER));
          between++;
        }
        case VOTER, LEARNER -> peers.add(peer);
      }
    }
    return new ConfChange.LeaveJoint(RegionChanges.encode(region, after(region, peers, between)));
  }

  private static Region after(Region region, List<Peer> peers, int confVerGrowth) {
    return region.withPeers(
        peers, new RegionEpoch(region.epoch().confVer() + confVerGrowth, region.epoch().version()));
  }

  /** Does one wish to {@code peers}, and says it in Raft's words. */
  private static Change apply(List<Peer> peers, ChangePeer wish, boolean joint) throws Impossible {
    Peer peer = ProtoRegions.fromProto(wish.getPeer());
    if (peer.id() <= 0 || peer.storeId() <= 0) {
      throw new Impossible("peer " + peer.id() + " on store " + peer.storeId());
    }
    int at = find(peers, peer);
    return switch (wish.getChangeType()) {
      case AddNode -> {
        if (at >= 0 && peers.get(at).role() != PeerRole.LEARNER) {
          throw new Impossible("peer " + peer.id() + " is a voter already");
        }
        put(peers, at, peer.withRole(joint ? PeerRole.INCOMING_VOTER : PeerRole.VOTER));
        yield Change.addVoter(peer.id());
      }
      case AddLearnerNode -> {
        if (at >= 0 && peers.get(at).role() != PeerRole.VOTER) {
          throw new Impossible("peer " + peer.id() + " is a learner already");
        }
        boolean demoted = at >= 0 && joint;
        put(peers, at, peer.withRole(demoted ? PeerRole.DEMOTING_VOTER : PeerRole.LEARNER));
        yield Change.addLearner(peer.id());
      }
      case RemoveNode -> {
        if (at < 0) {
          throw new Impossible("peer " + peer.id() + " is no member");
        }
        if (joint && peers.get(at).role() == PeerRole.VOTER) {
          throw new Impossible("peer " + peer.id() + " must be demoted before it is removed");
        }
        peers.remove(at);
        yield Change.remove(peer.id());
      }
      case UNRECOGNIZED -> throw new Impossible("a change of unknown type");
    };
  }

  private static int find(List<Peer> peers, Peer wanted) throws Impossible {
    for (int i = 0; i < peers.size(); i++) {
      Peer peer = peers.get(i);
      if (peer.id() == wanted.id()) {
        if (peer.storeId() != wanted.storeId()) {
          throw new Impossible("peer " + peer.id() + " is on store " + peer.storeId());
        }
        return i;
      }
      if (peer.storeId() == wanted.storeId()) {
        throw new Impossible("store " + peer.storeId() + " has peer " + peer.id() + " already");
      }
    }
    return -1;
  }

  private static void put(List<Peer> peers, int at, Peer peer) {
    if (at < 0) {
      peers.add(peer);
    } else {
      peers.set(at, peer);
    }
  }
}
