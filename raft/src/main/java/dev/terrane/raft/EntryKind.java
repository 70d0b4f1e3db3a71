package dev.terrane.raft;

/** What an {@link Entry} carries, as far as consensus cares. The code is what is stored. */
public enum EntryKind {
  /** A command of the application; with empty data the entry that opens a leader's term. */
  NORMAL(0),
  /**
   * A command whose effects leave this peer once applied (a split, a merge). It is handed out for
   * applying only after a commit index that covers it is durable here, so that a peer that forgot
   * having applied it still knows that it must.
   */
  ADMIN(1),
  /** An encoded {@link ConfChange}. Handed out under the same rule as {@link #ADMIN}. */
  CONF_CHANGE(2);

  private final int code;

  EntryKind(int code) {
    this.code = code;
  }

  /**
   * Whether a leader answers no reads from the moment it appends such an entry until it has applied
   * it: others may apply it earlier, and serve from then on what is no longer its to serve.
   */
  public boolean suspendsReads() {
    return switch (this) {
      case NORMAL, CONF_CHANGE -> false;
      case ADMIN -> true;
    };
  }

  /** The number under which this kind is stored and sent. Never reused. */
  public int code() {
    return code;
  }

  /** The kind with this {@link #code}. */
  public static EntryKind ofCode(int code) {
    return switch (code) {
      case 0 -> NORMAL;
      case 1 -> ADMIN;
      case 2 -> CONF_CHANGE;
      default -> throw new IllegalArgumentException("unknown entry kind " + code);
    };
  }
}
