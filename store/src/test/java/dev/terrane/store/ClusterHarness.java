package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.pdpb.ChangePeer;
import dev.terrane.proto.pdpb.ChangePeerV2;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.TransferLeader;
import dev.terrane.raft.RaftConfig;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.ReadReply;
import dev.terrane.txn.RegionReader;
import dev.terrane.txn.WriteReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Several stores, their network and a placement driver on one thread and virtual time. Whatever may
 * happen in any order happens in an order drawn from the seed.
 */
final class ClusterHarness {
  static final Duration STEP = Duration.ofNanos(500_000);
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Log and snapshots are small, so that what is rare in production is common here. */
  static final StoreConfig CONFIG =
      StoreConfig.DEFAULT
          .withRaft(RaftConfig.DEFAULT, Duration.ofMillis(100))
          .withSnapshots(64 << 10, 8 << 10, 100L << 20);

  private final Random random;
  private final VirtualTime time = new VirtualTime();
  private final FakePd pd = new FakePd();
  private final MemoryNetwork network;
  private final StoreConfig config;
  private final List<StoreHarness> stores = new ArrayList<>();

  ClusterHarness(long seed) {
    this(seed, CONFIG);
  }

  ClusterHarness(long seed, StoreConfig config) {
    this.random = new Random(seed);
    this.network = new MemoryNetwork(time, random);
    this.config = config;
  }

  VirtualTime time() {
    return time;
  }

  FakePd pd() {
    return pd;
  }

  MemoryNetwork network() {
    return network;
  }

  StoreConfig config() {
    return config;
  }

  Random random() {
    return random;
  }

  List<StoreHarness> stores() {
    return stores;
  }

  StoreHarness store(int index) {
    return stores.get(index);
  }

  /** Starts one more store. */
  StoreHarness addStore() {
    StoreHarness store = new StoreHarness(this, random, "store-" + stores.size() + ":20160");
    stores.add(store);
    store.start();
    return store;
  }

  /** One store with the first Region, led by it. */
  static ClusterHarness ofOne(long seed) {
    return ofOne(seed, CONFIG);
  }

  static ClusterHarness ofOne(long seed, StoreConfig config) {
    ClusterHarness cluster = new ClusterHarness(seed, config);
    cluster.addStore();
    cluster.await("a leader", () -> cluster.leader() != null);
    return cluster;
  }

  /** Three stores with three voters of the first Region. */
  static ClusterHarness ofThree(long seed) {
    return ofThree(seed, CONFIG);
  }

  static ClusterHarness ofThree(long seed, StoreConfig config) {
    ClusterHarness cluster = ofOne(seed, config);
    cluster.addStore();
    cluster.addStore();
    cluster.growToThree();
    return cluster;
  }

  void growToThree() {
    long second = addLearner(store(1));
    long third = addLearner(store(2));
    enterJoint(
        change(ConfChangeType.AddNode, second, store(1)),
        change(ConfChangeType.AddNode, third, store(2)));
    leaveJoint();
  }

  // ---- time

  int step() {
    time.advance(STEP);
    int work = network.deliver();
    List<StoreHarness> order = new ArrayList<>(stores);
    Collections.shuffle(order, random);
    for (StoreHarness store : order) {
      work += store.poll();
    }
    return work;
  }

  void runFor(Duration duration) {
    long end = time.nanoTime() + duration.toNanos();
    while (time.nanoTime() < end) {
      step();
    }
  }

  /** How often {@code store} wakes up by itself, if it sleeps whenever it may. */
  int wakeUpsOf(StoreHarness store, Duration duration) {
    long end = time.nanoTime() + duration.toNanos();
    int wakeUps = 0;
    while (time.nanoTime() < end) {
      while (store.pollAll() > 0) {
        // until it has nothing to do
      }
      long sleepNanos = store.nextDeadlineNanos() - time.nanoTime();
      time.advance(Duration.ofNanos(Math.max(1, Math.min(sleepNanos, end - time.nanoTime()))));
      wakeUps++;
    }
    return wakeUps;
  }

