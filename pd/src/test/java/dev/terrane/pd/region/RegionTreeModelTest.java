package dev.terrane.pd.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tree against a naive model that keeps an answer for each key of a small key space, under
 * random reports: histories of splits and merges told late, twice and out of order.
 */
class RegionTreeModelTest {
  private static final int KEYS = 24;
  private static final int REPORTS = 4_000;

  /** For each key the Region to answer; for each id the current Region. Every step is O(keys). */
  private static final class NaiveTree {
    final @Nullable RegionInfo[] answerByKey = new @Nullable RegionInfo[KEYS];
    final TreeMap<Long, RegionInfo> currentById = new TreeMap<>();

    boolean put(RegionInfo report) {
      RegionInfo known = currentById.get(report.id());
      if (known != null
          && (report.region().epoch().isOlderThan(known.region().epoch())
              || (report.term() != 0 && report.term() < known.term()))) {
        return false;
      }
      boolean sameRange = known != null && known.region().range().equals(report.region().range());
      for (int key = 0; key < KEYS && !sameRange; key++) {
        RegionInfo answer = answerByKey[key];
        if (covers(report, key)
            && answer != null
            && !answer.equals(known)
            && answer.region().epoch().version() > report.region().epoch().version()) {
          return false;
        }
      }
      for (int key = 0; key < KEYS; key++) {
        RegionInfo answer = answerByKey[key];
        if (covers(report, key)) {
          if (answer != null && answer.equals(currentById.get(answer.id()))) {
            currentById.remove(answer.id());
          }
          answerByKey[key] = report;
        }
      }
      currentById.put(report.id(), report);
      return true;
    }
  }

  private static Bytes key(int number) {
    return number == 0 ? Bytes.EMPTY : Bytes.of(number);
  }

  private static boolean covers(RegionInfo region, int key) {
    return region.region().range().contains(key(key));
  }

  private static RegionInfo random(Random random) {
    int start = random.nextInt(KEYS);
    int end = start + 1 + random.nextInt(KEYS - start);
    long id = random.nextLong(1, 9);
    Peer leader = Peer.voter(id * 100 + random.nextInt(3), 1 + random.nextInt(3));
    Region region =
        new Region(
            id,
            new KeyRange(key(start), end == KEYS ? Bytes.EMPTY : key(end)),
            new RegionEpoch(1 + random.nextInt(3), 1 + random.nextInt(30)),
            List.of(leader));
    return new RegionInfo(
        region, leader, random.nextInt(4), List.of(), List.of(), random.nextInt(9), 0, 1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void answersAsTheModel(long seed) {
    Random random = new Random(seed);
    RegionTree tree = new RegionTree();
    NaiveTree model = new NaiveTree();
    long lifts = 0;
    for (int i = 0; i < REPORTS; i++) {
      RegionInfo report = random(random);
      if (i % 40 == 39) {
        lifts += 3; // time goes on: newer versions take the place of what became too new to beat
      }
      report = lifted(report, lifts);
      boolean accepted = tree.put(report) instanceof RegionUpdate.Accepted;
      assertThat(accepted).as("report %d: %s", i, report).isEqualTo(model.put(report));
      compare(tree, model, i);
    }
    assertThat(tree.size()).isPositive();
  }

  private static RegionInfo lifted(RegionInfo info, long lifts) {
    RegionEpoch epoch = info.region().epoch();
    Region region =
        info.region()
            .withPeers(
                info.region().peers(),
                new RegionEpoch(epoch.confVer() + lifts, epoch.version() + lifts));
    return new RegionInfo(
        region,
        info.leader(),
        info.term() == 0 ? 0 : info.term() + lifts,
        info.downPeers(),
        info.pendingPeers(),
        info.approximateBytes(),
        info.approximateKeys(),
        info.reportedIn());
  }

  private static void compare(RegionTree tree, NaiveTree model, int step) {
    for (int key = 0; key < KEYS; key++) {
      assertThat(tree.find(key(key)))
          .as("key %d, step %d", key, step)
          .isEqualTo(model.answerByKey[key]);
    }
    assertThat(tree.size()).as("step %d", step).isEqualTo(model.currentById.size());
    int[] peers = new int[4];
    for (RegionInfo current : model.currentById.values()) {
      assertThat(tree.byId(current.id())).isEqualTo(current);
      current.region().peers().forEach(peer -> peers[(int) peer.storeId()]++);
    }
    for (int store = 1; store <= 3; store++) {
      assertThat(tree.peersOnStore(store)).isEqualTo(peers[store]);
    }
    List<RegionInfo> distinct = new ArrayList<>();
    for (RegionInfo answer : model.answerByKey) {
      if (answer != null && !distinct.contains(answer)) {
        distinct.add(answer);
      }
    }
    assertThat(tree.scan(KeyRange.ALL, KEYS).regions()).as("step %d", step).isEqualTo(distinct);
  }
}
