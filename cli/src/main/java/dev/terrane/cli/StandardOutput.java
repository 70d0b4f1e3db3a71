package dev.terrane.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that takes what a command prints or ends the command with a failure. Java's own
 * loses what cannot be written, and says nothing.
 *
 * <p>Fails once; what is printed after that is lost, for the command is ending. If whoever read it
 * has gone, the process ends as others do then, without a word.
 */
public final class StandardOutput extends OutputStream {
  private static final int BROKEN_PIPE = 141;

  private static volatile @Nullable StandardOutput installed;

  /** Why what was printed through {@link #deferring} is lost. */
  private static volatile @Nullable String deferred;

  private final OutputStream file;
  private volatile boolean mayBeLost;
  private boolean failed;

  StandardOutput(OutputStream file) {
    this.file = file;
  }

  /** From here on {@link System#out} is such a stream. */
  static void install() {
    StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    installed = output;
    System.setOut(
        new PrintStream(new BufferedOutputStream(output, 16 << 10), false, StandardCharsets.UTF_8));
  }

  /** {@link System#out} for code that cannot be stopped by a failure; {@link #finish} tells. */
  static OutputStream deferring() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        defer(() -> System.out.write(b));
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        defer(() -> System.out.write(bytes, offset, length));
      }

      @Override
      public void flush() {
        defer(System.out::flush);
      }
    };
  }

  private static void defer(Runnable output) {
    try {
      output.run();
    } catch (CommandFailure e) {
      deferred = e.getMessage();
    }
  }

  /** All has been printed: throws if any of it is lost and nobody has been told. */
  static void finish() {
    System.out.flush();
    String failure = deferred;
    if (failure != null) {
      throw new CommandFailure(ExitCode.FAILED, failure);
    }
  }

  /** What this process prints is for whoever may listen, and no reason to end it. */
  public static void mayBeLost() {
    StandardOutput output = installed;
    if (output != null) {
      output.mayBeLost = true;
    }
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (failed) {
      return;
    }
    try {
      file.write(bytes, offset, length);
    } catch (IOException e) {
      failed = true;
      if (!mayBeLost) {
        throw failure(e);
      }
    }
  }

  private static CommandFailure failure(IOException cause) {
    if (String.valueOf(cause.getMessage()).contains("Broken pipe")) {
      Runtime.getRuntime().halt(BROKEN_PIPE);
    }
    return new CommandFailure(
        ExitCode.FAILED, "cannot write to standard output: " + cause.getMessage(), cause);
  }
}
