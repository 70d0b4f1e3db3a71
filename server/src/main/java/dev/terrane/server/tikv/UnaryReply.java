package dev.terrane.server.tikv;

import com.google.protobuf.MessageLite;
import dev.terrane.common.traffic.Charge;
import dev.terrane.server.net.Unary;
import dev.terrane.server.traffic.CallTraffic;
import dev.terrane.server.traffic.WireAnswer;
import dev.terrane.server.traffic.WirePairs;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Answers a call of its own, which gives the charge back when it is over. A large response is
 * written out by whoever made it, and not on the event loop, where all others would wait for that.
 */
record UnaryReply<R extends MessageLite>(Unary<R> call, CallTraffic traffic) implements Reply<R> {
  private static final int LARGE_BYTES = 256 << 10;

  @Override
  public Charge charge() {
    return traffic.answer();
  }

  @Override
  public @Nullable WirePairs openPairs(int field) {
    return traffic.openPairs(field);
  }

  @Override
  public void send(R response) {
    if (response.getSerializedSize() < LARGE_BYTES) {
      call.answer(response);
    } else {
      call.answerHere(response);
    }
  }

  @Override
  public void send(WireAnswer response) {
    try {
      call.answerHereInOtherForm(response);
    } finally {
      response.free();
    }
  }

  @Override
  public void refuse(Status why) {
    call.fail(why);
  }
}
