package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.PdCluster.Answer;
import dev.terrane.pd.PdCluster.Node;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.AllocIDRequest;
import dev.terrane.proto.pdpb.AllocIDResponse;
import dev.terrane.proto.pdpb.AskBatchSplitRequest;
import dev.terrane.proto.pdpb.AskBatchSplitResponse;
import dev.terrane.proto.pdpb.BootstrapRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.pdpb.QueryRegionRequest;
import dev.terrane.proto.pdpb.QueryRegionResponse;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.ReportBatchSplitRequest;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.proto.terranepd.RemoveMemberRequest;
import dev.terrane.proto.terranepd.RemoveMemberResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a call may ask for, and for whom it may hold PD up. */
class CallOrderTest {
  private static Answer<TsoResponse> askTimestamp(PdCluster cluster, Node node) {
    return cluster.ask(
        node, TsoRequest.newBuilder().setHeader(cluster.header()).setCount(1).build(), Pd::tso);
  }

  @Test
  void timestampsDoNotWaitForCallsThatCannotBeSettled() {
    PdCluster cluster = PdCluster.of(3, 1);
    Node leader = cluster.leaderOrThrow();
    Node other =
        cluster.nodeById.values().stream().filter(node -> node != leader).findFirst().orElseThrow();
    leader.cut = true; // its lease goes on for a while, but nothing is replicated
    Answer<AllocIDResponse> ids =
        cluster.ask(
            leader,
            AllocIDRequest.newBuilder().setHeader(cluster.header()).setCount(100_000).build(),
            Pd::allocId);
    RemoveMemberRequest removal =
        RemoveMemberRequest.newBuilder()
            .setHeader(cluster.header())
            .setMemberId(other.memberId)
            .build();
    Answer<RemoveMemberResponse> first = cluster.ask(leader, removal, Pd::removeMember);
    Answer<RemoveMemberResponse> second = cluster.ask(leader, removal, Pd::removeMember);
    cluster.step();
    assertThat(ids.isDone() || (first.isDone() && second.isDone())).isFalse();
    Answer<TsoResponse> timestamp = askTimestamp(cluster, leader);
    Answer<GetRegionResponse> region =
        cluster.ask(
            leader,
            GetRegionRequest.newBuilder().setHeader(cluster.header()).build(),
            Pd::getRegion);
    cluster.step();
    assertThat(timestamp.get().getCount()).isOne();
    assertThat(region.isDone()).as("nor does anybody else").isTrue();
    assertThat(ids.isDone()).isFalse();
  }

  @Test
  void timestampsComeBetweenCallsOfWhichThereAreMany() {
    PdCluster cluster = PdCluster.found(2);
    Node leader = cluster.leaderOrThrow();
    List<Integer> order = new ArrayList<>();
    GetRegionRequest question = GetRegionRequest.newBuilder().setHeader(cluster.header()).build();
    for (int i = 0; i < 10_000; i++) {
      leader.pd().getRegion(question, told(() -> order.add(0)));
    }
    leader
        .pd()
        .tso(
            TsoRequest.newBuilder().setHeader(cluster.header()).setCount(1).build(),
            told(() -> order.add(1)));
    cluster.step();
    assertThat(order).hasSize(10_001);
    assertThat(order.indexOf(1)).as("answers before the timestamp").isLessThan(5_000);
  }

  private static <T> PdReply<T> told(Runnable whenDone) {
    return new PdReply<>() {
      @Override
      public void answer(T response) {
        whenDone.run();
      }

      @Override
      public void refuse(PdRefusal refusal) {
        throw new AssertionError(refusal.text());
      }
    };
  }

  private static Region region(long id, Bytes start, Bytes end) {
    return new Region(
        id,
        new KeyRange(start, end),
        new RegionEpoch(1, 5),
        List.of(Peer.voter(id * 100, 1), Peer.voter(id * 100 + 1, 2)));
  }

  private static PdCluster withRegions(int count) {
    PdCluster cluster = PdCluster.found(3);
    Region first = new Region(1, KeyRange.ALL, new RegionEpoch(1, 1), List.of(Peer.voter(2, 1)));
    cluster.onLeader(
        BootstrapRequest.newBuilder()
            .setHeader(cluster.header())
            .setStore(Store.newBuilder().setId(1).setAddress("s1:1").setVersion("8.5.0"))
            .setRegion(ProtoRegions.toProto(first))
            .build(),
        Pd::bootstrap);
    for (int i = 0; i < count; i++) {
      Bytes start = i == 0 ? Bytes.EMPTY : Bytes.ofUtf8("%06d".formatted(i));
      Bytes end = i == count - 1 ? Bytes.EMPTY : Bytes.ofUtf8("%06d".formatted(i + 1));
      cluster
          .leaderOrThrow()
          .running()
          .regions()
          .put(RegionInfo.withoutLeader(region(10 + i, start, end)));
    }
    return cluster;
  }

