package dev.terrane.pd;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.PdCluster.Node;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.BootstrapRequest;
import dev.terrane.proto.pdpb.BootstrapResponse;
import dev.terrane.proto.pdpb.ChangePeer;
import dev.terrane.proto.pdpb.PeerStats;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreStats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Stores with one Region, as PD sees them: they report, and do what PD asks, a while later. After
 * each change the invariant holds that no group rests at an even number of voters.
 */
final class FakeStores {
  private static final long REPORT_NANOS = 1_000_000_000L;

  /** Longer than PD waits before it asks again. */
  private static final long CATCH_UP_NANOS = 5_000_000_000L;

  final PdCluster cluster;
  final SortedMap<Long, Boolean> aliveByStoreId = new TreeMap<>();
  final List<String> history = new ArrayList<>();
  Region region;
  long leaderStore;
  long term = 6;
  private final SortedMap<Long, Long> caughtUpAtByPeerId = new TreeMap<>();
  private final Deque<RegionHeartbeatResponse> instructions = new ArrayDeque<>();
  private @Nullable Node connectedTo;
  private @Nullable HeartbeatStream stream;
  private long reportedAt;
  private boolean changed = true;

  /** Whether the Region's leader says nothing, although the stores do. */
  boolean regionIsSilent;

  private FakeStores(PdCluster cluster) {
    this.cluster = cluster;
    this.region = new Region(2, KeyRange.ALL, RegionEpoch.FIRST, List.of(Peer.voter(3, 1)));
    this.leaderStore = 1;
  }

  /** Bootstraps {@code cluster} by store 1, which holds Region 2. */
  static FakeStores bootstrap(PdCluster cluster) {
    FakeStores stores = new FakeStores(cluster);
    BootstrapResponse response = cluster.onLeader(stores.bootstrapRequest(), Pd::bootstrap);
    if (response.getHeader().hasError()) {
      throw new AssertionError(response.toString());
    }
    stores.add(1);
    cluster.actor(stores::move);
    return stores;
  }

  BootstrapRequest bootstrapRequest() {
    return BootstrapRequest.newBuilder()
        .setHeader(cluster.header())
        .setStore(store(1))
        .setRegion(ProtoRegions.toProto(region))
        .build();
  }

  static Store store(long id) {
    return Store.newBuilder()
        .setId(id)
        .setAddress("store-" + id + ":20160")
        .setVersion("8.5.0")
        .build();
  }

  /** A store introduces itself. */
  PutStoreResponse add(long id) {
    return add(store(id));
  }

  PutStoreResponse add(Store store) {
    return add(store, "");
  }

  /**
   * A store introduces itself.
   *
   * @param notAt where it has seen that it does not run any more
   */
  PutStoreResponse add(Store store, String notAt) {
    PutStoreRequest request =
        PutStoreRequest.newBuilder()
            .setHeader(cluster.header())
            .setStore(store)
            .setNotAt(notAt)
            .build();
    PutStoreResponse response = cluster.onLeader(request, Pd::putStore);
    if (!response.getHeader().hasError()) {
      aliveByStoreId.put(store.getId(), true);
    }
    return response;
  }

  /** The store says nothing more; another voter's store leads if it led. */
  void kill(long id) {
    aliveByStoreId.put(id, false);
    if (leaderStore == id) {
      for (Peer peer : region.peers()) {
        if (isAlive(peer.storeId()) && peer.role() == PeerRole.VOTER) {
          lead(peer.storeId());
          return;
        }
      }
    }
  }

  /** What was open to a member that has been started again is not any more. */
  void connectAnew() {
    stream = null;
  }

  void revive(long id) {
    aliveByStoreId.put(id, true);
  }

  private boolean isAlive(long storeId) {
    return aliveByStoreId.getOrDefault(storeId, false);
  }

  private void lead(long storeId) {
    leaderStore = storeId;
    term++;
    changed = true;
    stream = null;
  }

  private void move() {
    Node leader = cluster.leader();
    if (leader == null || !isAlive(leaderStore)) {
      return;
    }
    long now = cluster.nowNanos();
    if (stream == null || connectedTo != leader) {
      connectedTo = leader;
      stream = leader.pd().openHeartbeats(new Sink());
      changed = true;
      storeHeartbeats(leader);
    }
    while (!instructions.isEmpty()) {
      obey(instructions.remove());
    }
    if (stream == null) {
      return; // another store leads now, and connects with the next move
    }
    boolean newlyCaughtUp =
        caughtUpAtByPeerId.values().stream().anyMatch(at -> at > reportedAt && at <= now);
    if (regionIsSilent) {
      if (now - reportedAt >= REPORT_NANOS) {
        reportedAt = now;
        storeHeartbeats(leader);
      }
    } else if (changed || newlyCaughtUp || now - reportedAt >= REPORT_NANOS) {
      if (now - reportedAt >= REPORT_NANOS) {
        storeHeartbeats(leader);
      }
      reportedAt = now;
      changed = false;
      stream.heartbeat(report(now), () -> {});
    }
  }

