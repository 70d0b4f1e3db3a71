package dev.terrane.client.core;

import static dev.terrane.client.core.Bench.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.KeyValue;
import dev.terrane.client.RawScan;
import dev.terrane.client.RegionInfo;
import dev.terrane.client.StoreInfo;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What PD answers may make no sense: it is asked again, less and less often, until it does or time
 * is out, and what it said is not believed for a moment.
 */
final class NonsenseFromPdTest {
  /** More than the client asks at a time. */
  private static final int KEYS = 12;

  record Nonsense(String name, UnaryOperator<Message> answer) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** In every answer that has Regions, each is changed. */
  private static Nonsense regions(String name, Consumer<Region.Builder> change) {
    return new Nonsense(
        name,
        answer -> {
          if (answer instanceof GetRegionResponse one) {
            Region.Builder region = one.getRegion().toBuilder();
            change.accept(region);
            return one.toBuilder().setRegion(region).build();
          } else if (answer instanceof ScanRegionsResponse many) {
            ScanRegionsResponse.Builder changed = many.toBuilder();
            changed.getRegionsBuilderList().forEach(each -> change.accept(each.getRegionBuilder()));
            return changed.build();
          }
          return answer;
        });
  }

  static List<Nonsense> nonsense() {
    return List.of(
        regions("no peers", Region.Builder::clearPeers),
        regions("no id", Region.Builder::clearId),
        regions("a peer of no store", region -> region.getPeersBuilder(0).clearStoreId()),
        regions("a peer without an id", region -> region.getPeersBuilder(0).clearId()),
        regions("a role that is none", region -> region.getPeersBuilder(0).setRoleValue(77)),
        regions(
            "nothing but a name",
            region -> {
              long id = region.getId();
              region.clear().setId(id);
            }),
        regions(
            "ends before it begins",
            region -> region.setStartKey(bytes("m")).setEndKey(bytes("a"))),
        regions(
            "ends where it begins", region -> region.setStartKey(bytes("m")).setEndKey(bytes("m"))),
        regions("is elsewhere", region -> region.setStartKey(bytes("x")).setEndKey(bytes("y"))),
        new Nonsense(
            "nothing",
            answer ->
                answer instanceof GetRegionResponse || answer instanceof ScanRegionsResponse
                    ? answer.getDefaultInstanceForType()
                    : answer),
        new Nonsense(
            "in the wrong order",
            answer -> {
              if (answer instanceof GetRegionResponse one) {
                return one.toBuilder().clearRegion().build();
              } else if (answer instanceof ScanRegionsResponse many) {
                List<dev.terrane.proto.pdpb.Region> turned = new ArrayList<>(many.getRegionsList());
                Collections.reverse(turned);
                return many.toBuilder().clearRegions().addAllRegions(turned).build();
              }
              return answer;
            }),
        new Nonsense(
            "another store's address",
            answer ->
                answer instanceof GetStoreResponse store
                    ? store.toBuilder().setStore(store.getStore().toBuilder().setId(99)).build()
                    : answer));
  }

  private static Bench bench() {
    Bench bench = new Bench();
    for (int k = 1; k < KEYS; k++) {
      bench.cluster.split(key(name(k)));
    }
    return bench;
  }

  private static String name(int k) {
    return "k" + (char) ('a' + k);
  }

  private static List<Outcome<Optional<Bytes>>> readAll(Bench bench) {
    List<Outcome<Optional<Bytes>>> reads = new ArrayList<>();
    for (int k = 0; k < KEYS; k++) {
      Outcome<Optional<Bytes>> read = new Outcome<>();
      bench.raw.get(key(name(k)), read);
      reads.add(read);
    }
    return reads;
  }

