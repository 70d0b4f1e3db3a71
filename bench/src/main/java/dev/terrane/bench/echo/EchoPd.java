package dev.terrane.bench.echo;

import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.metapb.RegionEpoch;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.Member;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.ResponseHeader;
import io.grpc.stub.StreamObserver;

/** Knows one member, itself, one store, and one Region that holds every key. */
final class EchoPd extends PDGrpc.PDImplBase {
  private static final ResponseHeader HEADER = ResponseHeader.newBuilder().setClusterId(1).build();
  private static final Peer PEER = Peer.newBuilder().setId(3).setStoreId(1).build();
  private static final Region REGION =
      Region.newBuilder()
          .setId(2)
          .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1))
          .addPeers(PEER)
          .build();

  private volatile String address = "";

  void isAt(String listening) {
    address = listening;
  }

  @Override
  public void getMembers(GetMembersRequest request, StreamObserver<GetMembersResponse> out) {
    Member self =
        Member.newBuilder()
            .setName("echo")
            .setMemberId(1)
            .addClientUrls("http://" + address)
            .build();
    answer(
        out,
        GetMembersResponse.newBuilder()
            .setHeader(HEADER)
            .addMembers(self)
            .setLeader(self)
            .setEtcdLeader(self)
            .build());
  }

  @Override
  public void getRegion(GetRegionRequest request, StreamObserver<GetRegionResponse> out) {
    answer(
        out,
        GetRegionResponse.newBuilder().setHeader(HEADER).setRegion(REGION).setLeader(PEER).build());
  }

  @Override
  public void getStore(GetStoreRequest request, StreamObserver<GetStoreResponse> out) {
    Store store = Store.newBuilder().setId(1).setAddress(address).setState(StoreState.Up).build();
    answer(out, GetStoreResponse.newBuilder().setHeader(HEADER).setStore(store).build());
  }

  private static <T> void answer(StreamObserver<T> out, T answer) {
    out.onNext(answer);
    out.onCompleted();
  }
}
