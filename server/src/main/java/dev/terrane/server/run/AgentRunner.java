package dev.terrane.server.run;

import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that polls one or more agents, and parks while none has anything to do. A message wakes
 * it, and costs a single volatile read while it is awake.
 *
 * <p>States: {@code AWAKE} until a poll of all agents found nothing; then {@code PARKED} until the
 * earliest deadline or a wake; {@code WOKEN} from a wake until the next round begins, so that a
 * message which arrives after its agent was polled is never slept over.
 */
public final class AgentRunner implements AgentHost {
  private static final int AWAKE = 0;
  private static final int PARKED = 1;
  private static final int WOKEN = 2;

  private final AgentSet agents;
  private final TimeSource time;
  private final FatalHandler fatal;
  private final Thread thread;

  private final AtomicInteger state = new AtomicInteger(AWAKE);
  private final LongAdder rounds = new LongAdder();
  private volatile boolean stopping;

  public AgentRunner(String name, List<Agent> agents, TimeSource time, FatalHandler fatal) {
    this.agents = new AgentSet(agents);
    this.time = time;
    this.fatal = fatal;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
  }

  @Override
  public AgentRunner start() {
    thread.start();
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
    if (state.get() != WOKEN && state.getAndSet(WOKEN) == PARKED) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    try {
      while (!stopping) {
        state.set(AWAKE);
        rounds.increment();
        if (agents.poll(time) == 0) {
          park();
        }
      }
      agents.close();
    } catch (Throwable failure) {
      fatal.onFatal(thread.getName(), failure);
    }
  }

  private void park() {
    long waitNanos = agents.nanosToDeadline(time.nanoTime());
    if (waitNanos > 0 && state.compareAndSet(AWAKE, PARKED)) {
      LockSupport.parkNanos(this, waitNanos);
    }
  }

  @Override
  public void close() {
    stopping = true;
    state.set(WOKEN);
    LockSupport.unpark(thread);
    joinUninterruptibly();
  }

  private void joinUninterruptibly() {
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(1));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
