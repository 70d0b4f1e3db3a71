package dev.terrane.raft;

import dev.terrane.common.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A group that a transcript commands, and that tells what happens. Disks and applications take no
 * time, unless {@code manual} holds a peer's back.
 *
 * <p>Peer {@code n} has an election timeout of {@code electionTicksMin + 1 + n} ticks.
 */
final class TranscriptGroup {
  private static final int SETTLE_MAX = 10_000;

  /** Draws its owner's number, so that a transcript knows who times out first. */
  private record Drawn(int number) implements RandomGenerator {
    @Override
    public long nextLong() {
      return number;
    }

    @Override
    public int nextInt(int bound) {
      return Math.min(number, bound - 1);
    }
  }

  /** What a transcript sees of a peer besides its messages. */
  private record View(
      RoleKind role,
      long term,
      long committed,
      Membership membership,
      boolean hibernating,
      Map<Long, String> states) {}

  private final Map<Long, Machine> machines = new TreeMap<>();
  private final Map<Long, View> views = new TreeMap<>();
  private final TreeSet<Long> manual = new TreeSet<>();
  private final TreeSet<Long> cut = new TreeSet<>();
  private final ArrayDeque<Message> network = new ArrayDeque<>();
  private final List<String> output = new ArrayList<>();
  private final SafetyProperties properties = new SafetyProperties();
  private final RaftConfig config;

  TranscriptGroup(RaftConfig config, Membership membership) {
    this.config = config;
    for (long id : membership.all().toList()) {
      add(id, InitialState.bootstrap(membership), new MemoryLog(1, 1));
    }
  }

  private void add(long id, InitialState initial, MemoryLog disk) {
    Drawn random = new Drawn((int) id);
    Machine machine = new Machine(config, id, initial, disk, random, network::add);
    machines.put(id, machine);
    views.put(id, viewOf(machine));
  }

  List<String> takeOutput() {
    List<String> taken = List.copyOf(output);
    output.clear();
    return taken;
  }

  private Machine machine(long id) {
    return Objects.requireNonNull(machines.get(id), () -> "no peer " + id);
  }

  private RawNode node(long id) {
    return machine(id).node();
  }

  // ---- commands

  void tick(long id, int ticks) {
    for (int i = 0; i < ticks; i++) {
      node(id).tick();
      boolean _ = node(id).hasReady(); // nothing comes in between, and what is due is done
      work(id);
    }
  }

  void heartbeat(long id) {
    node(id).heartbeat();
    work(id);
  }

  void campaign(long id) {
    tell(id, node(id).campaign(), "may not campaign");
  }

  void propose(long id, EntryKind kind, String data) {
    Bytes bytes = Bytes.ofUtf8(data);
    answer(id, kind == EntryKind.ADMIN ? node(id).proposeAdmin(bytes) : node(id).propose(bytes));
  }

  void change(long id, ConfChange change) {
    answer(id, node(id).proposeConfChange(change));
  }

  private void answer(long id, ProposeResult result) {
    if (result instanceof ProposeResult.Refused refused) {
      output.add(id + ": refused " + refused.reason() + ", " + refused.detail());
    }
    work(id);
  }

  void read(long id, long requestId) {
    tell(id, node(id).readIndex(requestId, Bytes.EMPTY), "cannot read");
  }

  void transfer(long id, long target) {
    tell(id, node(id).transferLeader(target), "cannot transfer");
  }

  void hibernate(long id) {
    tell(id, node(id).hibernate(), "not at rest");
  }

  void wake(long id, int ticksAsleep) {
    node(id).wake(ticksAsleep);
    work(id);
  }

  void paused(long id) {
    node(id).paused();
  }

  void unreachable(long id, long peer) {
    node(id).reportUnreachable(peer);
    work(id);
  }

  private void tell(long id, boolean done, String otherwise) {
    if (!done) {
      output.add(id + ": " + otherwise);
    }
    work(id);
  }

  void compact(long id, long through) {
    machine(id).compact(through);
  }

  /** From now on a peer remembers its last {@code count} entries only. */
  void remember(long id, int count) {
    machine(id).disk().keepInMemory(count);
  }

  /** Reads from a peer's disk what it first asked for. */
  void readLog(long id) {
    EntriesRequest request = machine(id).readEntries();
    output.add(
        request == null
            ? id + ": nothing to read"
            : "%d: has read from %d before %d".formatted(id, request.from(), request.before()));
    work(id);
  }

