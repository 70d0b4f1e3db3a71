package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An immutable set of peer ids in ascending order. Small and unboxed, because quorums are counted
 * on every acknowledgement. Ids are positive; 0 means "none".
 */
public final class PeerSet {
  public static final PeerSet EMPTY = new PeerSet(new long[0]);

  private final long[] ids; // ascending, no duplicates

  private PeerSet(long[] ids) {
    this.ids = ids;
  }

  /** The set of {@code ids}, given in any order; duplicates count once. */
  public static PeerSet of(long... ids) {
    PeerSet set = EMPTY;
    for (long id : ids) {
      set = set.with(id);
    }
    return set;
  }

  /** The set of {@code ids}, given in any order; duplicates count once. */
  public static PeerSet of(List<Long> ids) {
    PeerSet set = EMPTY;
    for (long id : ids) {
      set = set.with(id);
    }
    return set;
  }

  public int size() {
    return ids.length;
  }

  public boolean isEmpty() {
    return ids.length == 0;
  }

  /** The id at {@code position} in ascending order, from 0 to {@code size() - 1}. */
  public long at(int position) {
    return ids[position];
  }

  public boolean contains(long id) {
    for (long member : ids) {
      if (member == id) {
        return true;
      }
    }
    return false;
  }

  /** This and {@code id}. */
  public PeerSet with(long id) {
    check(id > 0, "peer id %d", id);
    int position = Arrays.binarySearch(ids, id);
    if (position >= 0) {
      return this;
    }
    int insertion = -position - 1;
    long[] grown = new long[ids.length + 1];
    System.arraycopy(ids, 0, grown, 0, insertion);
    grown[insertion] = id;
    System.arraycopy(ids, insertion, grown, insertion + 1, ids.length - insertion);
    return new PeerSet(grown);
  }

  /** This less {@code id}. */
  public PeerSet without(long id) {
    int position = Arrays.binarySearch(ids, id);
    if (position < 0) {
      return this;
    }
    long[] shrunk = new long[ids.length - 1];
    System.arraycopy(ids, 0, shrunk, 0, position);
    System.arraycopy(ids, position + 1, shrunk, position, shrunk.length - position);
    return shrunk.length == 0 ? EMPTY : new PeerSet(shrunk);
  }

  /** This and all of {@code other}. */
  public PeerSet union(PeerSet other) {
    PeerSet union = this;
    for (long id : other.ids) {
      union = union.with(id);
    }
    return union;
  }

  public List<Long> toList() {
    List<Long> list = new ArrayList<>(ids.length);
    for (long id : ids) {
      list.add(id);
    }
    return List.copyOf(list);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PeerSet that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  /** For example {@code (1 2 3)}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < ids.length; i++) {
      text.append(i == 0 ? "" : " ").append(ids[i]);
    }
    return text.append(')').toString();
  }
}
