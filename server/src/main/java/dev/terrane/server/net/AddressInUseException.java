package dev.terrane.server.net;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A node cannot listen where it was told to: the port is taken, or the address is not its own. */
public final class AddressInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what which of the node's addresses
   */
  public AddressInUseException(String what, HostPort address, Throwable cause) {
    super(message(what, address, cause), cause);
  }

  private static String message(String what, HostPort address, Throwable cause) {
    @Nullable String reason = null;
    for (Throwable next = cause; next != null; next = next.getCause()) {
      reason = next.getMessage();
    }
    return "cannot listen on port "
        + address.port()
        + " of "
        + address.host()
        + " ("
        + what
        + "): "
        + reason;
  }
}
