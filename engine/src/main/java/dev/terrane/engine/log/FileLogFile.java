package dev.terrane.engine.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file of a {@link FileLogDirectory}.
 *
 * <p>Reads do not go through a channel, because a channel is closed when a thread that reads from
 * it is interrupted: an interrupted reader must not take the log with it.
 */
final class FileLogFile implements LogFile {
  private static final byte[] ZEROS = new byte[64 << 10];

  private final FileChannel channel;
  private final RandomAccessFile reading;
  private final ReentrantLock readLock = new ReentrantLock(); // seek and read are two calls

  private FileLogFile(FileChannel channel, RandomAccessFile reading) {
    this.channel = channel;
    this.reading = reading;
  }

  static FileLogFile open(Path path, OpenOption... more) throws IOException {
    List<OpenOption> options = new ArrayList<>(List.of(more));
    options.add(StandardOpenOption.WRITE);
    FileChannel channel = FileChannel.open(path, options.toArray(OpenOption[]::new));
    try {
      return new FileLogFile(channel, new RandomAccessFile(path.toFile(), "r"));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void read(ByteBuffer target, long position) throws IOException {
    readLock.lock();
    try {
      reading.seek(position);
      int read = 0;
      while (read >= 0 && target.hasRemaining()) {
        int offset = target.arrayOffset() + target.position();
        read = reading.read(target.array(), offset, target.remaining());
        target.position(target.position() + Math.max(0, read));
      }
    } finally {
      readLock.unlock();
    }
  }

  @Override
  public void write(ByteBuffer source, long position) throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      at += channel.write(source, at);
    }
  }

  @Override
  public void writeZeros(long position, long length) throws IOException {
    long end = position + length;
    for (long at = position; at < end; at += ZEROS.length) {
      write(ByteBuffer.wrap(ZEROS, 0, (int) Math.min(ZEROS.length, end - at)), at);
    }
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    try (reading) {
      channel.close();
    }
  }
}