  void await(String what, BooleanSupplier condition) {
    long end = time.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(time.nanoTime()).as("waited in vain for %s", what).isLessThan(end);
      step();
    }
  }

  // ---- the first Region

  long regionId() {
    Region first = pd.firstRegion();
    if (first == null) {
      throw new AssertionError("no region yet");
    }
    return first.id();
  }

  /** The store that leads the first Region in the highest term, if any does. */
  @Nullable StoreHarness leader() {
    Region first = pd.firstRegion();
    if (first == null) {
      return null;
    }
    StoreHarness best = null;
    long bestTerm = 0;
    for (StoreHarness store : stores) {
      StoreStatus.RegionStatus status = store.peer(first.id());
      if (status != null && status.leads() && status.term() > bestTerm) {
        best = store;
        bestTerm = status.term();
      }
    }
    return best;
  }

  StoreHarness awaitLeader() {
    await("a leader", () -> leader() != null);
    StoreHarness leader = leader();
    if (leader == null) {
      throw new AssertionError("no leader");
    }
    return leader;
  }

  /** The first Region as its leader has it. */
  Region region() {
    StoreHarness leader = awaitLeader();
    Region region = leader.region(regionId());
    if (region == null) {
      throw new AssertionError("a leader without a region");
    }
    return region;
  }

  /** What a client that asks {@code store} would send along; by the leader's knowledge. */
  RegionContext context(StoreHarness store) {
    Region region = store.region(regionId());
    if (region == null) {
      region = pd.known(regionId());
    }
    if (region == null) {
      throw new AssertionError("no region");
    }
    Peer peer = region.peerOnStore(store.storeId());
    return new RegionContext(
        region.id(), region.epoch(), peer == null ? 0 : peer.id(), store.storeId(), 0);
  }

  // ---- membership, as PD asks for it

  static ChangePeer change(ConfChangeType type, long peerId, StoreHarness store) {
    return ChangePeer.newBuilder()
        .setChangeType(type)
        .setPeer(FakePd.peer(peerId, store.storeId()))
        .build();
  }

  /** Sends an instruction to whoever leads, until PD sees the membership that it leads to. */
  void instruct(String what, RegionHeartbeatResponse.Builder action) {
    await("pd knows the leader", () -> leaderKnown());
    long before = confVer();
    long sentAt = 0;
    long end = time.nanoTime() + PATIENCE.toNanos();
    while (confVer() == before) {
      assertThat(time.nanoTime()).as("pd's wish in vain: %s", what).isLessThan(end);
      StoreHarness leader = leader();
      if (leader != null && time.nanoTime() - sentAt > 1_000_000_000L) {
        sentAt = time.nanoTime();
        leader
            .store()
            .onPdInstruction(pd.instruction(regionId()).mergeFrom(action.build()).build());
      }
      step();
    }
  }

  private boolean leaderKnown() {
    return pd.region(regionId()) != null && leader() != null;
  }

  private long confVer() {
    Region known = pd.known(regionId());
    return known == null ? 0 : known.epoch().confVer();
  }

  void changePeer(ConfChangeType type, long peerId, StoreHarness store) {
    instruct(
        type + " " + peerId,
        RegionHeartbeatResponse.newBuilder().setChangePeer(change(type, peerId, store)));
  }

  void enterJoint(ChangePeer... changes) {
    instruct(
        "enter joint",
        RegionHeartbeatResponse.newBuilder()
            .setChangePeerV2(ChangePeerV2.newBuilder().addAllChanges(List.of(changes))));
  }

  void leaveJoint() {
    instruct(
        "leave joint",
        RegionHeartbeatResponse.newBuilder().setChangePeerV2(ChangePeerV2.getDefaultInstance()));
  }

  /** Adds a learner and waits until it has data. */
  long addLearner(StoreHarness store) {
    long peerId = pd.nextId();
    changePeer(ConfChangeType.AddLearnerNode, peerId, store);
    await("the learner has data", () -> hasData(store, peerId));
    return peerId;
  }

  boolean hasData(StoreHarness store, long peerId) {
    StoreStatus.RegionStatus status = store.peer(regionId());
    return status != null && status.peerId() == peerId && status.data().equals("readable");
  }

  void transferLeader(StoreHarness to) {
    StoreHarness from = awaitLeader();
    Region region = from.region(regionId());
    Peer target = region == null ? null : region.peerOnStore(to.storeId());
    if (target == null) {
      throw new AssertionError("no peer there");
    }
    from.store()
        .onPdInstruction(
            pd.instruction(regionId())
                .setTransferLeader(
                    TransferLeader.newBuilder().setPeer(FakePd.peer(target.id(), to.storeId())))
                .build());
    await("leader transfer", () -> to.leads(regionId()));
  }

  // ---- requests

  /** How a write ended. */
  static final class WriteOutcome implements WriteReply {
    boolean done;
    @Nullable RegionError error;

    @Override
    public void applied() {
      assertThat(done).as("answered twice").isFalse();
      done = true;
    }

    @Override
    public void refused(RegionError refusal) {
      assertThat(done).as("answered twice").isFalse();
      done = true;
      error = refusal;
    }

    boolean succeeded() {
      return done && error == null;
    }
  }

  /** How a read ended. */
  static final class ReadOutcome implements ReadReply {
    boolean done;
    @Nullable RegionReader reader;
    @Nullable RegionError error;

    @Override
    public void ready(RegionReader newReader) {
      assertThat(done).as("answered twice").isFalse();
      done = true;
      reader = newReader;
    }

    @Override
    public void refused(RegionError refusal) {
      assertThat(done).as("answered twice").isFalse();
      done = true;
      error = refusal;
    }
  }

  static Bytes key(String text) {
    return Bytes.ofUtf8(text);
  }

  static KeyRange only(Bytes key) {
    return new KeyRange(key, key.successor());
  }

  WriteOutcome write(StoreHarness store, String key, String value) {
    return write(store, context(store), key, value, null);
  }

  WriteOutcome write(
      StoreHarness store,
      RegionContext context,
      String key,
      String value,
      @Nullable DecisionStamp decidedOn) {
    WriteOutcome outcome = new WriteOutcome();
    store
        .store()
        .write(
            context,
            only(key(key)),
            Mutations.put(ColumnFamily.DEFAULT, key(key), Bytes.ofUtf8(value)),
            decidedOn,
            outcome);
    return outcome;
  }

  /** Writes through whoever leads, again and again until it is applied. */
  void put(String key, String value) {
    long end = time.nanoTime() + PATIENCE.toNanos();
    while (true) {
      assertThat(time.nanoTime()).as("put %s in vain", key).isLessThan(end);
      StoreHarness leader = awaitLeader();
      WriteOutcome outcome = write(leader, key, value);
      while (!outcome.done && leader.isUp() && time.nanoTime() < end) {
        step();
      }
      if (outcome.succeeded()) {
        return;
      }
      step();
    }
  }

  ReadOutcome read(StoreHarness store, ReadMode mode, String key) {
    ReadOutcome outcome = new ReadOutcome();
    store.store().read(context(store), mode, only(key(key)), outcome);
    return outcome;
  }

  /** Reads from {@code store} until it answers with a value. */
  @Nullable String get(StoreHarness store, ReadMode mode, String key) {
    long end = time.nanoTime() + PATIENCE.toNanos();
    while (true) {
      assertThat(time.nanoTime()).as("get %s in vain", key).isLessThan(end);
      ReadOutcome outcome = read(store, mode, key);
      while (!outcome.done && time.nanoTime() < end) {
        step();
      }
      try (RegionReader reader = outcome.reader) {
        if (reader != null) {
          Bytes value = reader.latest().get(ColumnFamily.DEFAULT, key(key));
          if (reader.recheck() == null) {
            return value == null ? null : value.toUtf8();
          }
        }
      }
      step();
    }
  }

  @Nullable String get(String key) {
    return get(awaitLeader(), ReadMode.LEADER, key);
  }

  /** What is in a store's engine, whatever Raft thinks of it. */
  static @Nullable String stored(StoreHarness store, String key) {
    Bytes value = store.engine().get(ColumnFamily.DEFAULT, key(key));
    return value == null ? null : value.toUtf8();
  }
}
