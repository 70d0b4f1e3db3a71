package dev.terrane.sim.world;

import dev.terrane.engine.log.LogFile;
import dev.terrane.engine.log.memory.MemoryLogDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Changes a bit of a Raft log while nobody has it open. The last frames of a file are spared: in
 * the very last one a changed bit cannot be told from a write that was torn, so nobody can ask for
 * that.
 *
 * <p>Of the format it knows that behind a header of 64 bytes frames follow each other, at multiples
 * of 8: {@code u32 body bytes, u32 checksum, u64 number}, body, {@code u32 checksum}. What an
 * earlier life of the file has left behind them has other numbers.
 */
final class LogRot {
  private static final int HEADER_BYTES = 64;
  private static final int FRAME_HEADER_BYTES = 16;
  private static final int FRAME_OVERHEAD_BYTES = 20;
  private static final int NUMBER_OFFSET = 8;
  private static final int ALIGNMENT = 8;
  private static final int FRAMES_SPARED = 3;

  private LogRot() {}

  /** Answers the file; null if there is none. */
  static @Nullable String flipBit(MemoryLogDirectory log, RandomGenerator random) {
    List<String> names = log.list().stream().filter(name -> size(log, name) > 0).toList();
    if (names.isEmpty()) {
      return null;
    }
    String name = names.get(random.nextInt(names.size()));
    try {
      log.flipBit(name, random.nextInt(lengthToHarm(log, name)), random.nextInt(8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return name;
  }

  private static long size(MemoryLogDirectory log, String name) {
    try {
      return log.size(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int lengthToHarm(MemoryLogDirectory log, String name) throws IOException {
    ByteBuffer content = ByteBuffer.allocate((int) log.size(name));
    try (LogFile file = log.open(name)) {
      file.read(content, 0);
    }
    content.flip();
    int[] begins = new int[FRAMES_SPARED]; // of the last frames, in a ring
    int frames = 0;
    long number = -1;
    int at = HEADER_BYTES;
    while (at + FRAME_HEADER_BYTES <= content.limit()) {
      int bodyBytes = content.getInt(at);
      long found = content.getLong(at + NUMBER_OFFSET);
      if (bodyBytes <= 0
          || bodyBytes > content.limit() - at
          || (number >= 0 && found != number + 1)) {
        break;
      }
      number = found;
      begins[frames++ % FRAMES_SPARED] = at;
      at += Math.ceilDiv(bodyBytes + FRAME_OVERHEAD_BYTES, ALIGNMENT) * ALIGNMENT;
    }
    return frames < FRAMES_SPARED ? HEADER_BYTES : begins[frames % FRAMES_SPARED];
  }
}
