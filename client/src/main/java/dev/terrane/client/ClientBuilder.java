package dev.terrane.client;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.terrane.client.core.ClientConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link TerraneClient} is to be opened. What is not said has the value of {@link
 * ClientConfig#DEFAULTS}.
 */
public final class ClientBuilder {
  /** The most that {@link #outstandingMax} may be. */
  public static final int OUTSTANDING_LIMIT = ClientConfig.OUTSTANDING_LIMIT;

  private final List<String> pdAddresses = new ArrayList<>();
  private @Nullable String keyspace = ClientConfig.DEFAULTS.keyspace();
  private Duration requestTimeout = ClientConfig.DEFAULTS.requestTimeout();
  private Duration attemptTimeout = ClientConfig.DEFAULTS.attemptTimeout();
  private Duration connectTimeout = ClientConfig.DEFAULTS.connectTimeout();
  private int outstandingMax = ClientConfig.DEFAULTS.outstandingMax();
  private int batchRequestsMax = ClientConfig.DEFAULTS.batchRequestsMax();
  private int batchBytesMax = ClientConfig.DEFAULTS.batchBytesMax();
  private int streamsPerStore = ClientConfig.DEFAULTS.streamsPerStore();
  private boolean retryLostWrites = ClientConfig.DEFAULTS.retryLostWrites();

  ClientBuilder(String... addresses) {
    for (String given : addresses) {
      for (String address : given.split(",", -1)) {
        pdAddresses.add(checked(address.strip()));
      }
    }
  }

  private static String checked(String given) {
    String address = given.startsWith("http://") ? given.substring("http://".length()) : given;
    int colon = address.lastIndexOf(':');
    if (colon <= 0 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new InvalidArgumentException("not host:port: " + given);
    }
    return address;
  }

  /**
   * The cluster has API version 2; keys are those of the keyspace with this name, an empty name
   * being the default one's. Without this call the cluster has version 1, with or without TTL.
   */
  @CanIgnoreReturnValue
  public ClientBuilder apiVersion2(String keyspaceName) {
    keyspace = keyspaceName;
    return this;
  }

  /** After which an operation fails; see {@link ClientConfig} for what works on ranges. */
  @CanIgnoreReturnValue
  public ClientBuilder requestTimeout(Duration timeout) {
    requestTimeout = timeout;
    return this;
  }

  /**
   * How long one store may take before another is tried. A write that is not sent again, see {@link
   * #retryLostWrites}, waits for its store until its {@link #requestTimeout}.
   */
  @CanIgnoreReturnValue
  public ClientBuilder attemptTimeout(Duration timeout) {
    attemptTimeout = timeout;
    return this;
  }

  /** How long nobody at all may answer before operations fail. */
  @CanIgnoreReturnValue
  public ClientBuilder connectTimeout(Duration timeout) {
    connectTimeout = timeout;
    return this;
  }

  /** Operations under way at a time; callers past it wait. */
  @CanIgnoreReturnValue
  public ClientBuilder outstandingMax(int max) {
    outstandingMax = max;
    return this;
  }

  /** Most requests in one message of the batch stream, and most bytes of keys and values. */
  @CanIgnoreReturnValue
  public ClientBuilder batchMax(int requests, int bytes) {
    batchRequestsMax = requests;
    batchBytesMax = bytes;
    return this;
  }

  @CanIgnoreReturnValue
  public ClientBuilder streamsPerStore(int streams) {
    streamsPerStore = streams;
    return this;
  }

  /**
   * Whether a put or delete whose reply was lost is sent again, rather than end with {@link
   * UndeterminedException}. Only where no key has several writers: see {@link RawClient}.
   */
  @CanIgnoreReturnValue
  public ClientBuilder retryLostWrites(boolean retry) {
    retryLostWrites = retry;
    return this;
  }

  public TerraneClient open() {
    if (pdAddresses.isEmpty()) {
      throw new InvalidArgumentException("no address of PD is given");
    }
    try {
      return TerraneClient.open(
          new ClientConfig(
              pdAddresses,
              keyspace,
              requestTimeout,
              attemptTimeout,
              connectTimeout,
              outstandingMax,
              batchRequestsMax,
              batchBytesMax,
              streamsPerStore,
              retryLostWrites));
    } catch (IllegalArgumentException e) {
      InvalidArgumentException invalid =
          new InvalidArgumentException(String.valueOf(e.getMessage()));
      invalid.initCause(e);
      throw invalid;
    }
  }
}
