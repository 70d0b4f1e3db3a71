package dev.terrane.common.traffic;

/**
 * For whom bytes are held. Whoever holds much is the first to be refused, so that one who asks for
 * little gets through while large answers fill the memory, and the cluster goes on while clients
 * fill it.
 */
public enum Traffic {
  /** A client's request of a store. */
  CLIENT,
  /** A request of the placement driver: what others cannot go on without, if it is small. */
  CONTROL,
  /**
   * From another store or member, or from whoever says so: what is small is never refused before
   * the bound itself is reached, and what is large never takes the last of it.
   */
  PEERS,
  /** This node's own. Never refused before the bound itself is reached. */
  RAFT;

  /** What counts as small. */
  static final long SMALL_BYTES_MAX = 64 << 10;

  /** How full the budget may be when a charge of this kind has grown to {@code chargeBytes}. */
  long limit(long bytesMax, long chargeBytes) {
    boolean small = chargeBytes <= SMALL_BYTES_MAX;
    return switch (this) {
      case CLIENT -> small ? bytesMax - bytesMax / 16 : large(bytesMax);
      case CONTROL -> small ? bytesMax : large(bytesMax);
      case PEERS -> small ? bytesMax : bytesMax - bytesMax / 16;
      case RAFT -> bytesMax;
    };
  }

  /** How full the budget may be for what is not small. */
  static long large(long bytesMax) {
    return bytesMax - bytesMax / 4;
  }
}
