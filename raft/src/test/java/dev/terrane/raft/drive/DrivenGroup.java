package dev.terrane.raft.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.raft.EntriesRequest;
import dev.terrane.raft.Entry;
import dev.terrane.raft.InitialState;
import dev.terrane.raft.Membership;
import dev.terrane.raft.MemoryLog;
import dev.terrane.raft.Message;
import dev.terrane.raft.RaftConfig;
import dev.terrane.raft.RawNode;
import dev.terrane.raft.ReadOutcome;
import dev.terrane.raft.Ready;
import dev.terrane.raft.RoleKind;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A group of driven nodes in virtual time, each of which is polled as an agent is. */
final class DrivenGroup {
  static final long TICK = 100_000_000L;
  static final long LEASE = 9 * TICK;
  static final RaftConfig CONFIG = RaftConfig.DEFAULT.withElectionTicks(10, 15, 4);
  private static final long STEP = TICK / 10;

  final Map<Long, Member> members = new TreeMap<>();
  long nowNanos;

  /** Messages that are lost. */
  Predicate<Message> lost = message -> false;

  DrivenGroup(long seed, long... ids) {
    Random random = new Random(seed);
    nowNanos = random.nextLong(100 * TICK, 1_000 * TICK);
    for (long id : ids) {
      members.put(id, new Member(id, Membership.ofVoters(ids), new Random(random.nextLong())));
    }
  }

  Member member(long id) {
    return Objects.requireNonNull(members.get(id));
  }

  void step() {
    nowNanos += STEP;
    for (Member member : members.values()) {
      if (!member.away) {
        member.cycle();
      }
    }
  }

  void runFor(long nanos) {
    for (long end = nowNanos + nanos; nowNanos < end; ) {
      step();
    }
  }

  void runUntil(String what, BooleanSupplier condition) {
    for (long end = nowNanos + 300 * TICK; !condition.getAsBoolean(); step()) {
      assertThat(nowNanos).as(what).isLessThan(end);
    }
  }

  /** Runs until somebody leads and has a lease. */
  Member leader() {
    runUntil("a leader", () -> leading() != null);
    return Objects.requireNonNull(leading());
  }

  private @Nullable Member leading() {
    for (Member member : members.values()) {
      if (!member.away && member.driven.hasLeaseAt(nowNanos)) {
        return member;
      }
    }
    return null;
  }

  List<Member> othersThan(Member member) {
    return members.values().stream().filter(other -> other != member).toList();
  }

  /** One node and its owner. */
  final class Member implements DrivenNode.Owner {
    final long id;
    final RawNode node;
    final DrivenNode driven;
    final TickWheel wheel;

    /** What the owner was asked to do, and what the node was like then. */
    final List<String> events = new ArrayList<>();

    /** Readies whose writes are under way. */
    final Deque<Ready> writes = new ArrayDeque<>();

    final Deque<Message> inbox = new ArrayDeque<>();
    private final MemoryLog disk = new MemoryLog(1, 1);

    /** Gets no cycles. */
    boolean away;

    boolean diskStands;
    int paused;

    /** Called between the reading of the clock and the ticks: whatever it lets pass or come. */
    Runnable inBetween = () -> {};

    /** A planted bug: the cycle handles what came after it had read the clock. */
    boolean handlesWhatCameAfterItsTime;

    Member(long id, Membership membership, Random random) {
      this.id = id;
      this.node = new RawNode(CONFIG, id, InitialState.bootstrap(membership), disk, random);
      this.driven = new DrivenNode(node, CONFIG, LEASE, 4, this);
      this.wheel = new TickWheel(TICK, nowNanos, count -> paused += count);
      wheel.keep(driven);
    }

    void cycle() {
      List<Message> taken = new ArrayList<>(inbox);
      inbox.clear();
      long time = nowNanos;
      inBetween.run();
      int _ = wheel.advance(time);
      taken.forEach(node::step);
      if (handlesWhatCameAfterItsTime) {
        List.copyOf(inbox).forEach(node::step);
        inbox.clear();
      }
      while (!diskStands && !writes.isEmpty()) {
        driven.persisted(writes.remove());
      }
      turn(time);
    }

    void turn(long time) {
      int _ = driven.turn(time);
      wheel.keep(driven);
    }

    boolean leads() {
      return node.role() == RoleKind.LEADER;
    }

    @Override
    public void wantsTurn() {}

    @Override
    public void withdrawLease() {
      events.add("withdraw");
    }

    @Override
    public void send(List<Message> messages) {
      for (Message message : messages) {
        events.add(
            "send %s, durable through %d"
                .formatted(message.getClass().getSimpleName(), node.status().persistedIndex()));
        Member to = members.get(message.to());
        if (to != null && !lost.test(message)) {
          to.inbox.add(message);
        }
      }
    }

    @Override
    public void persist(Ready ready) {
      disk.write(ready);
      writes.add(ready);
    }

    @Override
    public void install(Ready ready, Snapshot snapshot) {
      events.add("install");
      disk.write(ready);
      writes.add(ready);
    }

    @Override
    public void apply(List<Entry> entries) {
      driven.applied(entries.getLast().index(), entries.getLast().term());
    }

    @Override
    public void answer(List<ReadOutcome> reads) {
      events.add("answer " + reads);
    }

    @Override
    public void sendSnapshot(SnapshotRequest request) {
      throw new AssertionError(request);
    }

    @Override
    public void readEntries(EntriesRequest request) {
      throw new AssertionError(request);
    }

    @Override
    public String toString() {
      return driven.toString();
    }
  }
}
