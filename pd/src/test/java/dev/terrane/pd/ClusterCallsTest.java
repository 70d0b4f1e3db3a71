package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.PdCluster.Answer;
import dev.terrane.pd.PdCluster.Node;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.etcdserverpb.PutRequest;
import dev.terrane.proto.etcdserverpb.PutResponse;
import dev.terrane.proto.etcdserverpb.RangeRequest;
import dev.terrane.proto.etcdserverpb.RangeResponse;
import dev.terrane.proto.keyspacepb.LoadKeyspaceRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.AdvanceGCSafePointRequest;
import dev.terrane.proto.pdpb.AdvanceTxnSafePointRequest;
import dev.terrane.proto.pdpb.AllocIDRequest;
import dev.terrane.proto.pdpb.AskBatchSplitRequest;
import dev.terrane.proto.pdpb.AskBatchSplitResponse;
import dev.terrane.proto.pdpb.BatchScanRegionsRequest;
import dev.terrane.proto.pdpb.BatchScanRegionsResponse;
import dev.terrane.proto.pdpb.BootstrapRequest;
import dev.terrane.proto.pdpb.BootstrapResponse;
import dev.terrane.proto.pdpb.DeleteGCBarrierRequest;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GCState;
import dev.terrane.proto.pdpb.GetAllStoresRequest;
import dev.terrane.proto.pdpb.GetAllStoresResponse;
import dev.terrane.proto.pdpb.GetGCSafePointRequest;
import dev.terrane.proto.pdpb.GetGCStateRequest;
import dev.terrane.proto.pdpb.GetRegionByIDRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.IsBootstrappedRequest;
import dev.terrane.proto.pdpb.KeyspaceScope;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.pdpb.QueryRegionRequest;
import dev.terrane.proto.pdpb.QueryRegionResponse;
import dev.terrane.proto.pdpb.ReportBatchSplitRequest;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import dev.terrane.proto.pdpb.ScatterRegionRequest;
import dev.terrane.proto.pdpb.SetGCBarrierRequest;
import dev.terrane.proto.pdpb.SplitRegionsRequest;
import dev.terrane.proto.pdpb.StoreHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreStats;
import dev.terrane.proto.pdpb.UpdateGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointRequest;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.DecideKeyModeRequest;
import dev.terrane.proto.terranepd.KeyMode;
import dev.terrane.proto.terranepd.RulesChange;
import dev.terrane.raft.Entry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PD answers to clients and stores, call by call; good input and bad. */
class ClusterCallsTest {
  private final PdCluster cluster = PdCluster.found(30);

  private GetRegionResponse regionAt(String key) {
    return cluster.onLeader(
        GetRegionRequest.newBuilder()
            .setHeader(cluster.header())
            .setRegionKey(ByteString.copyFromUtf8(key))
            .build(),
        Pd::getRegion);
  }

  // ---- bootstrap

  @Test
  void beforeBootstrapReadsSaySo() {
    assertThat(regionAt("a").getHeader().getError().getType())
        .isEqualTo(ErrorType.NOT_BOOTSTRAPPED);
    GetAllStoresResponse stores =
        cluster.onLeader(
            GetAllStoresRequest.newBuilder().setHeader(cluster.header()).build(), Pd::getAllStores);
    assertThat(stores.getHeader().getError().getType()).isEqualTo(ErrorType.NOT_BOOTSTRAPPED);
    assertThat(isBootstrapped()).isFalse();
  }

