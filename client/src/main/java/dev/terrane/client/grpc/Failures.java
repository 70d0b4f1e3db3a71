package dev.terrane.client.grpc;

import dev.terrane.client.core.Transport.Failure;
import dev.terrane.proto.NotTaken;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** How far a call got that ended without an answer. */
final class Failures {
  private Failures() {}

  static Failure of(ClientCall<?, ?> call, Status status, Metadata trailers) {
    Failure.Kind kind;
    if (isOutOfMemory(status.getCause())) {
      kind = Failure.Kind.OUT_OF_MEMORY;
    } else if (status.getCode() == Status.Code.UNIMPLEMENTED) {
      kind = Failure.Kind.UNIMPLEMENTED;
    } else if (call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) == null) {
      // It never had a connection.
      kind = Failure.Kind.NOT_TAKEN;
    } else if (NotTaken.is(status, trailers)) {
      kind = Failure.Kind.NOT_TAKEN;
    } else {
      kind = Failure.Kind.LOST;
    }
    return new Failure(kind, text(status));
  }

  private static boolean isOutOfMemory(@Nullable Throwable failure) {
    int depth = 0;
    for (Throwable cause = failure; cause != null && depth < 16; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
      depth++;
    }
    return false;
  }

  private static String text(Status status) {
    String description = status.getDescription();
    Throwable cause = status.getCause();
    String text = status.getCode() + (description == null ? "" : " " + description);
    return cause == null ? text : text + " (" + cause.getMessage() + ")";
  }
}
