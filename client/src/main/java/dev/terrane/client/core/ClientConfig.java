package dev.terrane.client.core;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client can be told.
 *
 * @param pdAddresses {@code host:port} of any of PD's members; the others are learned
 * @param keyspace the keyspace of a version 2 cluster; null for version 1
 * @param requestTimeout after which an operation on keys fails; for a scan, a page of it; range
 *     deletes and checksums have six times as long for each Region
 * @param attemptTimeout how long one store may take before another is tried; six times as long for
 *     range deletes and checksums. A write that may not be sent again waits for its store until its
 *     request timeout
 * @param connectTimeout how long nobody at all may answer before operations fail
 * @param outstandingMax operations under way at a time
 * @param batchRequestsMax requests in one message of the batch stream
 * @param batchBytesMax bytes of keys and values in one message, unless one request has more
 * @param streamsPerStore batch streams to each store
 * @param retryLostWrites whether a put or delete whose reply was lost is sent again, as TiKV's own
 *     clients do, rather than end as undetermined. Not unless asked for: the second execution may
 *     bring back what another client has replaced in between
 */
public record ClientConfig(
    List<String> pdAddresses,
    @Nullable String keyspace,
    Duration requestTimeout,
    Duration attemptTimeout,
    Duration connectTimeout,
    int outstandingMax,
    int batchRequestsMax,
    int batchBytesMax,
    int streamsPerStore,
    boolean retryLostWrites) {
  /** Some operations have several times as long, and clocks of nanoseconds have an end. */
  private static final Duration TIMEOUT_LIMIT = Duration.ofDays(365);

  public static final ClientConfig DEFAULTS =
      new ClientConfig(
          List.of(),
          null,
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(3),
          1024,
          128,
          1 << 20,
          1,
          false);

  /** More than that would wait in the client's memory, not at the cluster. */
  public static final int OUTSTANDING_LIMIT = 1 << 20;

  public ClientConfig {
    pdAddresses = List.copyOf(pdAddresses);
    positive(requestTimeout, "requestTimeout");
    positive(attemptTimeout, "attemptTimeout");
    positive(connectTimeout, "connectTimeout");
    positive(outstandingMax, "outstandingMax");
    if (outstandingMax > OUTSTANDING_LIMIT) {
      throw new IllegalArgumentException(
          "outstandingMax must not be above " + OUTSTANDING_LIMIT + ": " + outstandingMax);
    }
    positive(batchRequestsMax, "batchRequestsMax");
    positive(batchBytesMax, "batchBytesMax");
    positive(streamsPerStore, "streamsPerStore");
  }

  private static void positive(Duration duration, String name) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException(name + " must be above zero: " + duration);
    }
    if (duration.compareTo(TIMEOUT_LIMIT) > 0) {
      throw new IllegalArgumentException(
          name + " must not be above " + TIMEOUT_LIMIT.toDays() + " days: " + duration);
    }
  }

  private static void positive(int number, String name) {
    if (number <= 0) {
      throw new IllegalArgumentException(name + " must be above zero: " + number);
    }
  }
}
