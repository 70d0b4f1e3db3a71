package dev.terrane.server.pdlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.Member;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.server.net.EventLoops;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.NettyChannels;
import dev.terrane.server.run.SystemTimeSource;
import dev.terrane.store.PdLink;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How PD's leader is found, whatever else its members say. */
class PdDirectoryTest {
  private static final long CLUSTER = 5;

  private final EventLoops loops = new EventLoops("directory-test", 1);
  private final CompletableFuture<Long> found = new CompletableFuture<>();
  private volatile GetMembersResponse told = GetMembersResponse.getDefaultInstance();
  private Server pd;
  private GrpcPdLink link;

  @BeforeEach
  void open() throws IOException {
    pd =
        NettyServerBuilder.forPort(0)
            .addService(
                new PDGrpc.PDImplBase() {
                  @Override
                  public void getMembers(
                      GetMembersRequest request, StreamObserver<GetMembersResponse> reply) {
                    reply.onNext(told);
                    reply.onCompleted();
                  }
                })
            .build()
            .start();
    link =
        new GrpcPdLink(
            List.of(new HostPort("127.0.0.1", pd.getPort())),
            0,
            new NettyChannels(loops, 1 << 20),
            loops.executor((where, failure) -> found.completeExceptionally(failure)),
            new SystemTimeSource(),
            instruction -> {});
  }

  @AfterEach
  void close() {
    link.close();
    pd.shutdownNow();
    loops.close();
  }

  @Test
  void aMemberWithoutAnAddressThatCanBeReadHidesNoneOfTheOthers() throws Exception {
    Member leader =
        Member.newBuilder()
            .setMemberId(1)
            .setName("a")
            .addClientUrls("http://127.0.0.1:" + pd.getPort())
            .build();
    Member odd = Member.newBuilder().setMemberId(2).setName("b").addClientUrls("here").build();
    told =
        GetMembersResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setClusterId(CLUSTER))
            .setLeader(leader)
            .addMembers(odd)
            .addMembers(leader)
            .build();
    link.clusterId(
        new PdLink.Reply<>() {
          @Override
          public void answered(Long clusterId) {
            found.complete(clusterId);
          }

          @Override
          public void failed(String reason) {
            found.completeExceptionally(new AssertionError(reason));
          }
        });
    assertThat(found.get(30, TimeUnit.SECONDS)).isEqualTo(CLUSTER);
  }
}