  private static boolean allEnded(List<Outcome<Optional<Bytes>>> reads) {
    return reads.stream().allMatch(Outcome::hasEnded);
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void isAskedAgainUntilItMakesSense(Nonsense nonsense) {
    Bench bench = bench();
    bench.cluster.pd().distort(nonsense.answer);
    List<Outcome<Optional<Bytes>>> reads = readAll(bench);
    Outcome<List<KeyValue>> backwards = new Outcome<>();
    bench.raw.scan(RawScan.of(KeyRange.ALL, 10).reversed(), backwards);
    bench.network.pass(bench.core, Duration.ofSeconds(2).toNanos());
    // But for the last Region, which PD may tell of rightly when asked from the other end.
    assertThat(reads.subList(0, KEYS - 1)).noneMatch(Outcome::hasSucceeded);
    assertThat(bench.cluster.pd().asked()).as("not without a pause").isLessThan(40 * KEYS);

    bench.cluster.pd().distort(UnaryOperator.identity());
    bench.network.runUntil(
        bench.core, () -> allEnded(reads) && backwards.hasEnded(), Duration.ofSeconds(2).toNanos());

    assertThat(reads).allMatch(Outcome::hasSucceeded);
    assertThat(backwards.hasSucceeded()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void failsInTimeAndIsOverOncePdIsWell(Nonsense nonsense) {
    Bench bench = bench();
    bench.cluster.pd().distort(nonsense.answer);
    List<Outcome<Optional<Bytes>>> reads = readAll(bench);
    bench.network.runUntil(bench.core, () -> allEnded(reads), Duration.ofMillis(10_100).toNanos());

    assertThat(reads)
        .allSatisfy(read ->
            assertThat(read.failure())
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("PD")
                .hasMessageNotContaining("not asked yet"));

    bench.cluster.pd().distort(UnaryOperator.identity());
    List<Outcome<Optional<Bytes>>> later = readAll(bench);
    bench.network.runUntil(bench.core, () -> allEnded(later), Duration.ofSeconds(1).toNanos());
    assertThat(later).allMatch(Outcome::hasSucceeded);
  }

  /** A Region that was believed would hide those that lie where it claims to be. */
  @ParameterizedTest
  @MethodSource("nonsense")
  void harmsNoRegionThatIsKnown(Nonsense nonsense) {
    Bench bench = bench();
    List<Outcome<Optional<Bytes>>> known = readAll(bench);
    bench.network.runUntil(bench.core, () -> allEnded(known), Bench.MINUTE_NANOS);
    bench.cluster.pd().distort(nonsense.answer);
    Outcome<Optional<Bytes>> unknown = new Outcome<>();
    bench.raw.get(key("a"), unknown);
    bench.network.pass(bench.core, Duration.ofSeconds(1).toNanos());

    List<Outcome<Optional<Bytes>>> reads = readAll(bench);
    bench.network.runUntil(bench.core, () -> allEnded(reads), Duration.ofMillis(10).toNanos());
    assertThat(reads).allMatch(Outcome::hasSucceeded);
  }

  @Test
  void aBoundThatIsNotEncodedAsInVersion2IsAskedForAgain() {
    Bench bench = new Bench(true, config -> config);
    bench.cluster.pd().distort(regions("raw bound", region -> region.setEndKey(bytes("z"))).answer);
    Outcome<Optional<Bytes>> read = new Outcome<>();
    bench.raw.get(key("k"), read);
    bench.network.pass(bench.core, Duration.ofSeconds(1).toNanos());
    assertThat(read.hasEnded()).isFalse();

    bench.cluster.pd().distort(UnaryOperator.identity());
    bench.network.runUntil(bench.core, read::hasEnded, Duration.ofSeconds(1).toNanos());
    assertThat(read.hasSucceeded()).isTrue();
  }

  @Test
  void aKeyspaceIdThatIsNoneIsAskedForAgain() {
    Bench bench = new Bench(true, config -> config);
    bench
        .cluster
        .pd()
        .distort(answer ->
            answer instanceof LoadKeyspaceResponse keyspace
                ? keyspace.toBuilder()
                    .setKeyspace(keyspace.getKeyspace().toBuilder().setId(1 << 24))
                    .build()
                : answer);
    Outcome<Optional<Bytes>> read = new Outcome<>();
    bench.raw.get(key("k"), read);
    bench.network.pass(bench.core, Duration.ofSeconds(1).toNanos());
    assertThat(read.hasEnded()).isFalse();

    bench.cluster.pd().distort(UnaryOperator.identity());
    bench.network.runUntil(bench.core, read::hasEnded, Duration.ofSeconds(1).toNanos());
    assertThat(read.hasSucceeded()).isTrue();
  }

  @Test
  void aQuestionOfTheUsersOwnEndsInTime() {
    Bench bench = bench();
    bench
        .cluster
        .pd()
        .distort(regions("role", region -> region.getPeersBuilder(0).setRoleValue(77)).answer);
    Outcome<List<RegionInfo>> regions =
        bench.run(outcome -> bench.pd.regions(KeyRange.ALL, 10, outcome));
    assertThat(regions.failure())
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("makes no sense");

    Outcome<List<StoreInfo>> stores = bench.run(outcome -> bench.pd.stores(outcome));
    assertThat(stores.hasSucceeded()).isTrue();
  }

  /** The Region before a key, as PD has it, begins with that key: it is not asked on and on. */
  @Test
  void aRegionBeforeAKeyThatIsNotIsAskedForNoMoreOftenThanOthers() {
    Bench bench = bench();
    dev.terrane.proto.metapb.Region behind =
        dev.terrane.proto.metapb.Region.newBuilder()
            .setId(10)
            .setStartKey(bytes("kz"))
            .setRegionEpoch(
                dev.terrane.proto.metapb.RegionEpoch.newBuilder().setConfVer(1).setVersion(50))
            .addPeers(dev.terrane.proto.metapb.Peer.newBuilder().setId(11).setStoreId(1))
            .build();
    int[] asked = {0};
    bench
        .cluster
        .pd()
        .distort(answer -> {
          if (answer instanceof GetRegionResponse one) {
            asked[0]++;
            return one.toBuilder().setRegion(behind).build();
          }
          return answer;
        });
    Outcome<List<KeyValue>> backwards = new Outcome<>();
    bench.raw.scan(RawScan.of(new KeyRange(key("ka"), key("kz")), 10).reversed(), backwards);
    bench.network.runUntil(bench.core, backwards::hasEnded, Bench.MINUTE_NANOS);
    assertThat(backwards.failure()).hasMessageContaining("makes no sense");
    assertThat(asked[0]).isLessThan(200);
  }

  /** The store of an epoch that there never was does not come to it, however long one waits. */
  @Test
  void anEpochThatTheRegionNeverHadIsForgottenOncePdIsWell() {
    Bench bench = bench();
    bench
        .cluster
        .pd()
        .distort(answer -> {
          if (answer instanceof GetRegionResponse one) {
            var region = one.getRegion().toBuilder();
            region.getRegionEpochBuilder().setVersion(1L << 40);
            return one.toBuilder().setRegion(region).build();
          }
          return answer;
        });
    assertThat(bench.get("kc").failure()).isInstanceOf(DeadlineExceededException.class);
    assertThat(bench.cluster.pd().asked()).as("not without a pause").isLessThan(100);

    bench.cluster.pd().distort(UnaryOperator.identity());
    assertThat(bench.get("kc").hasSucceeded()).isTrue();
  }
}
