package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.UndeterminedException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for all parts of a batch. A write that was done in part ends as undetermined: a batch that
 * spans Regions is not atomic.
 */
final class BatchGather {
  /** Items in one request; what a store works through before others get their turn. */
  static final int PART_ITEMS_MAX = 1024;

  private final boolean write;
  private final Runnable whenDone;
  private final Completion<?> completion;
  private int begun;
  private int succeeded;
  private int ended;
  private @Nullable ClientException firstFailure;

  BatchGather(boolean write, Completion<?> completion, Runnable whenDone) {
    this.write = write;
    this.completion = completion;
    this.whenDone = whenDone;
  }

  /** One more part is under way. */
  void begin() {
    begun++;
  }

  void succeeded() {
    succeeded++;
    ended();
  }

  void failed(ClientException failure) {
    if (firstFailure == null || failure instanceof UndeterminedException) {
      firstFailure = failure;
    }
    ended();
  }

  private void ended() {
    ended++;
    if (ended < begun) {
      return;
    }
    ClientException failure = firstFailure;
    if (failure == null) {
      whenDone.run();
    } else if (write && succeeded > 0 && !(failure instanceof UndeterminedException)) {
      completion.failed(
          new UndeterminedException(
              succeeded
                  + " of "
                  + begun
                  + " parts of the batch were written; then: "
                  + failure.getMessage()));
    } else {
      completion.failed(failure);
    }
  }
}
