package dev.terrane.server.config;

import dev.terrane.store.StoreConfig;

/**
 * How much memory a node may take for what it keeps, divided among its keepers. All of it is taken
 * as it is needed, none at the start.
 *
 * @param engineBytes native: cached blocks and memtables
 * @param logCacheBytes heap: the newest Raft entries
 * @param requestBytes heap: requests admitted and not answered
 * @param transportBytes heap: Raft messages waiting for one other store
 * @param trafficBytes heap, or native while it is sent: all that calls hold, from the parts of a
 *     request to an answer that nobody has read
 * @param answerBytes of those: the largest answer of one read
 * @param messageBytes of those: the largest gRPC message taken in
 */
public record MemoryBudget(
    long engineBytes,
    long logCacheBytes,
    long requestBytes,
    long transportBytes,
    long trafficBytes,
    long answerBytes,
    int messageBytes) {
  private static final long MIB = 1 << 20;

  /** Below this nothing useful fits. */
  public static final long TOTAL_BYTES_MIN = 96 * MIB;

  /** Without a wish of the operator. */
  public static final long TOTAL_BYTES_DEFAULT = 512 * MIB;

  /** The largest batch that a client may send, and what protobuf adds to it, must fit. */
  private static final long TRAFFIC_BYTES_MIN = 64 * MIB;

  private static final long MESSAGE_BYTES_MAX = 256 * MIB;

  /**
   * What one Region's leader has under way to one peer before it waits for answers: what is dropped
   * of that has to be asked for again.
   */
  private static final long TRANSPORT_BYTES_MIN = StoreConfig.DEFAULT.raft().inflightBytesMax();

  /**
   * Divides {@code totalBytes}.
   *
   * @param heapBytesMax what the JVM may use at most
   * @throws ConfigException if it is too little, or the heap is too small for the heap's share
   */
  public static MemoryBudget divide(long totalBytes, long heapBytesMax) {
    if (totalBytes < TOTAL_BYTES_MIN) {
      throw new ConfigException(
          "memory is " + size(totalBytes) + "; a node needs at least " + size(TOTAL_BYTES_MIN));
    }
    long requestBytes = Math.max(totalBytes / 8, 40 * MIB);
    long trafficBytes = Math.max(Math.min(totalBytes, heapBytesMax) / 4, TRAFFIC_BYTES_MIN);
    long transportBytes = Math.max(totalBytes / 32, TRANSPORT_BYTES_MIN);
    long heapShare = totalBytes / 16 + requestBytes + transportBytes + trafficBytes;
    if (heapShare > heapBytesMax / 4 * 3) {
      throw new ConfigException(
          "memory is "
              + size(totalBytes)
              + ", of which "
              + size(heapShare)
              + " are on the heap, but the JVM's heap is "
              + size(heapBytesMax)
              + " at most; give it more, as in TERRANE_JAVA_OPTS=-Xmx2g, or lower memory");
    }
    return new MemoryBudget(
        totalBytes / 2,
        totalBytes / 16,
        requestBytes,
        transportBytes,
        trafficBytes,
        trafficBytes / 2,
        // Whatever else there is, three quarters are there for what is large.
        (int) Math.min(trafficBytes / 8 * 5, MESSAGE_BYTES_MAX));
  }

  private static String size(long bytes) {
    return bytes < MIB ? bytes + " bytes" : bytes / MIB + " MiB";
  }
}
