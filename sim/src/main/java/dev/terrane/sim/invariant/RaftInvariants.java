package dev.terrane.sim.invariant;

import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.SimulationFailure;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The groups of one kind, the stores' Regions or PD's one: facts, and what each disk holds. */
final class RaftInvariants {
  private final String kind;
  private final Map<Long, GroupFacts> factsByGroup = new LinkedHashMap<>();
  private final Map<Machine, Map<Long, DurableGroup>> durable = new LinkedHashMap<>();
  private final Map<Machine, Set<DestroyedPeer>> destroyed = new LinkedHashMap<>();

  private record DestroyedPeer(long group, long peer) {}

  RaftInvariants(String kind) {
    this.kind = kind;
  }

  GroupFacts facts(long group) {
    return factsByGroup.computeIfAbsent(group, id -> new GroupFacts(kind + " " + id));
  }

  private Map<Long, DurableGroup> on(Machine machine) {
    return durable.computeIfAbsent(machine, key -> new LinkedHashMap<>());
  }

  @Nullable DurableGroup durable(Machine machine, long group) {
    return on(machine).get(group);
  }

  /** What {@code machine} had is gone for good; it begins with nothing. */
  void lost(Machine machine) {
    durable.remove(machine);
  }

  /**
   * Whether {@code peer} was removed from {@code machine}. What it said before may still be on its
   * way, and nobody counts it any more.
   */
  boolean isDestroyed(Machine machine, long group, long peer) {
    Set<DestroyedPeer> there = destroyed.get(machine);
    return there != null && there.contains(new DestroyedPeer(group, peer));
  }

  /**
   * A log was opened: it must hold what was known to be durable. What a batch that was being
   * written when the machine died would have changed may be there or not.
   */
  void opened(Machine machine, RaftLogEngine log, boolean tornWrite) {
    Map<Long, DurableGroup> before = on(machine);
    Map<Long, DurableGroup> after = new LinkedHashMap<>();
    for (long group : log.regions()) {
      after.put(group, DurableGroup.read(log, group));
    }
    if (!tornWrite) {
      TreeSet<Long> groups = new TreeSet<>(before.keySet());
      groups.addAll(after.keySet());
      for (long group : groups) {
        same(machine, group, before.get(group), after.get(group));
      }
    }
    durable.put(machine, after);
  }

  private void same(
      Machine machine, long group, @Nullable DurableGroup before, @Nullable DurableGroup after) {
    String was = summary(before);
    String is = summary(after);
    if (!was.equals(is)) {
      throw new SimulationFailure(
          "the log of %s %d on %s was durable and is not there: %s, now %s"
              .formatted(kind, group, machine.name(), was, is));
    }
  }

  private static String summary(@Nullable DurableGroup group) {
    if (group == null || (group.hardState() == null && group.last() == 0)) {
      return "nothing";
    }
    long sum = 0;
    for (long index = group.base() + 1; index <= group.last(); index++) {
      sum = sum * 31 + group.term(index);
    }
    return "%s base %d last %d terms %x"
        .formatted(group.hardState(), group.base(), group.last(), sum);
  }

  /** {@code batches} are durable on {@code machine}. */
  void written(Machine machine, List<LogBatch> batches) {
    Written visitor = new Written(machine, on(machine));
    for (LogBatch batch : batches) {
      batch.forEach(visitor);
    }
  }

  private final class Written implements LogBatch.Visitor {
    private final Machine machine;
    private final Map<Long, DurableGroup> groups;

    Written(Machine machine, Map<Long, DurableGroup> groups) {
      this.machine = machine;
      this.groups = groups;
    }

    private DurableGroup group(long id) {
      return groups.computeIfAbsent(id, key -> new DurableGroup());
    }

    @Override
    public void append(long id, List<Entry> entries) {
      DurableGroup group = group(id);
      GroupFacts facts = facts(id);
      long first = entries.getFirst().index();
      for (long index = first; index <= Math.min(group.last(), facts.committed()); index++) {
        int place = (int) (index - first);
        facts.replaced(
            index,
            group.term(index),
            place < entries.size() ? entries.get(place).term() : 0,
            machine.name());
      }
      long previousTerm = first == 1 ? 0 : group.term(first - 1);
      for (Entry entry : entries) {
        facts.entry(entry, previousTerm);
        previousTerm = entry.term();
      }
      group.append(entries);
    }

    @Override
    public void hardState(long id, HardState state) {
      DurableGroup group = group(id);
      HardState before = group.hardState();
      if (before != null
          && (state.term() < before.term()
              || (state.term() == before.term()
                  && before.vote() != 0
                  && state.vote() != before.vote()))) {
        throw new SimulationFailure(
            "%s forgets %s for %s in %s %d".formatted(machine.name(), before, state, kind, id));
      }
      group.hardState(state);
    }

    @Override
    public void release(long id, long index) {
      group(id).release(index);
    }

    @Override
    public void reset(long id, long index, long term) {
      group(id).reset(index, term);
    }

    @Override
    public void destroy(long id, Tombstone tombstone) {
      groups.remove(id);
      destroyed
          .computeIfAbsent(machine, key -> new HashSet<>())
          .add(new DestroyedPeer(id, tombstone.peerId()));
    }
  }
}
