package dev.terrane.cli.importing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens while the cluster serves nobody: entries that were certainly not written wait,
 * nothing new is begun, and once a second one of them is tried. The first that is acknowledged ends
 * it, and all go on; when patience is out, none does.
 *
 * <p>Thread-safe. Entries that wait here stay under way, so that their keys keep their order.
 */
final class Outage {
  /** Does something later, on a thread of its own. */
  interface Later {
    void after(Duration delay, Runnable action);
  }

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Duration patience;
  private final Later later;
  private final LongSupplier nanoTime;
  private final InFlight inFlight;
  private final Consumer<String> told;
  private final Consumer<ImportLine.Entry> again;
  private final BiConsumer<ImportLine.Entry, String> lost;

  @GuardedBy("this")
  private final Deque<ImportLine.Entry> held = new ArrayDeque<>();

  @GuardedBy("this")
  private ImportLine.@Nullable Entry tried;

  @GuardedBy("this")
  private long sinceNanos;

  private volatile boolean active;
  private volatile boolean over;

  /**
   * @param again puts an entry once more
   * @param lost takes an entry that will not be put any more, and why
   */
  Outage(
      Duration patience,
      Later later,
      LongSupplier nanoTime,
      InFlight inFlight,
      Consumer<String> told,
      Consumer<ImportLine.Entry> again,
      BiConsumer<ImportLine.Entry, String> lost) {
    this.patience = patience;
    this.later = later;
    this.nanoTime = nanoTime;
    this.inFlight = inFlight;
    this.told = told;
    this.again = again;
    this.lost = lost;
  }

  /** Whether it has lasted for longer than anybody waits. */
  boolean isOver() {
    return over;
  }

  /** {@code entry} was certainly not written, for a reason that passes. */
  void unserved(ImportLine.Entry entry, String reason) {
    boolean begins = false;
    boolean outOfPatience = false;
    synchronized (this) {
      held.add(entry);
      if (over) {
        // Nobody waits any more.
      } else if (!active) {
        begins = true;
        active = true;
        sinceNanos = nanoTime.getAsLong();
        inFlight.pause();
      } else {
        outOfPatience = nanoTime.getAsLong() - sinceNanos >= patience.toNanos();
      }
    }
    if (begins) {
      told.accept(
          "the cluster does not serve ("
              + reason
              + "); waiting up to "
              + clock(patience)
              + " for it");
      later.after(PAUSE, this::tryOne);
    } else if (outOfPatience) {
      told.accept("the cluster has not served for " + clock(patience) + "; giving up");
      end(reason);
    } else if (over) {
      end(reason);
    } else {
      tryNext(entry);
    }
  }

  /** {@code entry} has been dealt with otherwise. */
  void settled(ImportLine.Entry entry, boolean acknowledged) {
    if (!active) {
      return;
    }
    if (acknowledged) {
      goOn();
    } else {
      tryNext(entry);
    }
  }

  /** Nobody waits any more: what waits here is lost, now and later. */
  void end(String reason) {
    over = true;
    inFlight.stop();
    for (ImportLine.Entry entry : takeHeld()) {
      lost.accept(entry, reason);
    }
  }

  private void tryOne() {
    ImportLine.Entry next;
    synchronized (this) {
      next = active && !over && tried == null ? held.poll() : null;
      tried = next;
    }
    if (next != null) {
      again.accept(next);
    }
  }

  /** After the one that was tried another is, or, if none waits, whatever comes next. */
  private void tryNext(ImportLine.Entry entry) {
    boolean none;
    synchronized (this) {
      if (tried == null || tried.number() != entry.number()) {
        return;
      }
      tried = null;
      none = held.isEmpty();
    }
    if (none) {
      goOn();
    } else {
      later.after(PAUSE, this::tryOne);
    }
  }

  private void goOn() {
    Duration lasted;
    synchronized (this) {
      if (!active || over) {
        return;
      }
      active = false;
      tried = null;
      lasted = Duration.ofNanos(nanoTime.getAsLong() - sinceNanos);
    }
    told.accept("going on after " + clock(lasted));
    inFlight.goOn();
    takeHeld().forEach(again);
  }

  private synchronized List<ImportLine.Entry> takeHeld() {
    List<ImportLine.Entry> all = new ArrayList<>(held);
    held.clear();
    return all;
  }

  private static String clock(Duration duration) {
    long seconds = duration.toSeconds();
    return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }
}
