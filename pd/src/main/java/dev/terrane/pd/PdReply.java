package dev.terrane.pd;

/**
 * Hears the end of one call, exactly once. Called on PD's thread, or on the caller's before the
 * call returns; it must not block.
 */
public interface PdReply<T> {
  /** PD's answer. Errors that the protocol has a field for are in its header. */
  void answer(T response);

  /** The call is refused as a whole, which the transport says in its own way. */
  void refuse(PdRefusal refusal);
}
