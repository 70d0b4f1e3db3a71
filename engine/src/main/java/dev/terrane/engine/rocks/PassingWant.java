package dev.terrane.engine.rocks;

import dev.terrane.engine.EngineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells a want of room or of descriptors that passes from one that has become RocksDB's own. What a
 * flush, a compaction or another log fails for is kept as the reason to refuse every later write;
 * of most such failures RocksDB recovers from want of room alone, and from the others it does not
 * once their cause has gone, so that whoever tries again would do so for ever. Only opening the
 * database anew helps then: its log has all that was acknowledged.
 *
 * <p>Thread-safe.
 */
final class PassingWant {
  /** Somebody else may take the descriptor between the look and the next try, but not each time. */
  static final int TRIES_WITH_DESCRIPTORS_MAX = 3;

  /**
   * RocksDB looks for room every few seconds, and flushes what it has before it takes more: tried
   * twice a second, this is a minute.
   */
  static final int TRIES_WITH_ROOM_MAX = 120;

  /** More than RocksDB wants for what it has in memory, unless it has very much. */
  private static final long ROOM_BYTES = 128L << 20;

  private final Path someFile;
  private final FileStore disk;
  private final AtomicInteger triesWithDescriptors = new AtomicInteger();
  private final AtomicInteger triesWithRoom = new AtomicInteger();

  /**
   * @param someFile is there and can be read
   */
  PassingWant(Path someFile, FileStore disk) {
    this.someFile = someFile;
    this.disk = disk;
  }

  /** Something was written: whatever it was, it has passed. */
  void passed() {
    if (triesWithDescriptors.getPlain() != 0) {
      triesWithDescriptors.set(0);
    }
    if (triesWithRoom.getPlain() != 0) {
      triesWithRoom.set(0);
    }
  }

  /** What is to be thrown for {@code failure}: itself, or that it will never pass. */
  EngineException examined(EngineException failure) {
    return switch (RocksErrors.wantOf(failure)) {
      case NOTHING -> failure;
      case DESCRIPTORS ->
          examined(failure, hasDescriptors(), triesWithDescriptors, TRIES_WITH_DESCRIPTORS_MAX);
      case ROOM -> examined(failure, hasRoom(), triesWithRoom, TRIES_WITH_ROOM_MAX);
    };
  }

  private static EngineException examined(
      EngineException failure, boolean causeIsGone, AtomicInteger tries, int triesMax) {
    if (!causeIsGone) {
      tries.set(0);
      return failure;
    }
    return tries.incrementAndGet() < triesMax
        ? failure
        : new EngineException(
            "the cause has gone, but RocksDB does not recover from it; start the node again,"
                + " nothing that was acknowledged is lost: "
                + failure.getMessage(),
            false,
            failure);
  }

  private boolean hasDescriptors() {
    try (FileChannel one = FileChannel.open(someFile, StandardOpenOption.READ);
        FileChannel another = FileChannel.open(someFile, StandardOpenOption.READ)) {
      return one.isOpen() && another.isOpen();
    } catch (IOException none) {
      return false;
    }
  }

  private boolean hasRoom() {
    try {
      return disk.getUsableSpace() >= ROOM_BYTES;
    } catch (IOException unknown) {
      return false;
    }
  }
}