  @Test
  void idsOfASplitAreCountedByTheKnownRegionNotByTheCaller() {
    PdCluster cluster = withRegions(1);
    Region known = region(10, Bytes.EMPTY, Bytes.EMPTY);
    dev.terrane.proto.metapb.Region.Builder swollen = ProtoRegions.toProto(known).toBuilder();
    for (int i = 0; i < 20_000; i++) {
      swollen.addPeersBuilder().setId(1_000_000 + i).setStoreId(1_000_000 + i);
    }
    long before = cluster.leaderOrThrow().running().stateOrThrow().idHighWater();
    AskBatchSplitResponse refused =
        cluster.onLeader(
            AskBatchSplitRequest.newBuilder()
                .setHeader(cluster.header())
                .setRegion(swollen)
                .setSplitCount(1024)
                .build(),
            Pd::askBatchSplit);
    assertThat(refused.getHeader().getError().getMessage()).contains("has 2 peers, not 20002");
    assertThat(cluster.leaderOrThrow().running().stateOrThrow().idHighWater()).isEqualTo(before);
    AskBatchSplitResponse given =
        cluster.onLeader(
            AskBatchSplitRequest.newBuilder()
                .setHeader(cluster.header())
                .setRegion(ProtoRegions.toProto(known))
                .setSplitCount(3)
                .build(),
            Pd::askBatchSplit);
    assertThat(given.getIdsList())
        .hasSize(3)
        .allSatisfy(ids -> assertThat(ids.getNewPeerIdsCount()).isEqualTo(2));
  }

  /** All Regions are kept in memory, and whoever reaches the port may report some. */
  @Test
  void regionsThatAreTooLargeToBeTrueAreNotTakenIn() {
    PdCluster cluster = withRegions(1);
    var known = ProtoRegions.toProto(region(10, Bytes.EMPTY, Bytes.EMPTY));
    var epoch = known.getRegionEpoch().toBuilder().setVersion(99).build();
    var swollen = known.toBuilder().setRegionEpoch(epoch);
    for (int i = 0; i < 65; i++) {
      swollen.addPeersBuilder().setId(1_000_000 + i).setStoreId(1_000_000 + i);
    }
    var longKey =
        known.toBuilder().setRegionEpoch(epoch).setEndKey(ByteString.copyFrom(new byte[70_000]));
    var several = ReportBatchSplitRequest.newBuilder().setHeader(cluster.header());
    for (int i = 0; i < 1026; i++) {
      several.addRegions(known.toBuilder().setRegionEpoch(epoch));
    }
    assertThat(reportSplit(cluster, swollen.build())).contains("67 peers").contains("64");
    assertThat(reportSplit(cluster, longKey.build())).contains("70000 bytes").contains("66560");
    assertThat(
            cluster
                .onLeader(several.build(), Pd::reportBatchSplit)
                .getHeader()
                .getError()
                .getMessage())
        .contains("1026 Regions")
        .contains("1025");
    assertThat(cluster.leaderOrThrow().running().regions().byId(10))
        .isNotNull()
        .satisfies(kept -> assertThat(kept.region().epoch().version()).isLessThan(99));
  }

  /** Its true Regions, whose epochs are older, would never be heard again. */
  @Test
  void regionsOnStoresThatNobodyKnowsAreNotTakenIn() {
    PdCluster cluster = withRegions(1);
    var known = ProtoRegions.toProto(region(10, Bytes.EMPTY, Bytes.EMPTY));
    var lie =
        known.toBuilder()
            .setRegionEpoch(known.getRegionEpoch().toBuilder().setVersion(1L << 40))
            .clearPeers()
            .addPeers(dev.terrane.proto.metapb.Peer.newBuilder().setId(5).setStoreId(424_242))
            .build();
    List<String> said =
        said(
            cluster,
            RegionHeartbeatRequest.newBuilder()
                .setHeader(cluster.header())
                .setRegion(lie)
                .setLeader(lie.getPeers(0))
                .build());
    assertThat(said).singleElement().asString().contains("store 424242", "unknown");
    assertThat(reportSplit(cluster, lie)).contains("store 424242", "unknown");
    assertThat(cluster.leaderOrThrow().running().regions().byId(10))
        .isNotNull()
        .satisfies(kept -> assertThat(kept.region().epoch().version()).isLessThan(1L << 40));
  }

  /** A copy of the store, say, that leads a later term by its own vote. */
  @Test
  void whatALifeOfAStoreSaysOfRegionsIsBelievedOnceItIsTakenIn() {
    PdCluster cluster = withRegions(1);
    Store store = Store.newBuilder().setId(1).setAddress("s1:1").setVersion("8.5.0").build();
    put(cluster, store.toBuilder().setStarts(2).build());

    assertThat(report(cluster, 2, 10)).isEmpty();
    assertThat(report(cluster, 3, 11))
        .singleElement()
        .asString()
        .contains("store 1 is known in its start 2", "its start 3 is not believed");
    assertThat(report(cluster, 2, 10)).as("its own is not taken for a past one").isEmpty();
    assertThat(report(cluster, 0, 10)).as("of one that does not count its starts").isEmpty();

    put(cluster, store.toBuilder().setStarts(3).build());
    assertThat(report(cluster, 3, 11)).isEmpty();
    assertThat(report(cluster, 2, 12)).hasSize(1);
  }

