package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Sorted files in the machine's file system. */
final class MachineStorage implements SstStorage {
  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public void create(Path file, Bytes content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer left = content.asByteBuffer();
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  @Override
  public Bytes read(Path file) throws IOException {
    return Bytes.wrap(Files.readAllBytes(file));
  }
}
