package dev.terrane.client.core;

import dev.terrane.client.CompareAndSwapResult;
import dev.terrane.client.KeyValue;
import dev.terrane.client.RawScan;
import dev.terrane.common.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A core with a cluster to talk to, and the operations run to their end in virtual time. */
final class Bench {
  static final long MINUTE_NANOS = 60_000_000_000L;

  final FakeCluster cluster;
  final VirtualNetwork network;
  final ClientCore core;
  final RawCommands raw;
  final PdCommands pd;

  Bench() {
    this(false, config -> config);
  }

  Bench(boolean version2, UnaryOperator<ClientConfig> change) {
    cluster = new FakeCluster(version2);
    network = new VirtualNetwork(cluster);
    ClientConfig config =
        change.apply(config(version2 ? "app" : null, ClientConfig.DEFAULTS.retryLostWrites()));
    core = new ClientCore(config, network, network, new SplittableRandom(7));
    raw = new RawCommands(core);
    pd = new PdCommands(core);
  }

  static ClientConfig config(@Nullable String keyspace, boolean retryLostWrites) {
    return new ClientConfig(
        List.of("pd1:2379"),
        keyspace,
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        Duration.ofSeconds(3),
        1024,
        128,
        1 << 20,
        1,
        retryLostWrites);
  }

  static ClientConfig withAttemptTimeout(ClientConfig config, Duration attemptTimeout) {
    return new ClientConfig(
        config.pdAddresses(),
        config.keyspace(),
        config.requestTimeout(),
        attemptTimeout,
        config.connectTimeout(),
        config.outstandingMax(),
        config.batchRequestsMax(),
        config.batchBytesMax(),
        config.streamsPerStore(),
        config.retryLostWrites());
  }

  static Bytes key(String text) {
    return Bytes.ofUtf8(text);
  }

  static KeyValue pair(String key, String value) {
    return new KeyValue(key(key), key(value));
  }

  <T extends @Nullable Object> Outcome<T> run(Consumer<Outcome<T>> operation) {
    Outcome<T> outcome = new Outcome<>();
    operation.accept(outcome);
    network.runUntil(core, outcome::hasEnded, MINUTE_NANOS);
    return outcome;
  }

  Outcome<@Nullable Void> put(String key, String value) {
    return run(outcome -> raw.put(key(key), key(value), Duration.ZERO, outcome));
  }

  Outcome<Optional<Bytes>> get(String key) {
    return run(outcome -> raw.get(key(key), outcome));
  }

  Outcome<CompareAndSwapResult> swap(String key, @Nullable String expected, String value) {
    return run(outcome ->
        raw.compareAndSwap(
            key(key), expected == null ? null : key(expected), key(value), Duration.ZERO, outcome));
  }

  Outcome<List<KeyValue>> scan(RawScan scan) {
    return run(outcome -> raw.scan(scan, outcome));
  }

  Outcome<Map<Bytes, Bytes>> batchGet(String... keys) {
    List<Bytes> all = java.util.Arrays.stream(keys).map(Bench::key).toList();
    return run(outcome -> raw.batchGet(all, outcome));
  }
}