  /** Makes and ships a snapshot of what the leader has applied. */
  void ship(long id, long peer) {
    machine(id).snapshotRequests().clear();
    Message.InstallSnapshot install = node(id).sendSnapshot(peer, machine(id).app().toSnapshot());
    if (install == null) {
      output.add(id + ": nobody wants a snapshot");
    } else {
      network.add(install);
    }
  }

  void reportSnapshot(long id, long peer, boolean shipped) {
    node(id).reportSnapshot(peer, shipped);
    work(id);
  }

  /** Loses every write under way, and everything applied since the start. */
  void crash(long id) {
    machine(id).crash(0, 0);
    properties.crashed(id);
  }

  /** As {@link #crash}, but what was written and applied survives. */
  void stop(long id) {
    Machine machine = machine(id);
    machine.crash(machine.writesUnderWay(), machine.appliesSinceBarrier());
    properties.crashed(id);
  }

  void restart(long id) {
    machine(id).restart();
    work(id);
  }

  void cut(long id) {
    cut.add(id);
  }

  void connect(long id) {
    cut.remove(id);
  }

  /** From now on the disk and the application of a peer move only when told. */
  void manual(long id) {
    manual.add(id);
  }

  void automatic(long id) {
    manual.remove(id);
    work(id);
  }

  void takeReady(long id) {
    Ready ready = machine(id).takeReady();
    output.add(id + ": " + (ready == null ? "nothing ready" : describe(ready)));
    observe(id);
  }

  /** The oldest write of a peer becomes durable, and it is told. */
  void persist(long id) {
    machine(id).completeWrite();
    machine(id).report();
    observe(id);
  }

  void apply(long id) {
    Machine machine = machine(id);
    while (machine.mayApplyNext()) {
      applyNext(machine);
    }
    observe(id);
  }

  /** Delivers the first {@code count} messages of a link. */
  void deliver(long from, long to, int count) {
    for (int i = 0; i < count; i++) {
      Message message = takeFirst(from, to);
      if (message == null) {
        output.add("nothing under way from " + from + " to " + to);
        return;
      }
      deliver(message);
    }
  }

  /** Loses the first {@code count} messages of a link. */
  void drop(long from, long to, int count) {
    for (int i = 0; i < count; i++) {
      Message message = takeFirst(from, to);
      output.add(message == null ? "nothing to lose" : MessageText.of(message) + " lost");
    }
  }

  private @Nullable Message takeFirst(long from, long to) {
    for (Message message : network) {
      if (message.from() == from && message.to() == to) {
        network.remove(message);
        return message;
      }
    }
    return null;
  }

  /** Delivers everything until nothing is under way. */
  void settle() {
    int delivered = 0;
    for (Message next = network.poll(); next != null; next = network.poll()) {
      if (++delivered > SETTLE_MAX) {
        throw new AssertionError("does not settle: " + next);
      }
      deliver(next);
    }
  }

  private void deliver(Message message) {
    String text = MessageText.of(message);
    if (cut.contains(message.from()) || cut.contains(message.to())) {
      output.add(text + " lost");
      return;
    }
    output.add(text);
    if (!machines.containsKey(message.to())) {
      add(message.to(), InitialState.BLANK, new MemoryLog());
    }
    if (machine(message.to()).isUp()) {
      node(message.to()).step(message);
      work(message.to());
    }
  }

  void status(long id) {
    Status status = node(id).status();
    output.add(
        "%d: %s term=%d vote=%d leader=%d log=%d..%d persisted=%d committed=%d applied=%d %s%s"
            .formatted(
                id,
                status.role(),
                status.hardState().term(),
                status.hardState().vote(),
                status.leaderId(),
                status.firstIndex(),
                status.lastIndex(),
                status.persistedIndex(),
                status.hardState().commit(),
                status.applied(),
                MessageText.membership(status.membership()),
                status.hibernating() ? " hibernating" : ""));
    for (Status.PeerStatus peer : status.peers()) {
      output.add(
          "%d: peer %d %s match=%d next=%d"
              .formatted(id, peer.peerId(), peer.state(), peer.matchIndex(), peer.nextIndex()));
    }
  }

  void log(long id) {
    RawNode node = node(id);
    List<Entry> entries = new ArrayList<>();
    for (long index = node.status().firstIndex(); index <= node.lastIndex(); index++) {
      entries.add(node.entryAt(index));
    }
    output.add(id + ": " + MessageText.entries(entries));
  }

