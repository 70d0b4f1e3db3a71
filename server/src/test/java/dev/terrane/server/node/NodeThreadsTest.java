package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.run.AgentHost;
import dev.terrane.server.run.SystemTimeSource;
import org.junit.jupiter.api.Test;

class NodeThreadsTest {
  private static NodeThreads of(int cores) {
    LoopExecutor never =
        new LoopExecutor() {
          @Override
          public void executeOrRun(Runnable task) {}

          @Override
          public void after(long millis, Runnable task) {}

          @Override
          public void execute(Runnable task) {}
        };
    return new NodeThreads("n", cores, never, new SystemTimeSource(), (where, failure) -> {});
  }

  @Test
  void theApplierIsApartFromTheStoreLoopFromThreeCoresOn() {
    for (int cores = 1; cores <= 8; cores++) {
      NodeThreads threads = of(cores);
      AgentHost appliers = threads.appliers;
      if (cores <= 2) {
        assertThat(appliers).as("%d cores", cores).isSameAs(threads.agents);
      } else {
        assertThat(appliers).as("%d cores", cores).isNotSameAs(threads.agents);
      }
    }
  }
}
