package dev.terrane.bench.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What processes occupy, from Linux's {@code /proc}. */
final class ResidentMemory {
  private static final String FIELD = "VmRSS:";

  private ResidentMemory() {}

  /** In MiB, in the order of {@code pids}; -1 for a process that is gone. */
  static List<Long> read(List<Long> pids) throws IOException {
    List<Long> mib = new ArrayList<>();
    for (long pid : pids) {
      mib.add(read(pid));
    }
    return mib;
  }

  private static long read(long pid) throws IOException {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .filter(line -> line.startsWith(FIELD))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(-1);
    } catch (NoSuchFileException e) {
      return -1;
    }
  }
}
