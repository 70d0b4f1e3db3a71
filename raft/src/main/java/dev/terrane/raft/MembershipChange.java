package dev.terrane.raft;

import dev.terrane.common.Invariant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ConfChange} makes of a {@link Membership}. Single changes alter one voter at most,
 * so that old and new majorities overlap (Raft dissertation, 4.1); anything larger goes through a
 * joint change (4.3).
 */
final class MembershipChange {
  private MembershipChange() {}

  /** Why {@code change} makes no sense for {@code membership}; null if it does. */
  static @Nullable String whyInvalid(Membership membership, ConfChange change) {
    return switch (change) {
      case ConfChange.LeaveJoint leave ->
          membership.isJoint() ? null : "no joint change is under way";
      case ConfChange.Single single ->
          membership.isJoint()
              ? "a joint change is under way"
              : whyInvalid(membership, List.of(single.change()));
      case ConfChange.EnterJoint enter ->
          membership.isJoint()
              ? "a joint change is under way"
              : whyInvalid(membership, enter.changes());
    };
  }

  private static @Nullable String whyInvalid(Membership membership, List<Change> changes) {
    if (changes.isEmpty()) {
      return "no change of any peer";
    }
    PeerSet named = PeerSet.EMPTY;
    PeerSet voters = membership.voters();
    for (Change change : changes) {
      long peer = change.peerId();
      if (peer <= 0) {
        return "no peer has the id " + peer;
      }
      if (named.contains(peer)) {
        return "peer " + peer + " is named twice";
      }
      named = named.with(peer);
      String reason = whyInvalid(membership, change);
      if (reason != null) {
        return reason;
      }
      voters = change.kind() == Change.Kind.ADD_VOTER ? voters.with(peer) : voters.without(peer);
    }
    return voters.isEmpty() ? "no voter would be left" : null;
  }

  private static @Nullable String whyInvalid(Membership membership, Change change) {
    long peer = change.peerId();
    return switch (change.kind()) {
      case ADD_VOTER ->
          membership.voters().contains(peer) ? "peer " + peer + " is a voter already" : null;
      case ADD_LEARNER ->
          membership.isLearner(peer) ? "peer " + peer + " is a learner already" : null;
      case REMOVE -> membership.contains(peer) ? null : "peer " + peer + " is no member";
    };
  }

  /** The membership after {@code change}, which is valid for {@code membership}. */
  static Membership apply(Membership membership, ConfChange change) {
    String reason = whyInvalid(membership, change);
    if (reason != null) {
      throw Invariant.violated("%s cannot follow %s: %s", change, membership, reason);
    }
    return switch (change) {
      case ConfChange.Single single -> applySingle(membership, single.change());
      case ConfChange.EnterJoint enter -> enterJoint(membership, enter.changes());
      case ConfChange.LeaveJoint leave ->
          Membership.of(
              membership.voters(), membership.learners().union(membership.learnersNext()));
    };
  }

  private static Membership applySingle(Membership membership, Change change) {
    long peer = change.peerId();
    PeerSet voters = membership.voters().without(peer);
    PeerSet learners = membership.learners().without(peer);
    return switch (change.kind()) {
      case ADD_VOTER -> Membership.of(voters.with(peer), learners);
      case ADD_LEARNER -> Membership.of(voters, learners.with(peer));
      case REMOVE -> Membership.of(voters, learners);
    };
  }

  private static Membership enterJoint(Membership membership, List<Change> changes) {
    PeerSet outgoing = membership.voters();
    PeerSet voters = outgoing;
    PeerSet learners = membership.learners();
    PeerSet learnersNext = PeerSet.EMPTY;
    for (Change change : changes) {
      long peer = change.peerId();
      voters = voters.without(peer);
      learners = learners.without(peer);
      switch (change.kind()) {
        case ADD_VOTER -> voters = voters.with(peer);
        case ADD_LEARNER -> {
          if (outgoing.contains(peer)) {
            learnersNext = learnersNext.with(peer); // it votes in the old configuration until then
          } else {
            learners = learners.with(peer);
          }
        }
        case REMOVE -> {}
      }
    }
    return new Membership(voters, outgoing, learners, learnersNext);
  }
}
