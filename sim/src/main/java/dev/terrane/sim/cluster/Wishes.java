package dev.terrane.sim.cluster;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.pdpb.ChangePeer;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.node.StoreNode;
import dev.terrane.sim.world.MachineDisk;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.World;
import dev.terrane.store.Store;
import dev.terrane.store.StoreStatus;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Plots in which a membership is to change otherwise than PD's leader means it to: a Region's
 * leader is wished what a former leader of PD may have wished.
 */
final class Wishes {
  private static final long MILLI = 1_000_000;

  /** As long as it takes at most until connections are made again. */
  private static final long CHANGING_MILLIS = 5_000;

  private final Cluster cluster;
  private final Faults faults;
  private final World world;
  private final Steps steps;

  Wishes(Cluster cluster, Faults faults) {
    this.cluster = cluster;
    this.faults = faults;
    this.world = cluster.world();
    this.steps = new Steps(world, faults);
  }

  /**
   * The leader is wished two changes of one membership at once, as by an old and a new leader of
   * PD: only one of them may have an effect.
   */
  void twice() {
    ServerNode leader = cluster.leader();
    Region region = cluster.region();
    if (leader == null || region == null || !faults.canLoseOne()) {
      return;
    }
    steps.say(leader.machine().name() + " is wished to demote each of the others");
    long own = cluster.invariants().storeIdOf(leader.machine());
    for (Peer peer : region.peers()) {
      if (peer.storeId() != own && peer.role() == PeerRole.VOTER) {
        demote(leader, peer);
      }
    }
  }

  /**
   * A follower has been silent for long when its vote is taken, so PD plans to take the second of
   * two votes, too. What it asks for is on its way for a while; meanwhile the silent one is given
   * its vote back. Now there are three, and the plan is of yesterday. Then the silent one is lost.
   */
  void late(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    List<ServerNode> others = leader == null ? List.of() : cluster.votersBeside(leader);
    if (leader == null || others.size() != 2 || !faults.canLoseOne()) {
      return;
    }
    ServerNode silent = others.get(chance.nextInt(2));
    if (silent.isPd()) {
      return;
    }
    steps.say(silent.machine().name() + " falls silent");
    for (ServerNode node : cluster.nodes()) {
      if (node != silent && node.isStore()) {
        faults.cutBothWays(node.machine(), silent.machine());
      }
    }
    faults.healLater(chance, 10_000, 14_000);
    steps.later(
        chance.nextLong(6_000, 8_000),
        () -> {
          if (cluster.leader() != leader || !faults.canLoseOne() || !faults.isOneToSpare()) {
            return;
          }
          slowDownPd(leader);
          demote(leader, peerOn(silent));
          steps.once(
              () -> hasRole(silent, PeerRole.LEARNER),
              1_000,
              () -> steps.later(chance.nextLong(10, 150), () -> promoteAndLose(leader, silent)));
        });
  }

  private void promoteAndLose(ServerNode leader, ServerNode silent) {
    wish(leader, peerOn(silent), ConfChangeType.AddNode);
    steps.once(
        () -> hasRole(silent, PeerRole.VOTER) && faults.canLose(silent) && faults.isOneToSpare(),
        500,
        () -> {
          steps.say(silent.machine().name() + " is lost for good");
          faults.loseForGood(silent);
        });
  }

  /** What PD asks of {@code leader} takes its time; what it hears does not. */
  private void slowDownPd(ServerNode leader) {
    for (ServerNode node : cluster.nodes()) {
      if (node.isPd() && node != leader) {
        cluster.network().link(node.machine(), leader.machine()).latency(200 * MILLI, 400 * MILLI);
      }
    }
  }

  /**
   * A follower is away until it needs a snapshot, and comes back while its vote is taken and given
   * in turn. The leader's disk is slow: when the snapshot is made, a change may be applied there
   * and not yet durable, so that the leader has not been told.
   */
  void overASnapshot(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    List<ServerNode> others = leader == null ? List.of() : cluster.votersBeside(leader);
    if (leader == null || others.size() != 2 || !faults.canLoseOne()) {
      return;
    }
    ServerNode behind = others.get(chance.nextInt(2));
    steps.say(behind.machine().name() + " falls behind");
    cluster.nodes().stream()
        .filter(node -> node != behind)
        .forEach(node -> faults.cutBothWays(node.machine(), behind.machine()));
    steps.later(
        chance.nextLong(5_000, 8_000),
        () -> {
          steps.say("network healed");
          cluster.network().heal();
          if (cluster.leader() != leader || !faults.canLoseOne()) {
            return;
          }
          MachineDisk disk = leader.machine().disk();
          disk.slow(chance.nextLong(30, 300) * MILLI);
          world.after(CHANGING_MILLIS * MILLI, () -> disk.slow(0));
          changeInTurn(leader, behind, world.nowNanos() + CHANGING_MILLIS * MILLI);
        });
  }

  private void changeInTurn(ServerNode leader, ServerNode other, long untilNanos) {
    Peer peer = peerOn(other);
    long before = confVerOn(leader);
    if (world.nowNanos() >= untilNanos || peer == null || before == 0) {
      return;
    }
    if (peer.role() == PeerRole.LEARNER) {
      wish(leader, peer, ConfChangeType.AddNode);
    } else if (faults.canLoseOne()) {
      demote(leader, peer);
    }
    steps.once(
        () -> confVerOn(leader) != before,
        CHANGING_MILLIS,
        () -> changeInTurn(leader, other, untilNanos));
  }

  /** Of the membership that the leader on {@code node} has in effect; 0 if none leads there. */
  private static long confVerOn(ServerNode node) {
    for (StoreStatus.RegionStatus status : Cluster.statuses(node)) {
      Region region = status.region();
      if (status.leads() && region != null) {
        return region.epoch().confVer();
      }
    }
    return 0;
  }

  private boolean hasRole(ServerNode node, PeerRole role) {
    Peer peer = peerOn(node);
    return peer != null && peer.role() == role;
  }

  private @Nullable Peer peerOn(ServerNode node) {
    Region region = cluster.region();
    return region == null
        ? null
        : region.peerOnStore(cluster.invariants().storeIdOf(node.machine()));
  }

  /** Once this is done the Region may have a voter less. */
  private void demote(ServerNode leader, @Nullable Peer peer) {
    Region region = cluster.region();
    if (region != null) {
      faults.wished(region.epoch().confVer());
      wish(leader, peer, ConfChangeType.AddLearnerNode);
    }
  }

  /** Wishes it of {@code leader} as of the newest membership. */
  private void wish(ServerNode leader, @Nullable Peer peer, ConfChangeType change) {
    StoreNode store = leader.store();
    Store open = store == null ? null : store.store();
    NodeProcess process = leader.machine().process();
    Region region = cluster.region();
    if (open == null || process == null || region == null || peer == null) {
      return;
    }
    PeerRole role = change == ConfChangeType.AddNode ? PeerRole.VOTER : PeerRole.LEARNER;
    steps.say("%s is wished that peer %d be a %s".formatted(process.name(), peer.id(), role));
    RegionHeartbeatResponse wish =
        RegionHeartbeatResponse.newBuilder()
            .setRegionId(region.id())
            .setRegionEpoch(ProtoRegions.toProto(region.epoch()))
            .setChangePeer(
                ChangePeer.newBuilder()
                    .setPeer(ProtoRegions.toProto(peer.withRole(role)))
                    .setChangeType(change))
            .build();
    process.after(1, () -> open.onPdInstruction(wish));
  }
}
