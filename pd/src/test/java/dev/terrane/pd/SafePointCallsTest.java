package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.pd.state.SafePointTable;
import dev.terrane.proto.etcdserverpb.RangeRequest;
import dev.terrane.proto.pdpb.AdvanceGCSafePointRequest;
import dev.terrane.proto.pdpb.AdvanceGCSafePointResponse;
import dev.terrane.proto.pdpb.AdvanceTxnSafePointRequest;
import dev.terrane.proto.pdpb.AdvanceTxnSafePointResponse;
import dev.terrane.proto.pdpb.DeleteGCBarrierRequest;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GCState;
import dev.terrane.proto.pdpb.GetGCSafePointRequest;
import dev.terrane.proto.pdpb.GetGCStateRequest;
import dev.terrane.proto.pdpb.GetGCStateResponse;
import dev.terrane.proto.pdpb.KeyspaceScope;
import dev.terrane.proto.pdpb.SetGCBarrierRequest;
import dev.terrane.proto.pdpb.SetGCBarrierResponse;
import dev.terrane.proto.pdpb.UpdateGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointResponse;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Safe points in both forms that clients know, and that the two forms are one. */
class SafePointCallsTest {
  private static final KeyspaceScope NO_KEYSPACE =
      KeyspaceScope.newBuilder().setKeyspaceId(0xffffffff).build();

  private final PdCluster cluster = PdCluster.found(40);

  @BeforeEach
  void bootstrap() {
    FakeStores.bootstrap(cluster);
  }

  private GCState gcState() {
    GetGCStateResponse response =
        cluster.onLeader(
            GetGCStateRequest.newBuilder()
                .setHeader(cluster.header())
                .setKeyspaceScope(NO_KEYSPACE)
                .build(),
            Pd::getGcState);
    assertThat(response.hasGcState()).isTrue();
    return response.getGcState();
  }

  private AdvanceTxnSafePointResponse advanceTxn(long target) {
    return cluster.onLeader(
        AdvanceTxnSafePointRequest.newBuilder()
            .setHeader(cluster.header())
            .setKeyspaceScope(NO_KEYSPACE)
            .setTarget(target)
            .build(),
        Pd::advanceTxnSafePoint);
  }

  private AdvanceGCSafePointResponse advanceGc(long target) {
    return cluster.onLeader(
        AdvanceGCSafePointRequest.newBuilder()
            .setHeader(cluster.header())
            .setKeyspaceScope(NO_KEYSPACE)
            .setTarget(target)
            .build(),
        Pd::advanceGcSafePoint);
  }

  private SetGCBarrierResponse barrier(String id, long ts, long ttlSeconds) {
    return cluster.onLeader(
        SetGCBarrierRequest.newBuilder()
            .setHeader(cluster.header())
            .setKeyspaceScope(NO_KEYSPACE)
            .setBarrierId(id)
            .setBarrierTs(ts)
            .setTtlSeconds(ttlSeconds)
            .build(),
        Pd::setGcBarrier);
  }

  private UpdateServiceGCSafePointResponse service(String id, long ts, long ttl) {
    return cluster.onLeader(
        UpdateServiceGCSafePointRequest.newBuilder()
            .setHeader(cluster.header())
            .setServiceId(ByteString.copyFromUtf8(id))
            .setSafePoint(ts)
            .setTTL(ttl)
            .build(),
        Pd::updateServiceGcSafePoint);
  }

  @Test
  void neitherSafePointGoesBackNorDoesGcPassTransactions() {
    assertThat(gcState().getTxnSafePoint()).isZero();
    AdvanceTxnSafePointResponse moved = advanceTxn(100);
    assertThat(moved.getOldTxnSafePoint()).isZero();
    assertThat(moved.getNewTxnSafePoint()).isEqualTo(100);
    assertThat(advanceTxn(50).getHeader().getError().getType()).isEqualTo(ErrorType.INVALID_VALUE);
    assertThat(advanceGc(101).getHeader().hasError()).isTrue();
    assertThat(advanceGc(90).getNewGcSafePoint()).isEqualTo(90);
    assertThat(advanceGc(80).getHeader().hasError()).isTrue();
    assertThat(gcState().getGcSafePoint()).isEqualTo(90);
  }

  @Test
  void aBarrierHoldsUntilItExpires() {
    assertThat(barrier("backup", 60, 10).getNewBarrierInfo().getTtlSeconds()).isEqualTo(10);
    AdvanceTxnSafePointResponse blocked = advanceTxn(100);
    assertThat(blocked.getNewTxnSafePoint()).isEqualTo(60);
    assertThat(blocked.getBlockerDescription()).contains("backup");
    assertThat(gcState().getGcBarriersList()).hasSize(1);
    cluster.runFor(Duration.ofSeconds(11));
    assertThat(gcState().getGcBarriersList()).isEmpty();
    assertThat(advanceTxn(100).getNewTxnSafePoint()).isEqualTo(100);
    assertThat(barrier("late", 99, 10).getHeader().hasError()).isTrue();
  }

