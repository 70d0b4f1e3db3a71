package dev.terrane.txn.raw;

/**
 * What one request may ask for.
 *
 * @param answerBytesMax most bytes of keys and values in one answer
 */
public record RawLimits(
    int keyBytesMax, int valueBytesMax, int batchBytesMax, int scanLimitMax, long answerBytesMax) {
  public static final RawLimits DEFAULT =
      new RawLimits(64 << 10, 8 << 20, 32 << 20, 10_240, 128 << 20);
}
