package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.InternalErrorException;
import dev.terrane.client.UndeterminedException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for all parts of a batch. A write that was done in part ends as undetermined: a batch that
 * spans Regions is not atomic.
 */
final class BatchGather<T extends @Nullable Object> {
  /** Items in one request; what a store works through before others get their turn. */
  static final int PART_ITEMS_MAX = 1024;

  private final boolean write;
  private final Supplier<T> answer;
  private final Completion<? super T> completion;
  private int begun;
  private int succeeded;
  private int ended;
  private @Nullable ClientException firstFailure;

  /** {@code answer} makes what the batch completes with of what its parts have brought. */
  BatchGather(boolean write, Completion<? super T> completion, Supplier<T> answer) {
    this.write = write;
    this.completion = completion;
    this.answer = answer;
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
      succeed();
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

  /** All parts have ended, so nobody else would hear of what is thrown here. */
  private void succeed() {
    T made;
    try {
      made = answer.get();
    } catch (Throwable thrown) {
      completion.failed(InternalErrorException.of(thrown));
      return;
    }
    completion.succeeded(made);
  }
}
