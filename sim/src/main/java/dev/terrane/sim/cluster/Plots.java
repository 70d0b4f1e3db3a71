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
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.MachineDisk;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.World;
import dev.terrane.store.Store;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Attacks of several steps, each of which waits until the one before has had its effect. Each
 * brings about what one rule is there for, which chance alone hardly ever does.
 */
final class Plots {
  private static final long MILLI = 1_000_000;

  private final Cluster cluster;
  private final Faults faults;
  private final World world;

  Plots(Cluster cluster, Faults faults) {
    this.cluster = cluster;
    this.faults = faults;
    this.world = cluster.world();
  }

  private void say(String what) {
    world.trace().line("----", what);
  }

  /** Goes on with {@code then} once {@code condition} holds, if that is soon enough. */
  private void once(BooleanSupplier condition, long atMostMillis, Runnable then) {
    if (faults.isOver()) {
      return;
    }
    if (condition.getAsBoolean()) {
      then.run();
    } else if (atMostMillis > 0) {
      world.after(MILLI, () -> once(condition, atMostMillis - 1, then));
    }
  }

  private void later(long millis, Runnable then) {
    world.after(
        millis * MILLI,
        () -> {
          if (!faults.isOver()) {
            then.run();
          }
        });
  }

  private boolean leads(ServerNode node) {
    return cluster.leader() == node;
  }

  /**
   * Raft paper, figure 8. The first leader keeps entries to itself; the second is elected and keeps
   * even its own first entry to itself; the first leads again and replicates what it kept, one
   * entry after the other. None of that is committed before an entry of its new term is: the
   * second, whose entry is of a later term, could still be elected. Which then happens, if the
   * first is stopped in time.
   */
  void leadTwice(RandomGenerator chance) {
    ServerNode first = cluster.leader();
    List<ServerNode> others = first == null ? List.of() : cluster.votersBeside(first);
    if (first == null || others.size() != 2) {
      return;
    }
    Machine one = first.machine();
    Machine two = others.getFirst().machine();
    Machine three = others.getLast().machine();
    say(one.name() + " alone");
    faults.cutBothWays(one, two);
    faults.cutBothWays(one, three);
    cluster.network().link(two, three).latency(8 * MILLI, 16 * MILLI);
    cluster.network().link(three, two).latency(8 * MILLI, 16 * MILLI);
    faults.healLater(chance, 8_000, 14_000);
    once(
        () -> others.contains(cluster.leader()),
        5_000,
        () -> {
          ServerNode second = leads(others.getFirst()) ? others.getFirst() : others.getLast();
          Machine third = second == others.getFirst() ? three : two;
          say(second.machine().name() + " alone, " + one.name() + " and " + third.name() + " not");
          faults.cutBothWays(two, three);
          faults.joinBothWays(one, third);
          long term = Cluster.term(second);
          once(
              () -> leads(first) && Cluster.term(first) > term,
              8_000,
              () ->
                  later(
                      chance.nextLong(20),
                      () -> {
                        say(one.name() + " alone, " + two.name() + " and " + three.name() + " not");
                        faults.cutBothWays(one, third);
                        faults.joinBothWays(two, three);
                      }));
        });
  }

  /**
   * One follower has long not heard from the leader when the other restarts, which the leader has
   * just heard from: together they could elect while the leader's lease still runs. The other's
   * disk hangs before, so that its log is no longer than that of the one that is cut off.
   */
  void bounceTheOther(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    List<ServerNode> others = leader == null ? List.of() : cluster.votersBeside(leader);
    if (leader == null || others.size() != 2 || !others.stream().allMatch(faults::mayGoDown)) {
      return;
    }
    Machine from = leader.machine();
    Machine lonely = others.getFirst().machine();
    ServerNode bounced = others.getLast();
    MachineDisk disk = bounced.machine().disk();
    boolean hangs = chance.nextInt(4) != 0;
    if (hangs) {
      say("the disk of " + bounced.machine().name() + " hangs");
      disk.hangUntil(world.nowNanos() + 10_000 * MILLI);
    }
    later(
        hangs ? chance.nextLong(20, 300) : 1,
        () -> {
          say(lonely.name() + " cut off from " + from.name());
          faults.cutBothWays(from, lonely);
          faults.healLater(chance, 4_000, 8_000);
          later(
              chance.nextLong(1_200, 3_500),
              () -> {
                say(bounced.machine().name() + " cut off from " + from.name() + " too");
                faults.cutBothWays(from, bounced.machine());
                disk.hangUntil(0);
                if (faults.mayGoDown(bounced)) {
                  bounced.machine().kill("by attack");
                  faults.restartLater(bounced, chance.nextLong(1, 40));
                }
              });
        });
  }

