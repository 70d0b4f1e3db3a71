package dev.terrane.bench.load;

import dev.terrane.client.RawClient;
import dev.terrane.client.RawScan;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Starts operations on random keys. Keys are of one length, so that they are spread evenly; values
 * are random, so that compression does not flatter.
 *
 * <p>Confined to one thread at a time.
 */
final class Operations {
  private static final int VALUES = 64;

  private final RawClient client;
  private final LoadOptions options;
  private final SplittableRandom random;
  private final Bytes[] values = new Bytes[VALUES];

  Operations(RawClient client, LoadOptions options) {
    this.client = client;
    this.options = options;
    this.random = new SplittableRandom(options.seed());
    for (int i = 0; i < VALUES; i++) {
      byte[] value = new byte[options.valueBytes()];
      random.nextBytes(value);
      values[i] = Bytes.wrap(value);
    }
  }

  /** Starts an operation of the chosen kind on a random key. */
  CompletableFuture<?> startNext() {
    Bytes key = key(random.nextInt(options.keys()));
    return switch (options.mode()) {
      case PUT -> put(key);
      case GET -> client.getAsync(key);
      case SCAN ->
          client.scanAsync(RawScan.of(new KeyRange(key, Bytes.EMPTY), options.scanLimit()));
      case MIXED -> random.nextInt(100) < options.putPercent() ? put(key) : client.getAsync(key);
    };
  }

  /** Starts to put the key of this number. */
  CompletableFuture<?> startFill(int number) {
    return put(key(number));
  }

  private CompletableFuture<?> put(Bytes key) {
    return client.putAsync(key, values[random.nextInt(VALUES)]);
  }

  private static Bytes key(int number) {
    byte[] key = new byte[16];
    int rest = number;
    for (int i = key.length - 1; i >= 0; i--) {
      key[i] = (byte) (i < 6 ? "bench/".charAt(i) : '0' + rest % 10);
      rest /= i < 6 ? 1 : 10;
    }
    return Bytes.wrap(key);
  }
}
