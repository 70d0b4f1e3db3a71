package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One Raft group in a world that does everything a world may do: messages are lost, repeated,
 * reordered and delayed, links fail, disks and applications lag, processes stop, crash and come
 * back, and the application changes members, moves leadership, compacts, ships snapshots and sends
 * the group to sleep. All of it is drawn from one seed; the safety properties are checked after
 * each step.
 *
 * <p>Time is virtual. Every peer ticks once in {@link #TICK} units of it, each at its own moment,
 * so that leases can be held against promises.
 */
final class HostileGroup {
  private static final int TICK = 8;

  /** At each such tick of theirs, the machines are asked for heartbeats. */
  private static final int HEARTBEAT_TOGETHER_TICKS = 3;

  private static final int MEMBERS_MAX = 7;
  private static final int MESSAGES_MAX = 400;
  private static final int IN_MEMORY = 3;

  /** How often each thing happens; drawn anew for every seed, so that seeds differ in kind. */
  private static final class Weather {
    final int loss;
    final int duplication;
    final int disorder;
    final int crashes;
    final int partitions;
    final int changes;
    final int lag;
    final int naps;

    Weather(RandomGenerator random) {
      loss = pick(random, 0, 2, 10, 30);
      duplication = pick(random, 0, 2, 10);
      disorder = pick(random, 0, 20, 100);
      crashes = pick(random, 0, 1, 3, 6);
      partitions = pick(random, 0, 1, 3);
      changes = pick(random, 0, 2, 6);
      lag = pick(random, 0, 30, 70);
      naps = pick(random, 0, 0, 2);
    }

    private static int pick(RandomGenerator random, int... choices) {
      return choices[random.nextInt(choices.length)];
    }
  }

  private record PendingRead(long peerId, long atLeast) {}

  private final Random random;
  private final Weather weather;
  private final RaftConfig config;
  private final SafetyProperties properties = new SafetyProperties();
  private final Map<Long, Machine> machines = new TreeMap<>();
  private final Map<Long, Lease> leases = new TreeMap<>();
  private final Map<Long, Long> leaseTerms = new TreeMap<>();
  private final Map<Long, Long> asleepSince = new TreeMap<>();
  private final TreeSet<Long> paused = new TreeSet<>();
  private final TreeSet<Long> destroyed = new TreeSet<>();
  private final Map<Long, PendingRead> pendingReads = new TreeMap<>();
  private final List<Message> network = new ArrayList<>();
  private final TreeMap<Long, Integer> sideOf = new TreeMap<>(); // the halves of a partition
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private boolean healed;
  private long now;
  private long nextPeerId;
  private long nextRequestId = 1;
  private int payload;
  private int confirmedReads;

  HostileGroup(long seed) {
    random = new Random(seed);
    random.nextInt(); // the first numbers of neighbouring seeds are alike
    weather = new Weather(random);
    config =
        new RaftConfig(
            5,
            10,
            1 + random.nextInt(2),
            random.nextInt(4) != 0,
            random.nextInt(4) != 0,
            1 + random.nextInt(200),
            1 + random.nextInt(8),
            1 + random.nextInt(8),
            400,
            1 + random.nextInt(2000),
            1 + random.nextInt(200),
            500,
            16);
    int voters = 1 + random.nextInt(5);
    long[] ids = new long[voters];
    for (int i = 0; i < voters; i++) {
      ids[i] = i + 1L;
    }
    nextPeerId = voters + 1L;
    InitialState initial =
        new InitialState(new HardState(1, 0, 3), Membership.ofVoters(ids), 3, false);
    for (long id : ids) {
      MemoryLog disk = new MemoryLog(3, 1);
      if (seed % 2 != 0) {
        disk.keepInMemory(IN_MEMORY);
      }
      add(id, initial, disk);
    }
  }

  private void add(long id, InitialState initial, MemoryLog disk) {
    machines.put(
        id, new Machine(config, id, initial, disk, new Random(random.nextLong()), this::send));
    leases.put(id, new Lease((long) TICK * config.electionTicksMin()));
  }

  int confirmedReads() {
    return confirmedReads;
  }

  long committed() {
    return properties.maxCommitted();
  }

  /** The last steps, for a failure's message. */
  String trace() {
    return String.join("\n", trace);
  }

  private void log(String step) {
    if (trace.size() >= Integer.getInteger("raft.trace", 60)) {
      trace.removeFirst();
    }
    trace.add(now + " " + step);
  }

  // ---- the network

  private void send(Message message) {
    if (!healed && random.nextInt(100) < weather.loss) {
      return;
    }
    if (network.size() >= MESSAGES_MAX && !healed) {
      network.remove(random.nextInt(network.size()));
    }
    network.add(message);
    if (!healed && random.nextInt(100) < weather.duplication) {
      network.add(message);
    }
  }

  private boolean isCut(Message message) {
    return !healed
        && !sideOf.isEmpty()
        && !sideOf.getOrDefault(message.from(), 0).equals(sideOf.getOrDefault(message.to(), 0));
  }

  private void deliverOne() {
    if (network.isEmpty()) {
      return;
    }
    boolean disorder = !healed && random.nextInt(100) < weather.disorder;
    Message message = network.remove(disorder ? random.nextInt(network.size()) : 0);
    if (isCut(message) || destroyed.contains(message.to())) {
      return;
    }
    if (!machines.containsKey(message.to())) {
      add(message.to(), InitialState.BLANK, new MemoryLog());
    }
    Machine machine = machines.get(message.to());
    if (machine == null || !machine.isUp()) {
      return;
    }
    if (paused.contains(machine.id())) {
      network.add(message); // it waits in the process's buffers
      return;
    }
    log("deliver " + message);
    creditSleep(machine);
    machine.node().step(message);
    after(machine);
  }

  /** A store that steps a sleeping peer says how long it has slept. */
  private void creditSleep(Machine machine) {
    Long since = asleepSince.get(machine.id());
    if (since != null && machine.node().isHibernating() && random.nextBoolean()) {
      machine.node().wake((int) ((now - since) / TICK));
    }
  }

  // ---- time

  private void passTime() {
    now++;
    for (Machine machine : List.copyOf(machines.values())) {
      if (machine.isUp()
          && !paused.contains(machine.id())
          && !machine.node().isAlone()
          && now % TICK == machine.id() % TICK) {
        tick(machine.node());
        if (now / TICK % HEARTBEAT_TOGETHER_TICKS == 0) {
          machine.node().heartbeat();
        }
        after(machine);
      }
    }
  }

  /** A tick that is said to be quiet is. */
  private static void tick(RawNode node) {
    boolean quiet = node.quietTicks() > 0;
    boolean ready = node.hasReady();
    RoleKind role = node.role();
    node.tick();
    check(
        !quiet || (node.hasReady() == ready && node.role() == role),
        "peer %d: a quiet tick did something",
        node.id());
  }

  // ---- steps

  /** Takes {@code steps} random steps. */
  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
  }

  private void step() {
    Machine machine = anyMachine();
    int dice = random.nextInt(1000);
    if (dice < 80) {
      passTime();
    } else if (dice < 460) {
      deliverOne();
    } else if (dice < 900) {
      if (machine.isUp() && !paused.contains(machine.id())) {
        work(machine);
      }
    } else if (dice < 950) {
      use(machine);
    } else {
      harm(machine);
    }
  }

  private void harm(Machine machine) {
    int dice = random.nextInt(400);
    if (!machine.isUp() && dice < 40) {
      crashOrRestart(machine);
    } else if (paused.contains(machine.id()) && dice < 80) {
      pauseOrResume(machine);
    } else if (!sideOf.isEmpty() && dice < 10) {
      partition();
    } else if (dice >= 300 && dice < 300 + 2 * weather.changes) {
      changeMembers(machine);
    } else if (dice >= 330 && dice < 330 + weather.crashes) {
      crashOrRestart(machine);
    } else if (dice >= 340 && dice < 340 + weather.partitions) {
      partition();
    } else if (dice >= 350 && dice < 350 + weather.naps) {
      pauseOrResume(machine);
    }
  }

  private Machine anyMachine() {
    int position = random.nextInt(machines.size());
    for (Machine machine : machines.values()) {
      if (position-- == 0) {
        return machine;
      }
    }
    throw new IllegalStateException("no machine");
  }

  /** One of the things that a store does at its own pace. */
  private void work(Machine machine) {
    boolean lags = random.nextInt(100) < weather.lag;
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        if (machine.takeReady() != null) {
          log("ready " + machine.id());
        }
      }
      case 2 -> {
        if (machine.isWriting() && !lags) {
          machine.completeWrite();
        }
      }
      case 3 -> {
        if (machine.hasUnreported()) {
          machine.report();
          log("persisted " + machine.id());
        }
      }
      case 4 -> {
        if (!lags) {
          apply(machine);
        }
      }
      case 5 -> {
        ship(machine);
        machine.readEntries();
        if (random.nextInt(8) == 0) {
          machine.barrier();
        }
      }
    }
    after(machine);
  }

  private void apply(Machine machine) {
    if (machine.mayApplyNext()) {
      Object applied = machine.applyNext();
      log("apply " + machine.id() + " " + applied);
      properties.applied(machine.app());
    }
  }

  private void ship(Machine machine) {
    if (machine.snapshotRequests().isEmpty()) {
      return;
    }
    SnapshotRequest request = machine.snapshotRequests().removeFirst();
    RawNode node = machine.node();
    if (random.nextInt(5) == 0 && !healed) {
      node.reportSnapshot(request.peerId(), false);
      return;
    }
    if (machine.app().applied() < request.minIndex()) {
      machine.snapshotRequests().add(request); // the application is behind: later
      return;
    }
    Message.InstallSnapshot install =
        node.sendSnapshot(request.peerId(), machine.app().toSnapshot());
    if (install != null) {
      log("ship " + install);
      send(install);
      node.reportSnapshot(request.peerId(), healed || random.nextInt(5) != 0);
    }
  }

  /** What the users of one peer do to it. */
  private void use(Machine machine) {
    if (!machine.isUp() || paused.contains(machine.id())) {
      return;
    }
    RawNode node = machine.node();
    switch (random.nextInt(15)) {
      case 0, 1, 2, 3, 4, 5 -> propose(node);
      case 6 -> node.proposeAdmin(Bytes.ofUtf8("admin " + payload++));
      case 7, 8 -> read(machine);
      case 9 -> {
        if (random.nextInt(3) == 0) {
          log("transfer from " + machine.id());
          node.transferLeader(anyMachine().id());
        }
      }
      case 10 -> machine.compact(machine.app().applied() - random.nextInt(5));
      case 11 -> {
        if (random.nextInt(4) == 0) {
          log("campaign " + machine.id());
          node.campaign();
        }
      }
      case 12 -> node.reportUnreachable(anyMachine().id());
      case 13 -> {
        if (node.hibernate()) {
          log("hibernate " + machine.id());
        }
      }
      case 14 -> {
        Long since = asleepSince.get(machine.id());
        if (since != null) {
          node.wake((int) ((now - since) / TICK));
        }
      }
      default -> {}
    }
    after(machine);
  }

  private void propose(RawNode node) {
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      node.propose(Bytes.ofUtf8("p" + payload++ + "x".repeat(random.nextInt(60))));
    }
  }

  private void read(Machine machine) {
    long requestId = nextRequestId++;
    pendingReads.put(requestId, new PendingRead(machine.id(), properties.maxCommitted()));
    if (!machine.node().readIndex(requestId, Bytes.EMPTY)) {
      pendingReads.remove(requestId);
    }
  }

  private void changeMembers(Machine machine) {
    if (!machine.isUp() || paused.contains(machine.id())) {
      return;
    }
    RawNode node = machine.node();
    if (node.role() != RoleKind.LEADER) {
      return;
    }
    Bytes context = random.nextInt(6) == 0 ? AppState.REFUSED : Bytes.EMPTY;
    ConfChange change;
    if (node.membership().isJoint()) {
      change = new ConfChange.LeaveJoint(context);
    } else if (random.nextInt(3) == 0) {
      List<Change> changes = new ArrayList<>();
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        changes.add(anyChange(node.membership()));
      }
      change = new ConfChange.EnterJoint(changes, context);
    } else {
      change = new ConfChange.Single(anyChange(node.membership()), context);
    }
    ProposeResult result = node.proposeConfChange(change);
    log("change " + machine.id() + " " + change + " " + result);
    after(machine);
  }

  private Change anyChange(Membership membership) {
    boolean mayGrow = membership.all().size() < MEMBERS_MAX;
    if (mayGrow && random.nextInt(3) == 0) {
      long newcomer = nextPeerId++;
      return random.nextBoolean() ? Change.addLearner(newcomer) : Change.addVoter(newcomer);
    }
    PeerSet all = membership.all();
    long member = all.at(random.nextInt(all.size()));
    return switch (random.nextInt(3)) {
      case 0 -> Change.addVoter(member);
      case 1 -> Change.addLearner(member);
      default -> Change.remove(member);
    };
  }

  private void crashOrRestart(Machine machine) {
    if (!machine.isUp()) {
      log("restart " + machine.id());
      machine.restart();
      after(machine);
    } else {
      log("crash " + machine.id());
      machine.crash();
      properties.crashed(machine.id());
      paused.remove(machine.id());
      asleepSince.remove(machine.id());
      leaseOf(machine.id()).drop();
      pendingReads.values().removeIf(read -> read.peerId() == machine.id());
    }
  }

  private void partition() {
    boolean cut = sideOf.isEmpty();
    sideOf.clear();
    if (cut) {
      for (long id : machines.keySet()) {
        sideOf.put(id, random.nextInt(2));
      }
    }
    log("sides " + sideOf);
  }

  private void pauseOrResume(Machine machine) {
    if (!machine.isUp()) {
      return;
    }
    if (paused.remove(machine.id())) {
      log("resume " + machine.id());
      machine.node().paused();
      after(machine);
    } else {
      log("pause " + machine.id());
      paused.add(machine.id());
    }
  }

  // ---- what must hold

  private void after(Machine machine) {
    properties.observe(machine);
    RawNode node = machine.node();
    if (node.isHibernating()) {
      asleepSince.putIfAbsent(machine.id(), now);
    } else {
      asleepSince.remove(machine.id());
    }
    for (ReadOutcome outcome : machine.takeReads()) {
      checkRead(outcome);
    }
    checkLeases(machine);
  }

  /** A read sees at least what was committed anywhere when it was asked. */
  private void checkRead(ReadOutcome outcome) {
    PendingRead read = pendingReads.remove(outcome.requestId());
    if (read != null && outcome instanceof ReadOutcome.Confirmed confirmed) {
      check(
          confirmed.index() >= read.atLeast(),
          "stale read: index %d, committed %d",
          confirmed.index(),
          read.atLeast());
      confirmedReads++;
    }
  }

  /** Nobody is elected while another's lease runs. */
  private void checkLeases(Machine machine) {
    RawNode node = machine.node();
    Lease lease = leaseOf(machine.id());
    if (node.role() != RoleKind.LEADER
        || !leaseTerms.getOrDefault(machine.id(), 0L).equals(node.term())) {
      lease.drop();
      leaseTerms.put(machine.id(), node.term());
    }
    long round = machine.takeRoundStarted();
    if (round != 0) {
      lease.roundStarted(round, now);
    }
    if (node.role() != RoleKind.LEADER) {
      return;
    }
    lease.alone(node.isAlone(), now);
    lease.roundConfirmed(node.confirmedRound());
    for (Machine other : machines.values()) {
      if (other != machine && other.isUp() && holdsLease(other)) {
        check(
            other.node().term() >= node.term(),
            "peer %d leads term %d within the lease of peer %d",
            node.id(),
            node.term(),
            other.id());
      }
    }
  }

  private boolean holdsLease(Machine machine) {
    RawNode node = machine.node();
    return node.role() == RoleKind.LEADER
        && !node.leaseRevoked()
        && leaseOf(machine.id()).isValidAt(now);
  }

  private Lease leaseOf(long peerId) {
    return Objects.requireNonNull(leases.get(peerId));
  }

  // ---- healing

  /**
   * Ends all harm, and demands that the group elects a leader, commits, and brings every member to
   * the same state.
   */
  void healAndDemandProgress() {
    healed = true;
    sideOf.clear();
    for (Machine machine : machines.values()) {
      if (!machine.isUp()) {
        machine.restart();
      }
      if (paused.remove(machine.id())) {
        machine.node().paused();
      }
      machine.node().wake(0);
    }
    log("healed");
    for (int round = 0; round < 400; round++) {
      for (int i = 0; i < TICK; i++) {
        passTime();
        settle();
      }
      Machine leader = leader();
      if (leader == null) {
        continue;
      }
      if (leader.node().membership().isJoint()) {
        leader.node().proposeConfChange(new ConfChange.LeaveJoint(Bytes.EMPTY));
      }
      if (round % 10 == 9) {
        destroyRemoved(leader.node().membership());
        leader.node().propose(Bytes.ofUtf8("final " + payload++));
      }
      settle();
      if (round > 20 && isWhole(leader)) {
        return;
      }
    }
    throw new AssertionError("no progress: " + describe());
  }

  private void settle() {
    boolean worked = true;
    for (int i = 0; worked && i < 10_000; i++) {
      worked = !network.isEmpty();
      deliverOne();
      for (Machine machine : List.copyOf(machines.values())) {
        worked |= machine.takeReady() != null;
        while (machine.isWriting()) {
          machine.completeWrite();
        }
        if (machine.hasUnreported()) {
          machine.report();
        }
        while (machine.mayApplyNext()) {
          apply(machine);
          worked = true;
        }
        ship(machine);
        worked |= machine.readEntries() != null;
        after(machine);
      }
    }
  }

  private @Nullable Machine leader() {
    Machine leader = null;
    for (Machine machine : machines.values()) {
      if (machine.node().role() == RoleKind.LEADER
          && (leader == null || leader.node().term() < machine.node().term())) {
        leader = machine;
      }
    }
    return leader;
  }

  /** What the stores' digests do: a peer that is no member any more is told. */
  private void destroyRemoved(Membership membership) {
    for (long id : List.copyOf(machines.keySet())) {
      if (!membership.contains(id)) {
        machines.remove(id);
        leases.remove(id);
        destroyed.add(id);
      }
    }
  }

  private boolean isWhole(Machine leader) {
    Membership membership = leader.node().membership();
    if (membership.isJoint() || leader.app().applied() != leader.node().lastIndex()) {
      return false;
    }
    for (long id : membership.all().toList()) {
      Machine machine = machines.get(id);
      if (machine == null || !machine.app().equals(leader.app())) {
        return false;
      }
    }
    return true;
  }

  private String describe() {
    StringBuilder text = new StringBuilder();
    for (Machine machine : machines.values()) {
      text.append('\n').append(machine.node().status()).append(" app ").append(machine.app());
    }
    return text.toString();
  }
}
