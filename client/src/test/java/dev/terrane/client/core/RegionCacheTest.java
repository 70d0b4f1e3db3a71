package dev.terrane.client.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RegionCacheTest {
  private static final KeyCodec CODEC = KeyCodec.version1();

  private static Bytes key(int number) {
    return number == 0 ? Bytes.EMPTY : Bytes.of(number);
  }

  /** From key {@code start} to key {@code end}, of which 0 is the edge of the key space. */
  private static Region region(long id, int start, int end, long version) {
    return new Region(
        id,
        new KeyRange(key(start), key(end)),
        new RegionEpoch(1, version),
        List.of(
            Peer.voter(id * 10 + 1, 1), Peer.voter(id * 10 + 2, 2), Peer.learner(id * 10 + 3, 3)));
  }

  @Test
  void findsByKeyAndByWhatIsJustBelow() {
    RegionCache cache = new RegionCache(10, Long.MAX_VALUE);
    cache.insert(region(1, 0, 10, 1), null, CODEC);
    cache.insert(region(2, 10, 0, 1), null, CODEC);

    assertThat(idOf(cache.find(key(9)))).isEqualTo(1);
    assertThat(idOf(cache.find(key(10)))).isEqualTo(2);
    assertThat(idOf(cache.findBelow(key(10)))).isEqualTo(1);
    assertThat(idOf(cache.findBelow(key(11)))).isEqualTo(2);
    assertThat(idOf(cache.findBelow(Bytes.EMPTY))).isEqualTo(2);
  }

  @Test
  void aGapIsNotCovered() {
    RegionCache cache = new RegionCache(10, Long.MAX_VALUE);
    cache.insert(region(1, 5, 10, 1), null, CODEC);
    assertThat(cache.find(key(4))).isNull();
    assertThat(cache.find(key(10))).isNull();
    assertThat(cache.findBelow(key(5))).isNull();
    assertThat(cache.findBelow(key(11))).isNull();
    assertThat(cache.findBelow(Bytes.EMPTY)).isNull();
  }

  @Test
  void whatIsOlderDoesNotUndoWhatIsNewer() {
    RegionCache cache = new RegionCache(10, Long.MAX_VALUE);
    cache.insert(region(1, 10, 0, 2), null, CODEC);
    assertThat(cache.insert(region(1, 0, 0, 1), null, CODEC)).isFalse();
    assertThat(cache.insert(region(2, 0, 20, 1), null, CODEC)).isFalse();
    assertThat(cache.find(key(5))).isNull();
    assertThat(idOf(cache.find(key(15)))).isEqualTo(1);
  }

  @Test
  void pdIsNotBelievedAboutALeaderThatHasFailedSince() {
    RegionCache cache = new RegionCache(10, Long.MAX_VALUE);
    Region region = region(1, 0, 0, 1);
    Peer first = region.peers().get(0);
    Peer second = region.peers().get(1);
    cache.insertFromPd(region, first, CODEC);
    CachedRegion cached = Objects.requireNonNull(cache.find(key(5)));

    cached.passOver(first);
    cache.insertFromPd(region, first, CODEC);
    assertThat(cached.isValid()).isTrue();
    assertThat(cached.target()).isEqualTo(second);

    cached.passOver(second);
    cache.insertFromPd(region, second, CODEC);
    assertThat(cached.target()).as("another than the one that failed").isEqualTo(second);

    cached.lead(first);
    assertThat(cached.target()).as("a store is believed").isEqualTo(first);
    cached.passOver(second);
    cache.insertFromPd(region, first, CODEC);
    assertThat(cached.target()).isEqualTo(first);
  }

  @Test
  void whatIsReplacedIsNoLongerValid() {
    RegionCache cache = new RegionCache(10, Long.MAX_VALUE);
    cache.insert(region(1, 0, 0, 1), null, CODEC);
    CachedRegion old = cache.find(key(1));
    cache.insert(region(2, 0, 10, 2), null, CODEC);
    assertThat(old).isNotNull().matches(region -> !region.isValid());
    assertThat(cache.find(key(20))).as("dropped with its range, though not replaced").isNull();
  }

  @Test
  void isBounded() {
    RegionCache cache = new RegionCache(3, Long.MAX_VALUE);
    for (int i = 1; i < 100; i++) {
      cache.insert(region(i, i, i + 1, 1), null, CODEC);
      assertThat(cache.find(key(i))).isNotNull();
    }
    assertThat(cache.size()).isEqualTo(3);
  }

  @Test
  void whatIsUsedStaysWhereverItLies() {
    for (int used = 1; used < 100; used += 7) {
      RegionCache cache = new RegionCache(3, Long.MAX_VALUE);
      cache.insert(region(used, used, used + 1, 1), null, CODEC);
      for (int i = 1; i < 100; i++) {
        if (i != used) {
          cache.insert(region(i, i, i + 1, 1), null, CODEC);
        }
        // Two ways to use it, and two others that come and go.
        assertThat(i % 2 == 0 ? cache.find(key(used)) : cache.findBelow(key(used + 1))).isNotNull();
        assertThat(cache.size()).isLessThanOrEqualTo(3);
      }
    }
  }

  @Test
  void isBoundedInBytesToo() {
    RegionCache cache = new RegionCache(1_000, 100_000);
    for (int i = 1; i < 200; i++) {
      byte[] start = new byte[10_000];
      start[0] = (byte) i;
      KeyRange range = new KeyRange(Bytes.copyOf(start), key(i + 1));
      cache.insert(
          new Region(i, range, new RegionEpoch(1, 1), List.of(Peer.voter(1, 1))), null, CODEC);
      assertThat(cache.find(range.start())).isNotNull();
    }
    assertThat(cache.size()).isBetween(5, 10);
  }

  @Test
  void evenARegionThatIsTooLargeAloneIsKeptUntilTheNextComes() {
    RegionCache cache = new RegionCache(10, 1);
    cache.insert(region(1, 1, 2, 1), null, CODEC);
    cache.insert(region(2, 2, 3, 1), null, CODEC);
    assertThat(cache.find(key(1))).isNull();
    assertThat(cache.find(key(2))).isNotNull();
  }

  @Test
  void turnsToEachVoterOnceAndOnlyFromTheOneThatFailed() {
    CachedRegion region = new CachedRegion(region(1, 0, 0, 1), Peer.voter(12, 2), CODEC);
    Peer second = region.target();
    assertThat(second.storeId()).isEqualTo(2);

    assertThat(region.passOver(second)).isTrue();
    assertThat(region.target().storeId()).isEqualTo(1);
    assertThat(region.passOver(second)).as("done already").isTrue();
    assertThat(region.target().storeId()).isEqualTo(1);
    assertThat(region.passOver(region.target())).as("learners do not lead").isFalse();
  }

  @Test
  void aLeaderThatIsNoPeerIsNotBelieved() {
    CachedRegion region = new CachedRegion(region(1, 0, 0, 1), null, CODEC);
    assertThat(region.lead(Peer.voter(99, 2))).isFalse();
    assertThat(region.lead(Peer.voter(12, 2))).isTrue();
    assertThat(region.context().getPeer().getStoreId()).isEqualTo(2);
  }

  private static long idOf(@Nullable CachedRegion region) {
    return region == null ? 0 : region.region().id();
  }

  /** Against a plain list of Regions that answers by looking at every one. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithAListOfRegions(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    RegionCache cache = new RegionCache(1_000, Long.MAX_VALUE);
    List<Region> model = new ArrayList<>();
    for (int step = 0; step < 3_000; step++) {
      int start = random.nextInt(60);
      int end = random.nextInt(8) == 0 ? 0 : start + 1 + random.nextInt(10);
      Region region =
          region(1 + random.nextInt(30), start, end, 1 + step / 100 + random.nextInt(4));
      if (random.nextInt(5) == 0) {
        CachedRegion found = cache.find(key(start));
        if (found != null) {
          cache.remove(found);
          model.remove(found.region());
        }
      } else {
        assertThat(cache.insert(region, null, CODEC)).isEqualTo(insert(model, region));
      }
      int probe = random.nextInt(75);
      assertThat(idOf(cache.find(key(probe)))).isEqualTo(find(model, key(probe)));
      assertThat(idOf(cache.findBelow(key(probe)))).isEqualTo(findBelow(model, key(probe)));
      assertThat(cache.size()).isEqualTo(model.size());
    }
  }

  private static boolean insert(List<Region> model, Region fresh) {
    for (Region old : model) {
      boolean newer =
          old.id() == fresh.id()
              ? fresh.epoch().isOlderThan(old.epoch())
              : old.epoch().version() > fresh.epoch().version();
      if (old.range().overlaps(fresh.range()) && newer) {
        return false;
      }
    }
    model.removeIf(old -> old.range().overlaps(fresh.range()));
    model.add(fresh);
    return true;
  }

  private static long find(List<Region> model, Bytes key) {
    return model.stream()
        .filter(region -> region.range().contains(key))
        .mapToLong(Region::id)
        .findAny()
        .orElse(0);
  }

  private static long findBelow(List<Region> model, Bytes bound) {
    return model.stream()
        .filter(region ->
            bound.isEmpty()
                ? region.range().end().isEmpty()
                : region.range().start().compareTo(bound) < 0
                    && (region.range().end().isEmpty()
                        || bound.compareTo(region.range().end()) <= 0))
        .mapToLong(Region::id)
        .findAny()
        .orElse(0);
  }
}
