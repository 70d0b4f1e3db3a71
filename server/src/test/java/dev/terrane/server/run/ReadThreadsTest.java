package dev.terrane.server.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadThreadsTest {
  /** They are closed before the loops, on which an exception would end the node as if it failed. */
  @Test
  void whatComesWhileTheNodeStopsIsRefused() {
    AtomicInteger failures = new AtomicInteger();
    AtomicInteger runs = new AtomicInteger();
    ReadThreads threads =
        new ReadThreads("read-threads-test", 1, 4, (where, failure) -> failures.incrementAndGet());
    assertThat(threads.submit(runs::incrementAndGet)).isTrue();
    threads.close();
    assertThat(threads.submit(runs::incrementAndGet)).isFalse();
    assertThat(threads.queued()).isZero();
    assertThat(runs).hasValue(1);
    assertThat(failures).hasValue(0);
  }
}
