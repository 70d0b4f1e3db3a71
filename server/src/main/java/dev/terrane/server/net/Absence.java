package dev.terrane.server.net;

import java.net.ConnectException;

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
}
