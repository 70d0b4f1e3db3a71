package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.proto.terranepb.StoreIdent;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.store.wire.StoredFormatException;
import org.junit.jupiter.api.Test;

class StoreIdentityTest {
  private static Bytes ident(int format, long storeId) {
    return Records.encode(
        StoreIdent.newBuilder()
            .setFormatVersion(format)
            .setClusterId(StoreHarness.CLUSTER_ID)
            .setStoreId(storeId)
            .setGeneration(9)
            .build());
  }

  @Test
  void survivesARestartAndNeverChanges() {
    ClusterHarness cluster = ClusterHarness.ofOne(1);
    StoreHarness store = cluster.store(0);
    StoreIdentity before = store.store().identity();
    store.losePower();
    store.start();

    assertThat(store.store().identity()).isEqualTo(before);
  }

  @Test
  void refusesTheEngineOfAnotherStore() {
    ClusterHarness cluster = ClusterHarness.ofOne(2);
    StoreHarness store = cluster.store(0);
    store.engine().write(new WriteBatch().put(ColumnFamily.REGION, RegionKeys.IDENT, ident(1, 99)));

    assertThatThrownBy(() -> StoreIdentity.read(store.engine(), store.log()))
        .isInstanceOf(StoredFormatException.class)
        .hasMessageContaining("storeId=99");
  }

  @Test
  void refusesALogWithoutItsEngineAndAnEngineWithoutItsLog() {
    ClusterHarness cluster = ClusterHarness.ofOne(3);
    StoreHarness store = cluster.store(0);
    cluster.put("k", "v");
    store.engine().write(new WriteBatch().delete(ColumnFamily.REGION, RegionKeys.IDENT));
    assertThatThrownBy(() -> StoreIdentity.read(store.engine(), store.log()))
        .isInstanceOf(StoredFormatException.class)
        .hasMessageContaining("the data directory is of no store");

    StoreHarness other = cluster.addStore();
    other.log().write(new LogBatch().delete(RegionKeys.LOG_IDENT));
    assertThatThrownBy(() -> StoreIdentity.read(other.engine(), other.log()))
        .isInstanceOf(StoredFormatException.class)
        .hasMessageContaining("its Raft log is of no store");
  }

  @Test
  void refusesANewerFormatByName() {
    ClusterHarness cluster = ClusterHarness.ofOne(4);
    StoreHarness store = cluster.store(0);
    store.engine().write(new WriteBatch().put(ColumnFamily.REGION, RegionKeys.IDENT, ident(2, 1)));

    assertThatThrownBy(() -> StoreIdentity.read(store.engine(), store.log()))
        .isInstanceOf(StoredFormatException.class)
        .hasMessageContaining("store identity is of format 2");
  }
}
