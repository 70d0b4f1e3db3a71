package dev.terrane.server.net;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.UnknownHostException;

/**
 * What a failed call shows of whom it was for. That nobody answers shows little: who is there may
 * be slow, stand still, or be cut off. Only a machine that refuses the connection says that nothing
 * listens there.
 */
public final class Absence {
  private Absence() {}

  /** Whether {@code failure} shows that nothing listens at the address. */
  public static boolean isShownBy(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // A connection that times out is a ConnectException of Netty's, too.
      if (cause instanceof ConnectException
          && String.valueOf(cause.getMessage()).contains("refused")) {
        return true;
      }
    }
    return false;
  }

  /** The reason that lies deepest in {@code failure}, in few words. */
  public static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return switch (deepest) {
      case UnknownHostException _ -> "the host does not resolve";
      case StatusRuntimeException status when status.getStatus().getDescription() != null ->
          status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
              ? "no answer"
              : String.valueOf(status.getStatus().getDescription());
      default -> isShownBy(failure) ? "connection refused" : String.valueOf(deepest.getMessage());
    };
  }
}