  @Test
  void beforeBootstrapSafePointsSaySoAndStayWhereTheyAre() {
    RequestHeader header = cluster.header();
    KeyspaceScope none = KeyspaceScope.newBuilder().setKeyspaceId(0xffffffff).build();
    GetGCStateRequest getState =
        GetGCStateRequest.newBuilder().setHeader(header).setKeyspaceScope(none).build();
    List<ResponseHeader> answers =
        List.of(
            cluster
                .onLeader(
                    GetGCSafePointRequest.newBuilder().setHeader(header).build(),
                    Pd::getGcSafePoint)
                .getHeader(),
            cluster
                .onLeader(
                    UpdateGCSafePointRequest.newBuilder().setHeader(header).setSafePoint(7).build(),
                    Pd::updateGcSafePoint)
                .getHeader(),
            cluster
                .onLeader(
                    UpdateServiceGCSafePointRequest.newBuilder()
                        .setHeader(header)
                        .setServiceId(ByteString.copyFromUtf8("backup"))
                        .setTTL(60)
                        .setSafePoint(7)
                        .build(),
                    Pd::updateServiceGcSafePoint)
                .getHeader(),
            cluster.onLeader(getState, Pd::getGcState).getHeader(),
            cluster
                .onLeader(
                    AdvanceTxnSafePointRequest.newBuilder()
                        .setHeader(header)
                        .setKeyspaceScope(none)
                        .setTarget(7)
                        .build(),
                    Pd::advanceTxnSafePoint)
                .getHeader(),
            cluster
                .onLeader(
                    AdvanceGCSafePointRequest.newBuilder()
                        .setHeader(header)
                        .setKeyspaceScope(none)
                        .setTarget(7)
                        .build(),
                    Pd::advanceGcSafePoint)
                .getHeader(),
            cluster
                .onLeader(
                    SetGCBarrierRequest.newBuilder()
                        .setHeader(header)
                        .setKeyspaceScope(none)
                        .setBarrierId("backup")
                        .setBarrierTs(7)
                        .setTtlSeconds(60)
                        .build(),
                    Pd::setGcBarrier)
                .getHeader(),
            cluster
                .onLeader(
                    DeleteGCBarrierRequest.newBuilder()
                        .setHeader(header)
                        .setKeyspaceScope(none)
                        .setBarrierId("backup")
                        .build(),
                    Pd::deleteGcBarrier)
                .getHeader());
    assertThat(answers)
        .extracting(answer -> answer.getError().getType())
        .containsOnly(ErrorType.NOT_BOOTSTRAPPED);
    FakeStores.bootstrap(cluster);
    GCState state = cluster.onLeader(getState, Pd::getGcState).getGcState();
    assertThat(state.getTxnSafePoint()).isZero();
    assertThat(state.getGcBarriersList()).isEmpty();
  }

  private boolean isBootstrapped() {
    return cluster
        .onLeader(
            IsBootstrappedRequest.newBuilder().setHeader(cluster.header()).build(),
            Pd::isBootstrapped)
        .getBootstrapped();
  }

  @Test
  void oneStoreBootstrapsAndMayAskAgain() {
    FakeStores stores = FakeStores.bootstrap(cluster);
    assertThat(isBootstrapped()).isTrue();
    assertThat(regionAt("any").getRegion().getId()).isEqualTo(2);
    assertThat(cluster.onLeader(stores.bootstrapRequest(), Pd::bootstrap).getHeader().hasError())
        .as("the answer to the first may have been lost")
        .isFalse();
    BootstrapRequest other =
        stores.bootstrapRequest().toBuilder()
            .setStore(FakeStores.store(7))
            .setRegion(
                ProtoRegions.toProto(
                    new Region(8, KeyRange.ALL, RegionEpoch.FIRST, List.of(Peer.voter(9, 7)))))
            .build();
    assertThat(cluster.onLeader(other, Pd::bootstrap).getHeader().getError().getType())
        .isEqualTo(ErrorType.ALREADY_BOOTSTRAPPED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no store id",
        "no region id",
        "not all keys",
        "two peers",
        "other store",
        "a peer id that leaves none",
        "a negative id"
      })
  void refusesABootstrapThatMakesNoSense(String what) {
    Region first = new Region(2, KeyRange.ALL, RegionEpoch.FIRST, List.of(Peer.voter(3, 1)));
    Region region =
        switch (what) {
          case "no region id" -> new Region(0, first.range(), first.epoch(), first.peers());
          case "not all keys" ->
              new Region(
                  2, new KeyRange(Bytes.EMPTY, Bytes.ofUtf8("m")), first.epoch(), first.peers());
          case "two peers" ->
              first.withPeers(List.of(Peer.voter(3, 1), Peer.voter(4, 2)), first.epoch());
          case "other store" -> first.withPeers(List.of(Peer.voter(3, 2)), first.epoch());
          case "a peer id that leaves none" ->
              first.withPeers(List.of(Peer.voter(Long.MAX_VALUE, 1)), first.epoch());
          case "a negative id" -> new Region(-2, first.range(), first.epoch(), first.peers());
          default -> first;
        };
    Store store = FakeStores.store(what.equals("no store id") ? 0 : 1);
    BootstrapResponse response =
        cluster.onLeader(
            BootstrapRequest.newBuilder()
                .setHeader(cluster.header())
                .setStore(store)
                .setRegion(ProtoRegions.toProto(region))
                .build(),
            Pd::bootstrap);
    cluster.runFor(Duration.ofSeconds(1)); // in which ids are reserved
    assertThat(response.getHeader().getError().getMessage()).contains("invalid bootstrap request");
    assertThat(isBootstrapped()).isFalse();
  }

