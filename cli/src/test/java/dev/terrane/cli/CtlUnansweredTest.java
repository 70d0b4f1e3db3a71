package dev.terrane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.ChangeRulesResponse;
import dev.terrane.proto.terranepd.GetRulesRequest;
import dev.terrane.proto.terranepd.GetRulesResponse;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.proto.terranepd.PdInternalGrpc.PdInternalImplBase;
import dev.terrane.proto.terranepd.RemoveStoreRequest;
import dev.terrane.proto.terranepd.RemoveStoreResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A change that was sent and not answered may be done; it is not said to have failed. */
@Timeout(60)
class CtlUnansweredTest {
  private volatile Status.Code answer = Status.Code.UNAVAILABLE;
  private volatile boolean goesAtOnce;
  private Server pd;
  private int port;
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void open() throws IOException {
    pd = NettyServerBuilder.forPort(0).addService(new Leader()).build().start();
    port = pd.getPort();
  }

  @AfterEach
  void close() {
    pd.shutdownNow();
  }

  /** Takes everything, and says of nothing what became of it. */
  private final class Leader extends PdInternalImplBase {
    @Override
    public void listMembers(ListMembersRequest request, StreamObserver<ListMembersResponse> reply) {
      String url = "http://127.0.0.1:" + port;
      Member self = Member.newBuilder().setId(1).setName("a").addClientUrls(url).build();
      reply.onNext(
          ListMembersResponse.newBuilder()
              .setHeader(ResponseHeader.newBuilder().setClusterId(5))
              .addMembers(MemberStatus.newBuilder().setMember(self).setLeader(true).setVoter(true))
              .build());
      reply.onCompleted();
    }

    @Override
    public void changeRules(ChangeRulesRequest request, StreamObserver<ChangeRulesResponse> reply) {
      end(reply);
    }

    @Override
    public void removeStore(RemoveStoreRequest request, StreamObserver<RemoveStoreResponse> reply) {
      end(reply);
    }

    @Override
    public void getRules(GetRulesRequest request, StreamObserver<GetRulesResponse> reply) {
      end(reply);
    }

    private void end(StreamObserver<?> reply) {
      if (goesAtOnce) {
        pd.shutdownNow();
      } else if (answer != Status.Code.DEADLINE_EXCEEDED) { // of which the caller says so itself
        reply.onError(answer.toStatus().withDescription("not leader").asRuntimeException());
      }
    }
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "ctl";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--pd=127.0.0.1:" + port;
    all[arguments.length + 2] = "--timeout=1";
    return TerraneCommand.commandLine()
        .setOut(new PrintWriter(new StringWriter(), true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL"})
  void whatWasSentAndNotAnsweredIsUndetermined(Status.Code code) {
    answer = code;
    assertThat(run("store", "remove", "4", "--destroyed")).isEqualTo(ExitCode.UNDETERMINED);
    assertThat(err.toString()).contains("may have been done", "terrane ctl");
    assertThat(run("config", "set", "max-replicas", "5")).isEqualTo(ExitCode.UNDETERMINED);
  }

  @Test
  void soItIsWhenNobodyAnswersAnyMore() {
    goesAtOnce = true;
    assertThat(run("store", "remove", "4", "--destroyed")).isEqualTo(ExitCode.UNDETERMINED);
  }

  @Test
  void whatChangesNothingHasFailed() {
    assertThat(run("store", "remove", "4", "--dry-run")).isEqualTo(ExitCode.FAILED);
    assertThat(run("config")).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void whatPdRefusesHasFailed() {
    answer = Status.Code.INVALID_ARGUMENT;
    assertThat(run("store", "remove", "4", "--destroyed")).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void whatReachedNobodyHasFailed() {
    pd.shutdownNow();
    assertThat(run("store", "remove", "4", "--destroyed")).isEqualTo(ExitCode.FAILED);
  }
}
