package dev.terrane.server.pd;

import com.google.protobuf.MessageLite;
import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import dev.terrane.server.traffic.CallTraffic;
import io.grpc.stub.StreamObserver;

/**
 * Answers a unary call with what PD says. A large answer is written out by another thread than the
 * event loop's, where all others would wait for that.
 */
final class UnaryPdReply<R extends MessageLite> implements PdReply<R> {
  private static final int LARGE_BYTES = 256 << 10;

  private final Unary<R> call;
  private final CallTraffic traffic = CallTraffic.current();

  UnaryPdReply(StreamObserver<R> client, LoopExecutor loop) {
    this.call = new Unary<>(client, loop);
  }

  @Override
  public void answer(R response) {
    boolean large = response.getSerializedSize() > LARGE_BYTES;
    if (!large || !traffic.elsewhere(() -> call.answerHere(response))) {
      call.answer(response);
    }
  }

  @Override
  public void refuse(PdRefusal refusal) {
    call.fail(PdStatuses.of(refusal));
  }
}
