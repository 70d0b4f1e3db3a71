package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.pd.PdWrite.LogBase;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.raft.HardState;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The founding of a cluster by its first member: what must be durable before the member starts.
 * Later members begin blank and are brought here by the leader's snapshot.
 */
public final class NewCluster {
  private NewCluster() {}

  /** The write that founds a cluster of one with a random id. */
  public static PdWrite found(long memberId, PdConfig config, RandomGenerator random) {
    Member first = memberOf(memberId, config);
    ClusterState state = ClusterState.create(random.nextLong(1, Long.MAX_VALUE), first);
    if (config.newClusterRules() != null) {
      state.apply(ClusterState.encode(Command.newBuilder().setSetRules(config.newClusterRules())));
    }
    Bytes encoded = state.encode();
    return new PdWrite(
        new LogBase(state.appliedIndex(), state.appliedTerm()),
        List.of(),
        new HardState(state.appliedTerm(), 0, state.appliedIndex()),
        encoded,
        Map.of(),
        0);
  }

  /** What a member that found nothing on its disk starts from, once {@code founding} is durable. */
  public static PdRecovered recovered(long memberId, PdWrite founding) {
    if (founding.reset() == null || founding.hardState() == null) {
      throw new IllegalArgumentException("not a founding");
    }
    return new PdRecovered(
        memberId, founding.state(), List.of(), founding.hardState(), founding.reset(), List.of());
  }

  static Member memberOf(long memberId, PdConfig config) {
    return Member.newBuilder()
        .setId(memberId)
        .setName(config.name())
        .addAllPeerUrls(config.peerUrls())
        .addAllClientUrls(config.clientUrls())
        .build();
  }
}
