package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.terrane.proto.HostNames;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.AllocIDRequest;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.terranepb.InternalGrpc;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftDone;
import dev.terrane.proto.terranepd.AddMemberRequest;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where others say that they are may be no host that anybody finds, and of a form that a library
 * refuses: they are not found there, and the node that looked for them stands.
 */
@Timeout(60)
class OddHostsTest {
  @TempDir private Path directory;
  private TestNodes nodes;
  private Node node;
  private NodeClient client;

  @BeforeEach
  void start() throws IOException {
    nodes = new TestNodes(directory);
    node = nodes.start("a");
    client = new NodeClient(node);
    await().until(() -> !client.put("witness", ByteString.copyFromUtf8("v")).hasRegionError());
  }

  @AfterEach
  void stop() {
    client.close();
    nodes.close();
  }

  /** Each call goes through the loop that also looks for others. */
  private void stands() {
    for (int i = 0; i < 50; i++) {
      AllocIDRequest request = AllocIDRequest.newBuilder().setHeader(client.header).build();
      assertThat(client.pd().allocID(request).getId()).isPositive();
      assertThat(client.put("witness", ByteString.copyFromUtf8("w")).hasRegionError()).isFalse();
    }
    assertThat(nodes.failures()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no_such_host:2380", "..:2380", "-:1", "[1:2]:80"})
  void aMemberAtSuchAHostIsNotReachedAndNothingElseHappens(String where) {
    Member member =
        Member.newBuilder()
            .setId(77)
            .setName("b")
            .addPeerUrls("http://" + where)
            .addClientUrls("http://" + where)
            .build();
    var _ =
        PdInternalGrpc.newBlockingStub(client.pdChannel)
            .addMember(AddMemberRequest.newBuilder().setMember(member).build());
    stands();
  }

  @Test
  void aStoreAtSuchAHostIsNotReachedAndNothingElseHappens() {
    Store store =
        Store.newBuilder().setId(99).setAddress("no_such_host:20160").setVersion("8.5.0").build();
    var _ =
        PDGrpc.newBlockingStub(client.pdChannel)
            .putStore(
                PutStoreRequest.newBuilder().setHeader(client.header).setStore(store).build());
    // Whoever says that he is a store is answered where PD knows it to be.
    StreamObserver<RaftBatch> stream =
        InternalGrpc.newStub(client.storeChannel)
            .raft(
                new StreamObserver<>() {
                  @Override
                  public void onNext(RaftDone done) {}

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {}
                });
    long storeId = Objects.requireNonNull(node.storeStatus()).storeId();
    for (int i = 0; i < 5; i++) {
      stream.onNext(
          RaftBatch.newBuilder()
              .setClusterId(client.header.getClusterId())
              .setFromStoreId(99)
              .setToStoreId(storeId)
              .build());
    }
    stands();
  }

  /** A name that gRPC does not look up is looked up all the same. */
  @Test
  void aHostThatOnlyJavaLooksUpIsReached() {
    assertThat(HostNames.target("a_b", 1)).isEqualTo("terrane-host:///a_b:1");
    ManagedChannel channel =
        NettyChannelBuilder.forTarget("terrane-host:///localhost:" + node.addresses().pd().port())
            .usePlaintext()
            .build();
    try {
      AllocIDRequest request = AllocIDRequest.newBuilder().setHeader(client.header).build();
      assertThat(PDGrpc.newBlockingStub(channel).allocID(request).getId()).isPositive();
    } finally {
      channel.shutdownNow();
    }
  }
}
