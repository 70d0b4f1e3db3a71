package dev.terrane.engine.log;

import static dev.terrane.engine.log.Entries.all;
import static dev.terrane.engine.log.Entries.entry;
import static dev.terrane.engine.log.Entries.read;
import static dev.terrane.engine.log.Entries.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.InvariantViolation;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.EngineClosedException;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.HardState;
import dev.terrane.raft.LogRead;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmentedRaftLogTest {
  private static final Tombstone TOMBSTONE = new Tombstone(new RegionEpoch(3, 4), 17);

  private final TestDisk disk = new TestDisk(RaftLogOptions.SMALL);
  private SegmentedRaftLog log = disk.open();

  @Test
  void knowsNothingOfARegionThatWasNeverWritten() {
    assertThat(log.firstIndex(1)).isEqualTo(1);
    assertThat(log.lastIndex(1)).isZero();
    assertThat(log.term(1, 0)).isZero();
    assertThat(log.hardState(1)).isNull();
    assertThat(log.regions()).isEmpty();
  }

  @Test
  void readsBackWhatOneBatchSaidOfManyRegions() {
    log.write(
        new LogBatch()
            .append(1, List.of(entry(1, 1, "a"), entry(2, 1, "b")))
            .append(2, List.of(new Entry(1, 5, EntryKind.CONF_CHANGE, Bytes.ofUtf8("c"))))
            .hardState(2, new HardState(5, 3, 0))
            .put(Bytes.ofUtf8("store"), Bytes.ofUtf8("ident")));
    for (int round = 0; round < 2; round++) {
      assertThat(all(log, 1)).containsExactly(entry(1, 1, "a"), entry(2, 1, "b"));
      assertThat(all(log, 2))
          .containsExactly(new Entry(1, 5, EntryKind.CONF_CHANGE, Bytes.ofUtf8("c")));
      assertThat(log.hardState(1)).isNull();
      assertThat(log.hardState(2)).isEqualTo(new HardState(5, 3, 0));
      assertThat(log.record(Bytes.ofUtf8("store"))).isEqualTo(Bytes.ofUtf8("ident"));
      assertThat(log.regions()).containsExactly(1L, 2L);
      reopen();
    }
  }

  @Test
  void syncsOnceForAllBatchesOfAWrite() {
    long before = log.figures().syncs();
    log.write(
        List.of(
            new LogBatch().append(1, run(1, 3, 1, 100)),
            new LogBatch(),
            new LogBatch().append(1, run(4, 6, 1, 100)).append(2, run(1, 9, 1, 100))));
    assertThat(log.figures().syncs()).isEqualTo(before + 1);
    assertThat(log.lastIndex(1)).isEqualTo(6);
    assertThat(log.figures().syncNanos()).isEqualTo(1_000_000);
  }

  @Test
  void replacesTheSuffixThatAnAppendOverlaps() {
    log.write(new LogBatch().append(1, run(1, 10, 1, 10)));
    log.write(new LogBatch().append(1, List.of(entry(4, 2, "new"))));
    for (int round = 0; round < 2; round++) {
      assertThat(log.lastIndex(1)).isEqualTo(4);
      assertThat(log.term(1, 3)).isEqualTo(1);
      assertThat(log.term(1, 4)).isEqualTo(2);
      assertThat(log.term(1, 5)).isZero();
      assertThat(read(log, 1, 4, 5, 0)).containsExactly(entry(4, 2, "new"));
      reopen();
    }
  }

  @Test
  void releasesAPrefixAndKeepsItsLastTerm() {
    log.write(new LogBatch().append(1, run(1, 5, 3, 10)).append(2, run(1, 5, 3, 10)));
    log.write(new LogBatch().release(1, 4).release(1, 2).release(2, 5));
    for (int round = 0; round < 2; round++) {
      assertThat(log.firstIndex(1)).isEqualTo(5);
      assertThat(log.term(1, 4)).isEqualTo(3);
      assertThat(log.term(1, 3)).isZero();
      assertThat(log.entries(1, 4, 6, 100)).isEqualTo(new LogRead.Compacted(5));
      assertThat(all(log, 1)).isEqualTo(run(5, 5, 3, 10));
      assertThat(log.firstIndex(2)).isEqualTo(6);
      assertThat(log.lastIndex(2)).isEqualTo(5);
      assertThat(log.term(2, 5)).isEqualTo(3);
      reopen();
    }
  }

  @Test
  void replacesTheLogByASnapshotsBase() {
    log.write(new LogBatch().append(1, run(1, 50, 1, 10)));
    log.write(new LogBatch().reset(1, 20, 7).append(1, run(21, 22, 7, 10)));
    for (int round = 0; round < 2; round++) {
      assertThat(log.firstIndex(1)).isEqualTo(21);
      assertThat(log.lastIndex(1)).isEqualTo(22);
      assertThat(log.term(1, 20)).isEqualTo(7);
      reopen();
    }
  }

  @Test
  void destroysAPeerWhateverWasSaidOfItBefore() {
    log.write(new LogBatch().append(1, run(1, 5, 1, 10)).hardState(1, new HardState(9, 1, 5)));
    log.write(
        new LogBatch()
            .append(1, run(6, 7, 9, 10))
            .hardState(1, new HardState(10, 1, 5))
            .destroy(1, TOMBSTONE));
    for (int round = 0; round < 2; round++) {
      assertThat(log.regions()).isEmpty();
      assertThat(log.hardState(1)).isNull();
      assertThat(log.lastIndex(1)).isZero();
      assertThat(log.tombstone(1)).isEqualTo(TOMBSTONE);
      reopen();
    }
  }

  @Test
  void startsAPeerOfADestroyedRegionBlank() {
    log.write(new LogBatch().append(1, run(1, 5, 1, 10)).hardState(1, new HardState(9, 1, 5)));
    log.write(
        new LogBatch()
            .destroy(1, TOMBSTONE)
            .append(1, run(1, 2, 1, 20))
            .hardState(1, new HardState(1, 0, 0)));
    for (int round = 0; round < 2; round++) {
      assertThat(all(log, 1)).isEqualTo(run(1, 2, 1, 20));
      assertThat(log.hardState(1)).isEqualTo(new HardState(1, 0, 0));
      assertThat(log.tombstones()).isEqualTo(Map.of(1L, TOMBSTONE));
      reopen();
    }
    log.write(new LogBatch().forgetTombstone(1));
    for (int round = 0; round < 2; round++) {
      assertThat(log.tombstones()).isEmpty();
      assertThat(log.lastIndex(1)).isEqualTo(2);
      reopen();
    }
  }

  @Test
  void findsNamedRecordsByPrefixInOrder() {
    log.write(
        new LogBatch()
            .put(Bytes.ofUtf8("snap/2"), Bytes.ofUtf8("two"))
            .put(Bytes.ofUtf8("snap/1"), Bytes.ofUtf8("one"))
            .put(Bytes.ofUtf8("sn"), Bytes.EMPTY)
            .put(Bytes.ofUtf8("t"), Bytes.EMPTY));
    log.write(
        new LogBatch()
            .put(Bytes.ofUtf8("snap/1"), Bytes.ofUtf8("uno"))
            .delete(Bytes.ofUtf8("t"))
            .delete(Bytes.ofUtf8("never there")));
    for (int round = 0; round < 2; round++) {
      assertThat(log.records(Bytes.ofUtf8("snap/")).values())
          .containsExactly(Bytes.ofUtf8("uno"), Bytes.ofUtf8("two"));
      assertThat(log.records(Bytes.EMPTY)).hasSize(3);
      assertThat(log.record(Bytes.ofUtf8("t"))).isNull();
      reopen();
    }
  }

  @Test
  void returnsAtLeastOneEntryAndElseKeepsTheLimit() {
    log.write(new LogBatch().append(1, run(1, 10, 1, 100)));
    int each = run(1, 1, 1, 100).getFirst().sizeBytes();
    for (int round = 0; round < 2; round++) {
      assertThat(read(log, 1, 3, 11, 0)).isEqualTo(run(3, 3, 1, 100));
      assertThat(read(log, 1, 3, 11, 3L * each)).isEqualTo(run(3, 5, 1, 100));
      assertThat(read(log, 1, 3, 11, 4L * each - 1)).isEqualTo(run(3, 5, 1, 100));
      assertThat(read(log, 1, 3, 5, Long.MAX_VALUE)).isEqualTo(run(3, 4, 1, 100));
      reopen(); // first from the cache, then from the file
    }
  }

  @Test
  void keepsTheCacheWithinItsBoundAndReadsTheRestFromFiles() {
    for (int i = 0; i < 100; i++) {
      log.write(new LogBatch().append(1, run(1 + 100L * i, 100 + 100L * i, 1, 1000)));
    }
    assertThat(log.figures().cacheBytes())
        .isBetween(RaftLogOptions.SMALL.cacheBytes() / 2, RaftLogOptions.SMALL.cacheBytes());
    long misses = log.figures().cacheMisses();
    assertThat(all(log, 1)).isEqualTo(run(1, 10_000, 1, 1000));
    assertThat(log.figures().cacheMisses() - misses).isBetween(8_900L, 9_500L);
    assertThat(log.figures().cacheHits()).isBetween(500L, 1_100L);
    log.write(new LogBatch().release(1, 10_000));
    assertThat(log.figures().cacheBytes()).isZero();
  }

  @Test
  void answersFromMemoryOnlyIfTheFirstEntryIsThere() {
    log.write(new LogBatch().append(1, run(1, 4, 1, 10)));
    assertThat(log.entriesInMemory(1, 1, 5, Long.MAX_VALUE))
        .isEqualTo(new LogRead.Found(run(1, 4, 1, 10)));
    reopen(); // nothing is cached
    log.write(new LogBatch().append(1, run(5, 6, 1, 10)));
    assertThat(log.entriesInMemory(1, 4, 7, Long.MAX_VALUE)).isNull();
    assertThat(log.entriesInMemory(1, 5, 7, Long.MAX_VALUE))
        .isEqualTo(new LogRead.Found(run(5, 6, 1, 10)));
    log.write(new LogBatch().release(1, 5));
    assertThat(log.entriesInMemory(1, 5, 7, Long.MAX_VALUE)).isEqualTo(new LogRead.Compacted(6));
    assertThat(log.figures().cacheMisses()).isZero();
  }

  @Test
  void aLateReaderMayFindTheLogReleasedReplacedOrGone() {
    log.write(new LogBatch().append(1, run(1, 6, 1, 10)));
    assertThat(log.entriesIfHeld(1, 2, 7, Long.MAX_VALUE))
        .isEqualTo(new LogRead.Found(run(2, 6, 1, 10)));
    log.write(new LogBatch().release(1, 3));
    assertThat(log.entriesIfHeld(1, 2, 7, Long.MAX_VALUE)).isEqualTo(new LogRead.Compacted(4));
    log.write(new LogBatch().destroy(1, TOMBSTONE));
    assertThat(log.entriesIfHeld(1, 4, 7, Long.MAX_VALUE)).isEqualTo(new LogRead.Compacted(1));
    log.write(new LogBatch().append(1, run(1, 5, 1, 10)));
    assertThat(log.entriesIfHeld(1, 4, 7, Long.MAX_VALUE)).isEqualTo(new LogRead.Compacted(1));
  }

  @Test
  void takesABatchThatIsLargerThanASegment() {
    int bytes = 3 * RaftLogOptions.SMALL.segmentBytes();
    log.write(new LogBatch().append(1, run(1, 1, 1, bytes)));
    log.write(new LogBatch().append(1, run(2, 2, 1, 10)));
    for (int i = 0; i < 9; i++) {
      log.write(new LogBatch().append(2, run(i + 1, i + 1, 1, 64 << 10)));
    }
    while (log.upkeep()) {} // prepares a segment, which the next batch does not fit in
    log.write(new LogBatch().append(1, run(3, 3, 1, bytes)));
    for (int round = 0; round < 2; round++) {
      assertThat(all(log, 1)).map(e -> e.data().length()).containsExactly(bytes, 10, bytes);
      assertThat(read(log, 1, 1, 2, 0)).isEqualTo(run(1, 1, 1, bytes));
      assertThat(all(log, 2)).isEqualTo(run(1, 9, 1, 64 << 10));
      reopen();
    }
  }

  @Test
  void refusesWhatDoesNotFitTheLogAndWritesNothingOfIt() {
    log.write(new LogBatch().append(1, run(1, 5, 2, 10)).hardState(1, new HardState(2, 0, 0)));
    log.write(new LogBatch().release(1, 2));
    long syncs = log.figures().syncs();
    assertRefused(new LogBatch().append(1, run(7, 7, 2, 10)), "append at 7");
    assertRefused(new LogBatch().append(1, run(2, 3, 2, 10)), "append at 2");
    assertRefused(new LogBatch().append(2, run(2, 2, 2, 10)), "append at 2 to region 2");
    assertRefused(new LogBatch().release(1, 6), "release through 6");
    assertRefused(new LogBatch().append(1, run(6, 6, 2, 10)).release(1, 6), "release through 6");
    assertRefused(new LogBatch().hardState(1, new HardState(1, 0, 0)), "term 1 after 2");
    assertThatThrownBy(() -> new LogBatch().append(1, List.of(entry(1, 1, ""), entry(3, 1, ""))))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> new LogBatch().put(Bytes.wrap(new byte[5000]), Bytes.EMPTY))
        .isInstanceOf(InvariantViolation.class);
    assertThat(log.figures().syncs()).isEqualTo(syncs);
    assertThat(all(log, 1)).isEqualTo(run(3, 5, 2, 10));
    log.write(new LogBatch().append(1, run(6, 6, 2, 10)));
    assertThat(log.lastIndex(1)).isEqualTo(6);
  }

  @Test
  void anIdleLogStaysSmallAndComesToRest() {
    for (int region = 1; region <= 1000; region++) {
      log.write(
          new LogBatch().append(region, run(1, 1, 1, 0)).hardState(region, new HardState(1, 1, 1)));
    }
    int steps = 0;
    while (log.upkeep()) {
      steps++;
    }
    assertThat(steps).isLessThan(100);
    assertThat(log.figures().segments()).isEqualTo(1);
    assertThat(log.figures().totalBytes()).isEqualTo(RaftLogOptions.SMALL.segmentBytes());
    long syncs = log.figures().syncs();
    assertThat(log.upkeep()).isFalse();
    assertThat(log.figures().syncs()).isEqualTo(syncs);
  }

  @Test
  void saysThatItIsClosed() {
    log.write(new LogBatch().append(1, run(1, 1, 1, 10)));
    log.close();
    log.close();
    assertThatThrownBy(() -> log.write(new LogBatch())).isInstanceOf(EngineClosedException.class);
    assertThatThrownBy(() -> log.entries(1, 1, 2, 10)).isInstanceOf(EngineClosedException.class);
  }

  private void assertRefused(LogBatch batch, String message) {
    assertThatThrownBy(() -> log.write(batch))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining(message);
  }

  private void reopen() {
    log.close();
    log = disk.open();
  }
}
