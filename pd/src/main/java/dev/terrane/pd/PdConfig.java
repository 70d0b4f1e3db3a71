package dev.terrane.pd;

import dev.terrane.proto.terranepd.Rules;
import dev.terrane.raft.RaftConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One member, as it is started. Names and addresses may differ from one start to the next; the
 * member keeps its id.
 *
 * @param name not empty, and no other member's
 * @param peerUrls where the other members reach it, with a scheme
 * @param clientUrls where clients reach it, with a scheme; not empty
 * @param tick of the Raft clock: an election takes 10 to 20 ticks, heartbeats go every fourth one
 * @param timestampWindow how far ahead of use the saved bound of timestamps is moved
 * @param storeDisconnected how long a silent store is taken to be there
 * @param newClusterRules the rules that a new cluster begins with; null: the usual ones
 */
public record PdConfig(
    String name,
    List<String> peerUrls,
    List<String> clientUrls,
    Duration tick,
    Duration timestampWindow,
    Duration storeDisconnected,
    @Nullable Rules newClusterRules) {
  static final RaftConfig RAFT = RaftConfig.DEFAULT.withElectionTicks(10, 20, 4);

  public PdConfig {
    peerUrls = List.copyOf(peerUrls);
    clientUrls = List.copyOf(clientUrls);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a PD member needs a name");
    }
    if (clientUrls.isEmpty()) {
      throw new IllegalArgumentException("PD member " + name + " needs a client URL");
    }
  }

  /** With the usual timings. */
  public static PdConfig of(String name, String peerUrl, String clientUrl) {
    return new PdConfig(
        name,
        List.of(peerUrl),
        List.of(clientUrl),
        Duration.ofMillis(100),
        Duration.ofSeconds(5),
        Duration.ofSeconds(20),
        null);
  }

  public PdConfig withNewClusterRules(Rules rules) {
    return new PdConfig(
        name, peerUrls, clientUrls, tick, timestampWindow, storeDisconnected, rules);
  }
}
