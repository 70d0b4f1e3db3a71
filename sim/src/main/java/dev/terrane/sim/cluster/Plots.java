package dev.terrane.sim.cluster;

import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.MachineDisk;
import dev.terrane.sim.world.SimulationFailure;
import dev.terrane.sim.world.World;
import dev.terrane.store.StoreStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Attacks of several steps, each of which waits until the one before has had its effect. Each
 * brings about what one rule is there for, which chance alone hardly ever does.
 */
final class Plots {
  private static final long MILLI = 1_000_000;
  private static final long CATCH_UP_MILLIS_MAX = 10_000;

  private final Cluster cluster;
  private final Faults faults;

  /** As large as a segment of the logs here, and a little more. */
  private static final long SEGMENT_BYTES = 1_100_000;

  private final World world;
  private final Steps steps;
  private final @Nullable FollowerReads followerReads;

  Plots(Cluster cluster, Faults faults, @Nullable FollowerReads followerReads) {
    this.cluster = cluster;
    this.faults = faults;
    this.world = cluster.world();
    this.steps = new Steps(world, faults);
    this.followerReads = followerReads;
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
    steps.say(one.name() + " alone");
    faults.cutBothWays(one, two);
    faults.cutBothWays(one, three);
    cluster.network().link(two, three).latency(8 * MILLI, 16 * MILLI);
    cluster.network().link(three, two).latency(8 * MILLI, 16 * MILLI);
    faults.healLater(chance, 8_000, 14_000);
    steps.once(
        () -> others.contains(cluster.leader()),
        5_000,
        () -> {
          ServerNode second = leads(others.getFirst()) ? others.getFirst() : others.getLast();
          Machine third = second == others.getFirst() ? three : two;
          steps.say(
              second.machine().name() + " alone, " + one.name() + " and " + third.name() + " not");
          faults.cutBothWays(two, three);
          faults.joinBothWays(one, third);
          long term = Cluster.term(second);
          steps.once(
              () -> leads(first) && Cluster.term(first) > term,
              8_000,
              () ->
                  steps.later(
                      chance.nextLong(20),
                      () -> {
                        steps.say(
                            one.name() + " alone, " + two.name() + " and " + three.name() + " not");
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
      steps.say("the disk of " + bounced.machine().name() + " hangs");
      disk.hangUntil(world.nowNanos() + 10_000 * MILLI);
    }
    steps.later(
        hangs ? chance.nextLong(20, 300) : 1,
        () -> {
          steps.say(lonely.name() + " cut off from " + from.name());
          faults.cutBothWays(from, lonely);
          faults.healLater(chance, 4_000, 8_000);
          steps.later(
              chance.nextLong(1_200, 3_500),
              () -> {
                steps.say(bounced.machine().name() + " cut off from " + from.name() + " too");
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
   * A follower that has just started asks its leader at which index it may read, and dies. The
   * leader has to wait for the third to confirm that it leads, whose answers take long; by then
   * writes are acknowledged that came after the question. The follower, in its next life, asks
   * again just before the answer to its earlier question comes.
   */
  void askAgain(RandomGenerator chance) {
    FollowerReads reads = followerReads;
    ServerNode leader = cluster.leader();
    List<ServerNode> others = leader == null ? List.of() : cluster.votersBeside(leader);
    if (reads == null || leader == null || others.size() != 2) {
      return;
    }
    int which = chance.nextInt(2);
    ServerNode asks = others.get(which);
    if (faults.mayGoDown(asks)) {
      asks.machine().kill("by attack");
      faults.restartLater(asks, chance.nextLong(1, 10));
      steps.once(
          () -> follows(asks, leader),
          3_000,
          () -> askInTwoLives(leader, asks, others.get(1 - which), reads, chance));
    }
  }

  private void askInTwoLives(
      ServerNode leader,
      ServerNode asks,
      ServerNode third,
      FollowerReads reads,
      RandomGenerator chance) {
    Machine from = leader.machine();
    Machine to = asks.machine();
    steps.say(third.machine().name() + " is heard late, " + to.name() + " asks in two lives");
    slow(third.machine(), from, 700);
    slow(to, from, 50);
    slow(from, to, 30);
    faults.healLater(chance, 1_200, 2_500);
    askOften(reads, asks, 4);
    steps.later(
        chance.nextLong(10, 20),
        () -> {
          if (!faults.mayGoDown(asks)) {
            return;
          }
          to.kill("by attack");
          faults.restartLater(asks, chance.nextLong(1, 10));
          long before = applied(leader);
          steps.once(
              () -> follows(asks, leader),
              680,
              () -> {
                steps.say(to.name() + " is not heard by " + from.name());
                cluster.network().link(to, from).cut(true);
                steps.once(() -> applied(leader) > before + 2, 700, () -> askOften(reads, asks, 4));
              });
        });
  }

  /** Each time in another cycle of the store, which makes one question of all that it has. */
  private void askOften(FollowerReads reads, ServerNode node, int times) {
    reads.readAt(node);
    if (times > 1) {
      steps.later(2, () -> askOften(reads, node, times - 1));
    }
  }

  private void slow(Machine one, Machine other, long millis) {
    cluster.network().link(one, other).latency(millis * MILLI, (millis + 1) * MILLI);
  }

  private boolean follows(ServerNode node, ServerNode leader) {
    long storeId = cluster.invariants().storeIdOf(leader.machine());
    return Cluster.statuses(node).stream()
        .map(StoreStatus.RegionStatus::leader)
        .anyMatch(known -> known != null && known.storeId() == storeId);
  }

  /**
   * One follower has long not heard from the leader when the other stands still, in the middle of a
   * cycle, until the leader's heartbeats have come: it renews its promise then, and the leader's
   * lease with it. After that the leader is cut off, and the two could elect while the lease runs
   * if the other counted the time that it stood still as if it came after its promise.
   */
  void stallTheOther(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    List<ServerNode> others = leader == null ? List.of() : cluster.votersBeside(leader);
    if (leader == null || others.size() != 2) {
      return;
    }
    stallTheOther(
        leader.machine(),
        others.getFirst().machine(),
        others.getLast().machine(),
        "store-loop",
        () -> {},
        chance);
  }

  /** The same in PD's group. Whoever led is asked for a timestamp once its successor gave one. */
  void stallTheOtherPd(RandomGenerator chance) {
    Machine leader = cluster.invariants().pdLeader();
    List<Machine> others =
        cluster.nodes().stream()
            .filter(node -> node.isPd() && node.machine() != leader && node.machine().isUp())
            .map(ServerNode::machine)
            .toList();
    if (leader == null || others.size() != 2) {
      return;
    }
    stallTheOther(
        leader,
        others.getFirst(),
        others.getLast(),
        "pd-",
        () -> steps.once(() -> hasSuccessor(leader), 1_000, () -> askAfterItsSuccessor(leader, 50)),
        chance);
  }

  private boolean hasSuccessor(Machine leader) {
    Machine now = cluster.invariants().pdLeader();
    return now != null && now != leader;
  }

  private void askAfterItsSuccessor(Machine leader, int times) {
    Machine successor = cluster.invariants().pdLeader();
    if (successor != null && successor != leader && times > 0) {
      cluster
          .invariants()
          .askForTimestamp(successor, () -> cluster.invariants().askForTimestamp(leader, () -> {}));
      steps.later(10, () -> askAfterItsSuccessor(leader, times - 1));
    }
  }

  private void stallTheOther(
      Machine from,
      Machine lonely,
      Machine stalled,
      String agent,
      Runnable then,
      RandomGenerator chance) {
    steps.say(lonely.name() + " cut off from " + from.name());
    faults.cutBothWays(from, lonely);
    faults.healLater(chance, 5_000, 9_000);
    steps.later(
        chance.nextLong(1_200, 3_500),
        () -> {
          long millis = chance.nextLong(500, 1_000);
          steps.say(stalled.name() + " is to stall for " + millis + " ms");
          stalled.stalls().onceAfterTheClock(agent, millis);
          steps.later(
              millis,
              () -> {
                steps.say(stalled.name() + " hears no more of " + from.name());
                cluster.network().link(from, stalled).cut(true);
                steps.later(chance.nextLong(30, 150), () -> faults.cutBothWays(from, stalled));
                then.run();
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
    steps.say(behind.machine().name() + " falls behind");
    cluster.nodes().stream()
        .filter(node -> node != behind)
        .forEach(node -> faults.cutBothWays(node.machine(), behind.machine()));
    boolean afterwards = chance.nextBoolean();
    steps.later(
        chance.nextLong(3_000, 7_000),
        () -> {
          steps.say("network healed");
          cluster.network().heal();
          steps.once(
              () -> isReplaced(behind) || !disk.files().names().isEmpty(),
              4_000,
              () -> {
                if (!afterwards) {
                  disk.dieAfter(chance.nextInt(14), chance.nextInt(4) != 0);
                  if (chance.nextInt(4) == 0) {
                    steps.once(
                        () -> !behind.machine().isUp(), 1_000, () -> faults.rot(behind, chance));
                  }
                  return;
                }
                steps.once(
                    () -> !isReplaced(behind) && disk.files().names().isEmpty(),
                    4_000,
                    () ->
                        steps.later(chance.nextLong(400), () -> faults.losePower(behind, chance)));
              });
        });
  }

  /**
   * A follower is away until only a snapshot can help it, and comes back while clients go on
   * writing. Where nothing else happens to it meanwhile, it must have caught up soon after the
   * snapshot is there.
   */
  void catchUp(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    List<ServerNode> others = leader == null ? List.of() : cluster.votersBeside(leader);
    if (others.isEmpty()) {
      return;
    }
    ServerNode behind = others.get(chance.nextInt(others.size()));
    steps.say(behind.machine().name() + " is away");
    cluster.nodes().stream()
        .filter(node -> node != behind)
        .forEach(node -> faults.cutBothWays(node.machine(), behind.machine()));
    steps.later(
        chance.nextLong(2_500, 3_500),
        () -> {
          steps.say("network healed");
          cluster.network().heal();
          boolean alone = List.of(Attack.CATCH_UP).equals(cluster.parameters().attacks());
          if (alone) {
            steps.demand(
                behind.machine().name() + " has caught up while clients write",
                () -> entriesBehind(behind) < 20,
                CATCH_UP_MILLIS_MAX);
          }
        });
  }

  /**
   * Logs have no room for hours, either as they are, or once they have a segment more: with that
   * they can go on for ever, since they let go of what is applied.
   */
  void fullLogsForHours(RandomGenerator chance) {
    List<ServerNode> full = new ArrayList<>();
    boolean goesOn = chance.nextBoolean();
    ServerNode leader = cluster.leader();
    for (ServerNode node : cluster.nodes()) {
      if (node.isStore() && (node == leader || chance.nextBoolean())) {
        full.add(node);
        node.machine().disk().roomOfLog(goesOn ? SEGMENT_BYTES : 0);
        steps.say("the log of " + node.machine().name() + " has no more room");
      }
    }
    long minutes = chance.nextLong(30, 120);
    steps.later(
        minutes * 60_000 / 2,
        () -> {
          long before = cluster.nodes().stream().mapToLong(Plots::applied).max().orElse(0);
          steps.later(
              minutes * 60_000 / 2,
              () -> {
                long after = cluster.nodes().stream().mapToLong(Plots::applied).max().orElse(0);
                if (goesOn && after - before < minutes) {
                  throw new SimulationFailure(
                      "clients got %d entries through in %d minutes"
                          .formatted(after - before, minutes / 2));
                }
                full.forEach(node -> node.machine().disk().roomOfLog(Long.MAX_VALUE));
                steps.say("logs have room again");
              });
        });
  }

  /** By how many applied entries a node is behind its leader; very many while it has no data. */
  private long entriesBehind(ServerNode node) {
    ServerNode leader = cluster.leader();
    long here = leader == null ? Long.MAX_VALUE : applied(leader);
    return here - applied(node);
  }

  private static long applied(ServerNode node) {
    return Cluster.statuses(node).stream()
        .filter(status -> status.data().equals("readable"))
        .mapToLong(StoreStatus.RegionStatus::applied)
        .max()
        .orElse(0);
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
    steps.say("reads of " + leader.machine().name() + " are slow");
    disk.slowReads(1_500 * MILLI);
    world.after(5_000 * MILLI, () -> disk.slowReads(0));
    steps.later(
        chance.nextLong(200, 800),
        () -> {
          faults.handLeadershipAway();
          steps.once(
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
                steps.later(chance.nextLong(50, 400), faults::handLeadershipAway);
                steps.once(() -> leads(leader), 1_400, () -> rejoinLater(leader, others, chance));
              });
        });
  }

  private void rejoinLater(ServerNode leader, List<ServerNode> others, RandomGenerator chance) {
    steps.say(leader.machine().name() + " leads again, alone for a while");
    others.forEach(other -> faults.cutBothWays(leader.machine(), other.machine()));
    world.after(
        chance.nextLong(200, 900) * MILLI,
        () -> {
          steps.say(leader.machine().name() + " is heard again");
          others.forEach(other -> faults.joinBothWays(leader.machine(), other.machine()));
        });
  }
}
