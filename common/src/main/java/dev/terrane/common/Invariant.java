package dev.terrane.common;

import com.google.errorprone.annotations.FormatMethod;

/**
 * Checks of what must always hold. They are always on: a store that goes on after one has failed
 * could lose or invent data. A failed check is an {@link Error}, so no {@code catch (Exception)}
 * hides it; the thread that runs the agent stops the process.
 *
 * <p>One condition per check, with the numbers in the message: {@code check(applied <= committed,
 * "applied %d > committed %d, region %d", applied, committed, regionId)}. The message is formatted
 * only when the check fails; the {@code long} overloads allocate nothing when it holds. Conditions
 * that cost more than O(1) belong in {@code assert}.
 */
public final class Invariant {
  private Invariant() {}

  /** Fails with {@code message} unless {@code condition} holds. */
  public static void check(boolean condition, String message) {
    if (!condition) {
      throw new InvariantViolation(message);
    }
  }

  /** Fails with {@code format} filled in with {@code a} unless {@code condition} holds. */
  @FormatMethod
  public static void check(boolean condition, String format, long a) {
    if (!condition) {
      throw new InvariantViolation(String.format(format, a));
    }
  }

  /** Fails with {@code format} filled in with {@code a, b} unless {@code condition} holds. */
  @FormatMethod
  public static void check(boolean condition, String format, long a, long b) {
    if (!condition) {
      throw new InvariantViolation(String.format(format, a, b));
    }
  }

  /** Fails with {@code format} filled in with {@code a, b, c} unless {@code condition} holds. */
  @FormatMethod
  public static void check(boolean condition, String format, long a, long b, long c) {
    if (!condition) {
      throw new InvariantViolation(String.format(format, a, b, c));
    }
  }

  /** Fails with {@code format} filled in with {@code args} unless {@code condition} holds. */
  @FormatMethod
  public static void check(boolean condition, String format, Object... args) {
    if (!condition) {
      throw new InvariantViolation(String.format(format, args));
    }
  }

  /** For places that cannot be reached: {@code throw Invariant.violated("…")}. */
  @FormatMethod
  public static InvariantViolation violated(String format, Object... args) {
    return new InvariantViolation(String.format(format, args));
  }
}
