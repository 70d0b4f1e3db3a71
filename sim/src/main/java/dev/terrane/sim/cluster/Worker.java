package dev.terrane.sim.cluster;

import dev.terrane.client.ClientException;
import dev.terrane.client.CompareAndSwapResult;
import dev.terrane.client.KeyValue;
import dev.terrane.client.RawScan;
import dev.terrane.client.UndeterminedException;
import dev.terrane.client.core.Completion;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.sim.check.HistoryRecorder;
import dev.terrane.sim.check.Outcome;
import dev.terrane.sim.check.Pair;
import dev.terrane.sim.check.RawCall;
import dev.terrane.sim.check.RawResult;
import dev.terrane.sim.node.ClientNode;
import dev.terrane.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One process of a client: one operation after the other, all taken down. */
final class Worker {
  private static final int SCAN_LIMIT = 100;

  private final Workload workload;
  private final ClientNode client;
  private final World world;
  private final int process;
  private final RandomGenerator chance;
  private final Map<Bytes, Optional<Bytes>> lastSeen = new HashMap<>();
  private int written;
  private boolean busy;
  private boolean lastSucceeded;

  /** What it has read in order to swap it next. */
  private @Nullable Bytes toSwap;

  Worker(Workload workload, ClientNode client, World world, int process) {
    this.workload = workload;
    this.client = client;
    this.world = world;
    this.process = process;
    this.chance = world.stream("worker/" + process);
  }

  boolean isBusy() {
    return busy;
  }

  boolean lastSucceeded() {
    return lastSucceeded;
  }

  /** Begins the next operation after a while. */
  void goOn(long pauseNanosMax) {
    client
        .process()
        .after(chance.nextLong(pauseNanosMax), () -> client.process().loop().run(this::next));
  }

  private void next() {
    if (busy || !workload.wantsMore()) {
      return;
    }
    Bytes read = toSwap;
    if (read != null) {
      toSwap = null;
      compareAndSwap(read);
      return;
    }
    int kind = chance.nextInt(100);
    Bytes key = workload.key(chance);
    if (kind < 10) {
      toSwap = key;
      get(key);
    } else if (kind < 35) {
      get(key);
    } else if (kind < 65) {
      put(key);
    } else if (kind < 75) {
      compareAndSwap(key);
    } else if (kind < 83) {
      delete(key);
    } else if (kind < 90) {
      scan();
    } else if (kind < 95) {
      batchGet();
    } else if (kind < 99) {
      batchPut();
    } else {
      timestamp();
    }
  }

  /** What the liveness phase asks of everyone. */
  void putOnce() {
    put(workload.key(chance));
  }

  private Bytes newValue() {
    return Bytes.ofUtf8("p" + process + "." + written++);
  }

  // ---- operations

  private void get(Bytes key) {
    client
        .raw()
        .get(
            key,
            this.<Optional<Bytes>>begin(
                new RawCall.Get(key),
                found -> {
                  lastSeen.put(key, found);
                  return new RawResult.Found(found.orElse(null));
                }));
  }

  private void put(Bytes key) {
    Bytes value = newValue();
    client
        .raw()
        .put(
            key,
            value,
            Duration.ZERO,
            this.begin(new RawCall.Put(key, value), done -> RawResult.DONE));
  }

  private void delete(Bytes key) {
    client.raw().delete(key, this.begin(new RawCall.Delete(key), done -> RawResult.DONE));
  }

  private void compareAndSwap(Bytes key) {
    Bytes expected = lastSeen.getOrDefault(key, Optional.empty()).orElse(null);
    Bytes value = newValue();
    client
        .raw()
        .compareAndSwap(
            key,
            expected,
            value,
            Duration.ZERO,
            this.<CompareAndSwapResult>begin(
                new RawCall.CompareAndSwap(key, expected, value),
                swap -> {
                  lastSeen.put(key, swap.swapped() ? Optional.of(value) : swap.previous());
                  return new RawResult.Swap(swap.swapped(), swap.previous().orElse(null));
                }));
  }

  private void scan() {
    KeyRange range = workload.allKeys();
    boolean reverse = chance.nextBoolean();
    int limit = chance.nextBoolean() ? SCAN_LIMIT : chance.nextInt(1, 4);
    RawScan scan = RawScan.of(range, limit);
    client
        .raw()
        .scan(
            reverse ? scan.reversed() : scan,
            this.<List<KeyValue>>begin(new RawCall.Scan(range, limit, reverse), Worker::pairs));
  }

  private static RawResult pairs(List<KeyValue> found) {
    return new RawResult.Pairs(
        found.stream().map(pair -> new Pair(pair.key(), pair.value())).toList());
  }

  private List<Bytes> someKeys() {
    List<Bytes> keys = new ArrayList<>();
    int count = chance.nextInt(1, 4);
    for (int i = 0; i < count; i++) {
      Bytes key = workload.key(chance);
      if (!keys.contains(key)) {
        keys.add(key);
      }
    }
    return keys;
  }

  private void batchGet() {
    List<Bytes> keys = someKeys();
    client
        .raw()
        .batchGet(
            keys,
            this.<Map<Bytes, Bytes>>begin(
                new RawCall.BatchGet(keys),
                found ->
                    new RawResult.Pairs(
                        found.entrySet().stream()
                            .map(entry -> new Pair(entry.getKey(), entry.getValue()))
                            .toList())));
  }

  private void batchPut() {
    List<Pair> pairs = new ArrayList<>();
    List<KeyValue> sent = new ArrayList<>();
    for (Bytes key : someKeys()) {
      Bytes value = newValue();
      pairs.add(new Pair(key, value));
      sent.add(new KeyValue(key, value));
    }
    client
        .raw()
        .batchPut(
            sent, Duration.ZERO, this.begin(new RawCall.BatchPut(pairs), done -> RawResult.DONE));
  }

  private void timestamp() {
    busy = true;
    long before = workload.newestTimestamp();
    client
        .pd()
        .timestamp(
            new Completion<Long>() {
              @Override
              public void succeeded(Long timestamp) {
                workload.timestamp(timestamp, before);
                ended(true);
              }

              @Override
              public void failed(ClientException failure) {
                ended(false);
              }
            });
  }

  // ---- taking down

  private <T extends @Nullable Object> Completion<T> begin(
      RawCall call, Function<T, RawResult> result) {
    busy = true;
    HistoryRecorder<RawCall, RawResult> history = workload.history();
    int number = history.invoke(process, world.nowNanos(), call);
    world.trace().line("p" + process, call);
    return new Completion<>() {
      @Override
      public void succeeded(T answer) {
        RawResult made = result.apply(answer);
        end(new Outcome.Ok<>(made), true);
      }

      @Override
      public void failed(ClientException failure) {
        String why = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        end(
            failure instanceof UndeterminedException
                ? new Outcome.Unknown<>(why)
                : new Outcome.Failed<>(why),
            false);
      }

      private void end(Outcome<RawResult> outcome, boolean success) {
        history.complete(number, world.nowNanos(), outcome);
        world.trace().line("p" + process, outcome);
        world.trace().digest(outcome.toString().hashCode());
        ended(success);
      }
    };
  }

  private void ended(boolean success) {
    busy = false;
    lastSucceeded = success;
    workload.ended(this, success);
  }
}
