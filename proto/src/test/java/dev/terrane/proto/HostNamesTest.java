package dev.terrane.proto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostNamesTest {
  @Test
  void hostsOfUrisAreLeftToDns() {
    assertThat(HostNames.target("node-1.example", 2379)).isEqualTo("dns:///node-1.example:2379");
    assertThat(HostNames.target("10.0.0.1", 80)).isEqualTo("dns:///10.0.0.1:80");
    assertThat(HostNames.target("::1", 80)).isEqualTo("dns:///%5B::1%5D:80");
  }

  @Test
  void aHostThatIsCalledAsASchemeIsAHost() {
    assertThat(HostNames.target("dns", 2379)).isEqualTo("dns:///dns:2379");
    assertThat(HostNames.target("unix", 2379)).isEqualTo("dns:///unix:2379");
  }

  @Test
  void whatNoUriHasForAHostIsLookedUpHere() {
    assertThat(HostNames.target("pd_1", 2379)).isEqualTo("terrane-host:///pd_1:2379");
    assertThat(HostNames.target("..", 1)).isEqualTo("terrane-host:///..:1");
    assertThat(HostNames.target("1:2", 1)).isEqualTo("terrane-host:///1:2:1");
    assertThat(HostNames.target("a b%", 1)).isEqualTo("terrane-host:///a%20b%25:1");
  }
}
