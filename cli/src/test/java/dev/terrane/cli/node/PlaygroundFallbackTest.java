package dev.terrane.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.server.run.HaltProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A playground whose usual ports are taken. */
@Timeout(120)
class PlaygroundFallbackTest {
  @TempDir Path directory;

  @Test
  void usesFreePortsInsteadOfTakenOnesAndSaysSo() throws IOException {
    try (ServerSocket pd = listen();
        ServerSocket store = listen()) {
      int status = free();
      PlaygroundPorts ports = new PlaygroundPorts(pd.getLocalPort(), store.getLocalPort(), status);
      Playground.Plan plan = new Playground.Plan(1, -1, ApiVersionOption.V1, directory, 192L << 20);
      try (Playground playground = Playground.start(plan, ports, new HaltProcess())) {
        assertThat(playground.takenPorts())
            .containsExactly(pd.getLocalPort(), store.getLocalPort());
        assertThat(playground.pd().port()).isNotIn(0, pd.getLocalPort());
        assertThat(playground.statusAddresses().getFirst().port()).isEqualTo(status);
        assertThat(new PlaygroundText(plan, null).of(playground))
            .contains(
                "note: ports %d, %d are taken; others are used"
                    .formatted(pd.getLocalPort(), store.getLocalPort()),
                "In another terminal: terrane sh --pd " + playground.pd());
        try (TerraneClient client = playground.client()) {
          client.raw().put(Bytes.ofUtf8("a"), Bytes.ofUtf8("1"), Duration.ZERO);
          assertThat(client.raw().get(Bytes.ofUtf8("a"))).contains(Bytes.ofUtf8("1"));
        }
      }
    }
  }

  @Test
  void aPortThatWasAskedForIsTakenAsItIs() throws IOException {
    try (ServerSocket taken = listen()) {
      PlaygroundPorts ports = new PlaygroundPorts(free(), free(), free());
      assertThat(ports.of(0, taken.getLocalPort()).pd().port()).isEqualTo(taken.getLocalPort());
      assertThat(ports.taken()).isEmpty();
    }
  }

  @Test
  void whoAsksForAnyPortGetsAnyForEverything() throws IOException {
    PlaygroundPorts.Addresses any = new PlaygroundPorts(free(), free(), free()).of(1, 0);
    assertThat(any.pd().port()).isZero();
    assertThat(any.store().port()).isZero();
    assertThat(any.status().port()).isZero();
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static int free() throws IOException {
    try (ServerSocket socket = listen()) {
      return socket.getLocalPort();
    }
  }
}
