package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that may have 256 files open, and more connections than that. */
@Timeout(240)
class DescriptorsTest {
  private static final int FILES_MAX = 256;
  private static final int CONNECTIONS = 400;

  /** Enough to fill segments of the log and tables of the engine, each of which is a file. */
  private static final int ENTRIES = 4_000;

  private static final int VALUE_BYTES = 16 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Twice what a connection may take to say what it has to say. */
  private static final Duration HALF_MADE_PATIENCE = Duration.ofSeconds(25);

  @TempDir Path directory;

  private final List<Integer> ports = FreePorts.take(3);
  private final List<Socket> connections = new ArrayList<>();

  @AfterEach
  void hangUp() throws IOException {
    for (Socket connection : connections) {
      connection.close();
    }
  }

  @Test
  void aNodeServesItsClientsBesideFourHundredIdleConnections() throws Exception {
    try (TerraneProcess node = start()) {
      node.awaitLine("^ready: ", PATIENCE);
      run(0, "put", "before", "1", "--pd", pd());
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(connect(ports.get(i % 3)));
      }

      run(0, "import", entries().toString(), "--pd", pd());
      assertThat(run(0, "get", "key000000", "--pd", pd())).contains("x".repeat(VALUE_BYTES));
      assertThat(run(0, "get", "before", "--pd", pd())).contains("1");
      run(0, "put", "after", "2", "--pd", pd());
      assertThat(run(0, "get", "after", "--pd", pd())).contains("2");

      assertThat(node.isAlive()).isTrue();
      node.stop();
    }
  }

  @Test
  void whatIsAskedHalfwayIsHungUpOn() throws Exception {
    try (TerraneProcess node = start()) {
      node.awaitLine("^ready: ", PATIENCE);
      List<Socket> halfway = new ArrayList<>();
      for (int port : ports.subList(0, 2)) {
        halfway.add(connect(port));
        halfway.add(connectAndSay(port, "PRI * HTTP/2.0\r\n"));
        halfway.add(connectAndSay(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
      }
      halfway.add(connectAndSay(ports.get(2), "GET /status HTTP/1.1\r\nHost: a\r\n"));
      halfway.add(connectAndSay(ports.get(2), "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"));

      for (Socket connection : halfway) {
        assertThat(isHungUpOn(connection)).as("the connection to %s", connection).isTrue();
      }
      run(0, "put", "after", "2", "--pd", pd());
      node.stop();
    }
  }

  private Socket connect(int port) throws IOException {
    Socket connection = new Socket(InetAddress.getLoopbackAddress(), port);
    connections.add(connection);
    return connection;
  }

  private Socket connectAndSay(int port, String text) throws IOException {
    Socket connection = connect(port);
    connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    return connection;
  }

  /** Whether the other side ends the connection before patience does. */
  private static boolean isHungUpOn(Socket connection) throws IOException {
    connection.setSoTimeout((int) HALF_MADE_PATIENCE.toMillis());
    try {
      while (connection.getInputStream().read() >= 0) {
        // The settings of HTTP/2, or an answer that says what is wrong.
      }
      return true;
    } catch (SocketException reset) {
      return true;
    } catch (SocketTimeoutException open) {
      return false;
    }
  }

  private Path entries() throws IOException {
    String value = "x".repeat(VALUE_BYTES);
    String lines =
        IntStream.range(0, ENTRIES)
            .mapToObj(i -> "key%06d\t%s".formatted(i, value))
            .collect(Collectors.joining("\n"));
    return Files.writeString(directory.resolve("entries.tsv"), lines);
  }

  private TerraneProcess start() {
    return TerraneProcess.startWithFiles(
        FILES_MAX,
        List.of(
            "start",
            "--dir",
            directory.resolve("n1").toString(),
            "--pd-addr",
            "127.0.0.1:" + ports.get(0),
            "--addr",
            "127.0.0.1:" + ports.get(1),
            "--status-addr",
            "127.0.0.1:" + ports.get(2)));
  }

  private String pd() {
    return "127.0.0.1:" + ports.getFirst();
  }

  private static String run(int code, String... arguments) {
    try (TerraneProcess process = TerraneProcess.start(arguments)) {
      return process.expectExit(code, PATIENCE);
    }
  }
}
