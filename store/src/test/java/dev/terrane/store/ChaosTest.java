package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.pdpb.TransferLeader;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.RegionReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients write and read while stores crash, lose power, stand still and are cut off, messages are
 * lost, leadership moves and peers are replaced. Each key's history must be that of one register;
 * when all is healed, everything goes on and all replicas are equal.
 *
 * <p>{@code -Dstore.chaos.seeds=200} widens it; a failure names its seed.
 */
class ChaosTest {
  private static final int CLIENTS = 4;
  private static final int KEYS = 12;

  static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    long first = Long.getLong("store.chaos.first", 1);
    for (long seed = first; seed < first + Integer.getInteger("store.chaos.seeds", 8); seed++) {
      seeds.add(seed);
    }
    return seeds;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyKeyIsOneRegister(long seed) {
    new Run(seed).run();
  }

  /** One client: one operation at a time. */
  private static final class Client {
    RegisterHistory.@Nullable Operation operation;
    @Nullable RegisterHistory history;
    @Nullable String key;
    ClusterHarness.@Nullable WriteOutcome write;
    ClusterHarness.@Nullable ReadOutcome read;
    @Nullable StoreHarness asked;
    int askedLife;
  }

  private static final class Run {
    private final ClusterHarness cluster;
    private final Random random;
    private final List<RegisterHistory> histories = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final int[] lives = new int[3];
    private final long[] restartAtNanos = new long[3];
    private final long[] resumeAtNanos = new long[3];
    private long healAtNanos;
    private int written;

