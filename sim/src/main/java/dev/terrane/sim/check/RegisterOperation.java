package dev.terrane.sim.check;

/**
 * What one operation did to one key, seen as a register that holds a number. {@link
 * KeyHistory#valueOf} says which value a number stands for; {@link #ABSENT} is no value.
 *
 * @param expected of a swap: what the register must hold
 * @param value what a read saw; what a write or a swap leaves behind
 * @param returnedAt {@link Operation#NEVER} if the outcome is unknown: such an operation may take
 *     effect at any time after its invocation, or never
 * @param source what it is a part of
 */
record RegisterOperation(
    Kind kind,
    int expected,
    int value,
    int invokedAt,
    int returnedAt,
    Operation<RawCall, RawResult> source) {
  static final int ABSENT = 0;

  enum Kind {
    READ,
    WRITE,
    SWAP
  }

  /** Whether it certainly happened. */
  boolean isCertain() {
    return returnedAt != Operation.NEVER;
  }

  /** Whether it leaves a value behind. */
  boolean produces() {
    return kind != Kind.READ;
  }

  /** The value that it can only meet, or {@code -1} for a write, which meets any. */
  int needs() {
    return switch (kind) {
      case READ -> value;
      case SWAP -> expected;
      case WRITE -> -1;
    };
  }
}
