package dev.terrane.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.server.net.HostPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeConfigBuilderTest {
  private static final HostPort EVERYWHERE = new HostPort("0.0.0.0", 2000);
  private static final HostPort HERE = new HostPort("10.0.0.2", 2000);

  private static NodeConfigBuilder node() {
    return new NodeConfigBuilder().directory(Path.of("data"));
  }

  @Test
  void whereOthersFindANodeIsNotEverywhere() {
    assertThatThrownBy(() -> node().storeAddress(EVERYWHERE).build())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--advertise-addr HOST:PORT");
    assertThatThrownBy(() -> node().pdAddress(new HostPort("::", 2379)).build())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--advertise-pd-addr HOST:PORT");
    assertThatThrownBy(() -> node().storeAdvertised(EVERYWHERE).build())
        .isInstanceOf(ConfigException.class);

    NodeConfig told = node().storeAddress(EVERYWHERE).storeAdvertised(HERE).build();
    assertThat(told.storeAddress()).isEqualTo(EVERYWHERE);
    assertThat(told.storeAdvertised()).isEqualTo(HERE);
    NodeConfig pdOnly =
        node()
            .roles(Set.of(Role.STORE))
            .pdAddress(EVERYWHERE)
            .join(List.of(HERE))
            .build(); // its placement driver is not started
    assertThat(pdOnly.isPd()).isFalse();
  }

  @Test
  void httpIsFoundWhereTheStoreIs() {
    NodeConfig config =
        node().storeAdvertised(HERE).statusAddress(new HostPort("0.0.0.0", 20180)).build();
    assertThat(config.statusAdvertised()).isEqualTo(new HostPort("10.0.0.2", 20180));
  }

  @Test
  void aNodeDoesNotJoinItself() {
    HostPort self = new HostPort("127.0.0.1", 2379);
    assertThatThrownBy(() -> node().join(List.of(self)).build())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("only this node itself");
    assertThatThrownBy(() -> node().join(List.of(new HostPort("localhost", 2379))).build())
        .isInstanceOf(ConfigException.class);
    assertThat(node().join(List.of(self, HERE)).build().join()).containsExactly(HERE);
    NodeConfig storeOnly = node().roles(Set.of(Role.STORE)).join(List.of(self)).build();
    assertThat(storeOnly.join()).as("the placement driver beside it").containsExactly(self);
  }

  @Test
  void anEmptyDirectoryIsNotTheCurrentOne() {
    assertThatThrownBy(() -> new NodeConfigBuilder().directory(Path.of("")).build())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("needs a directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my_host:1", "http://my_host:1", "a-b.c_d:65535", "[::1]:80", "h:1/"})
  void hostsAreTakenAsContainersCallThem(String text) {
    HostPort parsed = HostPort.parse(text);
    assertThat(HostPort.parse(parsed.toString())).isEqualTo(parsed);
    assertThat(HostPort.parse(parsed.url())).isEqualTo(parsed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host", "host:", ":1", "host:65536", "a b:1", "u@h:1", "h:1/x", "::1:1"})
  void whatIsNoHostAndPortIsRefusedByName(String text) {
    assertThatThrownBy(() -> HostPort.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }
}
