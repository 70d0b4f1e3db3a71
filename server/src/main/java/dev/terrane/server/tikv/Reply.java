package dev.terrane.server.tikv;

import dev.terrane.common.traffic.Charge;
import dev.terrane.server.traffic.WireAnswer;
import dev.terrane.server.traffic.WirePairs;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Takes the outcome of one request: exactly one call, on any thread. */
public interface Reply<R> {
  void send(R response);

  /** The response in its wire form, made of what {@link #openPairs} gave. */
  void send(WireAnswer response);

  /** The request is not for this server at all: nothing of it was done. */
  void refuse(Status why);

  /** Of which the response is taken as it is gathered. */
  Charge charge();

  /**
   * For the pairs of a large response, in its {@code field}; freed by whoever has opened it, unless
   * it is sent. Null where all responses are messages.
   */
  @Nullable WirePairs openPairs(int field);
}
