package dev.terrane.sim.cluster;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.sim.check.HistoryRecorder;
import dev.terrane.sim.check.RawCall;
import dev.terrane.sim.check.RawResult;
import dev.terrane.sim.node.ClientNode;
import dev.terrane.sim.world.SimulationFailure;
import dev.terrane.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The clients of a run, their pace, and what they have seen together. */
final class Workload {
  private static final int OPERATIONS_MAX = 1 << 20;
  private static final long SECOND = 1_000_000_000L;

  private final int keys;
  private final long pauseNanosMax;
  private final List<Worker> workers = new ArrayList<>();
  private final HistoryRecorder<RawCall, RawResult> history = new HistoryRecorder<>(OPERATIONS_MAX);
  private final @Nullable Filler filler;
  private final @Nullable FollowerReads followerReads;
  private boolean paced;
  private long newestTimestamp;
  private long succeeded;
  private long failed;

  Workload(Cluster cluster) {
    Parameters parameters = cluster.parameters();
    World world = cluster.world();
    keys = parameters.keys();
    int all = parameters.clients() * parameters.workers();
    pauseNanosMax = 2L * all * SECOND / parameters.operationsPerSecond();
    for (int i = 1; i <= parameters.clients(); i++) {
      ClientNode client = new ClientNode(cluster.plan(), cluster.machine("c" + i));
      for (int j = 0; j < parameters.workers(); j++) {
        workers.add(new Worker(this, client, world, workers.size()));
      }
    }
    filler =
        parameters.smallLog()
            ? new Filler(
                new ClientNode(cluster.plan(), cluster.machine("c0")),
                10_000_000_000L / parameters.operationsPerSecond(),
                () -> paced)
            : null;
    followerReads =
        parameters.followerReads()
            ? new FollowerReads(cluster, history, everyKey(), workers.size(), () -> paced)
            : null;
  }

  private List<Bytes> everyKey() {
    return IntStream.range(0, keys).mapToObj(Workload::key).toList();
  }

  /** Null in a run without. */
  @Nullable FollowerReads followerReads() {
    return followerReads;
  }

  List<Worker> workers() {
    return workers;
  }

  HistoryRecorder<RawCall, RawResult> history() {
    return history;
  }

  Bytes key(RandomGenerator chance) {
    return key(chance.nextInt(keys));
  }

  private static Bytes key(int number) {
    return Bytes.ofUtf8("k" + number);
  }

  KeyRange allKeys() {
    return new KeyRange(Bytes.ofUtf8("k"), Bytes.ofUtf8("l"));
  }

  long succeeded() {
    return succeeded;
  }

  long failed() {
    return failed;
  }

  // ---- pace

  void begin() {
    paced = true;
    workers.forEach(worker -> worker.goOn(pauseNanosMax));
    if (filler != null) {
      filler.goOn();
    }
    if (followerReads != null) {
      followerReads.goOn();
    }
  }

  void stop() {
    paced = false;
  }

  boolean wantsMore() {
    return paced && !history.isFull();
  }

  boolean isIdle() {
    return workers.stream().noneMatch(Worker::isBusy)
        && (followerReads == null || followerReads.isIdle());
  }

  void ended(Worker worker, boolean success) {
    if (success) {
      succeeded++;
    } else {
      failed++;
    }
    if (paced) {
      worker.goOn(pauseNanosMax);
    }
  }

  // ---- timestamps as clients see them

  long newestTimestamp() {
    return newestTimestamp;
  }

  /** A timestamp came whose request left when {@code before} had been seen by somebody. */
  void timestamp(long timestamp, long before) {
    if (timestamp <= before) {
      throw new SimulationFailure(
          "timestamp %d, asked for after %d was seen".formatted(timestamp, before));
    }
    newestTimestamp = Math.max(newestTimestamp, timestamp);
  }
}
