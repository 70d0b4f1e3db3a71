package dev.terrane.sim.invariant;

import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one machine's disk is known to hold of one Raft group. */
final class DurableGroup {
  private @Nullable HardState hardState;
  private long base;
  private long baseTerm;

  /** Terms of the entries behind the base, in order. */
  private long[] terms = new long[64];

  private int count;

  @Nullable HardState hardState() {
    return hardState;
  }

  long base() {
    return base;
  }

  long last() {
    return base + count;
  }

  /** 0 where nothing is known. */
  long term(long index) {
    if (index == base) {
      return baseTerm;
    }
    return index > base && index <= last() ? terms[(int) (index - base - 1)] : 0;
  }

  long lastTerm() {
    return term(last());
  }

  /** Whether its holder would not vote for a candidate with {@code other}. Raft paper, 5.4.1. */
  boolean isNewerThan(@Nullable DurableGroup other) {
    long otherTerm = other == null ? 0 : other.lastTerm();
    long otherLast = other == null ? 0 : other.last();
    return lastTerm() != otherTerm ? lastTerm() > otherTerm : last() > otherLast;
  }

  boolean holds(long index, long term) {
    return index < base || term(index) == term;
  }

  void hardState(HardState state) {
    hardState = state;
  }

  void append(List<Entry> entries) {
    count = (int) (entries.getFirst().index() - base - 1);
    for (Entry entry : entries) {
      add(entry.term());
    }
  }

  private void add(long term) {
    if (count == terms.length) {
      terms = Arrays.copyOf(terms, count * 2);
    }
    terms[count++] = term;
  }

  void release(long index) {
    if (index <= base) {
      return;
    }
    int gone = (int) (Math.min(index, last()) - base);
    baseTerm = term(base + gone);
    System.arraycopy(terms, gone, terms, 0, count - gone);
    count -= gone;
    base += gone;
  }

  void reset(long index, long term) {
    base = index;
    baseTerm = term;
    count = 0;
  }

  /** Takes over what a log that has just been opened holds. */
  static DurableGroup read(RaftLogEngine log, long group) {
    DurableGroup read = new DurableGroup();
    read.hardState = log.hardState(group);
    long first = log.firstIndex(group);
    read.reset(first - 1, log.term(group, first - 1));
    for (long index = first; index <= log.lastIndex(group); index++) {
      read.add(log.term(group, index));
    }
    return read;
  }
}
