package dev.terrane.server.net;

import io.grpc.Deadline;
import io.grpc.ManagedChannel;

/** The way to other nodes; the simulator has one of its own. */
public interface GrpcChannels {
  /**
   * Connects when it is first used; to be closed by the caller. What is no address fails the calls
   * that are made there, as a host does where nobody is.
   */
  ManagedChannel open(HostPort address);

  /** The moment, by the clock of these channels, at which a call that begins now is given up. */
  Deadline deadlineAfter(long millis);
}