  private final class Sink implements InstructionSink {
    @Override
    public void instruct(RegionHeartbeatResponse instruction) {
      if (instruction.getHeader().hasError()) {
        history.add("error: " + instruction.getHeader().getError().getMessage());
      } else {
        instructions.add(instruction);
      }
    }

    @Override
    public void end(PdRefusal why) {
      stream = null;
    }
  }

  private void storeHeartbeats(Node leader) {
    aliveByStoreId.forEach((id, alive) -> {
      if (alive) {
        StoreHeartbeatRequest request =
            StoreHeartbeatRequest.newBuilder()
                .setHeader(cluster.header())
                .setStats(StoreStats.newBuilder().setStoreId(id))
                .build();
        cluster.ask(leader, request, Pd::storeHeartbeat);
      }
    });
  }

  private RegionHeartbeatRequest report(long now) {
    Peer leader = region.peerOnStore(leaderStore);
    RegionHeartbeatRequest.Builder report =
        RegionHeartbeatRequest.newBuilder()
            .setHeader(cluster.header())
            .setRegion(ProtoRegions.toProto(region))
            .setTerm(term);
    if (leader != null) {
      report.setLeader(ProtoRegions.toProto(leader));
    }
    for (Peer peer : region.peers()) {
      if (caughtUpAtByPeerId.getOrDefault(peer.id(), 0L) > now) {
        report.addPendingPeers(ProtoRegions.toProto(peer));
      }
      if (!isAlive(peer.storeId())) {
        report.addDownPeers(
            PeerStats.newBuilder().setPeer(ProtoRegions.toProto(peer)).setDownSeconds(60));
      }
    }
    return report.build();
  }

  private void obey(RegionHeartbeatResponse instruction) {
    long confVer = instruction.getRegionEpoch().getConfVer();
    if (instruction.getRegionId() != region.id() || confVer != region.epoch().confVer()) {
      return; // the epoch check
    }
    if (instruction.hasTransferLeader()) {
      lead(instruction.getTransferLeader().getPeer().getStoreId());
      history.add("lead " + leaderStore);
    } else if (instruction.hasChangePeer()) {
      change(instruction.getChangePeer());
    } else if (instruction.hasChangePeerV2()) {
      changeJointly(instruction.getChangePeerV2().getChangesList());
    }
  }

  private void change(ChangePeer change) {
    Peer peer = ProtoRegions.fromProto(change.getPeer());
    List<Peer> peers = new ArrayList<>(region.peers());
    switch (change.getChangeType()) {
      case AddLearnerNode -> {
        if (region.peerOnStore(peer.storeId()) != null) {
          throw new AssertionError("asked twice for " + peer);
        }
        peers.add(peer);
        caughtUpAtByPeerId.put(peer.id(), cluster.nowNanos() + CATCH_UP_NANOS);
        history.add("learner " + peer.storeId());
      }
      case AddNode -> {
        peers.replaceAll(p -> p.id() == peer.id() ? p.withRole(PeerRole.VOTER) : p);
        history.add("promote " + peer.storeId());
      }
      case RemoveNode -> {
        peers.removeIf(p -> p.id() == peer.id());
        history.add("remove " + peer.storeId());
      }
      case UNRECOGNIZED -> throw new AssertionError(change.toString());
    }
    become(peers, 1);
  }

  private void changeJointly(List<ChangePeer> changes) {
    List<Peer> peers = new ArrayList<>(region.peers());
    if (changes.isEmpty()) {
      peers.replaceAll(p ->
          switch (p.role()) {
            case INCOMING_VOTER -> p.withRole(PeerRole.VOTER);
            case DEMOTING_VOTER -> p.withRole(PeerRole.LEARNER);
            case VOTER, LEARNER -> p;
          });
      become(peers, 2);
      history.add("leave joint");
      return;
    }
    StringBuilder text = new StringBuilder("joint");
    for (ChangePeer change : changes) {
      boolean promoted = change.getChangeType() == ConfChangeType.AddNode;
      PeerRole role = promoted ? PeerRole.INCOMING_VOTER : PeerRole.DEMOTING_VOTER;
      long id = change.getPeer().getId();
      peers.replaceAll(p -> p.id() == id ? p.withRole(role) : p);
      text.append(promoted ? " +" : " -").append(change.getPeer().getStoreId());
    }
    become(peers, changes.size());
    history.add(text.toString());
  }

  private void become(List<Peer> peers, long confVerStep) {
    RegionEpoch epoch = region.epoch();
    region =
        region.withPeers(peers, new RegionEpoch(epoch.confVer() + confVerStep, epoch.version()));
    changed = true;
  }

  /** Stores with a replica, voters as they are and learners with an L. */
  String shape() {
    List<String> parts = new ArrayList<>();
    region.peers().stream()
        .sorted((a, b) -> Long.compare(a.storeId(), b.storeId()))
        .forEach(p -> parts.add(p.storeId() + (p.role() == PeerRole.VOTER ? "" : "L")));
    return String.join(" ", parts);
  }
}
