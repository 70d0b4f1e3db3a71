package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.common.region.RegionError;
import dev.terrane.proto.ProtoRegionErrors;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of TiKV's manners in one object: Regions with leaders and epochs, one data set, PD's
 * view of it, and faults to order. Keys and bounds here are wire keys; {@link FakePd} encodes
 * bounds.
 *
 * <p>Confined to one thread.
 */
public final class FakeCluster {
  /** Where a Region is and who leads it. */
  public static final class Placement {
    Region region;
    long leaderStoreId;

    Placement(Region region, long leaderStoreId) {
      this.region = region;
      this.leaderStoreId = leaderStoreId;
    }
  }

  private final Map<Long, String> addressByStoreId = new LinkedHashMap<>();
  private final TreeMap<Bytes, Placement> placementByStart = new TreeMap<>();
  final TreeMap<Bytes, Bytes> data = new TreeMap<>();
  private final Map<Long, Deque<RegionError>> errorsByStoreId = new LinkedHashMap<>();
  private final FakePd pd;
  private final FakeRaw raw = new FakeRaw(this);
  private long nextId = 100;
  private UnaryOperator<Response> distortion = UnaryOperator.identity();
  private int repliesToLose;
  private int served;
  private int pageMax = Integer.MAX_VALUE;
  private final List<Integer> pages = new ArrayList<>();

  /** Three stores and one Region, led by store 1; {@code version2} says how PD has its bounds. */
  public FakeCluster(boolean version2) {
    this.pd = new FakePd(this, version2);
    for (long id = 1; id <= 3; id++) {
      addressByStoreId.put(id, "store" + id + ":20160");
    }
    List<Peer> peers = List.of(Peer.voter(11, 1), Peer.voter(12, 2), Peer.voter(13, 3));
    placementByStart.put(
        Bytes.EMPTY, new Placement(new Region(10, KeyRange.ALL, RegionEpoch.FIRST, peers), 1));
  }

  FakePd pd() {
    return pd;
  }

  public void move(long storeId, String address) {
    addressByStoreId.put(storeId, address);
  }

  String address(long storeId) {
    return addressByStoreId.getOrDefault(storeId, "");
  }

  Map<Long, String> stores() {
    return addressByStoreId;
  }

  NavigableMap<Bytes, Placement> placements() {
    return placementByStart;
  }

  Placement at(Bytes key) {
    return placementByStart.floorEntry(key).getValue();
  }

  /** A new store has the replicas of one that is gone for good; store 2 leads those it has led. */
  void replaceStore(long goneId, long newId) {
    addressByStoreId.remove(goneId);
    addressByStoreId.put(newId, "store" + newId + ":20160");
    for (Placement placement : placementByStart.values()) {
      Region old = placement.region;
      List<Peer> peers = new ArrayList<>(old.peers());
      peers.removeIf(peer -> peer.storeId() == goneId);
      peers.add(Peer.voter(nextId++, newId));
      RegionEpoch epoch = new RegionEpoch(old.epoch().confVer() + 1, old.epoch().version());
      placement.region = old.withPeers(peers, epoch);
      if (placement.leaderStoreId == goneId) {
        placement.leaderStoreId = 2;
      }
    }
  }

  /** A leader of 0 is nobody. */
  void lead(Bytes key, long storeId) {
    at(key).leaderStoreId = storeId;
  }

  /** The right part keeps the id, as TiKV does. */
  void split(Bytes at) {
    Placement right = at(at);
    Region old = right.region;
    RegionEpoch epoch = new RegionEpoch(old.epoch().confVer(), old.epoch().version() + 1);
    List<Peer> leftPeers = new ArrayList<>();
    for (Peer peer : old.peers()) {
      leftPeers.add(Peer.voter(nextId++, peer.storeId()));
    }
    Region left = new Region(nextId++, new KeyRange(old.range().start(), at), epoch, leftPeers);
    right.region = new Region(old.id(), new KeyRange(at, old.range().end()), epoch, old.peers());
    placementByStart.put(old.range().start(), new Placement(left, right.leaderStoreId));
    placementByStart.put(at, right);
  }

