package dev.terrane.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file of a {@link LogDirectory}. Reads may come from any thread at any time, and the last
 * one may close it; everything else comes from the log writer's thread.
 */
public interface LogFile extends AutoCloseable {
  long size() throws IOException;

  /**
   * Fills {@code target}, which is backed by an array, with the bytes from {@code position} on;
   * stops early only at the end of the file.
   */
  void read(ByteBuffer target, long position) throws IOException;

  /** Writes all of {@code source} at {@code position}, where the file may have to grow. */
  void write(ByteBuffer source, long position) throws IOException;

  /** Writes {@code length} zeros at {@code position}, so that the disk has the space. */
  void writeZeros(long position, long length) throws IOException;

  /**
   * Makes everything written before durable. Before that any part of each write may be lost. If it
   * fails, nothing is known about what the disk kept.
   */
  void sync() throws IOException;

  @Override
  void close() throws IOException;
}
