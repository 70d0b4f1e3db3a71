package dev.terrane.sim.net;

import com.google.protobuf.Message;
import dev.terrane.sim.world.Machine;

/** Sees every message when it is sent. */
public interface Observer {
  /** {@code method} is the full name of the procedure. */
  void sent(Machine from, Machine to, String method, Message message);
}
