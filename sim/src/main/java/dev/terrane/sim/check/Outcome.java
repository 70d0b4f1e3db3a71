package dev.terrane.sim.check;

/**
 * How an operation ended.
 *
 * @param <R> what a success was answered
 */
public sealed interface Outcome<R> {
  /** It happened, at one moment between invocation and completion. */
  record Ok<R>(R result) implements Outcome<R> {}

  /** It did not happen and never will. */
  record Failed<R>(String reason) implements Outcome<R> {}

  /**
   * Nobody can say: it may have happened, may happen at any time after its invocation, also after
   * the client has given up, or never.
   */
  record Unknown<R>(String reason) implements Outcome<R> {}
}
