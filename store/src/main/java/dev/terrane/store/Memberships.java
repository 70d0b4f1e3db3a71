package dev.terrane.store;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;

/** A Region's peers as Raft sees them. The Region is what is stored; this is derived. */
final class Memberships {
  private Memberships() {}

  static Membership of(Region region) {
    PeerSet voters = PeerSet.EMPTY;
    PeerSet outgoing = PeerSet.EMPTY;
    PeerSet learners = PeerSet.EMPTY;
    PeerSet learnersNext = PeerSet.EMPTY;
    boolean joint = false;
    for (Peer peer : region.peers()) {
      switch (peer.role()) {
        case VOTER -> {
          voters = voters.with(peer.id());
          outgoing = outgoing.with(peer.id());
        }
        case LEARNER -> learners = learners.with(peer.id());
        case INCOMING_VOTER -> {
          voters = voters.with(peer.id());
          joint = true;
        }
        case DEMOTING_VOTER -> {
          outgoing = outgoing.with(peer.id());
          learnersNext = learnersNext.with(peer.id());
          joint = true;
        }
      }
    }
    return new Membership(voters, joint ? outgoing : PeerSet.EMPTY, learners, learnersNext);
  }
}
