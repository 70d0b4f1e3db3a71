package dev.terrane.sim.check;

/**
 * Something that transactions saw and that they must not see.
 *
 * @param account what happened, for people
 */
public record Anomaly(Kind kind, String account) {
  /**
   * The phenomena of A. Adya ("Weak consistency: a generalized theory", 1999), as K. Kingsbury and
   * P. Alvaro find them in list-append histories ("Elle: inferring isolation anomalies", 2020).
   */
  public enum Kind {
    /** A transaction did not see its own appends, or a list changed under its hands. */
    INTERNAL,
    /** An element twice in a list. */
    DUPLICATE_ELEMENT,
    /** An element that nobody appended. */
    UNKNOWN_ELEMENT,
    /** Two lists of one key, neither of which begins with the other. */
    INCOMPATIBLE_ORDER,
    /** A cycle of writes that overwrite each other. */
    G0,
    /** Reads what a transaction wrote that did not commit. */
    G1A,
    /** Reads what a transaction wrote and then wrote over itself. */
    G1B,
    /** A cycle of writes and reads of them: each depends on the other. */
    G1C,
    /** A cycle with exactly one step from a reader to who wrote over what it read. */
    G_SINGLE,
    /** Two transactions read the same version of a key and both wrote it. */
    LOST_UPDATE,
    /** A cycle with several such steps: write skew. Snapshot isolation allows it. */
    G2_ITEM,
    /** What was acknowledged before a transaction began is not there for it. */
    LOST_APPEND,
    /** Depends on a transaction that had not committed when it began, by their timestamps. */
    G_SI_A,
    /** Does not see a transaction that had committed when it began, by their timestamps. */
    G_SI_B,
    /** Began after another was acknowledged, with a timestamp that is not above it. */
    TIMESTAMP_ORDER;

    /** Whether snapshot isolation, with timestamps that rise in real time, rules it out. */
    public boolean breaksSnapshotIsolation() {
      return this != G2_ITEM;
    }
  }
}
