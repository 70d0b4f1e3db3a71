package dev.terrane.common;

/** Our code or our data is wrong: going on could harm data, so the store stops. */
public final class InvariantViolation extends Error {
  private static final long serialVersionUID = 1L;

  InvariantViolation(String message) {
    super(message);
  }
}
