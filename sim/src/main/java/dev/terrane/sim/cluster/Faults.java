package dev.terrane.sim.cluster;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.node.StoreNode;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.MachineDisk;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.World;
import dev.terrane.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What can be done to a cluster, each with its end planned; and the end of it all. */
public final class Faults {
  private static final long MILLI = 1_000_000;
  private static final long DOWN_MILLIS_MAX = 6_000;
  private static final long CUT_MILLIS_MAX = 8_000;
  private static final int LOST_MAX = 3;
  private static final long JUMP_MILLIS_MAX = 3_600_000;

  private final Cluster cluster;
  private final World world;
  private final RandomGenerator restarts;
  private final Plots plots;
  private final Wishes wishes;
  private final SlowReaders slowReaders;
  private final PutBack putBack;
  private final RangeDestroyer rangeDestroyer;
  private final List<ServerNode> lost = new ArrayList<>();
  private final List<Long> lostStoreIds = new ArrayList<>();

  /** Whose disk has a wrong bit that was not found yet, and may never be. */
  private final List<ServerNode> rotten = new ArrayList<>();

  private final List<ServerNode> lostPds = new ArrayList<>();

  /** The same of PD's members. */
  private final List<ServerNode> rottenPds = new ArrayList<>();

  /** The version of the membership in which somebody was wished to be demoted last. */
  private long wishedConfVer;

  /** Made when they first speak. */
  private @Nullable Strangers strangers;

  private boolean over;