  /**
   * A follower is away until the leader's log begins behind what it has, comes back, and dies while
   * it takes in a snapshot or soon after.
   */
  void fallBehind(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    List<ServerNode> others = leader == null ? List.of() : cluster.votersBeside(leader);
    if (others.isEmpty()) {
      return;
    }
    ServerNode behind = others.get(chance.nextInt(others.size()));
    MachineDisk disk = behind.machine().disk();
    say(behind.machine().name() + " falls behind");
    cluster.nodes().stream()
        .filter(node -> node != behind)
        .forEach(node -> faults.cutBothWays(node.machine(), behind.machine()));
    boolean afterwards = chance.nextBoolean();
    later(
        chance.nextLong(3_000, 7_000),
        () -> {
          say("network healed");
          cluster.network().heal();
          once(
              () -> isReplaced(behind) || !disk.files().names().isEmpty(),
              4_000,
              () -> {
                if (!afterwards) {
                  disk.dieAfter(chance.nextInt(14), chance.nextInt(4) != 0);
                  if (chance.nextInt(4) == 0) {
                    once(() -> !behind.machine().isUp(), 1_000, () -> faults.rot(behind, chance));
                  }
                  return;
                }
                once(
                    () -> !isReplaced(behind) && disk.files().names().isEmpty(),
                    4_000,
                    () -> later(chance.nextLong(400), () -> faults.losePower(behind, chance)));
              });
        });
  }

  private static boolean isReplaced(ServerNode node) {
    return Cluster.statuses(node).stream().anyMatch(status -> status.data().equals("replacing"));
  }

  /**
   * Leadership goes away and comes back while reads wait for the leader's disk, so that what they
   * decide may have been overtaken. Its log's disk is slow too, and it is cut off once it leads
   * again: for a while it does not know of the newest entries that they are committed.
   */
  void leadAgain(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    List<ServerNode> others = leader == null ? List.of() : cluster.votersBeside(leader);
    if (leader == null || others.size() != 2) {
      return;
    }
    MachineDisk disk = leader.machine().disk();
    say("reads of " + leader.machine().name() + " are slow");
    disk.slowReads(1_500 * MILLI);
    world.after(5_000 * MILLI, () -> disk.slowReads(0));
    later(
        chance.nextLong(200, 800),
        () -> {
          faults.handLeadershipAway();
          once(
              () -> others.contains(cluster.leader()),
              1_000,
              () -> {
                ServerNode second = leads(others.getFirst()) ? others.getFirst() : others.getLast();
                ServerNode third =
                    others.getFirst() == second ? others.getLast() : others.getFirst();
                long untilNanos = world.nowNanos() + 1_500 * MILLI;
                third.machine().disk().hangUntil(untilNanos);
                disk.slow(chance.nextLong(1, 300) * MILLI);
                world.after(1_500 * MILLI, () -> disk.slow(0));
                later(chance.nextLong(50, 400), faults::handLeadershipAway);
                once(() -> leads(leader), 1_400, () -> rejoinLater(leader, others, chance));
              });
        });
  }

  private void rejoinLater(ServerNode leader, List<ServerNode> others, RandomGenerator chance) {
    say(leader.machine().name() + " leads again, alone for a while");
    others.forEach(other -> faults.cutBothWays(leader.machine(), other.machine()));
    world.after(
        chance.nextLong(200, 900) * MILLI,
        () -> {
          say(leader.machine().name() + " is heard again");
          others.forEach(other -> faults.joinBothWays(leader.machine(), other.machine()));
        });
  }

  /**
   * The leader is wished two changes of one membership at once, as by an old and a new leader of
   * PD: only one of them may have an effect.
   */
  void wishTwice() {
    ServerNode leader = cluster.leader();
    StoreNode store = leader == null ? null : leader.store();
    Store open = store == null ? null : store.store();
    NodeProcess process = leader == null ? null : leader.machine().process();
    Region region = cluster.region();
    if (open == null || process == null || region == null || !faults.canLoseOne()) {
      return;
    }
    long own = open.identity().storeId();
    say(process.name() + " is wished to demote each of the others");
    faults.wished(region.epoch().confVer());
    for (Peer peer : region.peers()) {
      if (peer.storeId() != own && peer.role() == PeerRole.VOTER) {
        process.after(1, () -> open.onPdInstruction(demotion(region, peer)));
      }
    }
  }

  private static RegionHeartbeatResponse demotion(Region region, Peer peer) {
    return RegionHeartbeatResponse.newBuilder()
        .setRegionId(region.id())
        .setRegionEpoch(ProtoRegions.toProto(region.epoch()))
        .setChangePeer(
            ChangePeer.newBuilder()
                .setPeer(ProtoRegions.toProto(peer.withRole(PeerRole.LEARNER)))
                .setChangeType(ConfChangeType.AddLearnerNode))
        .build();
  }
}