  @Test
  void idsComeInBatchesOfWhichTheLastIsAnswered() {
    AllocIDRequest two =
        AllocIDRequest.newBuilder().setHeader(cluster.header()).setCount(2).build();
    var first = cluster.onLeader(two, Pd::allocId);
    var second = cluster.onLeader(two, Pd::allocId);
    assertThat(first.getCount()).isEqualTo(2);
    assertThat(second.getId()).isEqualTo(first.getId() + 2);
    AllocIDRequest one = AllocIDRequest.newBuilder().setHeader(cluster.header()).build();
    assertThat(cluster.onLeader(one, Pd::allocId).getId()).isEqualTo(second.getId() + 1);
    AllocIDRequest many = two.toBuilder().setCount(50_000).build();
    assertThat(cluster.onLeader(many, Pd::allocId).getId()).isGreaterThan(50_000);
  }

  // ---- stores

  @Test
  void storesKeepTheirIdentityWhenTheirAddressChanges() {
    FakeStores stores = FakeStores.bootstrap(cluster);
    stores.add(2);
    Store moved = FakeStores.store(2).toBuilder().setAddress("elsewhere:20160").build();
    assertThat(stores.add(moved).getHeader().hasError()).isFalse();
    assertThat(store(2).getStore().getAddress()).isEqualTo("elsewhere:20160");
    Store newcomer = FakeStores.store(2).toBuilder().setId(3).build();
    assertThat(stores.add(newcomer).getHeader().hasError()).as("the address is free").isFalse();
  }

  private GetStoreResponse store(long id) {
    return cluster.onLeader(
        GetStoreRequest.newBuilder().setHeader(cluster.header()).setStoreId(id).build(),
        Pd::getStore);
  }

  @Test
  void refusesStoresThatMakeNoSense() {
    FakeStores stores = FakeStores.bootstrap(cluster);
    Store good = FakeStores.store(2);
    assertThat(stores.add(good.toBuilder().setId(0).build()).getHeader().getError().getType())
        .isEqualTo(ErrorType.INVALID_VALUE);
    assertThat(stores.add(good.toBuilder().clearAddress().build()).getHeader().hasError()).isTrue();
    assertThat(
            stores
                .add(good.toBuilder().setVersion("eight").build())
                .getHeader()
                .getError()
                .getType())
        .isEqualTo(ErrorType.INCOMPATIBLE_VERSION);
    assertThat(
            stores
                .add(good.toBuilder().setVersion("8.4.9").build())
                .getHeader()
                .getError()
                .getType())
        .isEqualTo(ErrorType.INCOMPATIBLE_VERSION);
    assertThat(stores.add(good.toBuilder().setVersion("8.5.0-rc.1").build()).getHeader().hasError())
        .isFalse();
    Store sameAddress = FakeStores.store(1).toBuilder().setId(5).build();
    assertThat(stores.add(sameAddress).getHeader().getError().getMessage())
        .contains("duplicated store address");
  }

  @Test
  void anUnknownStoreIsAnsweredInTheWordsThatClientsSearch() {
    FakeStores.bootstrap(cluster);
    var error = store(77).getHeader().getError();
    assertThat(error.getType()).isEqualTo(ErrorType.UNKNOWN);
    assertThat(error.getMessage()).isEqualTo("invalid store ID 77, not found");
  }

  @Test
  void heartbeatsAreKeptAsStatistics() {
    FakeStores.bootstrap(cluster).kill(1); // so that the one below is its last
    var response =
        cluster.onLeader(
            StoreHeartbeatRequest.newBuilder()
                .setHeader(cluster.header())
                .setStats(StoreStats.newBuilder().setStoreId(1).setCapacity(100).setAvailable(60))
                .build(),
            Pd::storeHeartbeat);
    assertThat(response.getClusterVersion()).isEqualTo("8.5.0");
    assertThat(store(1).getStats().getAvailable()).isEqualTo(60);
    assertThat(store(1).getStore().getLastHeartbeat()).isPositive();
  }

  // ---- Regions

