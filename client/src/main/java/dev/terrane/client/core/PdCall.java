package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.client.ClientClosedException;
import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.InternalErrorException;
import dev.terrane.client.NotBootstrappedException;
import dev.terrane.client.RefusedException;
import dev.terrane.client.core.Transport.Failure;
import dev.terrane.client.core.Transport.UnaryListener;
import dev.terrane.proto.pdpb.Error;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.ResponseHeader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One question to PD's leader, asked until it is answered or time is out. All questions that the
 * client asks may be asked twice.
 *
 * <p>Invariant: until it has ended its timer is set, so that closing finds it.
 */
final class PdCall<Q extends Message, A extends Message, T> extends Timer
    implements Task, UnaryListener<A> {
  private final ClientCore core;
  private final Rpc<Q, A> rpc;
  private final Function<RequestHeader, Q> request;
  private final Function<A, ResponseHeader> header;
  private final Function<A, T> reading;
  private final Completion<? super T> completion;
  private final Backoff backoff = new Backoff();
  private long deadlineNanos;
  private Transport.@Nullable Call sent;
  private String sentTo = "";
  private boolean awaitingLeader;
  private boolean ended;
  private String lastTrouble = "not sent yet";

  /**
   * @param reading makes of an answer what was asked for; throws if it makes no sense, and PD is
   *     then asked again
   */
  PdCall(
      ClientCore core,
      Rpc<Q, A> rpc,
      Function<RequestHeader, Q> request,
      Function<A, ResponseHeader> header,
      Function<A, T> reading,
      Completion<? super T> completion) {
    this.core = core;
    this.rpc = rpc;
    this.request = request;
    this.header = header;
    this.reading = reading;
    this.completion = completion;
  }

  @Override
  public void start() {
    deadlineNanos = core.now() + core.config().requestTimeout().toNanos();
    send();
  }

  void send() {
    awaitingLeader = false;
    String leader = core.pd().leader();
    if (leader == null) {
      awaitingLeader = true;
      core.timers().set(this, deadlineNanos);
      core.pd().await(this);
      return;
    }
    sentTo = leader;
    core.timers().set(this, core.attemptDeadline(deadlineNanos));
    sent = core.transport().unary(leader, rpc, request.apply(core.pd().header()), this);
  }

  @Override
  public void onAnswer(A answer) {
    sent = null;
    ResponseHeader answered = header.apply(answer);
    if (answered.hasError() && answered.getError().getType() != ErrorType.OK) {
      refused(answered.getError());
    } else {
      read(answer);
    }
    core.flush();
  }

  private void read(A answer) {
    T read;
    try {
      read = reading.apply(answer);
    } catch (RuntimeException nonsense) {
      again("PD's answer makes no sense: " + nonsense.getMessage());
      return;
    }
    end();
    completion.succeeded(read);
  }

  private void refused(Error error) {
    switch (error.getType()) {
      case NOT_BOOTSTRAPPED ->
          failed(
              new NotBootstrappedException("the cluster has no store yet: " + error.getMessage()));
      case REGION_NOT_FOUND, REGIONS_NOT_CONTAIN_ALL_KEY_RANGE -> again(error.getMessage());
      default ->
          failed(new RefusedException("PD refuses " + rpc.path() + ": " + error.getMessage()));
    }
  }

  @Override
  public void onFailure(Failure failure) {
    sent = null;
    if (failure.kind() == Failure.Kind.UNIMPLEMENTED) {
      failed(new RefusedException("PD does not offer " + rpc.path() + ": " + failure.message()));
    } else if (failure.kind() == Failure.Kind.OUT_OF_MEMORY) {
      broke(new OutOfMemoryError(failure.message()));
    } else {
      core.pd().suspect(sentTo, failure.message());
      again(failure.message());
    }
    core.flush();
  }

  /** The answer was of no use, as while PD lags behind a split: ask again a little later. */
  private void again(String trouble) {
    lastTrouble = trouble;
    long at = core.now() + backoff.nextNanos(Delay.PD, core.random());
    if (at >= deadlineNanos) {
      expire();
    } else {
      core.timers().set(this, at);
    }
  }

  @Override
  void fire() {
    Transport.Call overdue = sent;
    if (overdue != null) {
      overdue.cancel();
      sent = null;
      core.pd().suspect(sentTo, "no answer in time");
      again(sentTo + " does not answer");
    } else if (awaitingLeader || core.now() >= deadlineNanos) {
      expire();
    } else {
      send();
    }
  }

  private void expire() {
    String trouble = awaitingLeader ? core.pd().lastTrouble() : lastTrouble;
    failed(new DeadlineExceededException(rpc.path() + " was not answered in time: " + trouble));
  }

  @Override
  public void failed(ClientException failure) {
    if (!ended) {
      end();
      completion.failed(failure);
    }
  }

  private void end() {
    ended = true;
    core.timers().unset(this);
    if (awaitingLeader) {
      core.pd().stopWaiting(this);
      awaitingLeader = false;
    }
  }

  @Override
  public void broke(Throwable thrown) {
    giveUp();
    failed(InternalErrorException.of(thrown));
  }

  @Override
  void closing() {
    giveUp();
    failed(new ClientClosedException("the client was closed"));
  }

  private void giveUp() {
    Transport.Call pending = sent;
    if (pending != null) {
      pending.cancel();
      sent = null;
    }
  }
}
