package dev.terrane.server.node;

import dev.terrane.common.TimeSource;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.pdlink.GrpcPdLink;
import dev.terrane.store.PdLink;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does once, when it starts: asks PD until it answers or too much time has passed. The
 * questions are put on the event loop, again after a pause when one failed; the thread that starts
 * the node waits for the answer only.
 */
final class Joining {
  private static final Logger log = LoggerFactory.getLogger(Joining.class);
  private static final long PAUSE_MILLIS = 100;
  private static final long ONE_ANSWER_MILLIS = 10_000;

  /**
   * PD takes a member for alive until it has been silent for two election timeouts; a node that
   * comes back with an empty disk at once is refused until then.
   */
  private static final Duration REFUSED_PATIENCE = Duration.ofSeconds(5);

  private final LoopExecutor loop;
  private final TimeSource time;
  private final long deadlineNanos;

  Joining(LoopExecutor loop, TimeSource time, Duration patience) {
    this.loop = loop;
    this.time = time;
    this.deadlineNanos = time.nanoTime() + patience.toNanos();
  }

  /** The id of the cluster that PD serves, as soon as PD has a leader. */
  long clusterId(GrpcPdLink pd) {
    return untilAnswered("PD does not answer", pd::clusterId);
  }

  /** Has PD's leader take {@code member} in, or tell it to stand by. Asking twice does no harm. */
  AddMemberResponse addMember(GrpcPdLink pd, Member member) {
    return addMember(reply -> pd.addMember(member, reply));
  }

  AddMemberResponse addMember(Consumer<PdLink.Reply<AddMemberResponse>> question) {
    long giveUpNanos = time.nanoTime() + REFUSED_PATIENCE.toNanos();
    AddMemberResponse answer =
        untilAnswered(
            "PD does not take this node in",
            reply -> question.accept(new RefusedForNow(reply, giveUpNanos)));
    if (answer.getHeader().hasError()) {
      throw new NodeStartException(
          "PD refuses this node as a member: " + answer.getHeader().getError().getMessage());
    }
    return answer;
  }

  /**
   * The answer to {@code question}, which is repeated until there is one.
   *
   * @throws NodeStartException.NoAnswer if there is none in time, with the reason of the last
   *     failure
   * @throws NodeStartException if the waiting thread is interrupted
   */
  <T> T untilAnswered(String failure, Consumer<PdLink.Reply<T>> question) {
    Asking<T> asking = new Asking<>(failure, question);
    loop.executeOrRun(asking::ask);
    try {
      return asking.answer.get(deadlineNanos - time.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new NodeStartException.NoAnswer(failure + ": " + asking.reason);
    } catch (ExecutionException e) {
      throw new NodeStartException("asking PD failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NodeStartException("interrupted while starting", e);
    } finally {
      asking.answer.cancel(false); // nobody waits any more, so nothing is asked again
    }
  }

  /** Lets a refusal count as a failure, after which is asked again, until it is to be believed. */
  private final class RefusedForNow implements PdLink.Reply<AddMemberResponse> {
    private final PdLink.Reply<AddMemberResponse> reply;
    private final long believedFromNanos;

    RefusedForNow(PdLink.Reply<AddMemberResponse> reply, long believedFromNanos) {
      this.reply = reply;
      this.believedFromNanos = believedFromNanos;
    }

    @Override
    public void answered(AddMemberResponse given) {
      if (given.getHeader().hasError() && time.nanoTime() - believedFromNanos < 0) {
        reply.failed(given.getHeader().getError().getMessage());
      } else {
        reply.answered(given);
      }
    }

    @Override
    public void failed(String why) {
      reply.failed(why);
    }
  }

  /** One question, repeated. Its attempts are counted on the event loop. */
  private final class Asking<T> {
    private final String failure;
    private final Consumer<PdLink.Reply<T>> question;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private volatile String reason = "no answer";
    private int attempts;

    Asking(String failure, Consumer<PdLink.Reply<T>> question) {
      this.failure = failure;
      this.question = question;
    }

    void ask() {
      if (answer.isDone()) {
        return;
      }
      attempts++;
      int attempt = attempts;
      question.accept(
          new PdLink.Reply<>() {
            @Override
            public void answered(T given) {
              answer.complete(given);
            }

            @Override
            public void failed(String why) {
              loop.executeOrRun(() -> Asking.this.failed(attempt, why));
            }
          });
      loop.after(ONE_ANSWER_MILLIS, () -> failed(attempt, "no answer"));
    }

    private void failed(int attempt, String why) {
      if (attempt != attempts || answer.isDone()) {
        return;
      }
      attempts++; // an attempt fails once
      if (!why.equals(reason)) {
        log.info("{} yet: {}", failure, why);
        reason = why;
      }
      loop.after(PAUSE_MILLIS, this::ask);
    }
  }
}