  /** Regions 2 to 4 with borders g and p, as their leaders on store 1 report them. */
  private void threeRegions() {
    FakeStores.bootstrap(cluster);
    cluster.runFor(Duration.ofSeconds(1));
    Node leader = cluster.leaderOrThrow();
    ReportBatchSplitRequest.Builder split =
        ReportBatchSplitRequest.newBuilder().setHeader(cluster.header());
    split.addRegions(ProtoRegions.toProto(region(10, "", "g")));
    split.addRegions(ProtoRegions.toProto(region(11, "g", "p")));
    split.addRegions(ProtoRegions.toProto(region(2, "p", "")));
    cluster.ask(leader, split.build(), Pd::reportBatchSplit);
    cluster.step();
  }

  private static Region region(long id, String start, String end) {
    return new Region(
        id,
        new KeyRange(Bytes.ofUtf8(start), Bytes.ofUtf8(end)),
        new RegionEpoch(1, 3),
        List.of(Peer.voter(id == 2 ? 3 : id * 10, 1)));
  }

  @Test
  void aReportedSplitIsVisibleAtOnceWithALikelyLeader() {
    threeRegions();
    GetRegionResponse found = regionAt("h");
    assertThat(found.getRegion().getId()).isEqualTo(11);
    assertThat(found.getLeader()).isEqualTo(found.getRegion().getPeers(0));
    GetRegionResponse byId =
        cluster.onLeader(
            GetRegionByIDRequest.newBuilder().setHeader(cluster.header()).setRegionId(10).build(),
            Pd::getRegionById);
    assertThat(byId.getRegion().getEndKey().toStringUtf8()).isEqualTo("g");
    GetRegionResponse previous =
        cluster.onLeader(
            GetRegionRequest.newBuilder()
                .setHeader(cluster.header())
                .setRegionKey(ByteString.copyFromUtf8("h"))
                .build(),
            Pd::getPrevRegion);
    assertThat(previous.getRegion().getId()).isEqualTo(10);
    assertThat(regionAt("z").getRegion().getId()).isEqualTo(2);
  }

  @Test
  void queriesAnswerOneEntryForEachKeyInOrder() {
    threeRegions();
    QueryRegionResponse response =
        cluster.onLeader(
            QueryRegionRequest.newBuilder()
                .setHeader(cluster.header())
                .addKeys(ByteString.copyFromUtf8("z"))
                .addKeys(ByteString.copyFromUtf8("a"))
                .addKeys(ByteString.copyFromUtf8("z"))
                .addPrevKeys(ByteString.copyFromUtf8("a"))
                .addPrevKeys(ByteString.copyFromUtf8("h"))
                .addIds(11)
                .addIds(99)
                .build(),
            Pd::queryRegion);
    assertThat(response.getKeyIdMapList()).containsExactly(2L, 10L, 2L);
    assertThat(response.getPrevKeyIdMapList()).containsExactly(0L, 10L);
    assertThat(response.getRegionsByIdMap()).containsOnlyKeys(2L, 10L, 11L);
  }

  @Test
  void scansStartWithTheRegionOfTheFirstKey() {
    threeRegions();
    ScanRegionsRequest from =
        ScanRegionsRequest.newBuilder()
            .setHeader(cluster.header())
            .setStartKey(ByteString.copyFromUtf8("h"))
            .build();
    ScanRegionsResponse all = cluster.onLeader(from, Pd::scanRegions);
    assertThat(all.getRegionsList())
        .extracting(r -> r.getRegion().getId())
        .containsExactly(11L, 2L);
    assertThat(all.getRegionMetasCount()).isEqualTo(2);
    assertThat(all.getLeadersCount()).isEqualTo(2);
    ScanRegionsResponse limited =
        cluster.onLeader(from.toBuilder().setLimit(1).build(), Pd::scanRegions);
    assertThat(limited.getRegionsCount()).isEqualTo(1);
    ScanRegionsResponse bounded =
        cluster.onLeader(
            from.toBuilder().setEndKey(ByteString.copyFromUtf8("p")).build(), Pd::scanRegions);
    assertThat(bounded.getRegionsList())
        .extracting(r -> r.getRegion().getId())
        .containsExactly(11L);
  }

