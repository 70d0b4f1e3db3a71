package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.HardState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Draws batches that a store could write: what they ask for is allowed in the state they meet. */
final class RandomBatches {
  private static final int REGIONS = 6;
  private static final int RECORDS = 4;

  private final Random random;

  RandomBatches(Random random) {
    this.random = random;
  }

  /** Up to three batches to be written together. {@code durable} is what the log holds now. */
  List<LogBatch> next(LogModel durable) {
    List<LogBatch> batches = new ArrayList<>();
    LogModel model = durable;
    long[] changedFrom = new long[REGIONS + 1];
    Arrays.fill(changedFrom, Long.MAX_VALUE);
    for (int i = random.nextInt(3); i >= 0; i--) {
      LogBatch batch = new LogBatch();
      for (int j = random.nextInt(4); j >= 0; j--) {
        LogBatch one = new LogBatch();
        add(one, model, changedFrom);
        add(batch, one);
        model = model.after(one);
      }
      batches.add(batch);
    }
    return batches;
  }

  private void add(LogBatch batch, LogModel model, long[] changedFrom) {
    int regionId = 1 + random.nextInt(REGIONS);
    LogModel.RegionModel region = model.region(regionId);
    switch (random.nextInt(20)) {
      case 0 -> {
        long base = region.lastIndex() + random.nextInt(20) - 5;
        changedFrom[regionId] = 0;
        batch.reset(regionId, Math.max(1, base), 1 + random.nextInt(5));
      }
      case 1 -> {
        changedFrom[regionId] = 0;
        batch.destroy(
            regionId, new Tombstone(new RegionEpoch(random.nextInt(9), 1), random.nextInt(99)));
      }
      case 2 -> batch.forgetTombstone(regionId);
      case 3 -> batch.put(key(), Bytes.wrap(data(random.nextInt(100))));
      case 4 -> batch.delete(key());
      case 5, 6, 7 ->
          batch.hardState(
              regionId,
              new HardState(
                  region.term() + random.nextInt(2), random.nextInt(4), region.baseIndex()));
      case 8, 9, 10, 11, 12 -> {
        long last = Math.min(region.lastIndex(), changedFrom[regionId] - 1);
        if (last >= region.baseIndex()) {
          batch.release(
              regionId, last - random.nextLong(Math.min(4, last - region.baseIndex() + 1)));
        }
      }
      default -> {
        long first = region.lastIndex() + 1;
        if (random.nextInt(5) == 0 && !region.entries().isEmpty()) {
          first = region.lastIndex() - random.nextLong(region.entries().size());
        }
        changedFrom[regionId] = Math.min(changedFrom[regionId], first);
        batch.append(regionId, entries(first, 1 + random.nextInt(5)));
      }
    }
  }

  private List<Entry> entries(long first, int count) {
    List<Entry> entries = new ArrayList<>();
    long term = random.nextLong(1, 10);
    EntryKind[] kinds = EntryKind.values();
    for (int i = 0; i < count; i++) {
      int dataBytes = random.nextInt(40) == 0 ? random.nextInt(3000) : random.nextInt(80);
      EntryKind kind = kinds[random.nextInt(kinds.length)];
      entries.add(new Entry(first + i, term, kind, Bytes.wrap(data(dataBytes))));
    }
    return entries;
  }

  private byte[] data(int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    return data;
  }

  private Bytes key() {
    return Bytes.ofUtf8("record " + random.nextInt(RECORDS));
  }

  private static void add(LogBatch batch, LogBatch other) {
    for (LogOp op : other.ops()) {
      switch (op) {
        case LogOp.Append append -> batch.append(append.regionId(), append.entries());
        case LogOp.SetHardState set -> batch.hardState(set.regionId(), set.state());
        case LogOp.Release release -> batch.release(release.regionId(), release.index());
        case LogOp.Reset reset -> batch.reset(reset.regionId(), reset.index(), reset.term());
        case LogOp.Destroy destroy -> batch.destroy(destroy.regionId(), destroy.tombstone());
        case LogOp.ForgetTombstone forget -> batch.forgetTombstone(forget.regionId());
        case LogOp.PutRecord put -> batch.put(put.key(), put.value());
        case LogOp.DeleteRecord delete -> batch.delete(delete.key());
        case LogOp.Base _, LogOp.Rewrite _, LogOp.KeepTombstone _ ->
            throw new AssertionError("batches do not hold " + op);
      }
    }
  }
}
