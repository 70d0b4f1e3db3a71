package dev.terrane.server.node;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a stream said until it ended, and how it ended. */
final class RecordedStream<R> implements StreamObserver<R> {
  final List<R> messages = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  @Override
  public void onNext(R message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }

  boolean hasEnded() {
    return end.isDone();
  }

  Status end() throws Exception {
    return end.get(30, TimeUnit.SECONDS);
  }
}