  @Test
  void batchScansListARegionOfSeveralRangesOnce() {
    threeRegions();
    BatchScanRegionsResponse response = batchScan("a", "b", "c", "h");
    assertThat(response.getRegionsList())
        .extracting(r -> r.getRegion().getId())
        .containsExactly(10L, 11L);
    assertThat(batchScan("h", "i", "a", "b").getHeader().getError().getType())
        .isEqualTo(ErrorType.UNKNOWN);
    assertThat(batchScan("b", "a", "c", "d").getHeader().getError().getType())
        .isEqualTo(ErrorType.UNKNOWN);
  }

  private BatchScanRegionsResponse batchScan(String... borders) {
    BatchScanRegionsRequest.Builder request =
        BatchScanRegionsRequest.newBuilder()
            .setHeader(cluster.header())
            .setContainAllKeyRange(true);
    for (int i = 0; i < borders.length; i += 2) {
      request
          .addRangesBuilder()
          .setStartKey(ByteString.copyFromUtf8(borders[i]))
          .setEndKey(ByteString.copyFromUtf8(borders[i + 1]));
    }
    return cluster.onLeader(request.build(), Pd::batchScanRegions);
  }

  @Test
  void splitsGetIdsForEachPeerAndOnlyAtTheLatestEpoch() {
    threeRegions();
    AskBatchSplitRequest request =
        AskBatchSplitRequest.newBuilder()
            .setHeader(cluster.header())
            .setRegion(ProtoRegions.toProto(region(11, "g", "p")))
            .setSplitCount(3)
            .build();
    AskBatchSplitResponse response = cluster.onLeader(request, Pd::askBatchSplit);
    assertThat(response.getIdsList()).hasSize(3);
    assertThat(response.getIdsList())
        .allSatisfy(id -> assertThat(id.getNewPeerIdsCount()).isEqualTo(1));
    assertThat(response.getIdsList().stream().map(id -> id.getNewRegionId()).distinct()).hasSize(3);
    AskBatchSplitRequest stale =
        request.toBuilder()
            .setRegion(
                request.getRegion().toBuilder()
                    .setRegionEpoch(ProtoRegions.toProto(RegionEpoch.FIRST)))
            .build();
    assertThat(cluster.onLeader(stale, Pd::askBatchSplit).getHeader().getError().getMessage())
        .contains("is not the latest");
  }

  @Test
  void scatteringIsDoneAndSplittingThroughPdIsNotOffered() {
    threeRegions();
    var scattered =
        cluster.onLeader(
            ScatterRegionRequest.newBuilder()
                .setHeader(cluster.header())
                .addRegionsId(10)
                .addRegionsId(11)
                .build(),
            Pd::scatterRegion);
    assertThat(scattered.getFinishedPercentage()).isEqualTo(100);
    var unknown =
        cluster.onLeader(
            ScatterRegionRequest.newBuilder().setHeader(cluster.header()).setRegionId(99).build(),
            Pd::scatterRegion);
    assertThat(unknown.getHeader().getError().getType()).isEqualTo(ErrorType.REGION_NOT_FOUND);
    var split =
        cluster.ask(
            cluster.leaderOrThrow(),
            SplitRegionsRequest.newBuilder().setHeader(cluster.header()).build(),
            Pd::splitRegions);
    cluster.step();
    assertThat(split.refusal).isInstanceOf(PdRefusal.Unsupported.class);
  }

  // ---- keyspaces, modes, etcd

  @Test
  void theDefaultKeyspaceIsThereAfterBootstrap() {
    FakeStores.bootstrap(cluster);
    LoadKeyspaceRequest request =
        LoadKeyspaceRequest.newBuilder().setHeader(cluster.header()).setName("DEFAULT").build();
    LoadKeyspaceResponse found = cluster.onLeader(request, Pd::loadKeyspace);
    assertThat(found.getHeader().hasError()).isFalse();
    assertThat(found.getKeyspace().getId()).isZero();
    LoadKeyspaceResponse missing =
        cluster.onLeader(request.toBuilder().setName("other").build(), Pd::loadKeyspace);
    assertThat(missing.getHeader().getError().getType()).isEqualTo(ErrorType.ENTRY_NOT_FOUND);
  }

  @Test
  void theFirstWriteDecidesBetweenRawAndTransactional() {
    assertThat(decide(KeyMode.UNDECIDED)).isEqualTo(KeyMode.UNDECIDED);
    assertThat(decide(KeyMode.TRANSACTIONAL)).isEqualTo(KeyMode.TRANSACTIONAL);
    assertThat(decide(KeyMode.RAW)).isEqualTo(KeyMode.TRANSACTIONAL);
    Node node = cluster.leaderOrThrow();
    cluster.crash(node);
    cluster.restart(node);
    assertThat(decide(KeyMode.RAW)).isEqualTo(KeyMode.TRANSACTIONAL);
  }

