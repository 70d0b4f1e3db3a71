package dev.terrane.raft;

/** The votes that are in for one candidate. A peer's first answer counts. */
final class Tally {
  private PeerSet granted = PeerSet.EMPTY;
  private PeerSet rejected = PeerSet.EMPTY;

  void count(long from, boolean grant) {
    if (granted.contains(from) || rejected.contains(from)) {
      return;
    }
    if (grant) {
      granted = granted.with(from);
    } else {
      rejected = rejected.with(from);
    }
  }

  Quorum.Outcome outcome(Membership membership) {
    return Quorum.outcome(membership, granted, rejected);
  }
}
