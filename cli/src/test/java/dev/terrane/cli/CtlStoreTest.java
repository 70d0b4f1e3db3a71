package dev.terrane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.server.config.Role;
import dev.terrane.server.node.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ctl store remove} and {@code keep} against nodes in this process. */
class CtlStoreTest {
  @TempDir private Path directory;
  private TestCluster cluster;
  private String out = "";
  private String err = "";

  @BeforeEach
  void open() {
    cluster = new TestCluster(directory);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private int ctl(String... arguments) {
    TestCluster.Result result =
        cluster.run(
            Stream.concat(Stream.of("ctl"), Arrays.stream(arguments)).toArray(String[]::new));
    out = result.out();
    err = result.err();
    return result.exit();
  }

  private String stores() {
    assertThat(ctl("stores")).isEqualTo(ExitCode.DONE);
    return out;
  }

  private String dryRun(String id) {
    assertThat(ctl("store", "remove", id, "--dry-run")).isEqualTo(ExitCode.DONE);
    return out;
  }

  private static void await(BooleanSupplier condition) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - endNanos).as("time left").isNegative();
      Thread.onSpinWait();
    }
  }

  @Test
  void aStoreIsRemovedOnceItsReplicasAreElsewhereAndMayBeKeptBefore() throws IOException {
    Node first = cluster.start("a", Set.of(Role.PD, Role.STORE), List.of());
    long firstId = TestCluster.storeIdOf(first);
    assertThat(ctl("store", "remove", String.valueOf(firstId))).isEqualTo(ExitCode.FAILED);
    assertThat(err).contains("0 other stores are up", "Add a store first", "(--destroyed)");

    Node second = cluster.start("b", Set.of(Role.STORE), List.of(first.addresses().pd()));
    String id = String.valueOf(TestCluster.storeIdOf(second));
    await(() -> stores().lines().filter(line -> line.contains(" Up ")).count() == 2);
    assertThat(ctl("store", "remove", id, "--destroyed")).isEqualTo(ExitCode.FAILED);
    assertThat(err).contains("was heard of", "Stop it first");

    await(() -> dryRun(id).contains("its 1 replica is"));
    assertThat(out).contains("nothing is done yet", "is to be removed");
    assertThat(ctl("store", "keep", id)).isEqualTo(ExitCode.DONE);
    assertThat(out).contains("store " + id + " stays");

    String address = String.valueOf(second.addresses().store());
    assertThat(ctl("store", "remove", id)).isEqualTo(ExitCode.DONE);
    assertThat(out).contains("store " + id, "its 1 replica is moved elsewhere");
    await(() -> stores().lines().noneMatch(line -> line.contains(address)));
    assertThat(ctl("store", "keep", id)).isEqualTo(ExitCode.FAILED);
    assertThat(err).contains("removed for good");
  }

  @Test
  void whatMakesNoSenseIsRefused() throws IOException {
    cluster.start("a", Set.of(Role.PD, Role.STORE), List.of());
    assertThat(ctl("store", "remove", "x")).isEqualTo(ExitCode.USAGE);
    assertThat(ctl("store", "remove", "1", "--accept-data-loss")).isEqualTo(ExitCode.USAGE);
    assertThat(err).contains("only for a store that is --destroyed");
    assertThat(ctl("store", "remove", "99")).isEqualTo(ExitCode.FAILED);
    assertThat(err).contains("invalid store ID 99");
    assertThat(ctl("store", "remove", "-1")).isEqualTo(ExitCode.USAGE);
    assertThat(err).contains("-1");
    assertThat(ctl("store", "keep", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(err).contains("above zero");
    assertThat(ctl("member", "remove", "nobody")).isEqualTo(ExitCode.USAGE);
    assertThat(err).contains("no member is called 'nobody'; there are: a (");
    assertThat(ctl("config", "set", "max-replicas", "2")).isEqualTo(ExitCode.FAILED);
    assertThat(err).contains("max-replicas is 2; a Region has 1, 3, 5 or 7");
    assertThat(ctl("pd", "members")).isEqualTo(ExitCode.DONE);
    assertThat(out).contains("is to have 3 members, and has 1; no other node could be one");
  }
}
