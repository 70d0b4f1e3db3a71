package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.InvariantViolation;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RegionMapTest {
  private static Region region(long id, String start, String end) {
    return new Region(
        id,
        new KeyRange(Bytes.ofUtf8(start), Bytes.ofUtf8(end)),
        RegionEpoch.FIRST,
        List.of(Peer.voter(id * 10, 1)));
  }

  private static PeerView view(Region region) {
    PeerView view = new PeerView(region.id(), region.id() * 10);
    view.region(region);
    return view;
  }

  private static List<Long> overlapping(RegionMap map, String start, String end) {
    return map.overlapping(new KeyRange(Bytes.ofUtf8(start), Bytes.ofUtf8(end))).stream()
        .map(Region::id)
        .toList();
  }

  @Test
  void findsRegionsByIdAndByKey() {
    RegionMap map = new RegionMap();
    map.add(view(region(1, "", "c")));
    map.add(view(region(2, "c", "m")));
    map.add(view(region(3, "m", "")));

    assertThat(overlapping(map, "a", "b")).containsExactly(1L);
    assertThat(overlapping(map, "b", "d")).containsExactly(1L, 2L);
    assertThat(overlapping(map, "c", "d")).containsExactly(2L);
    assertThat(overlapping(map, "", "")).containsExactly(1L, 2L, 3L);
    assertThat(overlapping(map, "z", "")).containsExactly(3L);
    assertThat(map.get(2)).extracting(PeerView::regionId).isEqualTo(2L);
    assertThat(map.get(9)).isNull();
  }

  @Test
  void aPeerWithoutDataIsFoundByIdOnly() {
    RegionMap map = new RegionMap();
    PeerView blank = new PeerView(5, 50);
    map.add(blank);

    assertThat(map.get(5)).isSameAs(blank);
    assertThat(overlapping(map, "", "")).isEmpty();

    map.update(blank, region(5, "a", "b"));
    assertThat(overlapping(map, "", "")).containsExactly(5L);
    map.remove(blank);
    assertThat(map.get(5)).isNull();
    assertThat(overlapping(map, "", "")).isEmpty();
  }

  @Test
  void refusesTwoOwnersOfOneKey() {
    RegionMap map = new RegionMap();
    map.add(view(region(1, "a", "m")));

    assertThatThrownBy(() -> map.add(view(region(2, "l", "z"))))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("overlaps");
    assertThatThrownBy(() -> map.add(new PeerView(1, 11))).isInstanceOf(InvariantViolation.class);
  }

  /** Readers race with a writer that moves a border to and fro; nobody ever sees two owners. */
  @Test
  @Timeout(30)
  void readersNeverSeeOverlappingRegions() throws Exception {
    RegionMap map = new RegionMap();
    PeerView left = view(region(1, "", "m"));
    PeerView right = view(region(2, "m", ""));
    map.add(left);
    map.add(right);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    CountDownLatch reading = new CountDownLatch(2);
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread reader =
          new Thread(() -> {
            reading.countDown();
            while (!stop.get()) {
              List<Region> found = map.overlapping(KeyRange.ALL);
              for (int a = 1; a < found.size(); a++) {
                if (found.get(a - 1).range().overlaps(found.get(a).range())) {
                  wrong.set(found.toString());
                }
              }
              if (map.get(1) != left || map.get(2) != right) {
                wrong.set("lost by id");
              }
            }
          });
      readers.add(reader);
      reader.start();
    }
    reading.await();
    for (int i = 0; i < 20_000; i++) {
      // As a split and a merge would: the shrinking side first.
      map.update(left, region(1, "", "f"));
      map.update(right, region(2, "f", ""));
      map.update(right, region(2, "m", ""));
      map.update(left, region(1, "", "m"));
    }
    stop.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(wrong.get()).isNull();
  }
}
