package dev.terrane.raft;

import java.util.function.LongUnaryOperator;

/**
 * Counting over a {@link Membership}: what a majority of its voters has, and in a joint change what
 * both majorities have. Raft dissertation, sections 4.1 and 4.3.
 */
final class Quorum {
  /** What the votes that are in decide. */
  enum Outcome {
    WON,
    LOST,
    PENDING
  }

  private Quorum() {}

  /** The largest number that a quorum has at least, where each voter has {@code valueOf} its id. */
  static long reachedBy(Membership membership, LongUnaryOperator valueOf) {
    long reached = reachedBy(membership.voters(), valueOf);
    return membership.isJoint()
        ? Math.min(reached, reachedBy(membership.outgoing(), valueOf))
        : reached;
  }

  /** Quadratic in the number of voters, which beats sorting for the few there are. */
  private static long reachedBy(PeerSet voters, LongUnaryOperator valueOf) {
    long reached = 0;
    for (int i = 0; i < voters.size(); i++) {
      long candidate = valueOf.applyAsLong(voters.at(i));
      if (candidate <= reached) {
        continue;
      }
      int having = 0;
      for (int j = 0; j < voters.size(); j++) {
        if (valueOf.applyAsLong(voters.at(j)) >= candidate) {
          having++;
        }
      }
      if (having >= majority(voters)) {
        reached = candidate;
      }
    }
    return reached;
  }

  /** How an election stands. Nobody wins in a group without voters. */
  static Outcome outcome(Membership membership, PeerSet granted, PeerSet rejected) {
    Outcome incoming = outcome(membership.voters(), granted, rejected);
    if (!membership.isJoint() || incoming == Outcome.LOST) {
      return incoming;
    }
    Outcome outgoing = outcome(membership.outgoing(), granted, rejected);
    return outgoing == Outcome.WON ? incoming : outgoing;
  }

  private static Outcome outcome(PeerSet voters, PeerSet granted, PeerSet rejected) {
    int grants = 0;
    int rejections = 0;
    for (int i = 0; i < voters.size(); i++) {
      if (granted.contains(voters.at(i))) {
        grants++;
      } else if (rejected.contains(voters.at(i))) {
        rejections++;
      }
    }
    if (grants >= majority(voters)) {
      return Outcome.WON;
    }
    return rejections > voters.size() - majority(voters) ? Outcome.LOST : Outcome.PENDING;
  }

  private static int majority(PeerSet voters) {
    return voters.size() / 2 + 1;
  }
}