    Run(long seed) {
      StoreConfig config =
          ClusterHarness.CONFIG
              .withLog(16 << 10, 64 << 10)
              .withSnapshots(2 << 10, 1 << 10, 1 << 20);
      cluster = ClusterHarness.ofThree(seed, config);
      random = cluster.random();
      for (int i = 0; i < KEYS; i++) {
        histories.add(new RegisterHistory());
      }
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new Client());
      }
    }

    void run() {
      long end = now() + Duration.ofSeconds(60).toNanos();
      long faultAt = now();
      while (now() < end) {
        if (now() >= faultAt) {
          fault();
          faultAt = now() + Duration.ofMillis(random.nextInt(300, 3000)).toNanos();
        }
        recover();
        clients.forEach(this::act);
        cluster.step();
      }
      healAll();
      for (int i = 0; i < KEYS; i++) {
        cluster.put("k" + i, "last" + i);
      }
      check();
    }

    private long now() {
      return cluster.time().nanoTime();
    }

    private void fault() {
      int victim = random.nextInt(3);
      StoreHarness store = cluster.store(victim);
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          if (store.isUp()) {
            if (random.nextBoolean()) {
              store.losePower();
            } else {
              store.kill();
            }
            lives[victim]++;
            restartAtNanos[victim] = now() + Duration.ofMillis(random.nextInt(1, 4000)).toNanos();
          }
        }
        case 2, 3 -> {
          cluster.network().isolate(store.storeId(), ReplicationTest.storeIds(cluster));
          healAtNanos = now() + Duration.ofMillis(random.nextInt(100, 4000)).toNanos();
        }
        case 4 -> {
          cluster.network().lose(0.3);
          healAtNanos = now() + Duration.ofMillis(random.nextInt(100, 2000)).toNanos();
        }
        case 5 -> {
          store.pause(true);
          resumeAtNanos[victim] = now() + Duration.ofMillis(random.nextInt(100, 4000)).toNanos();
        }
        case 6 -> transfer(store);
        case 7 -> replacePeer(store);
        default -> throw new AssertionError();
      }
    }

    private void transfer(StoreHarness to) {
      StoreHarness leader = cluster.leader();
      if (leader != null && leader != to && cluster.pd().region(cluster.regionId()) != null) {
        leader
            .store()
            .onPdInstruction(
                cluster
                    .pd()
                    .instruction(cluster.regionId())
                    .setTransferLeader(
                        TransferLeader.newBuilder()
                            .setPeer(
                                FakePd.peer(
                                    to.isUp() ? cluster.context(to).peerId() : 1, to.storeId())))
                    .build());
      }
    }

    /** PD moves one step at a time: remove a peer, add a learner, make it a voter. */
    private void replacePeer(StoreHarness store) {
      StoreHarness leader = cluster.leader();
      var known = cluster.pd().known(cluster.regionId());
      if (leader == null || leader == store || known == null) {
        return;
      }
      var peer = known.peerOnStore(store.storeId());
      var instruction = cluster.pd().instruction(cluster.regionId());
      if (peer == null) {
        instruction.setChangePeer(
            ClusterHarness.change(ConfChangeType.AddLearnerNode, cluster.pd().nextId(), store));
      } else if (peer.role() == PeerRole.LEARNER) {
        instruction.setChangePeer(ClusterHarness.change(ConfChangeType.AddNode, peer.id(), store));
      } else if (known.peers().size() == 3
          && known.peers().stream().allMatch(p -> p.role() == peer.role())) {
        instruction.setChangePeer(
            ClusterHarness.change(ConfChangeType.RemoveNode, peer.id(), store));
      }
      leader.store().onPdInstruction(instruction.build());
    }

    private void recover() {
      if (now() >= healAtNanos) {
        cluster.network().heal();
      }
      for (int i = 0; i < 3; i++) {
        StoreHarness store = cluster.store(i);
        if (!store.isUp() && now() >= restartAtNanos[i]) {
          store.start();
        }
        if (now() >= resumeAtNanos[i]) {
          store.pause(false);
        }
      }
    }

    private void healAll() {
      cluster.network().heal();
      for (StoreHarness store : cluster.stores()) {
        store.pause(false);
        if (!store.isUp()) {
          store.start();
        }
      }
    }

    private void act(Client client) {
      if (client.operation == null) {
        if (random.nextInt(20) == 0) {
          begin(client);
        }
        return;
      }
      int index = cluster.stores().indexOf(client.asked);
      if (lives[index] != client.askedLife) {
        client.operation = null; // the answer will never come: anything may have happened
      } else if (client.write != null && client.write.done) {
        endWrite(client, client.write);
      } else if (client.read != null && client.read.done) {
        endRead(client, client.read);
      }
    }

    private void begin(Client client) {
      int index = random.nextInt(3);
      StoreHarness leader = cluster.leader();
      if (leader != null && random.nextInt(4) > 0) {
        index = cluster.stores().indexOf(leader);
      }
      int key = random.nextInt(KEYS);
      StoreHarness store = cluster.store(index);
      RegisterHistory history = histories.get(key);
      if (!store.isUp() || history.isFull()) {
        return;
      }
      client.asked = store;
      client.askedLife = lives[index];
      client.history = history;
      client.key = "k" + key;
      client.write = null;
      client.read = null;
      if (random.nextBoolean()) {
        String value = "v" + written++;
        client.operation = history.write(value, now());
        client.write = cluster.write(store, "k" + key, value);
      } else {
        client.operation = history.read(now());
        ReadMode mode = random.nextBoolean() ? ReadMode.LEADER : ReadMode.REPLICA;
        client.read = cluster.read(store, mode, "k" + key);
      }
    }

    private void endWrite(Client client, ClusterHarness.WriteOutcome write) {
      RegisterHistory.Operation operation = client.operation;
      RegisterHistory history = client.history;
      client.operation = null;
      if (operation == null || history == null) {
        throw new AssertionError();
      }
      if (write.error == null) {
        operation.answered(null, now());
      } else if (!(write.error instanceof RegionError.UndeterminedResult)) {
        history.forget(operation);
      }
    }

    private void endRead(Client client, ClusterHarness.ReadOutcome read) {
      RegisterHistory.Operation operation = client.operation;
      String key = client.key;
      client.operation = null;
      if (operation == null || key == null) {
        throw new AssertionError();
      }
      try (RegionReader reader = read.reader) {
        if (reader != null) {
          Bytes value = reader.latest().get(ColumnFamily.DEFAULT, ClusterHarness.key(key));
          if (reader.recheck() == null) {
            operation.answered(value == null ? null : value.toUtf8(), now());
          }
        }
      }
    }

    private void check() {
      for (int i = 0; i < KEYS; i++) {
        RegisterHistory history = histories.get(i);
        assertThat(history.isLinearizable())
            .as("history of k%d: %s", i, history.operations())
            .isTrue();
      }
      for (StoreHarness store : cluster.stores()) {
        if (cluster.region().peerOnStore(store.storeId()) == null) {
          continue;
        }
        for (int i = 0; i < KEYS; i++) {
          String key = "k" + i;
          String last = "last" + i;
          cluster.await("equal replicas", () -> last.equals(ClusterHarness.stored(store, key)));
        }
      }
      int acknowledged = 0;
      for (RegisterHistory history : histories) {
        acknowledged += history.operations().size();
      }
      assertThat(acknowledged).as("operations that had an effect").isGreaterThan(20);
    }
  }
}