  Faults(Cluster cluster, @Nullable FollowerReads followerReads) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.restarts = world.stream("restarts");
    this.plots = new Plots(cluster, this, followerReads);
    this.wishes = new Wishes(cluster, this);
    this.slowReaders = new SlowReaders(cluster);
    this.putBack = new PutBack(cluster, this);
    this.rangeDestroyer = new RangeDestroyer(cluster, this);
    cluster.nodes().forEach(this::restartAfterOwnDeath);
  }

  void restartAfterOwnDeath(ServerNode node) {
    node.machine()
        .onOwnDeath((machine, why) -> restartLater(node, restarts.nextLong(DOWN_MILLIS_MAX)));
    node.machine()
        .onDamageFound((machine, file) -> {
          if (node.isPd()) {
            replacePd(node);
          } else {
            replaceStore(node);
          }
        });
  }

  Plots plots() {
    return plots;
  }

  Wishes wishes() {
    return wishes;
  }

  RangeDestroyer rangeDestroyer() {
    return rangeDestroyer;
  }

  PutBack putBack() {
    return putBack;
  }

  SlowReaders slowReaders() {
    return slowReaders;
  }

  private void say(String what) {
    world.trace().line("----", what);
  }

  // ---- whom

  public ServerNode anyNode(RandomGenerator chance) {
    return cluster.nodes().get(chance.nextInt(cluster.nodes().size()));
  }

  public ServerNode leaderOrAny(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    return leader == null ? anyNode(chance) : leader;
  }

  public ServerNode anyPd(RandomGenerator chance) {
    List<ServerNode> pds = cluster.nodes().stream().filter(ServerNode::isPd).toList();
    return pds.get(chance.nextInt(pds.size()));
  }

  // ---- processes

  /** Whether one more may go down, which leaves the dead for good aside. */
  boolean mayGoDown(ServerNode node) {
    long down =
        cluster.nodes().stream()
            .filter(other -> !lost.contains(other) && !other.machine().isUp())
            .count();
    return node.machine().isUp() && down < cluster.parameters().downMax();
  }

  void kill(ServerNode node, RandomGenerator chance) {
    if (mayGoDown(node)) {
      node.machine().kill("by attack");
      restartLater(node, chance.nextLong(1, DOWN_MILLIS_MAX));
    }
  }

  void losePower(ServerNode node, RandomGenerator chance) {
    if (mayGoDown(node)) {
      losePowerOf(node, chance);
    }
  }

  private void losePowerOf(ServerNode node, RandomGenerator chance) {
    node.machine().losePower("by attack");
    restartLater(node, chance.nextLong(1, DOWN_MILLIS_MAX));
  }

  void losePowerOfAll(RandomGenerator chance) {
    for (ServerNode node : cluster.nodes()) {
      if (node.machine().isUp()) {
        losePowerOf(node, chance);
      }
    }
  }

  void dieAtTheDisk(ServerNode node, RandomGenerator chance) {
    if (mayGoDown(node)) {
      node.machine().disk().dieAfter(chance.nextInt(40), chance.nextBoolean());
    }
  }

  void failNextSync(ServerNode node, RandomGenerator chance) {
    if (mayGoDown(node)) {
      node.machine().disk().failNextSync(chance.nextBoolean());
    }
  }

  /** The leader asks another to lead, as a node does that is to be stopped. */
  void handLeadershipAway() {
    ServerNode leader = cluster.leader();
    StoreNode store = leader == null ? null : leader.store();
    Store open = store == null ? null : store.store();
    NodeProcess process = leader == null ? null : leader.machine().process();
    if (open != null && process != null) {
      say(process.name() + " hands leadership away");
      process.after(1, () -> open.handLeadershipAway(() -> {}));
    }
  }

  void cutBothWays(Machine one, Machine other) {
    cluster.network().link(one, other).cut(true);
    cluster.network().link(other, one).cut(true);
  }

  void joinBothWays(Machine one, Machine other) {
    cluster.network().link(one, other).cut(false);
    cluster.network().link(other, one).cut(false);
  }

  void restartLater(ServerNode node, long millis) {
    world.after(millis * MILLI, () -> startIfDown(node));
  }

  private void startIfDown(ServerNode node) {
    if (!node.machine().isUp() && !lost.contains(node) && !lostPds.contains(node)) {
      node.start();
    }
  }

  void pause(ServerNode node, long millis) {
    NodeProcess process = node.machine().process();
    if (process != null) {
      putBack.endCopies(node);
      say(node.machine().name() + " paused for " + millis + " ms");
      process.pauseUntil(world.nowNanos() + millis * MILLI);
    }
  }

  /** For a while what runs on {@code node} stands still now and then, at any step. */
  void stall(ServerNode node, RandomGenerator chance) {
    double probability = Math.pow(10, -chance.nextDouble(1, 4));
    long millisMax = chance.nextLong(5, 2_000);
    say(
        node.machine().name()
            + " stalls for up to "
            + millisMax
            + " ms, at a step in "
            + Math.round(1 / probability));
    node.machine().stalls().often(probability, millisMax);
    world.after(chance.nextLong(200, CUT_MILLIS_MAX) * MILLI, () -> node.machine().stalls().end());
  }

  /** The store is gone for good. */
  void loseForGood(ServerNode node) {
    lost.add(node);
    lostStoreIds.add(cluster.invariants().storeIdOf(node.machine()));
    node.machine().losePower("for good");
  }

  /**
   * A machine of PD alone is gone for good, where nodes are left that can take its place. One at a
   * time: the next only when all that vote are there again.
   */
  void loseAPdForGood(RandomGenerator chance) {
    List<ServerNode> left =
        cluster.nodes().stream()
            .filter(node -> node.isPd() && !node.isStore() && !lostPds.contains(node))
            .toList();
    ServerNode node = left.isEmpty() ? null : left.get(chance.nextInt(left.size()));
    if (node != null && left.size() > 3 && canLoseOnePd()) {
      lostPds.add(node);
      cluster.invariants().pdLost(node.machine());
      node.machine().losePower("for good");
    }
  }

  /** As an operator does with a store that refuses its disk: an empty one takes its place. */
  private void replaceStore(ServerNode node) {
    rotten.remove(node);
    loseForGood(node);
    say(node.machine().name() + " is replaced");
    addStore();
  }

  /** The same with PD's member; a store on the same machine keeps what it has. */
  private void replacePd(ServerNode node) {
    rottenPds.remove(node);
    say("PD's member on " + node.machine().name() + " is replaced");
    cluster.invariants().pdLost(node.machine());
    node.machine().disk().replacePd();
    restartLater(node, restarts.nextLong(1, DOWN_MILLIS_MAX));
  }

  void addStore() {
    ServerNode added = cluster.addStore();
    restartAfterOwnDeath(added);
    added.start();
  }

  // ---- the network

  private List<Machine> machines() {
    return cluster.nodes().stream().map(ServerNode::machine).toList();
  }

  /** The servers' part of the network is whole, but no client reaches {@code node}. */
  void hideFromClients(ServerNode node, RandomGenerator chance) {
    Machine hidden = node.machine();
    say(hidden.name() + " hidden from clients");
    List<Machine> servers = machines();
    for (Machine machine : cluster.network().machines()) {
      if (!servers.contains(machine)) {
        cutBothWays(hidden, machine);
      }
    }
    healLater(chance);
  }

  /** Nothing goes out of, or into, a machine, as far as other servers are concerned. */
  void isolate(ServerNode node, boolean out, boolean in, RandomGenerator chance) {
    say(node.machine().name() + " isolated" + (out ? " out" : "") + (in ? " in" : ""));
    for (Machine other : machines()) {
      if (other != node.machine()) {
        if (out) {
          cluster.network().link(node.machine(), other).cut(true);
        }
        if (in) {
          cluster.network().link(other, node.machine()).cut(true);
        }
      }
    }
    healLater(chance);
  }

  void cutPair(RandomGenerator chance) {
    Machine one = anyNode(chance).machine();
    Machine other = anyNode(chance).machine();
    if (one != other) {
      say(one.name() + " and " + other.name() + " cut off from each other");
      cutBothWays(one, other);
      healLater(chance);
    }
  }

  void splitInTwo(RandomGenerator chance) {
    List<Machine> left = new ArrayList<>();
    List<Machine> right = new ArrayList<>();
    for (Machine machine : machines()) {
      (chance.nextBoolean() ? left : right).add(machine);
    }
    say("split in two: " + names(left) + " and " + names(right));
    for (Machine one : left) {
      for (Machine other : right) {
        cutBothWays(one, other);
      }
    }
    healLater(chance);
  }

  private static List<String> names(List<Machine> machines) {
    return machines.stream().map(Machine::name).toList();
  }

  void losePackets(RandomGenerator chance) {
    double loss = chance.nextDouble(0.01, 0.4);
    say("packets are lost, each with probability " + loss);
    for (Machine one : machines()) {
      for (Machine other : machines()) {
        if (one != other) {
          cluster.network().link(one, other).lose(loss);
        }
      }
    }
    healLater(chance);
  }

  void slowLinks(ServerNode node, RandomGenerator chance) {
    long most = chance.nextLong(2, 400);
    say("links of " + node.machine().name() + " are slow, up to " + most + " ms");
    slowLinks(node, Math.ceilDiv(most, 4), most);
    healLater(chance);
  }

  void slowLinks(ServerNode node, long millisMin, long millisMax) {
    Machine one = node.machine();
    for (Machine other : machines()) {
      if (one != other) {
        cluster.network().link(one, other).latency(millisMin * MILLI, millisMax * MILLI);
        cluster.network().link(other, one).latency(millisMin * MILLI, millisMax * MILLI);
      }
    }
  }

  void scramble(RandomGenerator chance) {
    say("Raft messages are dropped, doubled and swapped");
    cluster
        .network()
        .scrambleRaft(chance.nextDouble(0.3), chance.nextDouble(0.3), chance.nextDouble(0.3));
    healLater(chance);
  }

  private void healLater(RandomGenerator chance) {
    healLater(chance, 50, CUT_MILLIS_MAX);
  }

  void healLater(RandomGenerator chance, long millisMin, long millisMax) {
    world.after(
        chance.nextLong(millisMin, millisMax) * MILLI,
        () -> {
          say("network healed");
          cluster.network().heal();
        });
  }

  /** Somebody says something to several nodes that only another node may say. */
  void strangersSpeak(RandomGenerator chance) {
    Strangers speaking = strangers;
    if (speaking == null) {
      speaking = new Strangers(cluster);
      strangers = speaking;
    }
    for (int i = chance.nextInt(1, 6); i > 0; i--) {
      speaking.speakTo(anyNode(chance), chance);
    }
  }

  // ---- clocks and disks

  void jump(ServerNode node, RandomGenerator chance) {
    long millis = chance.nextLong(-JUMP_MILLIS_MAX, JUMP_MILLIS_MAX);
    say("the wall clock of " + node.machine().name() + " jumps by " + millis + " ms");
    node.machine().clock().jump(millis);
  }

  void slowDisk(ServerNode node, RandomGenerator chance) {
    long most = chance.nextLong(5, 800);
    say("the disk of " + node.machine().name() + " takes up to " + most + " ms");
    node.machine().disk().slow(most * MILLI);
    world.after(chance.nextLong(200, CUT_MILLIS_MAX) * MILLI, () -> node.machine().disk().slow(0));
  }

  void fullDisk(ServerNode node, RandomGenerator chance) {
    long bytes = chance.nextLong(100_000);
    say("the disk of " + node.machine().name() + " has " + bytes + " bytes left");
    switch (chance.nextInt(3)) {
      case 0 -> node.machine().disk().room(bytes);
      case 1 -> node.machine().disk().roomOfLog(bytes);
      default -> node.machine().disk().roomOfEngine(bytes / 100);
    }
    world.after(
        chance.nextLong(200, CUT_MILLIS_MAX) * MILLI,
        () -> node.machine().disk().room(Long.MAX_VALUE));
  }

  void takeDescriptors(ServerNode node, RandomGenerator chance) {
    NodeProcess process = node.machine().process();
    if (process == null) {
      return;
    }
    say(node.machine().name() + " can open no more files");
    node.machine().disk().descriptorsShort(true);
    world.after(
        chance.nextLong(200, CUT_MILLIS_MAX) * MILLI,
        () -> node.machine().disk().descriptorsShort(false));
  }

  /**
   * One bit changes on the disk of a store or a member of PD that is down, or goes down for it.
   * Whether it matters or not: it must either refuse its disk by the file's name, or have lost
   * nothing.
   */
  void rot(ServerNode node, RandomGenerator chance) {
    boolean down = !node.machine().isUp() && !lost.contains(node);
    if (!(node.isPd() ? canLoseOnePd() : lost.size() < LOST_MAX && canLose(node))
        || !(down || mayGoDown(node))) {
      return;
    }
    if (!down) {
      losePowerOf(node, chance);
    }
    MachineDisk disk = node.machine().disk();
    String file = node.isPd() ? disk.rotPd(chance) : disk.rot(chance);
    if (file != null) {
      say("a bit of " + file + " on " + node.machine().name() + " changes");
      (node.isPd() ? rottenPds : rotten).add(node);
    }
  }

  // ---- membership

  /** A store is lost for good where there are more than three, or another one comes. */
  void moveReplicas(RandomGenerator chance) {
    List<ServerNode> stores =
        cluster.nodes().stream().filter(node -> node.store() != null && !node.isPd()).toList();
    long all = storesLeft();
    if (all > 3 && !stores.isEmpty() && canLoseOne() && chance.nextBoolean()) {
      ServerNode node = stores.get(chance.nextInt(stores.size()));
      if (!canLose(node)) {
        return;
      }
      say(node.machine().name() + " is lost for good");
      loseForGood(node);
    } else if (all < 5 && lost.size() < LOST_MAX) {
      addStore();
    }
  }

  private long storesLeft() {
    return cluster.nodes().stream().filter(ServerNode::isStore).count() - lost.size();
  }

  /** Whether the replicas of one store more that is lost would find another one. */
  boolean isOneToSpare() {
    return storesLeft() > 3 && lost.size() < LOST_MAX;
  }

  /**
   * A store that a replica is on its way to is lost for good. Nothing of it may be there yet: once
   * it has data a change that gives it a vote may be under way, which nobody sees before it is
   * applied; with the vote of what is lost a quorum may be lost, rightly.
   */
  void loseTheNewcomer() {
    Region region = cluster.region();
    if (region == null || !isOneToSpare()) {
      return;
    }
    for (Peer peer : region.peers()) {
      ServerNode node = cluster.nodeOf(peer.storeId());
      if (peer.role() == PeerRole.LEARNER
          && node != null
          && !node.isPd()
          && !Cluster.hasData(node, region.id())) {
        say(node.machine().name() + ", which a replica is on its way to, is lost for good");
        loseForGood(node);
        return;
      }
    }
  }

  /** From now on a voter of the membership of {@code confVer} may cease to vote. */
  void wished(long confVer) {
    wishedConfVer = confVer;
  }

  /**
   * Whether all replicas are voters on stores that are not lost, and will be, so that a quorum
   * outlives one.
   */
  boolean canLoseOne() {
    Region region = cluster.region();
    return region != null
        && region.epoch().confVer() > wishedConfVer
        && rotten.isEmpty()
        && cluster.voters() == 3
        && region.peers().size() == 3
        && region.peers().stream().noneMatch(peer -> lostStoreIds.contains(peer.storeId()));
  }

  /** Whether what is left can go on, if {@link #canLoseOne} and {@code node} is the one. */
  boolean canLose(ServerNode node) {
    Region region = cluster.region();
    long storeId = cluster.invariants().storeIdOf(node.machine());
    return canLoseOne()
        && region != null
        && cluster
            .invariants()
            .canGoOn(region.id(), left -> left != storeId && !lostStoreIds.contains(left));
  }

  /** Whether {@code node} can be lost, with another store to take its place. */
  boolean canReplace(ServerNode node) {
    return lost.size() < LOST_MAX && !lost.contains(node) && canLose(node);
  }

  /** Whether a quorum of PD outlives one of its members, and knows all that it knows. */
  private boolean canLoseOnePd() {
    return rottenPds.isEmpty() && cluster.invariants().canLoseOnePd();
  }

  // ---- the end

  boolean isOver() {
    return over;
  }

  /** No more harm, and what was done is undone where it can be. */
  void endAll() {
    over = true;
    say("everything is healed");
    cluster.network().heal();
    slowReaders.endAll();
    putBack.endAll();
    for (ServerNode node : List.copyOf(cluster.nodes())) {
      node.machine().stalls().end();
      node.machine().disk().dieAfter(-1, false);
      node.machine().disk().slow(0);
      node.machine().disk().slowReads(0);
      node.machine().disk().hangUntil(0);
      node.machine().disk().room(Long.MAX_VALUE);
      node.machine().disk().descriptorsShort(false);
      startIfDown(node);
    }
  }

  List<ServerNode> lost() {
    return lost;
  }
}
