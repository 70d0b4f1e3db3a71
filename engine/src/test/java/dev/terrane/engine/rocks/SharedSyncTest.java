package dev.terrane.engine.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SharedSyncTest {
  private static final int CALLERS = 8;

  /** A sync that ends when the test lets it. */
  private static final class SlowSync implements SharedSync.Sync {
    final AtomicInteger begun = new AtomicInteger();
    final Semaphore entered = new Semaphore(0);
    final Semaphore leave = new Semaphore(0);

    @Override
    public void run() {
      begun.incrementAndGet();
      entered.release();
      leave.acquireUninterruptibly();
    }
  }

  @Test
  void callersThatComeDuringASyncShareTheNextOne() throws Exception {
    SlowSync slow = new SlowSync();
    SharedSync shared = new SharedSync(slow);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<?> first = threads.submit(shared::await);
      slow.entered.acquire();
      List<Thread> late = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        late.add(Thread.ofPlatform().start(shared::await));
      }
      for (Thread caller : late) {
        awaitWaiting(caller);
      }
      slow.leave.release();
      first.get(20, TimeUnit.SECONDS);
      assertThat(late).as("the first sync may have missed their writes").allMatch(Thread::isAlive);

      slow.entered.acquire();
      slow.leave.release();
      for (Thread caller : late) {
        caller.join();
      }
    }
    assertThat(slow.begun).hasValue(2);
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait(); // the class's timeout is the deadline
    }
  }

  @Test
  void oneAfterTheOtherSyncsEachTime() {
    AtomicInteger syncs = new AtomicInteger();
    SharedSync shared = new SharedSync(syncs::incrementAndGet);
    shared.await();
    shared.await();

    assertThat(syncs).hasValue(2);
  }

  @Test
  void failureIsNeverTriedAgain() {
    AtomicInteger syncs = new AtomicInteger();
    EngineException broken = new EngineException("broken disk", false, null);
    SharedSync shared =
        new SharedSync(() -> {
          syncs.incrementAndGet();
          throw broken;
        });

    assertThatThrownBy(shared::await).isSameAs(broken);
    assertThatThrownBy(shared::await).isInstanceOf(EngineException.class).hasCause(broken);
    assertThatThrownBy(shared::throwIfFailed).isInstanceOf(EngineException.class);
    assertThat(syncs).hasValue(1);
  }
}