  private static void put(PdCluster cluster, Store store) {
    var put = PutStoreRequest.newBuilder().setHeader(cluster.header()).setStore(store).build();
    assertThat(cluster.onLeader(put, Pd::putStore).getHeader().hasError()).isFalse();
  }

  /** What PD has against it. */
  private static List<String> report(PdCluster cluster, long starts, long term) {
    Region region = new Region(10, KeyRange.ALL, new RegionEpoch(2, 5), List.of(Peer.voter(7, 1)));
    var known = ProtoRegions.toProto(region);
    return said(
        cluster,
        RegionHeartbeatRequest.newBuilder()
            .setHeader(cluster.header())
            .setRegion(known)
            .setLeader(known.getPeers(0))
            .setTerm(term)
            .setStarts(starts)
            .build());
  }

  private static List<String> said(PdCluster cluster, RegionHeartbeatRequest report) {
    List<String> said = new ArrayList<>();
    cluster
        .leaderOrThrow()
        .running()
        .pd()
        .openHeartbeats(
            new InstructionSink() {
              @Override
              public void instruct(RegionHeartbeatResponse instruction) {
                if (instruction.getHeader().hasError()) {
                  said.add(instruction.getHeader().getError().getMessage());
                }
              }

              @Override
              public void end(PdRefusal why) {
                said.add(why.text());
              }
            })
        .heartbeat(report, () -> {});
    cluster.step();
    return said;
  }

  private static String reportSplit(PdCluster cluster, dev.terrane.proto.metapb.Region region) {
    var report =
        ReportBatchSplitRequest.newBuilder().setHeader(cluster.header()).addRegions(region).build();
    return cluster.onLeader(report, Pd::reportBatchSplit).getHeader().getError().getMessage();
  }

  @Test
  void aScanThatAsksForEverythingIsNotCutOffInSilence() {
    PdCluster cluster = withRegions(10_241);
    for (int limit : new int[] {0, 200_000}) {
      ScanRegionsResponse cut = cluster.onLeader(scan(cluster, "", limit), Pd::scanRegions);
      assertThat(cut.getHeader().getError().getMessage()).contains("at most 10240");
      assertThat(cut.getRegionsCount()).isZero();
    }
    ScanRegionsResponse page = cluster.onLeader(scan(cluster, "", 10_240), Pd::scanRegions);
    assertThat(page.getHeader().hasError()).isFalse();
    assertThat(page.getRegionsCount()).isEqualTo(10_240);
    String next = page.getRegions(10_239).getRegion().getEndKey().toStringUtf8();
    ScanRegionsResponse rest = cluster.onLeader(scan(cluster, next, 0), Pd::scanRegions);
    assertThat(rest.getHeader().hasError()).isFalse();
    assertThat(rest.getRegionsCount()).isOne();
  }

  private static ScanRegionsRequest scan(PdCluster cluster, String start, int limit) {
    return ScanRegionsRequest.newBuilder()
        .setHeader(cluster.header())
        .setStartKey(ByteString.copyFromUtf8(start))
        .setLimit(limit)
        .build();
  }

  @Test
  void oneCallAsksAboutABoundedNumberOfKeys() {
    PdCluster cluster = withRegions(1);
    QueryRegionRequest.Builder request =
        QueryRegionRequest.newBuilder().setHeader(cluster.header());
    for (int i = 0; i < 10_241; i++) {
      request.addKeys(ByteString.copyFromUtf8("k" + i));
    }
    Answer<QueryRegionResponse> answer =
        cluster.ask(cluster.leaderOrThrow(), request.build(), Pd::queryRegion);
    cluster.step();
    assertThat(answer.refusal).isInstanceOf(PdRefusal.Invalid.class);
  }

  @Test
  void waitingCallsHoldABoundedNumberOfBytes() {
    PdCluster cluster = withRegions(1);
    Node leader = cluster.leaderOrThrow();
    GetRegionRequest large =
        GetRegionRequest.newBuilder()
            .setHeader(cluster.header())
            .setRegionKey(ByteString.copyFrom(new byte[4 << 20]))
            .build();
    List<Answer<GetRegionResponse>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(cluster.ask(leader, large, Pd::getRegion));
    }
    assertThat(answers.stream().filter(Answer::isDone))
        .allSatisfy(answer -> assertThat(answer.refusal).isInstanceOf(PdRefusal.Busy.class))
        .hasSizeBetween(4, 6);
    cluster.step();
    assertThat(answers).allSatisfy(answer -> assertThat(answer.isDone()).isTrue());
    Answer<GetRegionResponse> later = cluster.ask(leader, large, Pd::getRegion);
    cluster.step();
    assertThat(later.get().getHeader().hasError()).as("given back").isFalse();
  }
}
