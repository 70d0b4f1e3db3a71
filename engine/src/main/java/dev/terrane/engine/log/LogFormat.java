package dev.terrane.engine.log;

import dev.terrane.raft.Entry;
import java.util.List;

/**
 * The sizes and codes of what segment files hold. The layout is described in the package's
 * documentation; numbers are big-endian.
 */
final class LogFormat {
  static final int VERSION = 1;

  static final int SEGMENT_HEADER_BYTES = 64;

  /** {@code u32 body bytes, u32 header checksum, u64 sequence}. */
  static final int FRAME_HEADER_BYTES = 16;

  /** {@code u32 body checksum}. */
  static final int FRAME_TRAILER_BYTES = 4;

  /** Frames begin at multiples of this, so that a search for one takes an eighth of the steps. */
  static final int FRAME_ALIGNMENT = 8;

  /** {@code u8 code, u64 region, u64 first index, u32 count}, before the entries. */
  static final int ENTRIES_HEADER_BYTES = 1 + 8 + 8 + 4;

  /** {@code u32 data bytes, u64 term, u8 kind, u32 checksum}, before the data. */
  static final int ENTRY_HEADER_BYTES = 4 + 8 + 1 + 4;

  static final int HARD_STATE_BYTES = 1 + 4 * 8;
  static final int BASE_BYTES = 1 + 3 * 8;
  static final int TOMBSTONE_BYTES = 1 + 4 * 8;
  static final int FORGET_TOMBSTONE_BYTES = 1 + 8;
  static final int PUT_RECORD_HEADER_BYTES = 1 + 4 + 4;
  static final int DELETE_RECORD_HEADER_BYTES = 1 + 4;

  static final byte APPEND = 1;
  static final byte REWRITE = 2;
  static final byte HARD_STATE = 3;
  static final byte BASE = 4;
  static final byte RESET = 5;
  static final byte DESTROY = 6;
  static final byte KEEP_TOMBSTONE = 7;
  static final byte FORGET_TOMBSTONE = 8;
  static final byte PUT_RECORD = 9;
  static final byte DELETE_RECORD = 10;

  private LogFormat() {}

  static long encodedBytes(LogOp op) {
    return switch (op) {
      case LogOp.Append append -> encodedBytes(append.entries());
      case LogOp.Rewrite rewrite -> encodedBytes(rewrite.entries());
      case LogOp.SetHardState _ -> HARD_STATE_BYTES;
      case LogOp.Release _, LogOp.Base _, LogOp.Reset _ -> BASE_BYTES;
      case LogOp.Destroy _, LogOp.KeepTombstone _ -> TOMBSTONE_BYTES;
      case LogOp.ForgetTombstone _ -> FORGET_TOMBSTONE_BYTES;
      case LogOp.PutRecord put ->
          PUT_RECORD_HEADER_BYTES + put.key().length() + put.value().length();
      case LogOp.DeleteRecord delete -> DELETE_RECORD_HEADER_BYTES + delete.key().length();
    };
  }

  private static long encodedBytes(List<Entry> entries) {
    long bytes = ENTRIES_HEADER_BYTES;
    for (Entry entry : entries) {
      bytes += ENTRY_HEADER_BYTES + entry.data().length();
    }
    return bytes;
  }

  /** What a frame with a body of {@code bodyBytes} takes in a segment. */
  static long frameBytes(long bodyBytes) {
    long bytes = FRAME_HEADER_BYTES + bodyBytes + FRAME_TRAILER_BYTES;
    return (bytes + FRAME_ALIGNMENT - 1) / FRAME_ALIGNMENT * FRAME_ALIGNMENT;
  }
}
