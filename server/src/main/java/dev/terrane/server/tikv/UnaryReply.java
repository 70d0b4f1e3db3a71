package dev.terrane.server.tikv;

import com.google.protobuf.MessageLite;
import dev.terrane.common.traffic.Charge;
import dev.terrane.server.net.Unary;
import dev.terrane.server.traffic.AnswerMemory;
import dev.terrane.server.traffic.CallTraffic;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Answers a call of its own, which gives the charge back when it is over. A large response is
 * written out by whoever made it, and not on the event loop, where all others would wait for that.
 */
final class UnaryReply<R extends MessageLite> implements Reply<R> {
  private static final int LARGE_BYTES = 256 << 10;

  private final Unary<R> call;
  private final CallTraffic traffic;
  private @Nullable AnswerMemory memory;

  UnaryReply(Unary<R> call, CallTraffic traffic) {
    this.call = call;
    this.traffic = traffic;
  }

  @Override
  public Charge charge() {
    return traffic.answer();
  }

  @Override
  public AnswerMemory memory() {
    AnswerMemory open = memory;
    if (open == null) {
      open = traffic.openMemory();
      memory = open;
    }
    return open;
  }

  @Override
  public void send(R response) {
    if (memory == null && response.getSerializedSize() < LARGE_BYTES) {
      call.answer(response);
    } else {
      call.answerHere(response);
      free();
    }
  }

  @Override
  public void refuse(Status why) {
    free();
    call.fail(why);
  }

  private void free() {
    if (memory != null) {
      memory.free();
    }
  }
}