  private KeyMode decide(KeyMode mode) {
    return cluster
        .onLeader(
            DecideKeyModeRequest.newBuilder().setHeader(cluster.header()).setMode(mode).build(),
            Pd::decideKeyMode)
        .getMode();
  }

  @Test
  void oldClientsReadAndWriteTheSafePointAsAnEtcdRecord() {
    ByteString key = ByteString.copyFromUtf8("/tidb/store/gcworker/saved_safe_point");
    RangeRequest range = RangeRequest.newBuilder().setKey(key).build();
    assertThat(cluster.onLeader(range, Pd::etcdRange).getKvsCount()).isZero();
    PutResponse put =
        cluster.onLeader(
            PutRequest.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8("400")).build(),
            Pd::etcdPut);
    assertThat(put.getHeader().getRevision()).isEqualTo(1);
    RangeResponse read = cluster.onLeader(range, Pd::etcdRange);
    assertThat(read.getKvs(0).getValue().toStringUtf8()).isEqualTo("400");
    Answer<PutResponse> foreign =
        cluster.ask(
            cluster.leaderOrThrow(),
            PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("/mine")).build(),
            Pd::etcdPut);
    cluster.runUntil("a refusal", foreign::isDone);
    assertThat(foreign.refusal).isInstanceOf(PdRefusal.Invalid.class);
  }

  /** All members keep the latest commands in memory, by number: each has to be small. */
  @Test
  void noCallPutsMuchIntoTheLog() {
    FakeStores.bootstrap(cluster);
    ByteString much = ByteString.copyFrom(new byte[1 << 20]);
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(999, UnknownFieldSet.Field.newBuilder().addLengthDelimited(much).build())
            .build();
    ask(PutRequest.newBuilder().setKey(much).build(), Pd::etcdPut);
    ask(
        UpdateServiceGCSafePointRequest.newBuilder()
            .setHeader(cluster.header())
            .setServiceId(much)
            .setTTL(60)
            .build(),
        Pd::updateServiceGcSafePoint);
    ask(
        PutStoreRequest.newBuilder()
            .setHeader(cluster.header())
            .setStore(FakeStores.store(7).toBuilder().setUnknownFields(unknown))
            .build(),
        Pd::putStore);
    ask(
        ChangeRulesRequest.newBuilder()
            .setHeader(cluster.header())
            .setChange(RulesChange.newBuilder().setReplicasMax(3).setUnknownFields(unknown))
            .build(),
        Pd::changeRules);
    long bytes =
        cluster.leaderOrThrow().disk.recovered().entries().stream()
            .mapToLong(Entry::sizeBytes)
            .sum();
    assertThat(bytes).as("bytes of the log").isLessThan(64 << 10);
  }

  /** Refused in whatever way. */
  private <Q, A> void ask(Q request, PdCluster.PdMethod<Q, A> method) {
    PdCluster.Answer<A> answer = cluster.ask(cluster.leaderOrThrow(), request, method);
    cluster.runUntil("an answer", answer::isDone);
  }

  /** What PD keeps of each store's last heartbeat. */
  @Test
  void whatAStoreSaysOfHowItFaresIsBounded() {
    FakeStores.bootstrap(cluster);
    UnknownFieldSet.Field much =
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFrom(new byte[1 << 20]))
            .build();
    StoreStats stats =
        StoreStats.newBuilder()
            .setStoreId(1)
            .setUnknownFields(UnknownFieldSet.newBuilder().addField(999, much).build())
            .build();
    StoreHeartbeatResponse response =
        cluster.onLeader(
            StoreHeartbeatRequest.newBuilder().setHeader(cluster.header()).setStats(stats).build(),
            Pd::storeHeartbeat);
    assertThat(response.getHeader().getError().getMessage()).contains("at most 65536");
    GetStoreResponse store =
        cluster.onLeader(
            GetStoreRequest.newBuilder().setHeader(cluster.header()).setStoreId(1).build(),
            Pd::getStore);
    assertThat(store.getStats().getSerializedSize()).isLessThan(1 << 10);
  }
}
