package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The client's jar beside what an application may have: Netty 4.1, as Spring Boot pins it, and
 * older gRPC and protobuf. None meets what is inside the jar.
 */
@Timeout(180)
class ClientJarTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String INSIDE = "dev/terrane/client/shaded/";

  @TempDir Path directory;

  @Test
  void worksBesideOlderVersionsOfWhatIsInsideFirstAndLastOnTheClassPath() throws Exception {
    List<Integer> ports = FreePorts.take(3);
    try (TerraneProcess node =
        TerraneProcess.start(
            "start",
            "--name",
            "n1",
            "--dir",
            directory.resolve("n1").toString(),
            "--pd-addr",
            "127.0.0.1:" + ports.get(0),
            "--addr",
            "127.0.0.1:" + ports.get(1),
            "--status-addr",
            "127.0.0.1:" + ports.get(2))) {
      node.awaitLine("^ready: ", PATIENCE);
      String client = jar().toString();
      for (String classPath : List.of(client + ":" + neighbours(), neighbours() + ":" + client)) {
        assertThat(run(classPath, "127.0.0.1:" + ports.get(0)))
            .contains("netty 4.1.", "grpc grpc-api-1.63", "protobuf protobuf-java-3.25")
            .contains("both work");
      }
      node.stop();
    }
  }

  /** A name that it shares with an application is one that either may get from the other. */
  @Test
  void hasNothingUnderNamesOfOthers() throws IOException {
    List<String> foreign = new ArrayList<>();
    try (JarFile jar = new JarFile(jar().toFile())) {
      for (ZipEntry entry : jar.stream().toList()) {
        String name = entry.getName();
        boolean ours =
            name.startsWith("dev/terrane/client/") || name.startsWith("dev/terrane/common/");
        boolean folder = entry.isDirectory() || name.equals("META-INF/MANIFEST.MF");
        boolean notice = name.matches("META-INF/(LICENSE|NOTICE)(\\.txt)?");
        if (!ours && !folder && !notice && !isServiceOfOurs(jar, entry)) {
          foreign.add(name);
        }
      }
      assertThat(foreign).isEmpty();
      assertThat(jar.getEntry(INSIDE + "io/netty/channel/Channel.class")).isNotNull();
      assertThat(jar.getEntry(INSIDE + "proto/tikvpb/TikvGrpc.class")).isNotNull();
    }
  }

  /** A declared service, whose implementations are inside. */
  private static boolean isServiceOfOurs(JarFile jar, ZipEntry entry) throws IOException {
    String name = entry.getName();
    if (!name.startsWith("META-INF/services/")) {
      return false;
    }
    String text = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    List<String> classes =
        text.lines()
            .map(line -> line.replaceAll("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .toList();
    assertThat(classes).as(name).isNotEmpty();
    for (String implementation : classes) {
      assertThat(jar.getEntry(implementation.replace('.', '/') + ".class"))
          .as(name + " names " + implementation)
          .isNotNull();
      assertThat(implementation).startsWith(INSIDE.replace('/', '.'));
    }
    // Only what declares a service of Netty's own user has a name that is not inside.
    return name.contains("dev.terrane.client.shaded.") || name.contains("reactor.blockhound.");
  }

  private String run(String classPath, String pd) throws Exception {
    Path program = Path.of("src/test/resources/beside/Beside.java").toAbsolutePath();
    Path output = directory.resolve("output");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            classPath,
            program.toString(),
            pd);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static Path jar() {
    return existing(Path.of(System.getProperty("terrane.client.jar")));
  }

  private static String neighbours() throws IOException {
    try (Stream<Path> jars =
        Files.list(existing(Path.of(System.getProperty("terrane.neighbours"))))) {
      return String.join(":", jars.map(Path::toString).sorted().toList());
    }
  }

  private static Path existing(Path path) {
    assertThat(path.normalize()).as("made by: mvn verify -pl compat -am").exists();
    return path.normalize();
  }
}
