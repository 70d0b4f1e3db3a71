package dev.terrane.server.node;

import com.google.protobuf.ByteString;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.HostPort;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** Bare stubs to one node, one connection to each of its ports, and the way to its first Region. */
final class NodeClient implements AutoCloseable {
  final ManagedChannel pdChannel;
  final ManagedChannel storeChannel;
  final RequestHeader header;
  final GetRegionResponse route;

  NodeClient(Node node) {
    this(node.addresses().pd(), node.addresses().store());
  }

  NodeClient(HostPort pd, HostPort store) {
    pdChannel = channel(pd);
    storeChannel = channel(store);
    long clusterId =
        pd().getMembers(GetMembersRequest.getDefaultInstance()).getHeader().getClusterId();
    header = RequestHeader.newBuilder().setClusterId(clusterId).build();
    route = pd().getRegion(GetRegionRequest.newBuilder().setHeader(header).build());
  }

  private static ManagedChannel channel(HostPort address) {
    return NettyChannelBuilder.forAddress(address.host(), address.port())
        .usePlaintext()
        .maxInboundMessageSize(64 << 20)
        .build();
  }

  PDGrpc.PDBlockingStub pd() {
    return PDGrpc.newBlockingStub(pdChannel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  TikvGrpc.TikvBlockingStub tikv() {
    return TikvGrpc.newBlockingStub(storeChannel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  /** The Region by its leader, as PD knows it. */
  Context context() {
    return Context.newBuilder()
        .setRegionId(route.getRegion().getId())
        .setRegionEpoch(route.getRegion().getRegionEpoch())
        .setPeer(route.hasLeader() ? route.getLeader() : route.getRegion().getPeers(0))
        .build();
  }

  RawPutResponse put(String key, ByteString value) {
    return tikv()
        .rawPut(
            RawPutRequest.newBuilder()
                .setContext(context())
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(value)
                .build());
  }

  RawGetResponse get(String key) {
    return tikv()
        .rawGet(
            RawGetRequest.newBuilder()
                .setContext(context())
                .setKey(ByteString.copyFromUtf8(key))
                .build());
  }

  @Override
  public void close() {
    pdChannel.shutdownNow();
    storeChannel.shutdownNow();
  }
}
