package dev.terrane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.server.config.Role;
import dev.terrane.server.node.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store that stops: {@code ctl}, HTTP and metrics say the same of it. */
class CtlStoreConditionTest {
  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  private String page(Node node, String path) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://" + node.addresses().status() + path))
                  .build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  @Timeout(90)
  void aStoreThatStopsIsDisconnectedAndThenDownAlikeEverywhere() throws IOException {
    try (TestCluster cluster = new TestCluster(directory)) {
      Node pd = cluster.start("p", Set.of(Role.PD, Role.STORE), List.of());
      Node store = cluster.start("s", Set.of(Role.STORE), List.of(pd.addresses().pd()));
      assertThat(cluster.run("ctl", "config", "set", "max-store-down-time", "23s").exit())
          .isEqualTo(ExitCode.DONE);
      String address = store.addresses().store().toString();
      awaitCondition(cluster, pd, address, "Up", 10);
      long stoppedNanos = System.nanoTime();
      store.close();
      awaitCondition(cluster, pd, address, "Disconnected", 30);
      assertThat(System.nanoTime() - stoppedNanos).isGreaterThan(10_000_000_000L);
      awaitCondition(cluster, pd, address, "Down", 10);
    }
  }

  /** Until all three say {@code condition}; while it changes they may differ for a moment. */
  private void awaitCondition(
      TestCluster cluster, Node pd, String address, String condition, int seconds) {
    String metric = "terrane_pd_stores_" + condition.toLowerCase(java.util.Locale.ROOT) + " ";
    long endNanos = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    while (true) {
      String ctl = cluster.run("ctl", "stores").out();
      String json = page(pd, "/pd/api/v1/stores").replaceAll("\\s", "");
      String metrics = page(pd, "/metrics");
      boolean inCtl =
          ctl.lines()
              .anyMatch(line -> line.contains(address) && line.contains(" " + condition + " "));
      int at = json.indexOf("\"address\":\"" + address);
      boolean inHttp = at >= 0 && json.indexOf("\"state_name\":\"" + condition + "\"", at) >= 0;
      boolean inMetrics =
          metrics
              .lines()
              .filter(line -> line.startsWith(metric))
              .anyMatch(line -> Double.parseDouble(line.substring(metric.length())) >= 1);
      if (inCtl && inHttp && inMetrics) {
        return;
      }
      assertThat(System.nanoTime() - endNanos)
          .as(
              "%s in ctl %s, in HTTP %s, in metrics %s: %s",
              condition, inCtl, inHttp, inMetrics, ctl)
          .isNegative();
      Thread.onSpinWait();
    }
  }
}
