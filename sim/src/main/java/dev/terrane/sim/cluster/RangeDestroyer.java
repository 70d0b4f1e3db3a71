package dev.terrane.sim.cluster;

import com.google.protobuf.ByteString;
import dev.terrane.client.ClientException;
import dev.terrane.client.KeyValue;
import dev.terrane.client.RawScan;
import dev.terrane.client.core.Completion;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.sim.node.ClientNode;
import dev.terrane.sim.node.ClusterPlan;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.world.SimulationFailure;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a range of its own, has every store destroy it, and writes again: once all stores have
 * answered, nothing is there that was acknowledged before they were asked, and what is written from
 * then on stays. Stores that do not answer, or refuse, are asked again, together with all others.
 */
final class RangeDestroyer {
  private static final long MILLI = 1_000_000;
  private static final KeyRange RANGE =
      new KeyRange(Bytes.ofUtf8("destroy/"), Bytes.ofUtf8("destroy0"));
  private static final int KEYS = 3;
  private static final int SCAN_LIMIT = 1_000;
  private static final int TRIES_MAX = 10;

  /** Requests that leave together reach their stores so far apart at most. */
  private static final long APART_MILLIS_MAX = 400;

  private static final long LATE_MILLIS = 200;

  private final Cluster cluster;
  private final Faults faults;
  private @Nullable ClientNode client;
  private @Nullable GrpcChannels channels;

  /** Values that were acknowledged before the stores were asked. */
  private final Set<String> doomed = new HashSet<>(); // never iterated

  private boolean busy;
  private int written;

  RangeDestroyer(Cluster cluster, Faults faults) {
    this.cluster = cluster;
    this.faults = faults;
  }

  private ClientNode client() {
    ClientNode known = client;
    if (known == null) {
      known = new ClientNode(cluster.plan(), cluster.machine("destroyer"));
      client = known;
      channels = cluster.network().channelsOf(known.process());
    }
    return known;
  }

  /** Once round, unless one is under way. */
  void begin(RandomGenerator chance) {
    if (!busy) {
      busy = true;
      onLoop(1, () -> write(KEYS, chance));
    }
  }

  private void onLoop(long nanos, Runnable action) {
    ClientNode node = client();
    node.process().after(nanos, () -> node.process().loop().run(action));
  }

  private void write(int left, RandomGenerator chance) {
    if (left == 0) {
      ask(TRIES_MAX, chance);
      return;
    }
    String value = "old" + ++written;
    put(
        "destroy/" + left,
        value,
        acknowledged -> {
          if (acknowledged) {
            doomed.add(value);
          }
          write(left - 1, chance);
        });
  }

  // ---- asking the stores

  private void ask(int tries, RandomGenerator chance) {
    List<ServerNode> stores =
        cluster.nodes().stream()
            .filter(node -> node.isStore() && !faults.lost().contains(node))
            .toList();
    Round round = new Round(stores.size(), tries, chance);
    ServerNode leader = chance.nextInt(4) > 0 ? cluster.leader() : null;
    for (ServerNode node : stores) {
      long earliest = node == leader ? LATE_MILLIS : 0;
      long latest =
          leader == null || node == leader ? earliest + APART_MILLIS_MAX : LATE_MILLIS / 2;
      onLoop(chance.nextLong(earliest * MILLI + 1, latest * MILLI), () -> ask(node, round));
    }
    if (leader != null) {
      // It goes to one that was asked when it did not lead, before the one that led is asked.
      cluster.world().after(LATE_MILLIS * MILLI / 2, faults::handLeadershipAway);
    }
  }

  private void ask(ServerNode node, Round round) {
    GrpcChannels own = channels;
    if (own == null) {
      throw new IllegalStateException("nobody asks yet");
    }
    ManagedChannel channel = own.open(ClusterPlan.storeAddress(node.machine().name()));
    TikvGrpc.newStub(channel)
        .withDeadline(own.deadlineAfter(3_000))
        .unsafeDestroyRange(
            UnsafeDestroyRangeRequest.newBuilder()
                .setStartKey(ByteString.copyFrom(RANGE.start().toByteArray()))
                .setEndKey(ByteString.copyFrom(RANGE.end().toByteArray()))
                .build(),
            new StreamObserver<>() {
              private boolean done;

              @Override
              public void onNext(UnsafeDestroyRangeResponse response) {
                done = !response.hasRegionError() && response.getError().isEmpty();
              }

              @Override
              public void onError(Throwable failure) {
                channel.shutdownNow();
                round.answered(false);
              }

              @Override
              public void onCompleted() {
                channel.shutdownNow();
                round.answered(done);
              }
            });
  }

  /** One question to all stores. */
  private final class Round {
    private final int tries;
    private final RandomGenerator chance;
    private int left;
    private boolean all = true;

    Round(int stores, int tries, RandomGenerator chance) {
      this.left = stores;
      this.tries = tries;
      this.chance = chance;
    }

    void answered(boolean destroyed) {
      all &= destroyed;
      left--;
      if (left > 0) {
        return;
      }
      if (all) {
        cluster.world().trace().line("----", "all stores have destroyed the range");
        look(chance);
      } else if (tries == 0 || faults.isOver()) {
        busy = false;
      } else {
        onLoop(chance.nextLong(1, 500) * MILLI, () -> ask(tries - 1, chance));
      }
    }
  }

  // ---- what must be true then

  private void look(RandomGenerator chance) {
    client()
        .raw()
        .scan(
            RawScan.of(RANGE, SCAN_LIMIT),
            new Completion<List<KeyValue>>() {
              @Override
              public void succeeded(List<KeyValue> found) {
                for (KeyValue pair : found) {
                  if (doomed.contains(pair.value().toUtf8())) {
                    fail(
                        "%s is still %s after all stores have destroyed its range"
                            .formatted(pair.key().toUtf8(), pair.value().toUtf8()));
                  }
                }
                writeAnew(chance);
              }

              @Override
              public void failed(ClientException failure) {
                busy = false;
              }
            });
  }

  private void writeAnew(RandomGenerator chance) {
    String value = "new" + ++written;
    String key = "destroy/" + value;
    put(
        key,
        value,
        acknowledged -> {
          if (acknowledged) {
            onLoop(chance.nextLong(1, 1_600) * MILLI, () -> mustStay(key, value));
          } else {
            busy = false;
          }
        });
  }

  private void mustStay(String key, String value) {
    client()
        .raw()
        .get(
            Bytes.ofUtf8(key),
            new Completion<Optional<Bytes>>() {
              @Override
              public void succeeded(Optional<Bytes> found) {
                if (!found.equals(Optional.of(Bytes.ofUtf8(value)))) {
                  fail(
                      "%s was written after its range had been destroyed, and is gone: %s"
                          .formatted(key, found));
                }
                doomed.add(value);
                busy = false;
              }

              @Override
              public void failed(ClientException failure) {
                busy = false;
              }
            });
  }

  /** Outside of the client, to which what is thrown inside is one operation's end. */
  private void fail(String what) {
    cluster
        .world()
        .after(
            0,
            () -> {
              throw new SimulationFailure(what);
            });
  }

  private interface Written {
    void ended(boolean acknowledged);
  }

  private void put(String key, String value, Written written) {
    client()
        .raw()
        .put(
            Bytes.ofUtf8(key),
            Bytes.ofUtf8(value),
            Duration.ZERO,
            new Completion<@Nullable Void>() {
              @Override
              public void succeeded(@Nullable Void done) {
                written.ended(true);
              }

              @Override
              public void failed(ClientException failure) {
                written.ended(false);
              }
            });
  }
}
