package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One run of the packaged {@code terrane} command in a process of its own. Closing it kills the
 * process, if it has not been stopped, and waits until it is gone, whatever state it is in.
 *
 * <p>What it prints, on either stream, is kept, so that a failing test can show it.
 */
public final class TerraneProcess implements AutoCloseable {
  private static final Duration EXIT_PATIENCE = Duration.ofSeconds(30);
  private static final int LINES_MAX = 20_000;

  private final List<String> command;
  private final Process process;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>(); // guarded by itself
  private boolean ended; // guarded by lines

  private TerraneProcess(List<String> command, Process process) {
    this.command = command;
    this.process = process;
    this.reader = new Thread(this::readLines, "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts {@code terrane arguments...}. */
  public static TerraneProcess start(String... arguments) {
    return start(List.of(arguments));
  }

  public static TerraneProcess start(List<String> arguments) {
    return start(List.of(), arguments);
  }

  /** Starts {@code terrane arguments...} in a JVM with further flags. */
  public static TerraneProcess start(List<String> jvmFlags, List<String> arguments) {
    List<String> command = command(jvmFlags);
    command.addAll(arguments);
    return run(command);
  }

  /** Starts {@code terrane arguments...} in a process that may have so many files open. */
  public static TerraneProcess startWithFiles(int filesMax, List<String> arguments) {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "ulimit -n " + filesMax + "; exec \"$0\" \"$@\""));
    command.addAll(command(List.of()));
    command.addAll(arguments);
    return run(command);
  }

  /** Starts {@code terrane arguments...} where {@code disk} is seen. */
  static TerraneProcess start(SmallDisk disk, List<String> arguments) {
    List<String> command = command(List.of());
    command.addAll(arguments);
    return run(disk.within(command));
  }

  private static TerraneProcess run(List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      return new TerraneProcess(command, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command, e);
    }
  }

  /** What starts {@code terrane}, to which its arguments are added. */
  static List<String> command(List<String> jvmFlags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(property("terrane.jvm.flags").split(" +")));
    command.addAll(
        List.of("-XX:+UseSerialGC", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData"));
    command.addAll(jvmFlags);
    command.addAll(List.of("-cp", cliJar().toString(), "dev.terrane.cli.Main"));
    return command;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Gives {@code text} to the process as its standard input, and ends that. */
  public TerraneProcess type(String text) {
    try (var input = process.outputWriter()) {
      input.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + command, e);
    }
    return this;
  }

  /** Waits for a line in which {@code pattern} is found. */
  public Matcher awaitLine(String pattern, Duration patience) {
    Pattern compiled = Pattern.compile(pattern);
    long deadline = System.nanoTime() + patience.toNanos();
    int next = 0;
    synchronized (lines) {
      while (true) {
        for (; next < lines.size(); next++) {
          Matcher matcher = compiled.matcher(lines.get(next));
          if (matcher.find()) {
            return matcher;
          }
        }
        long waitMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (ended || waitMillis <= 0) {
          throw new AssertionError(
              "no line with '" + pattern + "' from " + command + "; it printed:\n" + output());
        }
        waitForChange(waitMillis);
      }
    }
  }

  /** Everything printed so far. */
  public String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  /** Waits until the process is gone; answers its exit code. */
  public int awaitExit(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(command + " does not end; it printed:\n" + output());
      }
      reader.join(EXIT_PATIENCE.toMillis());
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Waits for an exit with {@code code}; answers everything printed. */
  public String expectExit(int code, Duration patience) {
    assertThat(awaitExit(patience)).as(() -> command + " printed:\n" + output()).isEqualTo(code);
    return output();
  }

  /** Asks the process to end, as an operator or init system does (SIGTERM). */
  public void terminate() {
    process.toHandle().destroy(); // Process.destroy would also lose what it prints from now on
  }

  /** Ends the process without its help (SIGKILL), and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(EXIT_PATIENCE);
  }

  /** Halts all threads of the process (SIGSTOP). */
  public void pause() {
    signal("STOP");
  }

  /** Lets them go on (SIGCONT). */
  public void resume() {
    signal("CONT");
  }

  /** Asks the process to end, and expects that it does so in order. */
  public void stop() {
    terminate();
    expectExit(0, EXIT_PATIENCE);
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }

  private void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
      assertThat(kill.waitFor()).as("kill -" + name).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run kill", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void readLines() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("(output ended: " + e + ")");
    } finally {
      synchronized (lines) {
        ended = true;
        lines.notifyAll();
      }
    }
  }

  private void add(String line) {
    synchronized (lines) {
      if (lines.size() < LINES_MAX) {
        lines.add(line);
      }
      lines.notifyAll();
    }
  }

  private void waitForChange(long millis) {
    try {
      lines.wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static Path cliJar() {
    Path jar = Path.of(property("terrane.cli.jar")).normalize();
    if (!Files.exists(jar)) {
      throw new AssertionError(jar + " is not there yet; run: mvn verify -pl compat -am");
    }
    return jar;
  }

  private static String property(String name) {
    @Nullable String value = System.getProperty(name);
    if (value == null) {
      throw new AssertionError("system property " + name + " is set by the module's pom");
    }
    return value;
  }
}
