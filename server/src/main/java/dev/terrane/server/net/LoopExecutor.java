package dev.terrane.server.net;

import dev.terrane.server.run.FatalHandler;
import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One event loop as an executor: tasks run one after the other. What a task throws is a bug and
 * goes to the {@link FatalHandler}; Netty alone would only log it. After the loop has ended, tasks
 * are dropped: nobody is connected any more.
 */
public final class LoopExecutor implements Executor {
  private final EventLoop loop;
  private final FatalHandler fatal;

  LoopExecutor(EventLoop loop, FatalHandler fatal) {
    this.loop = loop;
    this.fatal = fatal;
  }

  @Override
  public void execute(Runnable task) {
    try {
      loop.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      if (!loop.isShuttingDown()) {
        throw e;
      }
    }
  }

  /** Runs {@code task} before returning when called on the loop, else soon on the loop. */
  public void executeOrRun(Runnable task) {
    if (loop.inEventLoop()) {
      run(task);
    } else {
      execute(task);
    }
  }

  /** Runs {@code task} on the loop after {@code millis}. */
  public void after(long millis, Runnable task) {
    try {
      var _ = loop.schedule(() -> run(task), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      if (!loop.isShuttingDown()) {
        throw e;
      }
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      fatal.onFatal(Thread.currentThread().getName(), failure);
    }
  }
}
