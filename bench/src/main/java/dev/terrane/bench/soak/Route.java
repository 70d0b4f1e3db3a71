package dev.terrane.bench.soak;

import com.google.protobuf.ByteString;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.RequestHeader;
import io.grpc.ManagedChannel;

/**
 * Where a key is served.
 *
 * @param address of the store whose peer leads
 * @param context for requests to it
 */
record Route(String address, Context context) {
  /** Asks the placement driver behind {@code pd}, which leads or forwards. */
  static Route to(ManagedChannel pd, String key) {
    PDGrpc.PDBlockingStub stub = PDGrpc.newBlockingStub(pd);
    long clusterId =
        stub.getMembers(GetMembersRequest.getDefaultInstance()).getHeader().getClusterId();
    RequestHeader header = RequestHeader.newBuilder().setClusterId(clusterId).build();
    GetRegionResponse found =
        stub.getRegion(
            GetRegionRequest.newBuilder()
                .setHeader(header)
                .setRegionKey(ByteString.copyFromUtf8(key))
                .build());
    Region region = found.getRegion();
    Peer leader = found.getLeader();
    if (leader.getStoreId() == 0) {
      throw new IllegalStateException("no leader of " + region);
    }
    String address =
        stub.getStore(
                GetStoreRequest.newBuilder()
                    .setHeader(header)
                    .setStoreId(leader.getStoreId())
                    .build())
            .getStore()
            .getAddress();
    return new Route(
        address,
        Context.newBuilder()
            .setRegionId(region.getId())
            .setRegionEpoch(region.getRegionEpoch())
            .setPeer(leader)
            .build());
  }
}
