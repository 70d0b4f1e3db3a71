package dev.terrane.pd.state;

import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;
import java.util.List;

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

  /** Whether {@link #fromProto} can read {@code membership}, which came from elsewhere. */
  public static boolean isSound(dev.terrane.proto.terranepd.Membership membership) {
    for (List<Long> ids :
        List.of(
            membership.getVotersList(),
            membership.getOutgoingList(),
            membership.getLearnersList(),
            membership.getLearnersNextList())) {
      if (ids.stream().anyMatch(id -> id <= 0)) {
        return false;
      }
    }
    return membership.getVotersCount() > 0
        && membership.getLearnersList().stream()
            .noneMatch(id ->
                membership.getVotersList().contains(id)
                    || membership.getOutgoingList().contains(id))
        && membership.getLearnersNextList().stream()
            .allMatch(id ->
                membership.getOutgoingList().contains(id)
                    && !membership.getVotersList().contains(id));
  }

  public static Membership fromProto(dev.terrane.proto.terranepd.Membership membership) {
    return new Membership(
        PeerSet.of(membership.getVotersList()),
        PeerSet.of(membership.getOutgoingList()),
        PeerSet.of(membership.getLearnersList()),
        PeerSet.of(membership.getLearnersNextList()));
  }
}
