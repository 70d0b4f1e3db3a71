package dev.terrane.raft;

/**
 * What a peer may hold of its log in memory, out of a budget that all peers of its node share: a
 * bound of each would be ten thousand times that for a node with as many.
 *
 * <p>Called on the peer's own thread.
 */
public interface EntryBudget {
  /** For a node with few peers, whose own bounds suffice. */
  EntryBudget UNBOUNDED =
      new EntryBudget() {
        @Override
        public boolean mayHandOut() {
          return true;
        }

        @Override
        public boolean mayKeep() {
          return true;
        }

        @Override
        public void reading(long bytes) {}

        @Override
        public void handedOut(long entries, long bytes) {}

        @Override
        public void kept(long bytes) {}
      };

  /**
   * Whether more committed entries may be handed out to be applied. If not, the owner asks the peer
   * for a Ready again once they may.
   */
  boolean mayHandOut();

  /**
   * Whether durable entries may be kept until they are handed out. If not, they are read from the
   * log then.
   */
  boolean mayKeep();

  /**
   * So much more, or less, is being read from the disk to be handed out, or has been: as much as it
   * may become from the request on, and what it is once it is there. It may be handed out then,
   * whatever {@link #mayHandOut} says: it is in memory anyway.
   */
  void reading(long bytes);

  /** So much more, or less, is handed out and not applied. */
  void handedOut(long entries, long bytes);

  /** So much more, or less, is in memory that is not durable or not handed out. */
  void kept(long bytes);
}
