package dev.terrane.client.core;

import static dev.terrane.client.core.Bench.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.client.UndeterminedException;
import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One client writes each key in turn while leaders move, Regions split, stores come and go and
 * replies are lost. What was acknowledged is there, what was refused is not, and every operation
 * ends; once the cluster is well again everything succeeds.
 */
final class HostileClusterTest {
  private static final int KEYS = 20;

  private final Map<Integer, Set<Optional<Bytes>>> possibleByKey = new LinkedHashMap<>();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void saysOnlyWhatIsTrue(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Bench bench = new Bench(random.nextBoolean(), config -> config);
    for (int k = 0; k < KEYS; k++) {
      possibleByKey.put(k, new LinkedHashSet<>(Set.of(Optional.empty())));
    }
    for (int round = 0; round < 40; round++) {
      harm(bench, random);
      round(bench, random, round);
    }
    heal(bench);
    for (int k = 0; k < KEYS; k++) {
      Outcome<Optional<Bytes>> read = bench.get(name(k));
      assertThat(possibleByKey.get(k)).as("seed %d, key %d", seed, k).contains(read.answer());
    }
    assertThat(bench.put("after", "healing").hasSucceeded()).isTrue();
  }

  private static String name(int k) {
    return "k" + (char) ('a' + k);
  }

  private static Bytes wire(Bench bench, int k) {
    return bench.core.codecOrNull() == null
        ? key(name(k))
        : bench.core.codec().toWire(key(name(k)));
  }

  /**
   * Each key is written at most once a round, so a late write of an earlier round is told apart.
   */
  private void round(Bench bench, SplittableRandom random, int round) {
    Map<Integer, Outcome<@Nullable Void>> writes = new LinkedHashMap<>();
    List<Outcome<Optional<Bytes>>> reads = new ArrayList<>();
    Bytes value = key("v" + round);
    for (int k = 0; k < KEYS; k++) {
      if (random.nextBoolean()) {
        Outcome<@Nullable Void> write = new Outcome<>();
        bench.raw.put(key(name(k)), value, Duration.ZERO, write);
        writes.put(k, write);
      } else {
        Outcome<Optional<Bytes>> read = new Outcome<>();
        bench.raw.get(key(name(k)), read);
        reads.add(read);
      }
    }
    bench.network.runUntil(
        bench.core,
        () ->
            writes.values().stream().allMatch(Outcome::hasEnded)
                && reads.stream().allMatch(Outcome::hasEnded),
        Bench.MINUTE_NANOS);
    for (Map.Entry<Integer, Outcome<@Nullable Void>> write : writes.entrySet()) {
      record(write.getKey(), write.getValue(), value);
    }
  }

  private void record(int k, Outcome<@Nullable Void> write, Bytes value) {
    Set<Optional<Bytes>> possible =
        possibleByKey.computeIfAbsent(k, absent -> new LinkedHashSet<>());
    if (write.hasSucceeded()) {
      possible.clear();
      possible.add(Optional.of(value));
    } else if (write.failure() instanceof UndeterminedException) {
      possible.add(Optional.of(value));
    }
  }

  private static void harm(Bench bench, SplittableRandom random) {
    heal(bench);
    Bytes somewhere = wire(bench, random.nextInt(KEYS));
    long store = 1L + random.nextInt(3);
    switch (random.nextInt(8)) {
      case 0 -> bench.cluster.lead(somewhere, store);
      case 1 -> {
        if (!bench.cluster.placements().containsKey(somewhere)) {
          bench.cluster.split(somewhere);
        }
      }
      case 2 -> bench.network.cutOff(bench.cluster.address(store));
      case 3 -> bench.network.silence(bench.cluster.address(store));
      case 4 -> bench.cluster.loseReplies(1 + random.nextInt(5));
      case 5 -> bench.cluster.pd().lagBehind();
      case 6 -> bench.cluster.lead(somewhere, 0);
      default ->
          bench.cluster.refuseNext(
              store,
              new RegionError.ServerIsBusy("", Duration.ZERO),
              new RegionError.StaleCommand(),
              new RegionError.Other("raft: proposal dropped"));
    }
  }

  private static void heal(Bench bench) {
    for (long store = 1; store <= 3; store++) {
      bench.network.reconnect(bench.cluster.address(store));
    }
    bench.cluster.pd().catchUp();
    bench.cluster.loseReplies(0);
    for (FakeCluster.Placement placement : bench.cluster.placements().values()) {
      if (placement.leaderStoreId == 0) {
        placement.leaderStoreId = 2;
      }
    }
  }
}
