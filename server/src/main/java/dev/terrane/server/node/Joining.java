package dev.terrane.server.node;

import dev.terrane.common.TimeSource;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.server.pdlink.GrpcPdLink;
import dev.terrane.store.PdLink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does once, waiting, when it starts: asks PD until it answers or too much time has
 * passed. For the thread that starts the node only.
 */
final class Joining {
  private static final Logger log = LoggerFactory.getLogger(Joining.class);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration ONE_ANSWER = Duration.ofSeconds(10);

  private final TimeSource time;
  private final long deadlineNanos;

  Joining(TimeSource time, Duration patience) {
    this.time = time;
    this.deadlineNanos = time.nanoTime() + patience.toNanos();
  }

  /** The id of the cluster that PD serves, as soon as PD has a leader. */
  long clusterId(GrpcPdLink pd) {
    return untilAnswered("PD does not answer", pd::clusterId);
  }

  /** Has PD's leader take {@code member} in, and answers all members. Asking twice does no harm. */
  List<Member> addMember(GrpcPdLink pd, Member member) {
    AddMemberResponse answer =
        untilAnswered("PD does not take this node in", reply -> pd.addMember(member, reply));
    if (answer.getHeader().hasError()) {
      throw new NodeStartException(
          "PD refuses this node as a member: " + answer.getHeader().getError().getMessage());
    }
    return answer.getMembersList().stream().map(MemberStatus::getMember).toList();
  }

  /** Repeats {@code ask} until it is answered. */
  <T> T untilAnswered(String failure, Consumer<PdLink.Reply<T>> ask) {
    String lastReason = "";
    while (true) {
      Attempt<T> attempt = new Attempt<>();
      ask.accept(attempt);
      Optional<T> answer = attempt.await();
      if (answer.isPresent()) {
        return answer.get();
      }
      String reason = attempt.reason;
      if (!reason.equals(lastReason)) {
        log.info("{} yet: {}", failure, reason);
        lastReason = reason;
      }
      if (time.nanoTime() - deadlineNanos >= 0) {
        throw new NodeStartException(failure + ": " + reason);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NodeStartException("interrupted while starting", e);
    }
  }

  /** One question and its answer, none if it failed. */
  private static final class Attempt<T> implements PdLink.Reply<T> {
    private final CompletableFuture<Optional<T>> future = new CompletableFuture<>();
    private volatile String reason = "no answer";

    @Override
    public void answered(T answer) {
      future.complete(Optional.of(answer));
    }

    @Override
    public void failed(String newReason) {
      reason = newReason;
      future.complete(Optional.empty());
    }

    Optional<T> await() {
      try {
        return future.get(ONE_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (ExecutionException e) {
        throw new NodeStartException("asking PD failed", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NodeStartException("interrupted while starting", e);
      }
    }
  }
}
