package dev.terrane.client;

import dev.terrane.client.core.Completion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** An operation under way: the future that the caller holds, which the core completes. */
final class Pending<T extends @Nullable Object> extends CompletableFuture<T>
    implements Completion<T> {
  private final Admission admission;

  /** Waits for its place among the outstanding. */
  Pending(Admission admission) {
    this.admission = admission;
    admission.acquire();
  }

  @Override
  public void succeeded(T answer) {
    admission.release();
    complete(answer);
  }

  @Override
  public void failed(ClientException failure) {
    admission.release();
    completeExceptionally(failure);
  }

  /**
   * Waits for {@code future}, which always ends in time, and returns or throws what it ends with.
   */
  static <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ClientException failure) {
        // From here, where the caller can see who asked, rather than from the client's thread.
        failure.addSuppressed(new Caller());
        throw failure;
      }
      throw e;
    }
  }

  /** The stack of the thread that waited. */
  private static final class Caller extends Throwable {
    private static final long serialVersionUID = 1;

    Caller() {
      super("the operation was waited for here");
    }
  }
}
