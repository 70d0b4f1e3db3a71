package dev.terrane.server.node;

import dev.terrane.pd.Pd;
import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** Asks this node's PD and waits, for pages that people read. */
final class PdQuestions {
  private static final long PATIENCE_MILLIS = 2000;

  private final Pd pd;

  PdQuestions(Pd pd) {
    this.pd = pd;
  }

  /**
   * PD's answer.
   *
   * @throws IOException if PD refuses or takes too long
   */
  <R> R ask(BiConsumer<Pd, PdReply<R>> question) throws IOException {
    CompletableFuture<R> future = new CompletableFuture<>();
    question.accept(
        pd,
        new PdReply<>() {
          @Override
          public void answer(R response) {
            future.complete(response);
          }

          @Override
          public void refuse(PdRefusal refusal) {
            future.completeExceptionally(new IOException(refusal.text()));
          }
        });
    try {
      return future.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? "" : e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException("PD did not answer in " + PATIENCE_MILLIS + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