  @Test
  void aDeletedBarrierHoldsNothing() {
    barrier("backup", 60, Long.MAX_VALUE);
    var deleted =
        cluster.onLeader(
            DeleteGCBarrierRequest.newBuilder()
                .setHeader(cluster.header())
                .setKeyspaceScope(NO_KEYSPACE)
                .setBarrierId("backup")
                .build(),
            Pd::deleteGcBarrier);
    assertThat(deleted.getDeletedBarrierInfo().getBarrierTs()).isEqualTo(60);
    assertThat(advanceTxn(100).getNewTxnSafePoint()).isEqualTo(100);
  }

  @Test
  void aServiceSafePointIsABarrier() {
    assertThat(service("cdc", 70, 1000).getMinSafePoint()).isZero(); // gc_worker's
    UpdateServiceGCSafePointResponse worker = service("gc_worker", 100, Long.MAX_VALUE);
    assertThat(worker.getMinSafePoint()).isEqualTo(70);
    assertThat(gcState().getTxnSafePoint()).isEqualTo(70);
    UpdateServiceGCSafePointResponse late = service("late", 50, 1000);
    assertThat(late.getHeader().hasError()).as("refused silently").isFalse();
    assertThat(late.getMinSafePoint()).as("which the caller compares").isEqualTo(70);
    assertThat(gcState().getGcBarriersList())
        .extracting(b -> b.getBarrierId())
        .containsExactly("cdc");
    service("cdc", 70, 0); // removes it
    assertThat(service("gc_worker", 100, Long.MAX_VALUE).getMinSafePoint()).isEqualTo(100);
  }

  @Test
  void theGcWorkersServiceSafePointNeverExpires() {
    assertThat(service("gc_worker", 100, 60).getHeader().hasError()).isTrue();
    assertThat(service("gc_worker", 100, 0).getHeader().hasError()).isTrue();
    assertThat(gcState().getTxnSafePoint()).isZero();
  }

  @Test
  void theOldCallTakesBothSafePointsAlongAndKeepsThem() {
    assertThat(update(100)).isEqualTo(100);
    assertThat(gcState().getTxnSafePoint()).isEqualTo(100);
    assertThat(update(40)).as("the kept value").isEqualTo(100);
    barrier("backup", 120, 1000);
    assertThat(update(200)).isEqualTo(120);
    assertThat(
            cluster
                .onLeader(
                    GetGCSafePointRequest.newBuilder().setHeader(cluster.header()).build(),
                    Pd::getGcSafePoint)
                .getSafePoint())
        .isEqualTo(120);
  }

  private long update(long target) {
    return cluster
        .onLeader(
            UpdateGCSafePointRequest.newBuilder()
                .setHeader(cluster.header())
                .setSafePoint(target)
                .build(),
            Pd::updateGcSafePoint)
        .getNewSafePoint();
  }

  @Test
  void oldClientsSeeWhatNewOnesSet() {
    advanceTxn(12345);
    RangeRequest range =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("/tidb/store/gcworker/saved_safe_point"))
            .build();
    assertThat(cluster.onLeader(range, Pd::etcdRange).getKvs(0).getValue().toStringUtf8())
        .isEqualTo("12345");
  }

  @Test
  void safePointsSurviveARestart() {
    advanceTxn(100);
    barrier("backup", 150, Long.MAX_VALUE);
    var node = cluster.leaderOrThrow();
    cluster.crash(node);
    cluster.restart(node);
    assertThat(gcState().getTxnSafePoint()).isEqualTo(100);
    assertThat(gcState().getGcBarriersList()).hasSize(1);
  }

  @Test
  void namesAndNumbersOfBarriersAreBoundedAndWhatHasExpiredMakesRoom() {
    String longName = "n".repeat(SafePointTable.BARRIER_NAME_BYTES_MAX + 1);
    assertThat(barrier(longName, 100, 60).getHeader().getError().getMessage())
        .contains("the name has 257 bytes, at most 256");
    assertThat(service(longName, 100, 60).getHeader().getError().getMessage())
        .as("which must not take itself for protected")
        .contains("the name has 257 bytes");
    for (int i = 0; i < SafePointTable.BARRIERS_MAX; i++) {
      assertThat(barrier("b" + i, 100, 60).getHeader().hasError()).isFalse();
    }
    assertThat(barrier("one more", 100, 60).getHeader().getError().getMessage())
        .contains("there are 4096 barriers and service safe points", "delete one");
    assertThat(service("one more", 100, 60).getHeader().getError().getMessage())
        .contains("there are 4096 barriers");
    assertThat(barrier("b7", 101, 60).getHeader().hasError()).as("known").isFalse();
    assertThat(gcState().getGcBarriersCount()).isEqualTo(SafePointTable.BARRIERS_MAX);

    cluster.runFor(Duration.ofSeconds(61));
    assertThat(service("one more", 100, 60).getHeader().hasError()).isFalse();
    assertThat(gcState().getGcBarriersCount()).isEqualTo(1);
  }
}
