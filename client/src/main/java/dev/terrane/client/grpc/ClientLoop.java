package dev.terrane.client.grpc;

import dev.terrane.client.core.ClientConfig;
import dev.terrane.client.core.ClientCore;
import dev.terrane.common.agent.Agent;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link ClientCore} on an event loop of its own, which is also that of its connections: an
 * operation crosses from its caller's thread to this one and meets no other.
 */
public final class ClientLoop implements AutoCloseable {
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int RESOLVER_QUEUE_MAX = 1024;
  private static final MachineTime TIME = new MachineTime();

  private final MultiThreadIoEventLoopGroup group;
  private final EventExecutor loop;
  private final ThreadPoolExecutor resolver;
  private final Channels channels;
  private final ClientCore core;
  private final AtomicBoolean awake = new AtomicBoolean();
  private final Runnable cycle = this::cycle;
  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos = Agent.NO_DEADLINE;
  private volatile boolean closed;

  public ClientLoop(ClientConfig config) {
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("terrane-client", true), NioIoHandler.newFactory());
    loop = group.next();
    resolver =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(RESOLVER_QUEUE_MAX),
            new DefaultThreadFactory("terrane-client-names", true));
    resolver.allowCoreThreadTimeOut(true);
    channels = new Channels(group, resolver);
    core = new ClientCore(config, new GrpcTransport(this, channels), TIME, new SplittableRandom());
    core.onWork(this::wake);
  }

  public ClientCore core() {
    return core;
  }

  /** Whether the caller runs on the loop, and so must not wait for it. */
  public boolean isCurrent() {
    return loop.inEventLoop();
  }

  private void wake() {
    if (!awake.get() && awake.compareAndSet(false, true)) {
      execute(cycle);
    }
  }

  private void cycle() {
    // Cleared first: what comes while we work is either seen now or wakes us again.
    awake.set(false);
    boolean more = true;
    try {
      more = core.poll(TIME) > 0;
    } finally {
      // Whatever was thrown, others wait for the next cycle.
      if (more) {
        wake();
      }
      rearm();
    }
  }

  /** Sets the timer to the core's next deadline; called after everything that may have moved it. */
  void rearm() {
    long next = core.nextDeadlineNanos();
    if (next >= timerNanos || closed) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerNanos = next;
    timer = loop.schedule(this::timerFired, next - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void timerFired() {
    timer = null;
    timerNanos = Agent.NO_DEADLINE;
    cycle();
  }

  /**
   * Runs {@code event} on the loop: at once if already there, unless {@code later} is asked for.
   */
  void run(boolean later, Runnable event) {
    if (!later && loop.inEventLoop()) {
      runAndRearm(event);
    } else {
      execute(() -> runAndRearm(event));
    }
  }

  private void runAndRearm(Runnable event) {
    try {
      event.run();
    } finally {
      rearm();
    }
  }

  private void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      if (!closed) {
        throw e;
      }
      // The loop is gone; operations that come now are refused by the core itself.
    }
  }

  /** Fails what is under way, ends all connections and threads. Not from the loop itself. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    if (isCurrent()) {
      throw new IllegalStateException("the client cannot be closed by its own thread");
    }
    closed = true;
    boolean interrupted = false;
    try {
      loop.submit(
              () -> {
                core.onClose();
                channels.shutdown();
              })
          .get(CLOSE_NANOS, TimeUnit.NANOSECONDS);
      channels.awaitTermination(CLOSE_NANOS);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the client could not be closed in order", e);
    } finally {
      resolver.shutdownNow();
      interrupted |= !await(group.shutdownGracefully(0, CLOSE_NANOS, TimeUnit.NANOSECONDS));
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** False if interrupted. */
  private static boolean await(Future<?> stopped) {
    try {
      stopped.await(CLOSE_NANOS, TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
