package dev.terrane.server.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IoThreadsTest {
  /** They are closed before the loops, on which an exception would end the node as if it failed. */
  @Test
  void whatComesWhileTheNodeStopsIsLetGo() {
    AtomicInteger failures = new AtomicInteger();
    AtomicInteger runs = new AtomicInteger();
    IoThreads threads =
        new IoThreads("io-threads-test", 1, (where, failure) -> failures.incrementAndGet());
    threads.submit("before", runs::incrementAndGet);
    threads.close();
    assertThatCode(() -> threads.submit("after", runs::incrementAndGet)).doesNotThrowAnyException();
    assertThat(runs).hasValue(1);
    assertThat(failures).hasValue(0);
  }
}
