package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.memory.MemoryDisk;
import dev.terrane.engine.memory.MemoryEngine;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order of tikv-protocol 4.1: each case is wrong in all later ways too. */
class RequestChecksTest {
  private static final Peer HERE = Peer.voter(11, 1);
  private static final Peer ELSEWHERE = Peer.voter(12, 2);
  private static final Region REGION =
      new Region(
          7,
          new KeyRange(Bytes.ofUtf8("b"), Bytes.ofUtf8("m")),
          new RegionEpoch(3, 5),
          List.of(HERE, ELSEWHERE));
  private static final KeyRange OUTSIDE = ClusterHarness.only(Bytes.ofUtf8("z"));
  private static final KeyRange INSIDE = ClusterHarness.only(Bytes.ofUtf8("c"));

  private final PeerView view = new PeerView(7, 11);

  @BeforeEach
  void leadsInTermNine() {
    view.region(REGION);
    view.readable();
    view.leadership(9, true, HERE);
  }

  private static RegionContext context(long peerId, long term, long version) {
    return new RegionContext(7, new RegionEpoch(1, version), peerId, 1, term);
  }

  @Test
  void firstThePeer() {
    view.leadership(9, false, ELSEWHERE);
    assertThat(RequestChecks.check(view, context(99, 1, 1), OUTSIDE, true))
        .isEqualTo(new RegionError.MismatchPeerId(99, 11));
  }

  @Test
  void thenLeadership() {
    view.leadership(9, false, ELSEWHERE);
    view.unreadable(PeerView.DataState.REPLACING);
    assertThat(RequestChecks.check(view, context(11, 1, 1), OUTSIDE, true))
        .isEqualTo(new RegionError.NotLeader(7, ELSEWHERE));
  }

  @Test
  void thenWhetherThereIsData() {
    view.unreadable(PeerView.DataState.NONE);
    assertThat(RequestChecks.check(view, context(11, 1, 1), OUTSIDE, false))
        .isEqualTo(new RegionError.RegionNotInitialized(7));
    view.unreadable(PeerView.DataState.REPLACING);
    assertThat(RequestChecks.check(view, context(11, 1, 1), OUTSIDE, false))
        .isInstanceOf(RegionError.Other.class);
    view.unreadable(PeerView.DataState.DESTROYED);
    assertThat(RequestChecks.check(view, context(11, 1, 1), OUTSIDE, false))
        .isEqualTo(new RegionError.RegionNotFound(7));
  }

  @Test
  void thenTheTermWhichMayBeOneBehind() {
    assertThat(RequestChecks.check(view, context(11, 7, 1), OUTSIDE, true))
        .isEqualTo(new RegionError.StaleCommand());
    assertThat(RequestChecks.check(view, context(11, 8, 5), INSIDE, true)).isNull();
    assertThat(RequestChecks.check(view, context(11, 0, 5), INSIDE, true)).isNull();
  }

  @Test
  void thenTheVersionWhichMustBeEqualWhileConfVerIsIgnored() {
    assertThat(RequestChecks.check(view, context(11, 0, 4), OUTSIDE, true))
        .isEqualTo(new RegionError.EpochNotMatch(List.of(REGION)));
    assertThat(RequestChecks.check(view, context(11, 0, 6), OUTSIDE, true))
        .isEqualTo(new RegionError.EpochNotMatch(List.of(REGION)));
  }

  @Test
  void lastTheKeys() {
    assertThat(RequestChecks.check(view, context(11, 0, 5), OUTSIDE, true))
        .isEqualTo(new RegionError.KeyNotInRegion(Bytes.ofUtf8("z"), 7, REGION.range()));
    assertThat(
            RequestChecks.check(
                view, context(11, 0, 5), new KeyRange(Bytes.ofUtf8("c"), Bytes.ofUtf8("n")), true))
        .isEqualTo(new RegionError.KeyNotInRegion(Bytes.ofUtf8("n"), 7, REGION.range()));
    assertThat(RequestChecks.check(view, context(11, 0, 5), INSIDE, true)).isNull();
    assertThat(RequestChecks.check(view, context(11, 0, 5), null, true)).isNull();
  }

  @Test
  void aReaderFindsThatTheRangeChangedOrTheDataWasReplaced() {
    LocalReader reader = new LocalReader(MemoryEngine.open(new MemoryDisk()), view, REGION, 9);
    assertThat(reader.recheck()).isNull();

    Region split = new Region(7, REGION.range(), new RegionEpoch(3, 6), REGION.peers());
    view.region(split);
    assertThat(reader.recheck()).isEqualTo(new RegionError.EpochNotMatch(List.of(split)));

    view.unreadable(PeerView.DataState.REPLACING);
    view.readable();
    assertThat(reader.recheck()).isInstanceOf(RegionError.Other.class);
  }
}
