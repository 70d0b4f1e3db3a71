package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.pd.PdRecovered;
import dev.terrane.pd.PdWrite;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.GreetRequest;
import dev.terrane.proto.terranepd.GreetResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.proto.terranepd.PdInternalGrpc.PdInternalImplBase;
import dev.terrane.raft.HardState;
import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.net.EventLoops;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.NettyChannels;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member's directory is looked at before it starts: is it the one that the member lives in? */
class MemberTwinTest {
  private static final long SELF = 7;
  private static final long OTHER = 8;
  private static final HostPort HERE = new HostPort("127.0.0.1", 1);

  private final EventLoops loops = new EventLoops("twin-test", 1);
  private final NettyChannels channels = new NettyChannels(loops, 1 << 20);
  private volatile List<Member> told = List.of();
  private Server other;
  private HostPort there;

  @BeforeEach
  void open() throws IOException {
    other =
        NettyServerBuilder.forPort(0)
            .addService(
                new PdInternalImplBase() {
                  @Override
                  public void greet(GreetRequest request, StreamObserver<GreetResponse> reply) {
                    reply.onNext(GreetResponse.newBuilder().addAllKnown(told).build());
                    reply.onCompleted();
                  }
                })
            .build()
            .start();
    there = new HostPort("127.0.0.1", other.getPort());
    // The first call of a process may take longer than a member waits for.
    ManagedChannel channel = channels.open(there);
    var _ = PdInternalGrpc.newBlockingStub(channel).greet(GreetRequest.getDefaultInstance());
    channel.shutdownNow();
  }

  @AfterEach
  void close() {
    other.shutdownNow();
    loops.close();
  }

  private static Member member(long id, HostPort address, long starts) {
    return Member.newBuilder()
        .setId(id)
        .setName("pd-" + id)
        .addPeerUrls(address.url())
        .addClientUrls(address.url())
        .setStarts(starts)
        .build();
  }

  /** A directory whose member knows of one other. */
  private PdRecovered directory() {
    ClusterState state = ClusterState.create(1, member(SELF, HERE, 3));
    state.membershipChanged(Membership.of(PeerSet.of(SELF), PeerSet.of(OTHER)));
    Command.Builder put = Command.newBuilder();
    put.setPutMember(member(OTHER, there, 1));
    state.apply(ClusterState.encode(put));
    return new PdRecovered(
        SELF,
        state.encode(),
        List.of(),
        new HardState(1, 0, 1),
        new PdWrite.LogBase(1, 1),
        List.of());
  }

  private void look(long starts) {
    MemberTwin.refuse(directory(), starts, HERE, List.of(), channels);
  }

  @Test
  void theMemberItselfMayStart() {
    told = List.of(member(OTHER, there, 1), member(SELF, HERE, 3));
    try (LogLines log = LogLines.open()) {
      look(3);
      assertThat(log.all()).noneMatch(line -> line.startsWith("WARN"));
    }
  }

  @Test
  void aCopyIsRefusedWhileTheMemberAnswersElsewhere() {
    told = List.of(member(SELF, there, 3));
    assertThatThrownBy(() -> look(3))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("answers at " + there)
        .hasMessageContaining("To move the member, stop that node first");
  }

  @Test
  void anOlderCopyIsRefusedByWhatAnotherMemberKnows() {
    told = List.of(member(OTHER, there, 1), member(SELF, HERE, 4));
    assertThatThrownBy(() -> look(3))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("was started 4 times")
        .hasMessageContaining("older copy of it was put back")
        .hasMessageContaining("start with --join " + there);
  }

  @Test
  void whereNobodyCanBeAskedTheLogSaysWhatTheDirectoryMayBeAndWhatToDo() {
    other.shutdownNow();
    try (LogLines log = LogLines.open()) {
      look(3);
      assertThat(log.all())
          .anySatisfy(line ->
              assertThat(line)
                  .startsWith("WARN")
                  .contains("PD member 7 starts from a directory that knows of 3 starts")
                  .contains("If it was put back from a copy, stop this node now")
                  .contains("Start the other members first"));
    }
  }
}
