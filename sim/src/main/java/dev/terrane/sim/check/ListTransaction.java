package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import java.util.List;

/**
 * A transaction over keys that hold lists: it reads whole lists and appends elements. No element is
 * appended to one key twice, in the whole history, so a list tells who wrote it and in which order.
 *
 * @param steps in the order in which they are executed
 */
public record ListTransaction(List<Step> steps) {
  public ListTransaction {
    steps = List.copyOf(steps);
  }

  /** One access to one key. */
  public sealed interface Step {
    Bytes key();

    /** Puts {@code element} at the end of the list. */
    record Append(Bytes key, long element) implements Step {}

    /** Sees the whole list. */
    record Read(Bytes key) implements Step {}
  }

  /**
   * What a transaction that committed saw.
   *
   * @param reads one list for each read, in the order of the steps
   * @param startTs when it began, by PD's timestamps; {@code 0} if nobody took it down
   * @param commitTs when it committed, of one that wrote nothing its {@code startTs}; {@code 0} if
   *     nobody took it down
   */
  public record Answer(List<List<Long>> reads, long startTs, long commitTs) {
    public Answer {
      reads = reads.stream().map(List::copyOf).toList();
    }
  }
}
