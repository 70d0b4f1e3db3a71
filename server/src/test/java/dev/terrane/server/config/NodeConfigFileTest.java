package dev.terrane.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.server.net.HostPort;
import dev.terrane.store.StoreConfig;
import dev.terrane.txn.raw.ApiVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigFileTest {
  @TempDir private Path directory;

  private NodeConfig load(String text) throws IOException {
    Path file = directory.resolve("node.toml");
    Files.writeString(file, text);
    NodeConfigBuilder config = new NodeConfigBuilder().directory(directory);
    NodeConfigFile.load(file, config);
    return config.build();
  }

  @Test
  void setsWhatItSaysAndLeavesTheRestToDefaults() throws IOException {
    NodeConfig config =
        load(
            """
            name = "node-1"
            roles = ["store"]
            join = ["10.0.0.1:2379", "http://10.0.0.2:2379"]
            memory = "1 GiB"

            [store]
            addr = "0.0.0.0:30160"
            advertise-addr = "10.0.0.3:30160"
            labels = { zone = "a" }
            log-budget = "2GiB"

            [storage]
            api-version = 1
            enable-ttl = true
            """);
    assertThat(config.name()).isEqualTo("node-1");
    assertThat(config.isPd()).isFalse();
    assertThat(config.join())
        .isEqualTo(List.of(new HostPort("10.0.0.1", 2379), new HostPort("10.0.0.2", 2379)));
    assertThat(config.memoryBytes()).isEqualTo(1L << 30);
    assertThat(config.logBudgetBytes()).isEqualTo(2L << 30);
    assertThat(config.storeAddress()).isEqualTo(new HostPort("0.0.0.0", 30160));
    assertThat(config.storeAdvertised()).isEqualTo(new HostPort("10.0.0.3", 30160));
    assertThat(config.statusAddress().port()).isEqualTo(20180);
    assertThat(config.pdAddress().port()).isEqualTo(2379);
    assertThat(config.labels()).isEqualTo(Map.of("zone", "a"));
    assertThat(config.apiVersion()).isEqualTo(ApiVersion.V1TTL);
  }

  @Test
  void aLogBudgetThatHoldsNoLogIsRefused() {
    NodeConfigBuilder builder =
        new NodeConfigBuilder().directory(directory).logBudgetBytes(1 << 20);
    assertThatThrownBy(builder::build)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("store.log-budget")
        .hasMessageContaining("at least 128MiB");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nmae = 'x'                              | :1: nmae is not a setting of Terrane; there are name, data-dir,",
        "name = 'x';[store];addres = 'a:1'       | :3: store.addres is not a setting of Terrane; in [store] there are addr,",
        "[pd];addr = 'nowhere'                   | :2: pd.addr 'nowhere' is not of the form",
        "[storage];api-version = 3               | :2: storage.api-version is 3; it may be 1 or 2",
        "[storage];;enable-ttl = 1               | :3: storage.enable-ttl must be true or false",
        "roles = ['boss']                        | :1: roles names 'boss'; roles are pd and store",
        "memory = 'plenty'                       | :1: memory 'plenty' is no size",
        "replicas = 2                            | replicas is 2; a Region has 1, 3, 5 or 7",
        "name = 'x                               | :1:",
        "name = x                                | :1: Unknown token; a text stands in quotes",
        "[pd];addr = 'a:1';;addr = 'a:2';        | :4: pd.addr is set a second time",
      })
  void namesTheLineAndTheMistake(String lines, String message) {
    assertThatThrownBy(() -> load(lines.replace(';', '\n')))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsSaidToBeASettingIsOne() {
    for (String setting : NodeConfigFile.SETTINGS) {
      assertThatThrownBy(() -> load(setting + " = 1.5"))
          .as("of no use to any of them: " + setting)
          .hasMessageContaining(setting)
          .hasMessageNotContaining("is not a setting");
    }
  }

  private NodeConfig load(byte[] bytes) throws IOException {
    Path file = directory.resolve("node.toml");
    Files.write(file, bytes);
    NodeConfigBuilder config = new NodeConfigBuilder().directory(directory);
    NodeConfigFile.load(file, config);
    return config.build();
  }

  /** As some editors on Windows write it. */
  @Test
  void aByteOrderMarkIsNoPartOfTheFirstKey() throws IOException {
    assertThat(load("\uFEFFname = 'knoten-ä'\n").name()).isEqualTo("knoten-ä");
    assertThat(load("\uFEFF").name()).isNotEmpty();
  }

  @Test
  void whatIsNoUtf8IsNamedWithItsLine() {
    byte[] latin = "# x\nroles = ['pd']\nname = 'knoten-ä'\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> load(latin))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("node.toml:3: the byte 0xE4 is no UTF-8")
        .hasMessageContaining("save the file as UTF-8");
    assertThatThrownBy(() -> load("name = 'x'".getBytes(StandardCharsets.UTF_16)))
        .hasMessageContaining("node.toml:1: the byte 0xFE is no UTF-8");
    assertThatThrownBy(() -> load(new byte[] {'#', (byte) 0xC3}))
        .as("cut off in the middle of a letter")
        .hasMessageContaining("node.toml:1: the byte 0xC3 is no UTF-8");
  }

  @Test
  void budgetThatDoesNotFitIsRefusedInWords() {
    assertThatThrownBy(() -> MemoryBudget.divide(1 << 20, 1L << 30))
        .hasMessageContaining("memory is 1 MiB; a node needs at least 96 MiB");
    assertThatThrownBy(() -> MemoryBudget.divide(5, 1L << 30))
        .hasMessageContaining("memory is 5 bytes; a node needs");
    assertThatThrownBy(() -> MemoryBudget.divide(4L << 30, 256 << 20))
        .hasMessageContaining("TERRANE_JAVA_OPTS=-Xmx2g, or lower memory");
    MemoryBudget usual = MemoryBudget.divide(MemoryBudget.TOTAL_BYTES_DEFAULT, 256 << 20);
    assertThat(usual.engineBytes()).isEqualTo(256 << 20);
  }

  /** What is dropped of it has to be asked for again, a heartbeat later. */
  @Test
  void whatALeaderHasUnderWayMayWaitForTheOtherStoreInTheSmallestNode() {
    MemoryBudget least = MemoryBudget.divide(MemoryBudget.TOTAL_BYTES_MIN, 1L << 30);
    assertThat(least.transportBytes())
        .isGreaterThanOrEqualTo(StoreConfig.DEFAULT.raft().inflightBytesMax());
  }
}
