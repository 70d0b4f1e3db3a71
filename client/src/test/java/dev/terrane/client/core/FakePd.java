package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.Memcomparable;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.keyspacepb.KeyspaceMeta;
import dev.terrane.proto.keyspacepb.LoadKeyspaceRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.Error;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetAllStoresResponse;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.Member;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import dev.terrane.proto.pdpb.Timestamp;
import dev.terrane.proto.pdpb.TsoResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The placement driver of a {@link FakeCluster}: two members, of which one leads. */
final class FakePd {
  static final long CLUSTER_ID = 77;
  static final int KEYSPACE_ID = 5;

  private final FakeCluster cluster;
  private final boolean version2;
  private List<String> members = List.of("pd1:2379", "pd2:2379");
  private String leader = "pd1:2379";
  private boolean bootstrapped = true;
  private @Nullable List<FakeCluster.Placement> frozen;
  private UnaryOperator<Message> distortion = UnaryOperator.identity();
  private int asked;
  private long timestamp;

  FakePd(FakeCluster cluster, boolean version2) {
    this.cluster = cluster;
    this.version2 = version2;
  }

  static boolean serves(String path) {
    return path.startsWith("pdpb.") || path.startsWith("keyspacepb.");
  }

  void members(List<String> addresses) {
    members = addresses;
    leader = addresses.get(0);
  }

  /** An empty leader is nobody. */
  void lead(String address) {
    leader = address;
  }

  void notBootstrapped() {
    bootstrapped = false;
  }

  /** From here on Regions are told as they are now. */
  void lagBehind() {
    List<FakeCluster.Placement> copy = new ArrayList<>();
    for (FakeCluster.Placement placement : cluster.placements().values()) {
      copy.add(new FakeCluster.Placement(placement.region, placement.leaderStoreId));
    }
    frozen = copy;
  }

  void catchUp() {
    frozen = null;
  }

  /** From here on the leader's answers go through {@code change}. */
  void distort(UnaryOperator<Message> change) {
    distortion = change;
  }

  /** How many questions about Regions there were. */
  int asked() {
    return asked;
  }

  Region encoded(Region region) {
    return version2
        ? new Region(
            region.id(),
            new KeyRange(bound(region.range().start()), bound(region.range().end())),
            region.epoch(),
            region.peers())
        : region;
  }

  private static Bytes bound(Bytes key) {
    return key.isEmpty() ? key : Memcomparable.encode(key);
  }

  /** Null when the connection breaks, as it does on a member that does not lead. */
  @Nullable Message answer(String address, String path, Message request) {
    if (!members.contains(address)) {
      return null;
    }
    if (path.endsWith("/GetMembers")) {
      return getMembers();
    }
    return address.equals(leader) ? distortion.apply(answer(path, request)) : null;
  }

  private Message answer(String path, Message request) {
    ResponseHeader.Builder header = ResponseHeader.newBuilder().setClusterId(CLUSTER_ID);
    if (!bootstrapped) {
      header.setError(
          Error.newBuilder().setType(ErrorType.NOT_BOOTSTRAPPED).setMessage("no store yet"));
    }
    return switch (path.substring(path.indexOf('/') + 1)) {
      case "GetRegion" -> region(header, key((GetRegionRequest) request), false);
      case "GetPrevRegion" -> region(header, key((GetRegionRequest) request), true);
      case "ScanRegions" -> scan(header, (ScanRegionsRequest) request);
      case "GetStore" -> store(header, ((GetStoreRequest) request).getStoreId());
      case "GetAllStores" -> allStores(header);
      case "Tso" ->
          TsoResponse.newBuilder()
              .setHeader(header)
              .setCount(1)
              .setTimestamp(Timestamp.newBuilder().setPhysical(1000).setLogical(++timestamp))
              .build();
      case "LoadKeyspace" -> keyspace(header, (LoadKeyspaceRequest) request);
      default -> throw new AssertionError("unexpected " + path);
    };
  }

