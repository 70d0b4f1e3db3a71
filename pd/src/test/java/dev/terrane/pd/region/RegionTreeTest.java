package dev.terrane.pd.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tree answers around a split, a merge and stale reports; one fact a test. */
class RegionTreeTest {
  private final RegionTree tree = new RegionTree();

  static RegionInfo region(long id, String start, String end, long confVer, long version) {
    return region(id, start, end, confVer, version, 5);
  }

  static RegionInfo region(
      long id, String start, String end, long confVer, long version, long term) {
    Peer leader = Peer.voter(id * 10, 1);
    Region region =
        new Region(
            id,
            new KeyRange(Bytes.ofUtf8(start), Bytes.ofUtf8(end)),
            new RegionEpoch(confVer, version),
            List.of(leader));
    return new RegionInfo(region, leader, term, List.of(), List.of(), 0, 0, 1);
  }

  private long idAt(String key) {
    RegionInfo found = tree.find(Bytes.ofUtf8(key));
    return found == null ? 0 : found.id();
  }

  @ParameterizedTest(name = "known {0}/{1} term {2}, report {3}/{4} term {5}: accepted {6}")
  @CsvSource({
    "2, 2, 5,  2, 2, 5, true", // the same again
    "2, 2, 5,  3, 2, 5, true",
    "2, 2, 5,  2, 3, 5, true",
    "2, 2, 5,  2, 2, 6, true",
    "2, 2, 5,  1, 2, 5, false", // an older membership
    "2, 2, 5,  2, 1, 5, false", // an older range
    "2, 2, 5,  9, 1, 9, false", // a newer membership does not make up for an older range
    "2, 2, 5,  1, 9, 9, false",
    "2, 2, 5,  2, 2, 4, false", // a deposed leader
    "2, 2, 5,  3, 2, 4, false",
    "2, 2, 5,  2, 2, 0, true", // a reporter that does not tell its term
  })
  void keepsTheNewerOfTwoReportsOfOneRegion(
      long confVer,
      long version,
      long term,
      long newConfVer,
      long newVersion,
      long newTerm,
      boolean accepted) {
    tree.put(region(1, "", "", confVer, version, term));
    RegionUpdate update = tree.put(region(1, "", "", newConfVer, newVersion, newTerm));
    assertThat(update instanceof RegionUpdate.Accepted).isEqualTo(accepted);
    RegionEpoch kept =
        accepted ? new RegionEpoch(newConfVer, newVersion) : new RegionEpoch(confVer, version);
    assertThat(tree.byId(1)).extracting(info -> info.region().epoch()).isEqualTo(kept);
  }

  @ParameterizedTest(name = "known version {0}, overlapping report of version {1}: accepted {2}")
  @CsvSource({"2, 3, true", "2, 2, true", "2, 1, false"})
  void keepsTheNewerOfTwoClaimsAboutOneRange(long known, long reported, boolean accepted) {
    tree.put(region(1, "", "", 1, known));
    RegionUpdate update = tree.put(region(2, "m", "", 1, reported));
    assertThat(update instanceof RegionUpdate.Accepted).isEqualTo(accepted);
    assertThat(idAt("x")).isEqualTo(accepted ? 2 : 1);
  }

  @Test
  void answersTheOldRegionUntilTheOtherHalfOfASplitReports() {
    RegionInfo undivided = region(1, "", "", 1, 1);
    tree.put(undivided);
    tree.put(region(1, "m", "", 1, 2)); // the right part keeps the id, and is first
    assertThat(tree.find(Bytes.ofUtf8("a"))).isEqualTo(undivided);
    assertThat(idAt("x")).isEqualTo(1);
    assertThat(tree.scan(KeyRange.ALL, 10).gapless()).isTrue();

    tree.put(region(2, "", "m", 1, 2));
    assertThat(idAt("a")).isEqualTo(2);
    assertThat(tree.size()).isEqualTo(2);
  }

  @Test
  void aRemainderIsNotCurrent() {
    RegionInfo undivided = region(1, "", "", 1, 1);
    tree.put(undivided);
    RegionUpdate update = tree.put(region(2, "", "m", 1, 2));
    assertThat(update).isEqualTo(new RegionUpdate.Accepted(List.of(undivided), true));
    assertThat(tree.byId(1)).isNull();
    assertThat(idAt("x")).isEqualTo(1);
    assertThat(tree.currentFrom(Bytes.EMPTY, 10)).extracting(RegionInfo::id).containsExactly(2L);
  }

  @Test
  void aStaleReportDoesNotTakeARemainderBack() {
    tree.put(region(1, "", "", 1, 4));
    tree.put(region(2, "", "m", 1, 5));
    assertThat(tree.put(region(3, "m", "", 1, 3))).isInstanceOf(RegionUpdate.Stale.class);
    assertThat(idAt("x")).isEqualTo(1);
  }

  @Test
  void aMergeRemovesTheSource() {
    tree.put(region(1, "", "m", 1, 2));
    tree.put(region(2, "m", "", 1, 2));
    RegionUpdate update = tree.put(region(2, "", "", 1, 3));
    assertThat(update).isInstanceOf(RegionUpdate.Accepted.class);
    assertThat(tree.byId(1)).isNull();
    assertThat(idAt("a")).isEqualTo(2);
    assertThat(tree.size()).isEqualTo(1);
  }

  @Test
  void findsThePreviousRegion() {
    tree.put(region(1, "", "m", 1, 2));
    tree.put(region(2, "m", "", 1, 2));
    assertThat(tree.previous(Bytes.ofUtf8("x"))).extracting(RegionInfo::id).isEqualTo(1L);
    assertThat(tree.previous(Bytes.ofUtf8("m"))).extracting(RegionInfo::id).isEqualTo(1L);
    assertThat(tree.previous(Bytes.ofUtf8("a"))).isNull();
  }

  @Test
  void scansInOrderAndSaysWhereAHoleIs() {
    tree.put(region(1, "b", "d", 1, 1));
    tree.put(region(2, "d", "f", 1, 1));
    tree.put(region(3, "g", "", 1, 1));
    KeyRange covered = new KeyRange(Bytes.ofUtf8("c"), Bytes.ofUtf8("e"));
    assertThat(tree.scan(covered, 10))
        .isEqualTo(
            new RegionScan(List.of(region(1, "b", "d", 1, 1), region(2, "d", "f", 1, 1)), true));
    KeyRange holed = new KeyRange(Bytes.ofUtf8("c"), Bytes.ofUtf8("h"));
    assertThat(tree.scan(holed, 10).gapless()).isFalse();
    assertThat(tree.scan(KeyRange.ALL, 10).gapless()).isFalse();
    assertThat(tree.scan(KeyRange.ALL, 2).regions())
        .extracting(RegionInfo::id)
        .containsExactly(1L, 2L);
  }

  @Test
  void countsPeersAndLeadersOfCurrentRegionsOnly() {
    tree.put(region(1, "", "", 1, 1));
    assertThat(tree.peersOnStore(1)).isEqualTo(1);
    assertThat(tree.leadersOnStore(1)).isEqualTo(1);
    tree.put(region(2, "", "m", 1, 2));
    assertThat(tree.peersOnStore(1)).isEqualTo(1); // the remainder does not count
    tree.put(region(2, "", "m", 2, 2));
    assertThat(tree.leadersOnStore(1)).isEqualTo(1);
  }
}
