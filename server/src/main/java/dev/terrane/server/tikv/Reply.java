package dev.terrane.server.tikv;

import io.grpc.Status;

/** Takes the outcome of one request: exactly one call, on any thread. */
public interface Reply<R> {
  void send(R response);

  /** The request is not for this server at all: nothing of it was done. */
  void refuse(Status why);
}
