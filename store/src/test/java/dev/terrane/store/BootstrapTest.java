package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  @Test
  void onlyOneStoreMakesTheFirstRegion() {
    ClusterHarness cluster = ClusterHarness.ofOne(1);
    StoreHarness second = cluster.addStore();
    cluster.runFor(Duration.ofSeconds(3));

    assertThat(second.storeId()).isNotEqualTo(cluster.store(0).storeId());
    assertThat(second.store().status().regions()).isEmpty();
    assertThat(cluster.pd().stores()).hasSize(2);
  }

  @Test
  void aStoreWhoseOfferWasTakenKeepsItThoughItNeverHeard() {
    ClusterHarness cluster = new ClusterHarness(2);
    cluster.pd().loseBootstrapAnswer();
    assertThatThrownBy(cluster::addStore)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the connection broke");
    StoreHarness store = cluster.store(0);
    store.losePower();

    store.start();

    cluster.await("a leader", () -> store.leads(cluster.regionId()));
    cluster.put("k", "v");
    assertThat(cluster.get("k")).isEqualTo("v");
  }

  @Test
  void aStoreWhoseOfferCameTooLateClearsItsRegion() {
    ClusterHarness cluster = new ClusterHarness(3);
    cluster.pd().failBootstrapOnce();
    assertThatThrownBy(cluster::addStore).isInstanceOf(AssertionError.class);
    StoreHarness late = cluster.store(0);
    late.losePower();
    cluster.addStore();
    cluster.await("a leader", () -> cluster.leader() != null);

    late.start();
    cluster.runFor(Duration.ofSeconds(2));

    assertThat(late.store().status().regions()).isEmpty();
    assertThat(late.log().regions()).isEmpty();
    late.losePower();
    late.start();
    assertThat(late.store().status().regions()).isEmpty();
  }

  @Test
  void withoutPdNothingIsMadeAndLaterItIs() {
    ClusterHarness cluster = new ClusterHarness(4);
    cluster.pd().reachable(false);
    assertThatThrownBy(cluster::addStore)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pd is not reachable");
    StoreHarness store = cluster.store(0);
    assertThat(StoreIdentity.read(store.engine(), store.log())).isNull();
    store.kill();
    cluster.pd().reachable(true);

    store.start();

    cluster.await("a leader", () -> store.leads(cluster.regionId()));
  }

  /** The process would end otherwise, and be started again for nothing. */
  @Test
  void whoseDisksAreFullIsToldSoAndGoesOnWhenTheyAreNot() {
    ClusterHarness cluster = new ClusterHarness(6);
    cluster.pd().reachable(false);
    assertThatThrownBy(cluster::addStore).isInstanceOf(AssertionError.class);
    StoreHarness store = cluster.store(0);
    store.kill();
    cluster.pd().reachable(true);

    int failures = 0;
    for (long free = 0; !store.isUp(); free += 20) { // in each of its steps
      store.kvDisk().setFreeBytes(free);
      try {
        store.start();
      } catch (AssertionError e) {
        assertThat(e).hasMessageContaining("no space for");
        failures++;
        store.kill();
      }
    }
    assertThat(failures).isGreaterThan(3);
    store.kvDisk().setFreeBytes(Long.MAX_VALUE);

    cluster.await("a leader", () -> store.leads(cluster.regionId()));
    cluster.put("k", "v");
    assertThat(cluster.get("k")).isEqualTo("v");
  }

  /** PD would not believe it: it could be a copy of the store, that leads by its own vote. */
  @Test
  void aStoreReportsItsRegionsAsSoonAsItIsTakenInAndNotBefore() {
    ClusterHarness cluster = ClusterHarness.ofOne(7);
    StoreHarness store = cluster.store(0);
    store.kill();
    cluster.pd().takesIn(false);
    int before = cluster.pd().heartbeats().size();
    store.start();
    cluster.await("a leader", () -> store.leads(cluster.regionId()));
    cluster.runFor(Duration.ofSeconds(70));
    assertThat(cluster.pd().heartbeats()).hasSize(before);

    cluster.pd().takesIn(true);
    cluster.await("a report", () -> cluster.pd().heartbeats().size() > before);
  }

  @Test
  void aStoreServesWhilePdIsAway() {
    ClusterHarness cluster = ClusterHarness.ofOne(5);
    cluster.pd().reachable(false);
    cluster.runFor(Duration.ofSeconds(30));
    cluster.put("k", "v");
    assertThat(cluster.get("k")).isEqualTo("v");

    int before = cluster.pd().heartbeats().size();
    cluster.pd().reachable(true);
    cluster.runFor(Duration.ofSeconds(61));
    assertThat(cluster.pd().heartbeats()).hasSizeGreaterThan(before);
  }
}
