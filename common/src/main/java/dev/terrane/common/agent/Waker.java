package dev.terrane.common.agent;

/** Tells whoever polls an agent that its inbox has something. Cheap when it already knows. */
@FunctionalInterface
public interface Waker {
  /** For agents that are polled by hand, in tests and in the simulator. */
  Waker NONE = () -> {};

  void wake();
}
