package dev.terrane.server.tikv;

/** Takes the response of one request: exactly one call, on any thread. */
@FunctionalInterface
public interface Reply<R> {
  void send(R response);
}
