package dev.terrane.sim.invariant;

import dev.terrane.raft.Entry;
import dev.terrane.sim.world.SimulationFailure;
import java.util.HashMap;
import java.util.Map;

/**
 * What has ever been true of one Raft group, whoever remembers it: who led in which term, who voted
 * for whom, which entries there were, which of them were committed.
 *
 * <p>Raft paper, figure 3: election safety, log matching, leader completeness (by committed entries
 * never changing), state machine safety.
 */
final class GroupFacts {
  private final String name;
  private final Map<Long, Long> leaderByTerm = new HashMap<>();
  private final Map<Ballot, Long> candidateByBallot = new HashMap<>();
  private final Map<Position, Content> contentByPosition = new HashMap<>();
  private final Map<Long, Long> committedTermByIndex = new HashMap<>();
  private long committed;
  private long committedTermMax;

  private record Ballot(long peer, long term) {}

  private record Position(long index, long term) {}

  /** {@code previousTerm} is -1 where the entry before was not seen. */
  private record Content(long previousTerm, int hash) {}

  GroupFacts(String name) {
    this.name = name;
  }

  /** The highest index known to be committed. */
  long committed() {
    return committed;
  }

  /** The highest term of a committed entry: no leader of an older one may answer for the group. */
  long committedTermMax() {
    return committedTermMax;
  }

  /** {@code peer} acts as a leader of {@code term}. */
  void leads(long peer, long term) {
    Long known = leaderByTerm.putIfAbsent(term, peer);
    if (known != null && known != peer) {
      throw new SimulationFailure(
          "two leaders of %s in term %d: peers %d and %d".formatted(name, term, known, peer));
    }
  }

  /** {@code peer} gives its vote. */
  void votes(long peer, long term, long candidate) {
    Long known = candidateByBallot.putIfAbsent(new Ballot(peer, term), candidate);
    if (known != null && known != candidate) {
      throw new SimulationFailure(
          "peer %d of %s votes twice in term %d: for %d and for %d"
              .formatted(peer, name, term, known, candidate));
    }
  }

  /** An entry is in somebody's log, behind one of {@code previousTerm}. */
  void entry(Entry entry, long previousTerm) {
    Content content = new Content(previousTerm, entry.data().hashCode());
    Content known =
        contentByPosition.putIfAbsent(new Position(entry.index(), entry.term()), content);
    if (known != null && !known.equals(content)) {
      throw new SimulationFailure(
          "logs of %s do not match at entry %d of term %d: %s and %s"
              .formatted(name, entry.index(), entry.term(), known, content));
    }
  }

  /** A log has an entry of {@code newTerm}, or none where 0, in the place of an older one. */
  void replaced(long index, long oldTerm, long newTerm, String where) {
    Long known = committedTermByIndex.get(index);
    if (known != null && known == oldTerm && known != newTerm) {
      throw new SimulationFailure(
          "%s replaces committed entry %d of %s, term %d, by one of term %d"
              .formatted(where, index, name, oldTerm, newTerm));
    }
  }

  /** An entry is committed. Returns whether that is news. */
  boolean committed(long index, long term, String where) {
    Long known = committedTermByIndex.putIfAbsent(index, term);
    if (known == null) {
      committed = Math.max(committed, index);
      committedTermMax = Math.max(committedTermMax, term);
      return true;
    }
    if (known != term) {
      throw new SimulationFailure(
          "committed entry %d of %s changed from term %d to %d, on %s"
              .formatted(index, name, known, term, where));
    }
    return false;
  }
}
