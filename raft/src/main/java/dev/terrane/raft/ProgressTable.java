package dev.terrane.raft;

import org.jspecify.annotations.Nullable;

/** The progress of every member but the leader itself, in the order of their ids. */
final class ProgressTable {
  private Progress[] all = {};

  int size() {
    return all.length;
  }

  Progress at(int position) {
    return all[position];
  }

  @Nullable Progress find(long peerId) {
    for (Progress progress : all) {
      if (progress.peerId() == peerId) {
        return progress;
      }
    }
    return null;
  }

  /** Keeps who stays, forgets who left, and starts newcomers at {@code next}. */
  void follow(Membership membership, long self, long next) {
    PeerSet others = membership.all().without(self);
    Progress[] following = new Progress[others.size()];
    for (int i = 0; i < following.length; i++) {
      Progress known = find(others.at(i));
      following[i] = known != null ? known : new Progress(others.at(i), next);
    }
    all = following;
  }
}
