package dev.terrane.engine.memory;

import dev.terrane.engine.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * The moments to which a power cut may roll back, and what stays although it was done later.
 *
 * <p>Invariants: the first moment is that of the last barrier or a later one, the last moment is
 * the present; both numbers ascend.
 *
 * <p>Bounded: when too much is held, older moments are let go, as if the disk had written that much
 * by itself. Not thread-safe.
 */
final class History {
  static final int MOMENTS_MAX = 512;
  private static final int PERMANENT_CHANGES_MAX = 64;
  private static final long BYTES_MAX = 64L << 20;

  private record Moment(long number, MemoryState state) {}

  private record PermanentChange(long number, UnaryOperator<MemoryState> change) {}

  private final List<Moment> moments = new ArrayList<>();
  private final List<PermanentChange> permanentChanges = new ArrayList<>();
  private long number;
  private long bytes;

  History(MemoryState start) {
    moments.add(new Moment(0, start));
  }

  MemoryState present() {
    return moments.getLast().state;
  }

  /** The oldest state that a power cut may leave, permanent changes aside. */
  MemoryState oldest() {
    return moments.getFirst().state;
  }

  /** A change that a power cut takes back until the next {@link #barrier}. */
  void write(WriteBatch batch) {
    moments.add(new Moment(++number, present().after(batch)));
    bytes += batch.bytes();
    bound();
  }

  /** A change that stays, though changes made before it may go. */
  void changeForGood(UnaryOperator<MemoryState> change) {
    moments.add(new Moment(++number, change.apply(present())));
    permanentChanges.add(new PermanentChange(number, change));
    bound();
  }

  /** Makes the present the only moment. */
  void barrier() {
    Moment present = moments.getLast();
    moments.clear();
    moments.add(present);
    permanentChanges.clear();
    bytes = 0;
  }

  private void bound() {
    if (bytes > BYTES_MAX || permanentChanges.size() > PERMANENT_CHANGES_MAX) {
      barrier();
    } else if (moments.size() > MOMENTS_MAX) {
      thin();
    }
  }

  /** Forgets every second moment, but neither the first nor the last. */
  private void thin() {
    List<Moment> kept = new ArrayList<>();
    for (int i = 0; i < moments.size(); i++) {
      if (i % 2 == 0 || i == moments.size() - 1) {
        kept.add(moments.get(i));
      }
    }
    moments.clear();
    moments.addAll(kept);
  }

  /** A state that a power cut may leave. Every second time it is one of the two extremes. */
  MemoryState afterPowerCut(RandomGenerator random) {
    Moment moment =
        switch (random.nextInt(4)) {
          case 0 -> moments.getFirst();
          case 1 -> moments.getLast();
          default -> moments.get(random.nextInt(moments.size()));
        };
    MemoryState state = moment.state;
    for (PermanentChange later : permanentChanges) {
      if (later.number > moment.number) {
        state = later.change.apply(state);
      }
    }
    return state;
  }
}
