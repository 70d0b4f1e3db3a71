package dev.terrane.proto;

import io.grpc.Metadata;
import io.grpc.Status;

/**
 * How a server says that it has looked at nothing of a call, not even at its method. The status
 * alone, UNAVAILABLE, also stands for a connection that was lost after the call had been executed,
 * and a write that may have happened is not simply sent again.
 *
 * <p>A client that does not know the trailer sees the status.
 */
public final class NotTaken {
  private static final Metadata.Key<String> TRAILER =
      Metadata.Key.of("terrane-not-taken", Metadata.ASCII_STRING_MARSHALLER);

  private NotTaken() {}

  /** The trailers of a call that was not taken. */
  public static Metadata trailers() {
    Metadata trailers = new Metadata();
    trailers.put(TRAILER, "1");
    return trailers;
  }

  /** Whether a call that ended so was not taken. */
  public static boolean is(Status status, Metadata trailers) {
    return status.getCode() == Status.Code.UNAVAILABLE && trailers.containsKey(TRAILER);
  }
}
