package dev.terrane.sim.cluster;

import dev.terrane.sim.node.ClusterPlan;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.node.StoreNode;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.MachineDisk.Origin;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.StoreCopy;
import dev.terrane.sim.world.World;
import dev.terrane.store.Store;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What operators do to the directories of stores, and should not: start a copy while the store
 * lives, put an older one back, start with an empty one where a disk was lost.
 */
final class PutBack {
  private static final long MILLI = 1_000_000;
  private static final long COPY_MILLIS_MAX = 6_000;
  private static final long RESTART_MILLIS = 1_500;
  private static final int COPIES_MAX = 8;

  private final Cluster cluster;
  private final Faults faults;
  private final World world;
  private final Steps steps;
  private final Map<ServerNode, List<Machine>> copiesByOriginal = new LinkedHashMap<>();
  private int started;

  PutBack(Cluster cluster, Faults faults) {
    this.cluster = cluster;
    this.faults = faults;
    this.world = cluster.world();
    this.steps = new Steps(world, faults);
  }

  private static @Nullable Store open(ServerNode node) {
    StoreNode store = node.store();
    return store == null ? null : store.store();
  }

  private ServerNode another(String name) {
    Machine machine = cluster.machine(name);
    return new ServerNode(cluster.plan(), machine, false, true);
  }

  // ---- a copy of a store that lives

  /**
   * A copy is started elsewhere. It reaches everybody, or all but the original: then PD must know
   * better. When the original stops, so does the copy: nobody could tell which of the two is right.
   */
  void startACopy(RandomGenerator chance) {
    ServerNode original = faults.anyNode(chance);
    Store store = open(original);
    NodeProcess process = original.machine().process();
    if (store == null
        || process == null
        || process.isPaused()
        || started >= COPIES_MAX
        // Of two that PD has never heard of the first to come is the store.
        || cluster.invariants().startsKnownToPd(store.identity().storeId()) == 0) {
      return;
    }
    StoreCopy copied = original.machine().disk().copyOfStore();
    long millis = chance.nextLong(3_000);
    boolean reachesOriginal = chance.nextBoolean();
    String name = original.machine().name() + "-copy" + ++started;
    ServerNode copy = another(name);
    cluster.invariants().copyOfAStore(copy.machine(), ClusterPlan.storeAddress(name).toString());
    copy.machine().disk().putBack(copied, Origin.COPY);
    steps.later(
        millis,
        () -> {
          if (process.isDead() || process.isPaused()) {
            return;
          }
          steps.say(name + ", a copy of " + process.name() + ", is started");
          process.onDeath(() -> endCopies(original));
          copiesByOriginal.computeIfAbsent(original, _ -> new ArrayList<>()).add(copy.machine());
          if (!reachesOriginal) {
            faults.cutBothWays(copy.machine(), original.machine());
          }
          copy.start();
          world.after(chance.nextLong(50, COPY_MILLIS_MAX) * MILLI, () -> end(copy.machine()));
        });
  }

  /** The original is about to answer nobody. */
  void endCopies(ServerNode original) {
    List<Machine> copies = copiesByOriginal.remove(original);
    if (copies != null) {
      copies.forEach(PutBack::end);
    }
  }

  private static void end(Machine copy) {
    if (copy.isUp()) {
      copy.kill("the copy is ended");
    }
  }

  void endAll() {
    List.copyOf(copiesByOriginal.keySet()).forEach(this::endCopies);
  }

  // ---- an older directory

  /**
   * A store's directory is copied, the store goes on and is started again, and its disk is lost:
   * then the copy is put back. Whoever reads what it says gives up, and starts with an empty one.
   */
  void putAnOlderOneBack(RandomGenerator chance) {
    ServerNode node = faults.anyNode(chance);
    StoreNode running = node.store();
    Store store = open(node);
    if (running == null || store == null || node.isPd() || !faults.mayGoDown(node)) {
      return;
    }
    long storeId = store.identity().storeId();
    long starts = running.starts();
    StoreCopy copied = node.machine().disk().copyOfStore();
    steps.say("the store on " + node.machine().name() + " is copied");
    steps.later(
        chance.nextLong(2_000),
        () -> {
          faults.kill(node, chance);
          steps.once(
              () -> cluster.invariants().startsKnownToPd(storeId) > starts,
              12_000,
              () -> steps.later(chance.nextLong(3_000), () -> loseAndPutBack(node, copied)));
        });
  }

  private void loseAndPutBack(ServerNode node, StoreCopy copied) {
    if (!faults.canReplace(node)) {
      return;
    }
    String name = node.machine().name() + "-older" + ++started;
    ServerNode older = another(name);
    older.machine().disk().putBack(copied, Origin.OLDER);
    cluster.invariants().doNotTrust(older.machine());
    steps.say(name + " is started with what " + node.machine().name() + " had before");
    faults.loseForGood(node);
    older
        .machine()
        .onOwnDeath((machine, why) -> {
          boolean told = why.startsWith("it is refused");
          if (told) {
            faults.addStore();
          } else {
            world.after(RESTART_MILLIS * MILLI, older::start);
          }
        });
    older.start();
  }

  // ---- an empty one

  /** A disk is lost; its node comes back at the same address with an empty one, as a new store. */
  void loseADisk(RandomGenerator chance) {
    ServerNode node = faults.anyNode(chance);
    if (open(node) == null || node.isPd() || !faults.canReplace(node)) {
      return;
    }
    steps.say("the disk of " + node.machine().name() + " is lost");
    faults.loseForGood(node);
    cluster.invariants().storeLost(node.machine());
    ServerNode reborn = cluster.addStore(cluster.successor(node.machine()));
    faults.restartAfterOwnDeath(reborn);
    faults.restartLater(reborn, chance.nextLong(1, 5_000));
  }
}
