package dev.terrane.server.net;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** Answers a unary call once, from any thread. */
public final class Unary<R> {
  private final StreamObserver<R> client;
  private final LoopExecutor loop;

  public Unary(StreamObserver<R> client, LoopExecutor loop) {
    this.client = client;
    this.loop = loop;
    // With a handler, answering a client that has gone is no error.
    ((ServerCallStreamObserver<R>) client).setOnCancelHandler(() -> {});
  }

  /** Has the event loop write the response out. */
  public void answer(R response) {
    loop.executeOrRun(() -> answerHere(response));
  }

  /** Writes the response out before returning; the event loop has only to send what is written. */
  public void answerHere(R response) {
    client.onNext(response);
    client.onCompleted();
  }

  /** The same for a response in another form than {@code R} that the call's marshaller knows. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  public void answerHereInOtherForm(Object response) {
    ((StreamObserver) client).onNext(response);
    client.onCompleted();
  }

  public void fail(Status status) {
    loop.executeOrRun(() -> client.onError(status.asRuntimeException()));
  }
}