  void lease(long id) {
    output.add(
        "%d: confirmed round %d%s"
            .formatted(
                id,
                node(id).confirmedRound(),
                (node(id).isAlone() ? ", alone" : "")
                    + (node(id).leaseRevoked() ? ", lease revoked" : "")));
  }

  // ---- work

  /** What a store does at once, for a peer that is not held back. */
  private void work(long id) {
    observe(id);
    Machine machine = machine(id);
    if (manual.contains(id)) {
      return;
    }
    boolean worked = true;
    while (worked) {
      worked = machine.takeReady() != null;
      observe(id);
      while (machine.isWriting()) {
        machine.completeWrite();
        worked = true;
      }
      if (machine.hasUnreported()) {
        machine.report();
      }
      while (machine.mayApplyNext()) {
        applyNext(machine);
        worked = true;
      }
      observe(id);
    }
  }

  private void applyNext(Machine machine) {
    switch (machine.applyNext()) {
      case Snapshot snapshot -> output.add(machine.id() + ": installs " + snapshot.meta().index());
      case Entry entry when !entry.data().isEmpty() ->
          output.add(machine.id() + ": applies " + MessageText.entry(entry));
      default -> {} // the empty entries that open terms
    }
    properties.applied(machine.app());
  }

  private void observe(long id) {
    Machine machine = machine(id);
    properties.observe(machine);
    for (ReadOutcome outcome : machine.takeReads()) {
      output.add(
          switch (outcome) {
            case ReadOutcome.Confirmed confirmed ->
                "%d: read %d at index %d".formatted(id, confirmed.requestId(), confirmed.index());
            case ReadOutcome.Aborted aborted ->
                "%d: read %d aborted".formatted(id, aborted.requestId());
          });
    }
    View now = viewOf(machine);
    View before = Objects.requireNonNull(views.put(id, now));
    if (now.role != before.role || now.term != before.term) {
      output.add("%d: %s of term %d".formatted(id, now.role, now.term));
    }
    if (now.committed != before.committed) {
      output.add("%d: committed %d".formatted(id, now.committed));
    }
    if (!now.membership.equals(before.membership)) {
      output.add("%d: %s".formatted(id, MessageText.membership(now.membership)));
    }
    if (now.hibernating != before.hibernating) {
      output.add("%d: %s".formatted(id, now.hibernating ? "hibernates" : "wakes"));
    }
    tellStates(id, before, now);
  }

  private void tellStates(long id, View before, View now) {
    if (before.role != RoleKind.LEADER) {
      return; // a new leader probes everyone: not news
    }
    for (Map.Entry<Long, String> peer : now.states.entrySet()) {
      String old = before.states.get(peer.getKey());
      if (old != null && !old.equals(peer.getValue())) {
        output.add("%d: peer %d %s -> %s".formatted(id, peer.getKey(), old, peer.getValue()));
      }
    }
  }

  private static View viewOf(Machine machine) {
    Status status = machine.node().status();
    Map<Long, String> states = new LinkedHashMap<>();
    for (Status.PeerStatus peer : status.peers()) {
      states.put(peer.peerId(), peer.state());
    }
    return new View(
        status.role(),
        status.hardState().term(),
        status.hardState().commit(),
        status.membership(),
        status.hibernating(),
        states);
  }

  private static String describe(Ready ready) {
    StringBuilder text = new StringBuilder("ready ").append(ready.number());
    HardState hard = ready.hardState();
    if (hard != null) {
      text.append(" hard=%d/%d/%d".formatted(hard.term(), hard.vote(), hard.commit()));
    }
    if (ready.snapshot() != null) {
      text.append(" snapshot=").append(ready.snapshot().meta().index());
    }
    if (!ready.entries().isEmpty()) {
      text.append(" write=").append(MessageText.entries(ready.entries()));
    }
    if (!ready.committedEntries().isEmpty()) {
      text.append(" apply=").append(MessageText.entries(ready.committedEntries()));
    }
    text.append(ready.needsSync() ? " sync" : "");
    for (Message message : ready.messages()) {
      text.append("\n   now   ").append(MessageText.of(message));
    }
    for (Message message : ready.afterPersist()) {
      text.append("\n   after ").append(MessageText.of(message));
    }
    return text.toString();
  }
}
