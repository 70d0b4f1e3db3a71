package dev.terrane.txn.raw;

/**
 * What one request may ask for.
 *
 * @param batchItemsMax most keys or pairs of one batch: they are applied together, and nothing else
 *     meanwhile. Published clients send 1,024 at most, the Rust client all deletions of a Region
 * @param answerBytesMax most bytes of keys and values in one answer
 */
public record RawLimits(
    int keyBytesMax,
    int valueBytesMax,
    int batchItemsMax,
    int batchBytesMax,
    int scanLimitMax,
    long answerBytesMax) {
  public static final RawLimits DEFAULT =
      new RawLimits(64 << 10, 8 << 20, 1 << 14, 32 << 20, 10_240, 128 << 20);

  /** The same with other bounds of an answer. */
  public RawLimits withAnswerBytesMax(long newAnswerBytesMax) {
    return new RawLimits(
        keyBytesMax, valueBytesMax, batchItemsMax, batchBytesMax, scanLimitMax, newAnswerBytesMax);
  }
}
