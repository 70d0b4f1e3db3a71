package dev.terrane.pd.tso;

import static dev.terrane.common.Invariant.check;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The ids of one PD leadership: of stores, Regions and peers, which share one sequence and never
 * repeat. Windows are reserved by a replicated command, and are this leadership's alone; what is
 * left of them when it ends is never used.
 *
 * <p>Confined to its owner's thread. Ids are positive.
 */
public final class IdAllocator {
  private record Window(long first, long last) {}

  private final long windowSize;
  private final Deque<Window> windows = new ArrayDeque<>();
  private long available;
  private boolean requested;

  public IdAllocator(long windowSize) {
    this.windowSize = windowSize;
  }

  /**
   * How many ids should be reserved now, or 0 if enough are at hand or a reservation is under way.
   *
   * @param wanted how many ids are waited for, beyond what should be kept at hand
   */
  public long toReserve(long wanted) {
    if (requested || available >= wanted + windowSize / 2) {
      return 0;
    }
    requested = true;
    return wanted + windowSize;
  }

  /** The ids from {@code first} to {@code last} are replicated as taken, by this leadership. */
  public void reserved(long first, long last) {
    check(first > 0 && first <= last, "window of ids from %d to %d", first, last);
    Window tail = windows.peekLast();
    if (tail != null && tail.last + 1 == first) {
      windows.removeLast();
      windows.addLast(new Window(tail.first, last));
    } else {
      windows.addLast(new Window(first, last));
    }
    available += last - first + 1;
    requested = false;
  }

  /** The last reservation did not get through. */
  public void notReserved() {
    requested = false;
  }

  /** Whether {@link #allocate} of {@code count} would succeed. */
  public boolean has(long count) {
    Window head = windows.peek();
    while (head != null && windows.size() > 1 && head.last - head.first + 1 < count) {
      windows.remove(); // a batch is contiguous: a remainder too small for one is given up
      available -= head.last - head.first + 1;
      head = windows.peek();
    }
    return head != null && head.last - head.first + 1 >= count;
  }

  /** Takes {@code count} ids in a row and returns the last; {@link #has} must have said yes. */
  public long allocate(long count) {
    check(has(count), "no %d ids at hand", count);
    Window head = windows.removeFirst();
    long last = head.first + count - 1;
    available -= count;
    if (last < head.last) {
      windows.addFirst(new Window(last + 1, head.last));
    }
    return last;
  }
}
