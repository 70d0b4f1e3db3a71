package dev.terrane.server.pd;

import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import io.grpc.stub.StreamObserver;

/** Answers a unary call with what PD says. */
final class UnaryPdReply<R> implements PdReply<R> {
  private final Unary<R> call;

  UnaryPdReply(StreamObserver<R> client, LoopExecutor loop) {
    this.call = new Unary<>(client, loop);
  }

  @Override
  public void answer(R response) {
    call.answer(response);
  }

  @Override
  public void refuse(PdRefusal refusal) {
    call.fail(PdStatuses.of(refusal));
  }
}
