package dev.terrane.raft;

/**
 * What a peer does in its term. Transitions: follower to pre-candidate at its election timeout;
 * pre-candidate to candidate when a quorum would vote for it; candidate to leader when a quorum
 * has; any of them back to follower on hearing of a leader or of a later term, or on losing; a
 * pre-candidate also when it gives way to another. A follower that is told to, and a leader that
 * renews its term, are candidates at once.
 */
sealed interface Role {
  RoleKind kind();

  /** Follows {@link Core#leaderId}, or waits for one to appear. */
  record Follower() implements Role {
    @Override
    public RoleKind kind() {
      return RoleKind.FOLLOWER;
    }
  }

  /** Asks who would vote for it; its term has not changed. */
  record PreCandidate(Tally tally) implements Role {
    @Override
    public RoleKind kind() {
      return RoleKind.PRE_CANDIDATE;
    }
  }

  /** Has voted for itself in a new term. */
  record Candidate(Tally tally, Standing standing) implements Role {
    @Override
    public RoleKind kind() {
      return RoleKind.CANDIDATE;
    }
  }

  /** Why a candidate stands. */
  enum Standing {
    /** Nobody has led for long, and a quorum would vote for it. */
    ELECTION,
    /** The leader has told it to: its voters need not wait. */
    TRANSFER,
    /** It led the term before, and asks for a term in which it can have a lease: nor need they. */
    RENEWAL
  }

  /** Leads; all that it keeps is gone when it no longer does. */
  record Leading(Leader leader) implements Role {
    @Override
    public RoleKind kind() {
      return RoleKind.LEADER;
    }
  }
}
