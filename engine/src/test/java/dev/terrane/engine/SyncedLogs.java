package dev.terrane.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * How much of each of RocksDB's log files a power cut must leave, and what it may do to the rest:
 * cut it off anywhere, or keep it with a hole, since the kernel writes pages in any order.
 */
final class SyncedLogs {
  private static final int PAGE_BYTES = 4096;

  private final Map<String, Long> syncedBytes = new HashMap<>();

  private static List<Path> logsOf(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All logs were synced just now. */
  void everything(Path directory) {
    note(logsOf(directory));
  }

  /** All logs but the one that is written now were synced just now. */
  void closedOnes(Path directory) {
    List<Path> logs = logsOf(directory);
    note(logs.subList(0, Math.max(0, logs.size() - 1)));
  }

  private void note(List<Path> logs) {
    for (Path log : logs) {
      try {
        syncedBytes.put(log.getFileName().toString(), Files.size(log));
      } catch (NoSuchFileException e) {
        // RocksDB has deleted it since the directory was listed: nothing of it is needed.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static long size(Path log) {
    try {
      return Files.size(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Damages the unsynced parts of the logs in {@code image}. */
  void loseTheRest(Path image, RandomGenerator random) {
    for (Path log : logsOf(image)) {
      long synced = syncedBytes.getOrDefault(log.getFileName().toString(), 0L);
      if (synced < size(log)) {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
          damage(channel, synced, random);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static void damage(FileChannel log, long synced, RandomGenerator random)
      throws IOException {
    long size = log.size();
    long at = synced + random.nextLong(size - synced);
    switch (random.nextInt(4)) {
      case 0 -> {} // the kernel has written all of it
      case 1 -> log.truncate(at);
      case 2 -> log.write(ByteBuffer.allocate(holeBytes(at, size, random)), at);
      default -> {
        byte[] garbage = new byte[holeBytes(at, size, random)];
        random.nextBytes(garbage);
        log.write(ByteBuffer.wrap(garbage), at);
      }
    }
  }

  private static int holeBytes(long at, long size, RandomGenerator random) {
    return (int) Math.min(size - at, 1 + random.nextInt(PAGE_BYTES));
  }
}
