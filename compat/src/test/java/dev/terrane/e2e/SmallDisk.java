package dev.terrane.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory, of any size, mounted where only the processes see it that {@link #within} puts
 * beside it. A shell holds it, and closing it ends that shell, and with it the disk. Needs no
 * rights on systems that let users have namespaces of their own.
 */
final class SmallDisk implements AutoCloseable {
  private final Path place;
  private final Process shell;
  private final Writer commands;
  private final BufferedReader answers;

  private SmallDisk(Path place, Process shell) {
    this.place = place;
    this.shell = shell;
    this.commands = shell.outputWriter();
    this.answers = shell.inputReader();
  }

  /** A disk at {@code place}, a directory; null where this system does not allow it. */
  static @Nullable SmallDisk mount(Path place, String size) {
    SmallDisk disk;
    try {
      Process shell =
          new ProcessBuilder("unshare", "--user", "--map-root-user", "--mount", "sh")
              .redirectErrorStream(true)
              .start();
      disk = new SmallDisk(place, shell);
    } catch (IOException none) {
      return null;
    }
    String answer =
        disk.run("mount -t tmpfs -o size=" + size + " tmpfs '" + place + "' && echo ok");
    if (answer.equals("ok")) {
      return disk;
    }
    disk.close();
    return null;
  }

  /** {@code command}, so that it runs where the disk is seen. */
  List<String> within(List<String> command) {
    List<String> within =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target",
                Long.toString(shell.pid()),
                "--user",
                "--mount",
                "--preserve-credentials",
                "--"));
    within.addAll(command);
    return within;
  }

  /** Leaves no room: makes the disk as small as what is on it. */
  void fill() {
    // Twice, since pages that were being written may not have been counted.
    for (int i = 0; i < 2; i++) {
      run(
          "mount -o remount,size=$(df -k --output=used '"
              + place
              + "' | tail -1 | tr -d ' ')k '"
              + place
              + "'; echo ok");
    }
  }

  /** How many KiB are left. */
  long freeKib() {
    return Long.parseLong(
        run("df -k --output=avail '" + place + "' | tail -1 | tr -d ' '").strip());
  }

  /** How many bytes a file on it has; 0 if it is not there. */
  long bytesOf(String name) {
    return Long.parseLong(run("stat -c %s '" + place + "/" + name + "' 2>/dev/null || echo 0"));
  }

  /** The one line that {@code command} prints. */
  private String run(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      String line = answers.readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new UncheckedIOException("the shell does not answer", e);
    }
  }

  @Override
  public void close() {
    shell.destroyForcibly();
    try {
      shell.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
