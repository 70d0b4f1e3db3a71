package dev.terrane.cli.node;

import dev.terrane.cli.ExitCode;
import dev.terrane.client.RawClient;
import dev.terrane.client.RawScan;
import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.PeerRole;
import dev.terrane.server.run.HaltProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Runs through what the command does most, once, in a cluster of its own: the launcher has the JVM
 * record which classes and methods that takes, and later starts begin with them loaded.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Run through everything once; for the launcher.")
public final class RehearseCommand implements Callable<Integer> {
  private static final int NODES = 3;

  /** Enough for the compiler to know the ways of a put and of a get; some seconds. */
  private static final int ENTRIES = 150_000;

  private static final int OUTSTANDING = 128;
  private static final long MEMORY_BYTES = 384L << 20;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("terrane-rehearsal-");
    Playground.Plan plan =
        new Playground.Plan(NODES, 0, ApiVersionOption.V1, directory, MEMORY_BYTES);
    try (Playground playground = Playground.start(plan, new HaltProcess())) {
      readAndWrite(playground);
      runCommands("--pd=" + playground.pd());
    } finally {
      Directories.delete(directory);
    }
    return ExitCode.DONE;
  }

  /** First one by one, while the Region grows to three replicas; then many at a time. */
  private static void readAndWrite(Playground playground) throws InterruptedException {
    try (TerraneClient client = playground.client()) {
      RawClient raw = client.raw();
      int grown = 0;
      while (voters(client) < NODES && grown < ENTRIES) {
        Bytes key = key(grown++);
        raw.put(key, key, Duration.ZERO);
        raw.get(key);
      }
      raw.scan(RawScan.of(KeyRange.ALL, 100));
      Semaphore free = new Semaphore(OUTSTANDING);
      for (int i = 0; i < ENTRIES; i++) {
        Bytes key = key(i);
        free.acquire(2);
        var _ = raw.putAsync(key, key).whenComplete((_, _) -> free.release());
        var _ = raw.getAsync(key).whenComplete((_, _) -> free.release());
      }
      free.acquire(OUTSTANDING);
    }
  }

  private static Bytes key(int number) {
    return Bytes.ofUtf8("rehearsal/" + number);
  }

  private static long voters(TerraneClient client) {
    return client.pd().regions(KeyRange.ALL, 1).getFirst().region().peers().stream()
        .filter(peer -> peer.role() == PeerRole.VOTER)
        .count();
  }

  /** What a person types, through the same command tree. */
  private void runCommands(String pd) {
    CommandLine terrane = spec.root().commandLine();
    terrane.execute("put", pd, "a", "b");
    terrane.execute("get", pd, "a");
    terrane.execute("scan", pd, "--limit=3");
    terrane.execute("ctl", "regions", pd);
    terrane.execute("--help");
  }
}
