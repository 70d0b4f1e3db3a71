package dev.terrane.server.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AgentRunnerTest {
  /** Runs what it is sent, and whatever its one timer is set to. */
  private static final class TestAgent implements Agent {
    private final Inbox<Runnable> inbox = new Inbox<>("test", 1 << 16);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long deadlineNanos = NO_DEADLINE;
    private volatile Runnable timer = () -> {};

    @Override
    public String name() {
      return "test";
    }

    @Override
    public int poll(long nowNanos) {
      int work = inbox.drain(Runnable::run, 16);
      if (deadlineNanos != NO_DEADLINE && nowNanos - deadlineNanos >= 0) {
        deadlineNanos = NO_DEADLINE;
        timer.run();
        work++;
      }
      return work;
    }

    @Override
    public long nextDeadlineNanos() {
      return deadlineNanos;
    }

    @Override
    public void onClose() {
      closed.countDown();
    }
  }

  private final SystemTimeSource time = new SystemTimeSource();
  private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();

  private AgentRunner runner(TestAgent agent) {
    AgentRunner runner =
        new AgentRunner(
            "runner", List.of(agent), time, (where, failure) -> fatal.complete(failure));
    agent.inbox.onMessage(runner);
    return runner.start();
  }

  @Test
  void noMessageIsSleptOverWhileItParksAgainAndAgain() throws Exception {
    TestAgent agent = new TestAgent();
    try (AgentRunner runner = runner(agent)) {
      AtomicInteger ran = new AtomicInteger();
      for (int i = 0; i < 20_000; i++) {
        CountDownLatch done = new CountDownLatch(1);
        agent.inbox.put(() -> {
          ran.incrementAndGet();
          done.countDown();
        });
        assertThat(done.await(20, TimeUnit.SECONDS)).as("message %d", i).isTrue();
      }
      assertThat(ran).hasValue(20_000);
      assertThat(runner.rounds()).isPositive();
    }
  }

  @Test
  void firesTimersWithoutMessagesAndDoesNotSpinMeanwhile() throws Exception {
    TestAgent agent = new TestAgent();
    CountDownLatch fired = new CountDownLatch(1);
    agent.timer = fired::countDown;
    agent.deadlineNanos = time.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    try (AgentRunner runner = runner(agent)) {
      assertThat(fired.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(runner.rounds()).isLessThan(50);
    }
  }

  @Test
  void closesItsAgentsOnTheirThread() throws Exception {
    TestAgent agent = new TestAgent();
    runner(agent).close();
    assertThat(agent.closed.await(0, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatAnAgentThrowsIsFatal() throws Exception {
    TestAgent agent = new TestAgent();
    try (AgentRunner runner = runner(agent)) {
      IllegalStateException bug = new IllegalStateException("a bug");
      agent.inbox.put(() -> {
        throw bug;
      });
      assertThat(fatal.get(20, TimeUnit.SECONDS)).isSameAs(bug);
      assertThat(runner.rounds()).isPositive();
    }
  }
}
