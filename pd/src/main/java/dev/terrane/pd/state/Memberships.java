package dev.terrane.pd.state;

import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;

/** Bridges between {@link Membership} and its protobuf form. */
public final class Memberships {
  private Memberships() {}

  public static dev.terrane.proto.terranepd.Membership toProto(Membership membership) {
    return dev.terrane.proto.terranepd.Membership.newBuilder()
        .addAllVoters(membership.voters().toList())
        .addAllOutgoing(membership.outgoing().toList())
        .addAllLearners(membership.learners().toList())
        .addAllLearnersNext(membership.learnersNext().toList())
        .build();
  }

  public static Membership fromProto(dev.terrane.proto.terranepd.Membership membership) {
    return new Membership(
        PeerSet.of(membership.getVotersList()),
        PeerSet.of(membership.getOutgoingList()),
        PeerSet.of(membership.getLearnersList()),
        PeerSet.of(membership.getLearnersNextList()));
  }
}
