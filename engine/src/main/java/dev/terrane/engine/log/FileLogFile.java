package dev.terrane.engine.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file of a {@link FileLogDirectory}, with one descriptor for reading and writing.
 *
 * <p>Reads do not go through the channel, because a channel is closed when a thread that reads from
 * it is interrupted: an interrupted reader must not take the log with it. They move the file's
 * position, which writes do not use.
 */
final class FileLogFile implements LogFile {
  private static final byte[] ZEROS = new byte[64 << 10];

  private final FileChannel channel;
  private final RandomAccessFile reading;
  private final ReentrantLock readLock = new ReentrantLock(); // seek and read are two calls

  private FileLogFile(RandomAccessFile file) {
    this.reading = file;
    this.channel = file.getChannel();
  }

  /** Creates a file, which must not exist. */
  static FileLogFile create(Path path) throws IOException {
    Files.createFile(path);
    try {
      return open(path);
    } catch (IOException e) {
      Files.delete(path);
      throw e;
    }
  }

  static FileLogFile open(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new NoSuchFileException(path.toString()); // which would be created
    }
    return new FileLogFile(new RandomAccessFile(path.toFile(), "rw"));
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
    reading.close(); // and the channel
  }
}
