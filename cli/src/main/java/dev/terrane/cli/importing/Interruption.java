package dev.terrane.cli.importing;

import java.io.IOException;

/**
 * Ends an import in order when Ctrl-C or SIGTERM comes: the process is held back until that is
 * done, and then ends with the signal's exit code.
 *
 * <p>Whoever imports may be waiting for input meanwhile, and is not woken.
 */
final class Interruption implements AutoCloseable {
  /** What is done when the signal comes; on a thread of its own. */
  interface Ending {
    void run() throws IOException, InterruptedException;
  }

  private final Ending ending;
  private final Thread hook = new Thread(this::signalled, "interruption");
  private boolean decided; // guarded by this: whether the import ends by itself or by a signal

  Interruption(Ending ending) {
    this.ending = ending;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * The import has ended by itself, so that a signal changes nothing any more.
   *
   * @return false if one came before: everything has been done, and the process is ending
   */
  boolean endedByItself() throws InterruptedException {
    synchronized (this) {
      if (!decided) {
        decided = true;
        return true;
      }
    }
    hook.join();
    return false;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // A signal has come, too late.
    }
  }

  private void signalled() {
    synchronized (this) {
      if (decided) {
        return;
      }
      decided = true;
    }
    try {
      ending.run();
    } catch (IOException e) {
      System.err.println("terrane: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
