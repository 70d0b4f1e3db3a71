package dev.terrane.server.transport;

import dev.terrane.server.net.HostPort;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where peers are, by their ids. */
public interface AddressBook {
  /** Calls {@code found} once, on any thread; with null if nobody knows now. */
  void find(long id, Consumer<@Nullable HostPort> found);

  /** What was found did not work: it is to be looked up again. */
  void doubt(long id);
}
