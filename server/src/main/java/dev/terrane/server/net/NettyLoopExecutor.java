package dev.terrane.server.net;

import dev.terrane.server.run.FatalHandler;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A {@link LoopExecutor} on one of Netty's loops. What a task throws is a bug and goes to the
 * {@link FatalHandler}; Netty alone would only log it.
 */
final class NettyLoopExecutor implements LoopExecutor {
  private final EventLoop loop;
  private final FatalHandler fatal;

  NettyLoopExecutor(EventLoop loop, FatalHandler fatal) {
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

  @Override
  public void executeOrRun(Runnable task) {
    if (loop.inEventLoop()) {
      run(task);
    } else {
      execute(task);
    }
  }

  @Override
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
