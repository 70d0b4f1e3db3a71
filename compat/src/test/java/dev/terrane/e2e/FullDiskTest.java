package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed, and its disk is full when it starts again. */
@Timeout(300)
class FullDiskTest {
  /** More than RocksDB has to write in one table when it is opened. */
  private static final int ENTRIES = 1_500;

  private static final int VALUE_BYTES = 12_000;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;

  private final List<Integer> ports = FreePorts.take(3);

  @Test
  void servesReadsAndDeletesOnceMoreThoughNoByteIsLeft() throws Exception {
    Path place = Files.createDirectory(directory.resolve("disk"));
    try (@Nullable SmallDisk disk = SmallDisk.mount(place, "2g")) {
      assumeThat(disk).as("a disk of our own").isNotNull();
      if (disk == null) {
        return;
      }
      try (TerraneProcess node = start(disk, place)) {
        node.awaitLine("^ready: ", PATIENCE);
        run(0, "import", entries().toString(), "--pd", pd());
        await("the reserve").atMost(PATIENCE).until(() -> disk.bytesOf("reserve") > 50 << 20);
        node.kill();
      }
      disk.fill();
      assertThat(disk.freeKib()).isZero();
      startOnceMore(disk, place, "key000001");
      assertThat(disk.bytesOf("reserve")).as("what was given to the start").isZero();

      disk.fill(); // nor is there a reserve this time
      assertThat(disk.freeKib()).isZero();
      startOnceMore(disk, place, "key000002");
    }
  }

  /** Starts on the full disk, reads, deletes {@code key}, and is killed again. */
  private void startOnceMore(SmallDisk disk, Path place, String key) {
    try (TerraneProcess node = start(disk, place)) {
      node.awaitLine("^ready: ", PATIENCE);
      assertThat(run(0, "get", "key001499", "--pd", pd())).hasSize(VALUE_BYTES);
      assertThat(run(1, "put", "more", "1", "--timeout", "10", "--pd", pd())).contains("DiskFull");
      run(0, "get", key, "--pd", pd());
      run(0, "delete", key, "--pd", pd());
      run(3, "get", key, "--pd", pd());
      node.kill();
    }
  }

  private Path entries() throws IOException {
    Random random = new Random(1);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < ENTRIES; i++) {
      lines.append("key%06d\t".formatted(i));
      random.ints(VALUE_BYTES, 'a', 'z' + 1).forEach(letter -> lines.append((char) letter));
      lines.append('\n');
    }
    return Files.writeString(directory.resolve("entries.tsv"), lines);
  }

  private TerraneProcess start(SmallDisk disk, Path place) {
    return TerraneProcess.start(
        disk,
        List.of(
            "start",
            "--memory",
            "128MiB",
            "--dir",
            place.toString(),
            "--pd-addr",
            "127.0.0.1:" + ports.get(0),
            "--addr",
            "127.0.0.1:" + ports.get(1),
            "--status-addr",
            "127.0.0.1:" + ports.get(2)));
  }

  private String pd() {
    return "127.0.0.1:" + ports.getFirst();
  }

  private static String run(int code, String... arguments) {
    try (TerraneProcess process = TerraneProcess.start(arguments)) {
      return process.expectExit(code, PATIENCE);
    }
  }
}
