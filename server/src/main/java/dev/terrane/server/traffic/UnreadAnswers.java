package dev.terrane.server.traffic;

import dev.terrane.common.TimeSource;
import io.grpc.ServerCall;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that are open, and which of them have long had an answer that nobody reads, or a
 * request that nobody completes. As long as there is room for everybody they may take their time.
 * Once somebody is refused, the connections of the slow are closed: what they leave would keep
 * others out for good. Thread-safe.
 */
final class UnreadAnswers {
  private static final Logger log = LoggerFactory.getLogger(UnreadAnswers.class);

  /** However little it is, so long an answer may be left unread. */
  static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** And so much longer for each byte: at a mebibyte a second. */
  private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) >> 20;

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TimeSource time;
  private final Set<CountedCall<?, ?>> open = new LinkedHashSet<>(); // guarded by itself
  private final AtomicLong nextLookNanos;

  UnreadAnswers(TimeSource time) {
    this.time = time;
    this.nextLookNanos = new AtomicLong(time.nanoTime());
  }

  long nanoTime() {
    return time.nanoTime();
  }

  void add(CountedCall<?, ?> call) {
    synchronized (open) {
      open.add(call);
    }
  }

  void remove(CountedCall<?, ?> call) {
    synchronized (open) {
      open.remove(call);
    }
  }

  /** Whether it is time to look for the slow again, which the caller then does. */
  boolean isTimeToLook() {
    long now = time.nanoTime();
    long next = nextLookNanos.get();
    return now - next >= 0 && nextLookNanos.compareAndSet(next, now + PAUSE_NANOS);
  }

  /** Closes the connections of those who have left an answer or a request for too long. */
  void cutOffTheSlow() {
    long now = time.nanoTime();
    List<CountedCall<?, ?>> slow = new ArrayList<>();
    synchronized (open) {
      for (CountedCall<?, ?> call : open) {
        CallTraffic traffic = call.traffic();
        if (isLate(now, call.unsentBytes(), call.unsentSinceNanos())
            || isLate(now, traffic.unfinishedBytes(), traffic.unfinishedSinceNanos())) {
          slow.add(call);
        }
      }
    }
    for (CountedCall<?, ?> call : slow) {
      hangUp(call);
    }
    if (!slow.isEmpty()) {
      log.warn(
          "memory is short: {} calls are cut off whose answers were not read or requests not completed",
          slow.size());
    }
  }

  private static boolean isLate(long now, long bytes, long sinceNanos) {
    return bytes > 0 && now - sinceNanos > GRACE_NANOS + bytes * NANOS_PER_BYTE;
  }

  private static void hangUp(ServerCall<?, ?> call) {
    @Nullable Runnable hangUp = call.getAttributes().get(NodeTraffic.HANG_UP);
    if (hangUp != null) {
      hangUp.run();
    }
  }
}