  private GetMembersResponse getMembers() {
    GetMembersResponse.Builder answer =
        GetMembersResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setClusterId(CLUSTER_ID));
    for (String address : members) {
      Member member =
          Member.newBuilder()
              .setName(address)
              .setMemberId(members.indexOf(address) + 1)
              .addClientUrls("http://" + address)
              .build();
      answer.addMembers(member);
      if (address.equals(leader)) {
        answer.setLeader(member);
      }
    }
    return answer.build();
  }

  private static Bytes key(GetRegionRequest request) {
    return ProtoBytes.toBytes(request.getRegionKey());
  }

  private List<FakeCluster.Placement> told() {
    asked++;
    List<FakeCluster.Placement> stale = frozen;
    return stale == null ? List.copyOf(cluster.placements().values()) : stale;
  }

  private GetRegionResponse region(ResponseHeader.Builder header, Bytes key, boolean previous) {
    GetRegionResponse.Builder answer = GetRegionResponse.newBuilder().setHeader(header);
    for (FakeCluster.Placement placement : told()) {
      Region region = encoded(placement.region);
      boolean wanted = previous ? region.range().end().equals(key) : region.range().contains(key);
      if (wanted) {
        answer.setRegion(ProtoRegions.toProto(region));
        Peer leads = region.peerOnStore(placement.leaderStoreId);
        if (leads != null) {
          answer.setLeader(ProtoRegions.toProto(leads));
        }
      }
    }
    return answer.build();
  }

  private ScanRegionsResponse scan(ResponseHeader.Builder header, ScanRegionsRequest request) {
    KeyRange range =
        new KeyRange(
            ProtoBytes.toBytes(request.getStartKey()), ProtoBytes.toBytes(request.getEndKey()));
    ScanRegionsResponse.Builder answer = ScanRegionsResponse.newBuilder().setHeader(header);
    for (FakeCluster.Placement placement : told()) {
      Region region = encoded(placement.region);
      if (region.range().overlaps(range) && answer.getRegionsCount() < request.getLimit()) {
        var builder = answer.addRegionsBuilder().setRegion(ProtoRegions.toProto(region));
        Peer leads = region.peerOnStore(placement.leaderStoreId);
        if (leads != null) {
          builder.setLeader(ProtoRegions.toProto(leads));
        }
      }
    }
    return answer.build();
  }

  private GetStoreResponse store(ResponseHeader.Builder header, long storeId) {
    if (!cluster.stores().containsKey(storeId)) {
      header.setError(
          Error.newBuilder()
              .setType(ErrorType.UNKNOWN)
              .setMessage("invalid store ID " + storeId + ", not found"));
    }
    return GetStoreResponse.newBuilder()
        .setHeader(header)
        .setStore(store(storeId, cluster.address(storeId)))
        .build();
  }

  private static Store store(long id, String address) {
    return Store.newBuilder().setId(id).setAddress(address).setVersion("8.5.0").build();
  }

  private GetAllStoresResponse allStores(ResponseHeader.Builder header) {
    GetAllStoresResponse.Builder answer = GetAllStoresResponse.newBuilder().setHeader(header);
    for (Map.Entry<Long, String> entry : cluster.stores().entrySet()) {
      answer.addStores(store(entry.getKey(), entry.getValue()));
    }
    return answer.build();
  }

  private static LoadKeyspaceResponse keyspace(
      ResponseHeader.Builder header, LoadKeyspaceRequest request) {
    if (!request.getName().equals("app")) {
      header.setError(
          Error.newBuilder()
              .setType(ErrorType.ENTRY_NOT_FOUND)
              .setMessage("keyspace does not exist"));
    }
    return LoadKeyspaceResponse.newBuilder()
        .setHeader(header)
        .setKeyspace(KeyspaceMeta.newBuilder().setId(KEYSPACE_ID).setName(request.getName()))
        .build();
  }
}
