package dev.terrane.server.net;

import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.server.run.AgentHost;
import dev.terrane.server.run.AgentSet;
import dev.terrane.server.run.FatalHandler;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Polls agents on an event loop, between what the network brings: where there are few cores, a
 * request that is decoded, proposed and sent on by one thread is cheaper than one that is handed
 * from thread to thread. What one wake of the loop has read is handled in one round.
 *
 * <p>States: {@code RESTING} until a wake or the earliest deadline; {@code DUE} from then on, with
 * a round as the loop's task; {@code POLLING} in it. A message that arrives meanwhile makes it
 * {@code DUE} again, so that none is slept over. After each round the loop looks at the network
 * first.
 */
public final class LoopRunner implements AgentHost {
  private static final int RESTING = 0;
  private static final int DUE = 1;
  private static final int POLLING = 2;

  private static final long MILLI = 1_000_000;

  private final AgentSet agents = new AgentSet(List.of());
  private final String name;
  private final LoopExecutor loop;
  private final TimeSource time;
  private final FatalHandler fatal;

  /** Due until the start, so that no wake begins a round before it. */
  private final AtomicInteger state = new AtomicInteger(DUE);

  private final LongAdder rounds = new LongAdder();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean stopping;

  // ---- only on the loop
  private boolean timerIsSet;
  private long timerNanos;
  private boolean ended;

  /**
   * @param name for the {@link FatalHandler}
   */
  public LoopRunner(String name, LoopExecutor loop, TimeSource time, FatalHandler fatal) {
    this.name = name;
    this.loop = loop;
    this.time = time;
    this.fatal = fatal;
  }

  @Override
  public LoopRunner start() {
    loop.execute(this::round);
    return this;
  }

  @Override
  public void add(List<? extends Agent> more) {
    agents.add(more);
    wake();
  }

  @Override
  public long rounds() {
    return rounds.sum();
  }

  @Override
  public void wake() {
    if (state.get() != DUE && state.getAndSet(DUE) == RESTING) {
      loop.execute(this::round);
    }
  }

  private void round() {
    if (ended) {
      return;
    }
    state.set(POLLING);
    rounds.increment();
    try {
      if (stopping) {
        end();
        return;
      }
      if (agents.poll(time) > 0 || !rest()) {
        state.set(DUE);
        loop.execute(this::round);
      }
    } catch (Throwable failure) {
      ended = true;
      closed.countDown();
      fatal.onFatal(name, failure);
    }
  }

  /** Whether there is nothing to do until the earliest deadline, for which a timer is set. */
  private boolean rest() {
    long now = time.nanoTime();
    long waitNanos = agents.nanosToDeadline(now);
    if (waitNanos <= 0) {
      return false;
    }
    if (waitNanos != Long.MAX_VALUE) {
      setTimer(now + waitNanos, waitNanos);
    }
    return state.compareAndSet(POLLING, RESTING);
  }

  /** One that is set and fires sooner is left: it costs a round, and none has to be taken back. */
  private void setTimer(long deadlineNanos, long waitNanos) {
    if (!timerIsSet || deadlineNanos - timerNanos < 0) {
      timerIsSet = true;
      timerNanos = deadlineNanos;
      loop.after((waitNanos + MILLI - 1) / MILLI, () -> fire(deadlineNanos));
    }
  }

  private void fire(long deadlineNanos) {
    if (deadlineNanos == timerNanos) {
      timerIsSet = false;
    }
    wake();
  }

  private void end() {
    ended = true;
    try {
      agents.close();
    } finally {
      closed.countDown();
    }
  }

  @Override
  public void close() {
    stopping = true;
    loop.executeOrRun(this::round);
    boolean interrupted = false;
    while (closed.getCount() > 0) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
