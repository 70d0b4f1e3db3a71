package dev.terrane.server.tikv;

import dev.terrane.common.traffic.Charge;
import dev.terrane.server.net.Unary;
import io.grpc.Status;

/** Answers a call of its own, which gives the charge back when it is over. */
record UnaryReply<R>(Unary<R> call, Charge charge) implements Reply<R> {
  @Override
  public void send(R response) {
    call.answer(response);
  }

  @Override
  public void refuse(Status why) {
    call.fail(why);
  }
}
