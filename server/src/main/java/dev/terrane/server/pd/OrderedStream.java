package dev.terrane.server.pd;

import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A stream with one response for each request, in the order of the requests, whichever is ready
 * first. When the client has half-closed and everything is answered, the stream completes: the Java
 * client waits for that, for each timestamp. A refusal ends the stream at once.
 *
 * <p>Confined to one event loop; PD's answers are brought there.
 */
final class OrderedStream<Q, R> implements StreamObserver<Q> {
  /** Requests that may wait for their answer; beyond, the client's next one is not asked for. */
  private static final int OUTSTANDING_MAX = 64;

  private final ServerCallStreamObserver<R> client;
  private final LoopExecutor loop;
  private final BiConsumer<Q, PdReply<R>> handler;
  private final ArrayDeque<Slot<R>> slots = new ArrayDeque<>();
  private boolean clientDone;
  private boolean ended;

  /** Holds one answer until those before it have been sent. */
  private static final class Slot<R> {
    private Optional<R> response = Optional.empty();
  }

  private OrderedStream(
      ServerCallStreamObserver<R> client, LoopExecutor loop, BiConsumer<Q, PdReply<R>> handler) {
    this.client = client;
    this.loop = loop;
    this.handler = handler;
  }

  static <Q, R> OrderedStream<Q, R> open(
      StreamObserver<R> client, LoopExecutor loop, BiConsumer<Q, PdReply<R>> handler) {
    OrderedStream<Q, R> stream =
        new OrderedStream<>((ServerCallStreamObserver<R>) client, loop, handler);
    stream.client.disableAutoRequest();
    stream.client.setOnCancelHandler(() -> loop.executeOrRun(stream::clientGone));
    stream.client.request(OUTSTANDING_MAX);
    return stream;
  }

  @Override
  public void onNext(Q request) {
    loop.executeOrRun(() -> take(request));
  }

  private void take(Q request) {
    if (ended) {
      return;
    }
    Slot<R> slot = new Slot<>();
    slots.add(slot);
    handler.accept(
        request,
        new PdReply<>() {
          @Override
          public void answer(R response) {
            loop.executeOrRun(() -> {
              slot.response = Optional.of(response);
              sendReady();
            });
          }

          @Override
          public void refuse(PdRefusal refusal) {
            loop.executeOrRun(() -> end(PdStatuses.of(refusal)));
          }
        });
  }

  private void sendReady() {
    while (!ended && !slots.isEmpty() && slots.element().response.isPresent()) {
      client.onNext(slots.remove().response.orElseThrow());
      client.request(1);
    }
    completeWhenAnswered();
  }

  private void completeWhenAnswered() {
    if (clientDone && slots.isEmpty()) {
      end(Status.OK);
    }
  }

  @Override
  public void onCompleted() {
    loop.executeOrRun(() -> {
      clientDone = true;
      completeWhenAnswered();
    });
  }

  @Override
  public void onError(Throwable broken) {
    loop.executeOrRun(this::clientGone);
  }

  private void clientGone() {
    ended = true;
    slots.clear();
  }

  private void end(Status status) {
    if (ended) {
      return;
    }
    ended = true;
    slots.clear();
    if (status.isOk()) {
      client.onCompleted();
    } else {
      client.onError(status.asRuntimeException());
    }
  }
}
