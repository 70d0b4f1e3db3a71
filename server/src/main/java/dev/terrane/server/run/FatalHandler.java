package dev.terrane.server.run;

/**
 * Ends what can no longer be trusted. Called on the thread that met the failure, which stops
 * working afterwards; possibly by several threads.
 */
@FunctionalInterface
public interface FatalHandler {
  /**
   * Stops the node at once, without saving anything: what it holds may be wrong.
   *
   * @param where the thread's or agent's name
   */
  void onFatal(String where, Throwable failure);
}
