package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

/**
 * Who belongs to the group, as of one applied index.
 *
 * <p>Normally {@code voters} decide alone. During a joint change ({@code outgoing} not empty) every
 * decision needs a majority of {@code voters}, the new configuration, and one of {@code outgoing},
 * the old one. {@code learnersNext} are outgoing voters that become learners when the joint change
 * ends; until then they vote in the old configuration.
 *
 * <p>Invariants: a peer is a voter (of either configuration) or a learner, never both; {@code
 * learnersNext} is a part of {@code outgoing} and apart from {@code voters}.
 *
 * @param voters the voters; during a joint change those of the new configuration
 * @param outgoing the voters of the old configuration during a joint change, else empty
 */
public record Membership(PeerSet voters, PeerSet outgoing, PeerSet learners, PeerSet learnersNext) {
  /** Of a peer that has been created but has not received its first snapshot. */
  public static final Membership NONE = ofVoters();

  public Membership {
    for (int i = 0; i < learners.size(); i++) {
      long id = learners.at(i);
      check(!voters.contains(id) && !outgoing.contains(id), "learner %d votes", id);
    }
    for (int i = 0; i < learnersNext.size(); i++) {
      long id = learnersNext.at(i);
      check(outgoing.contains(id) && !voters.contains(id), "peer %d is not leaving", id);
    }
  }

  /** A group of these voters and nobody else. */
  public static Membership ofVoters(long... voters) {
    return new Membership(PeerSet.of(voters), PeerSet.EMPTY, PeerSet.EMPTY, PeerSet.EMPTY);
  }

  /** A group of these voters and learners, not in a joint change. */
  public static Membership of(PeerSet voters, PeerSet learners) {
    return new Membership(voters, PeerSet.EMPTY, learners, PeerSet.EMPTY);
  }

  public boolean isJoint() {
    return !outgoing.isEmpty();
  }

  /** Whether {@code peer} votes in the new or the old configuration. */
  public boolean isVoter(long peer) {
    return voters.contains(peer) || outgoing.contains(peer);
  }

  public boolean isLearner(long peer) {
    return learners.contains(peer);
  }

  public boolean contains(long peer) {
    return isVoter(peer) || isLearner(peer);
  }

  /** Whether {@code peer} decides alone: nothing needs anybody else's consent. */
  public boolean isSoleVoter(long peer) {
    return voters.size() == 1
        && voters.at(0) == peer
        && (outgoing.isEmpty() || (outgoing.size() == 1 && outgoing.at(0) == peer));
  }

  /** Every member, voters of both configurations and learners. */
  public PeerSet all() {
    return voters.union(outgoing).union(learners);
  }
}
