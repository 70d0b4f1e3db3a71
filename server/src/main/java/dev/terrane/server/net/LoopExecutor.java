package dev.terrane.server.net;

import java.util.concurrent.Executor;

/**
 * One event loop as an executor: tasks run one after the other. After the loop has ended, tasks are
 * dropped: nobody is connected any more. The simulator has loops of its own.
 */
public interface LoopExecutor extends Executor {
  /** Runs {@code task} before returning when called on the loop, else soon on the loop. */
  void executeOrRun(Runnable task);

  /** Runs {@code task} on the loop after {@code millis}. */
  void after(long millis, Runnable task);
}
