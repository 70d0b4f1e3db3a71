package dev.terrane.server.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.server.net.EventLoops;
import dev.terrane.server.net.LoopRunner;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same for a thread of its own and for an event loop. */
class AgentHostTest {
  enum Kind {
    THREAD,
    EVENT_LOOP
  }

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
    public int poll(TimeSource clock) {
      int work = inbox.drain(Runnable::run, 16);
      if (deadlineNanos != NO_DEADLINE && clock.nanoTime() - deadlineNanos >= 0) {
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

  private final EventLoops loops = new EventLoops("host-test", 1);

  @AfterEach
  void endLoops() {
    loops.close();
  }

  private AgentHost host(Kind kind, TestAgent agent) {
    FatalHandler handler = (where, failure) -> fatal.complete(failure);
    AgentHost host =
        switch (kind) {
          case THREAD -> new AgentRunner("host", List.of(), time, handler);
          case EVENT_LOOP -> new LoopRunner("host", loops.executor(handler), time, handler);
        };
    agent.inbox.onMessage(host);
    host.add(List.of(agent));
    return host.start();
  }

  @ParameterizedTest
  @EnumSource
  void noMessageIsSleptOverWhileItParksAgainAndAgain(Kind kind) throws Exception {
    TestAgent agent = new TestAgent();
    try (AgentHost host = host(kind, agent)) {
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
      assertThat(host.rounds()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void firesTimersWithoutMessagesAndDoesNotSpinMeanwhile(Kind kind) throws Exception {
    TestAgent agent = new TestAgent();
    CountDownLatch fired = new CountDownLatch(1);
    agent.timer = fired::countDown;
    agent.deadlineNanos = time.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    try (AgentHost host = host(kind, agent)) {
      assertThat(fired.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(host.rounds()).isLessThan(50);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesItsAgentsOnTheirThread(Kind kind) throws Exception {
    TestAgent agent = new TestAgent();
    host(kind, agent).close();
    assertThat(agent.closed.await(0, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void agentsThatAreAddedLaterArePolledToo(Kind kind) throws Exception {
    TestAgent later = new TestAgent();
    CountDownLatch ran = new CountDownLatch(1);
    try (AgentHost host = host(kind, new TestAgent())) {
      later.inbox.onMessage(host);
      later.inbox.put(ran::countDown);
      host.add(List.of(later));
      assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(later.closed.await(0, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aTimerThatIsSetSoonerThanTheLastOneFiresFirst(Kind kind) throws Exception {
    TestAgent agent = new TestAgent();
    CountDownLatch fired = new CountDownLatch(1);
    agent.timer = fired::countDown;
    agent.deadlineNanos = time.nanoTime() + TimeUnit.HOURS.toNanos(1);
    try (AgentHost host = host(kind, agent)) {
      CountDownLatch asked = new CountDownLatch(1);
      agent.inbox.put(() -> {
        agent.deadlineNanos = time.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
        asked.countDown();
      });
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(fired.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(host.rounds()).isLessThan(50);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAnAgentThrowsIsFatal(Kind kind) throws Exception {
    TestAgent agent = new TestAgent();
    try (AgentHost host = host(kind, agent)) {
      IllegalStateException bug = new IllegalStateException("a bug");
      agent.inbox.put(() -> {
        throw bug;
      });
      assertThat(fatal.get(20, TimeUnit.SECONDS)).isSameAs(bug);
      assertThat(host.rounds()).isPositive();
    }
  }
}