  /** The next requests to {@code storeId} are answered with these. */
  void refuseNext(long storeId, RegionError... errors) {
    errorsByStoreId.computeIfAbsent(storeId, id -> new ArrayDeque<>()).addAll(List.of(errors));
  }

  /** The next requests are executed, but the connection breaks before the reply. */
  void loseReplies(int count) {
    repliesToLose = count;
  }

  /** Scans for more pairs than that are refused. */
  void refusePagesAbove(int limit) {
    pageMax = limit;
  }

  boolean refusesPage(int limit) {
    pages.add(limit);
    return limit > pageMax;
  }

  /** What the scans asked for. */
  List<Integer> pages() {
    return pages;
  }

  /** From here on the stores' batched answers go through {@code change}. */
  void distort(UnaryOperator<Response> change) {
    distortion = change;
  }

  /** How many requests have been executed. */
  int served() {
    return served;
  }

  void countServed() {
    served++;
  }

  private long storeAt(String address) {
    for (Map.Entry<Long, String> entry : addressByStoreId.entrySet()) {
      if (entry.getValue().equals(address)) {
        return entry.getKey();
      }
    }
    return 0;
  }

  /** The answer to one request, or null when the reply is lost. */
  @SuppressWarnings("unchecked") // The answer is built by the same procedure that names its type.
  public <Q extends Message, A extends Message> @Nullable A unary(
      String address, Rpc<Q, A> rpc, Q request) {
    if (FakePd.serves(rpc.path())) {
      return (A) pd.answer(address, rpc.path(), request);
    }
    A answer = (A) raw.unary(storeAt(address), request);
    return loseReply() ? null : answer;
  }

  /** The answers to one message, or null when a reply is lost. */
  public @Nullable BatchCommandsResponse batch(String address, BatchCommandsRequest message) {
    BatchCommandsResponse.Builder answer = BatchCommandsResponse.newBuilder();
    // Backwards: answers may come in any order.
    for (int i = message.getRequestsCount() - 1; i >= 0; i--) {
      answer.addRequestIds(message.getRequestIds(i));
      answer.addResponses(distortion.apply(raw.batched(storeAt(address), message.getRequests(i))));
    }
    return loseReply() ? null : answer.build();
  }

  private boolean loseReply() {
    if (repliesToLose == 0) {
      return false;
    }
    repliesToLose--;
    return true;
  }

  /** Why store {@code storeId} would not serve a request so routed; null if it would. */
  @Nullable Error check(long storeId, Context context, Bytes key) {
    RegionError error = regionError(storeId, context, key);
    return error == null ? null : ProtoRegionErrors.toProto(error);
  }

  private @Nullable RegionError regionError(long storeId, Context context, Bytes key) {
    Deque<RegionError> ordered = errorsByStoreId.get(storeId);
    if (ordered != null && !ordered.isEmpty()) {
      return ordered.remove();
    }
    if (context.getPeer().getStoreId() != storeId) {
      return new RegionError.StoreNotMatch(context.getPeer().getStoreId(), storeId);
    }
    for (Placement placement : placementByStart.values()) {
      if (placement.region.id() == context.getRegionId()) {
        return regionError(placement, storeId, context, key);
      }
    }
    return new RegionError.RegionNotFound(context.getRegionId());
  }

  private @Nullable RegionError regionError(
      Placement placement, long storeId, Context context, Bytes key) {
    Region region = placement.region;
    if (placement.leaderStoreId != storeId) {
      return new RegionError.NotLeader(region.id(), region.peerOnStore(placement.leaderStoreId));
    }
    RegionEpoch epoch = ProtoRegions.fromProto(context.getRegionEpoch());
    if (!epoch.equals(region.epoch())) {
      return new RegionError.EpochNotMatch(
          placementByStart.values().stream().map(each -> pd.encoded(each.region)).toList());
    }
    return region.range().contains(key) || key.equals(region.range().end())
        ? null
        : new RegionError.KeyNotInRegion(key, region.id(), region.range());
  }
}
