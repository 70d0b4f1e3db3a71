package dev.terrane.engine.log.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.engine.log.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryLogDirectoryTest {
  @Test
  void aPowerCutMayLoseWhatWasNotSyncedAndNothingElse() throws IOException {
    Set<Integer> survivors = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      MemoryLogDirectory directory = new MemoryLogDirectory();
      LogFile file = directory.create("a");
      file.write(bytes(1000, 1), 0);
      file.sync();
      directory.sync();
      file.write(bytes(1000, 2), 1000);
      directory.losePower(new Random(seed));
      int survived = 0;
      byte[] content = read(directory, "a", 2000);
      for (int i = 0; i < 2000; i++) {
        assertThat(content[i]).isIn((byte) (i < 1000 ? 1 : 0), (byte) (i < 1000 ? 1 : 2));
        survived += content[i] == 2 ? 1 : 0;
      }
      survivors.add(survived);
    }
    assertThat(survivors).contains(0, 1000).hasSizeGreaterThan(10);
  }

  @Test
  void aPowerCutMayLoseTheLastChangesOfNames() throws IOException {
    Set<Set<String>> found = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      MemoryLogDirectory directory = new MemoryLogDirectory();
      directory.create("a").close();
      directory.sync();
      directory.create("b").close();
      directory.rename("a", "c");
      directory.losePower(new Random(seed));
      found.add(Set.copyOf(directory.list()));
    }
    assertThat(found).containsExactlyInAnyOrder(Set.of("a"), Set.of("a", "b"), Set.of("b", "c"));
  }

  @Test
  void theEndOfAProcessLosesNothingButItsFiles() throws IOException {
    MemoryLogDirectory directory = new MemoryLogDirectory();
    LogFile file = directory.create("a");
    file.write(bytes(10, 7), 0);
    directory.restart();
    assertThatThrownBy(() -> file.write(bytes(1, 1), 0)).hasMessageContaining("closed");
    assertThat(read(directory, "a", 10)).containsOnly(7);
  }

  @Test
  void fillsUp() throws IOException {
    MemoryLogDirectory directory = new MemoryLogDirectory(DiskFaults.NONE, 100);
    LogFile file = directory.create("a");
    file.writeZeros(0, 90);
    assertThatThrownBy(() -> directory.create("b").write(bytes(11, 1), 0))
        .hasMessageContaining("no space");
    file.write(bytes(90, 1), 0); // what is there already can be written over
    directory.delete("a");
    LogFile other = directory.open("b");
    other.write(bytes(100, 1), 0);
    assertThat(other.size()).isEqualTo(100);
  }

  @Test
  void zerosOverwriteToo() throws IOException {
    MemoryLogDirectory directory = new MemoryLogDirectory();
    LogFile file = directory.create("a");
    file.write(bytes(9000, 1), 0);
    file.writeZeros(10, 8980);
    byte[] content = read(directory, "a", 9000);
    for (int i = 0; i < 9000; i++) {
      assertThat(content[i]).isEqualTo((byte) (i < 10 || i >= 8990 ? 1 : 0));
    }
  }

  private static ByteBuffer bytes(int length, int value) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      bytes.put((byte) value);
    }
    return bytes.flip();
  }

  private static byte[] read(MemoryLogDirectory directory, String name, int length)
      throws IOException {
    byte[] content = new byte[length];
    directory.open(name).read(ByteBuffer.wrap(content), 0);
    return content;
  }
}
