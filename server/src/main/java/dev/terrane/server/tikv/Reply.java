package dev.terrane.server.tikv;

import dev.terrane.common.traffic.Charge;
import dev.terrane.server.traffic.AnswerMemory;
import io.grpc.Status;

/** Takes the outcome of one request: exactly one call, on any thread. */
public interface Reply<R> {
  void send(R response);

  /** The request is not for this server at all: nothing of it was done. */
  void refuse(Status why);

  /** Of which the response is taken as it is gathered. */
  Charge charge();

  /** Where the large parts of the response may be. Freed when the outcome has been sent. */
  AnswerMemory memory();
}
