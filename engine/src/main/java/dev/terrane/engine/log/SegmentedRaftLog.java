package dev.terrane.engine.log;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.TimeSource;
import dev.terrane.engine.EngineClosedException;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import dev.terrane.raft.LogRead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The {@link RaftLogEngine} in segment files of its own; their layout is in the package's
 * documentation, the reasons in docs/adr/0004-raft-log-own-segments.md.
 *
 * <p>Memory: 16 bytes for each entry that is not released, about 400 for each idle Region, the
 * named records, and the cache. One frame is written at a time, and synced before the next.
 */
public final class SegmentedRaftLog implements RaftLogEngine {
  /** Enough for the releases of some thousand Regions. */
  private static final int KEPT_BYTES_MAX = 64 << 10;

  private final LogDirectory directory;
  private final RaftLogOptions options;
  private final TimeSource time;
  private final Segments segments;
  private final EntryCache cache;
  private final LogIndex index;
  private final SegmentMaker maker;
  private final SegmentRange range;
  private final Reclaimer reclaimer;
  private final EntryReader reader;
  private final FrameWriter writer;
  private final WriteFigures written = new WriteFigures();
  private final LongAdder cacheHits = new LongAdder();
  private final LongAdder cacheMisses = new LongAdder();
  private final LogRecovery recovery;

  /**
   * What the end of each segment is kept for: steps that give back room. On a full disk nothing
   * else could be let go of, since even that takes a few bytes.
   */
  private final int keptBytes;

  private long nextSequence;
  private volatile boolean closed;
  private @Nullable Throwable failure;

  /** Goes on with what {@code read} has found. */
  SegmentedRaftLog(UnopenedLog read, RaftLogOptions options, TimeSource time, RandomGenerator lives)
      throws IOException {
    this.directory = read.directory;
    this.options = options;
    this.time = time;
    segments = read.segments;
    cache = read.cache;
    index = read.index;
    keptBytes = keptBytes(options.segmentBytes());
    reader = new EntryReader(segments);
    maker = new SegmentMaker(directory, lives, options.segmentBytes());
    reclaimer = new Reclaimer(segments, index, this::readNow, options.totalBytesTarget());
    try {
      recovery = read.recovery.settle();
      range = read.recovery.range();
      nextSequence = read.recovery.nextSequence();
      Segment spare = read.recovery.spare();
      if (spare != null) {
        maker.adopt(spare);
      }
      if (segments.byAge().isEmpty()) {
        segments.add(maker.take(1, options.segmentBytes()));
      }
      nameRange();
      writer = new FrameWriter(segments.newest().file());
    } catch (IOException | RuntimeException e) {
      closeFiles();
      throw e;
    }
  }

  /** {@link UnopenedLog#read} and {@link UnopenedLog#open} at once. */
  public static SegmentedRaftLog open(
      LogDirectory directory, RaftLogOptions options, TimeSource time, RandomGenerator lives) {
    return UnopenedLog.read(directory, options).open(time, lives);
  }

  /** Of small segments, which only tests have, nothing. */
  private static int keptBytes(int segmentBytes) {
    return segmentBytes < KEPT_BYTES_MAX ? 0 : Math.min(segmentBytes / 64, KEPT_BYTES_MAX);
  }

  // ---- writes

  @Override
  public void write(List<LogBatch> batches) {
    checkUsable();
    int done = 0;
    while (done < batches.size()) {
      FramePlan plan = new FramePlan(index);
      int next = done;
      do {
        plan.add(batches.get(next));
        next++;
      } while (next < batches.size()
          && plan.bytes() + batches.get(next).bytes() <= options.mergedBytesMax());
      try {
        appendFrame(plan.ops(), plan.bytes(), 0);
      } catch (LogFullException e) {
        releaseAhead(batches.subList(done, batches.size()));
        throw e.after(done);
      }
      done = next;
    }
  }

  /**
   * There is no room for {@code waiting}: of what they say only the releases are written, which may
   * make room for the rest. When they are written as a whole, these have been done.
   */
  private void releaseAhead(List<LogBatch> waiting) {
    FramePlan releases = new FramePlan(index);
    releases.addReleasesOf(waiting);
    try {
      appendFrame(releases.ops(), releases.bytes(), keptBytes);
    } catch (LogFullException e) {
      // Nor is there room for that: it waits as the rest does.
    }
  }

  @Override
  public boolean upkeep() {
    checkUsable();
    if (reclaimer.isDue()) {
      reclaim();
    } else if (needsSpare()) {
      try {
        maker.step(segments.newest().number() + 1, options.upkeepBytesMax());
      } catch (IOException e) {
        throw failed("cannot prepare a segment", e);
      }
    }
    return reclaimer.isDue() || needsSpare();
  }

  private void reclaim() {
    List<LogOp> ops = reclaimer.collect(options.upkeepBytesMax());
    if (!ops.isEmpty()) {
      long bytes = ops.stream().mapToLong(LogFormat::encodedBytes).sum();
      try {
        appendFrame(ops, (int) bytes, keptBytes);
      } catch (LogFullException e) {
        reclaimer.startOver();
        throw e;
      }
      written.rewrote(bytes);
    }
    Segment oldest = segments.oldest();
    check(
        !ops.isEmpty() || oldest.liveBytes() == 0,
        "%d live bytes of segment %d were not found",
        oldest.liveBytes(),
        oldest.number());
    if (oldest.liveBytes() == 0) {
      segments.removeOldest();
      try {
        range.set(segments.oldest().number(), segments.newest().number());
        maker.retire(oldest, segments.newest().number() + 1);
      } catch (IOException e) {
        throw failed("cannot let go of " + oldest.name(), e);
      }
    }
  }

  private boolean needsSpare() {
    Segment newest = segments.newest();
    return maker.ready() == null && newest.end() > newest.capacity() / 2;
  }

  /**
   * Makes {@code ops} durable as one frame, then readable.
   *
   * @param ofKept how much they may use of what a segment's end is kept for
   */
  private void appendFrame(List<LogOp> ops, int bodyBytes, int ofKept) {
    if (ops.isEmpty()) {
      return;
    }
    int frameBytes = (int) LogFormat.frameBytes(bodyBytes);
    try {
      if (!segments.newest().hasRoomFor((long) frameBytes + keptBytes - ofKept)) {
        addSegment(frameBytes + keptBytes);
      }
      Segment segment = segments.newest();
      int bodyOffset = segment.end() + LogFormat.FRAME_HEADER_BYTES;
      writeFrame(segment, ops, bodyBytes);
      index.apply(ops, segment.number(), bodyOffset);
    } catch (IOException e) {
      throw failed("cannot write to " + segments.newest().name(), e);
    }
  }

  private void addSegment(int bytes) throws IOException {
    useUp();
    Segment spare = maker.ready();
    if (spare != null && !spare.hasRoomFor(bytes)) {
      segments.add(maker.take(spare.number(), 0));
      nameRange();
      useUp();
    }
    long number = segments.newest().number() + 1;
    segments.add(maker.take(number, LogFormat.SEGMENT_HEADER_BYTES + bytes));
    nameRange();
  }

  /** Makes known which segments must be there from now on. */
  private void nameRange() throws IOException {
    range.set(segments.oldest().number(), segments.newest().number());
    directory.sync();
  }

  /** Every segment that has a successor holds a frame, so that a missing first one is noticed. */
  private void useUp() throws IOException {
    if (segments.newest().isEmpty()) {
      writeFrame(segments.newest(), List.of(), 0);
    }
  }

  private void writeFrame(Segment segment, List<LogOp> ops, int bodyBytes) throws IOException {
    writer.write(segment, nextSequence, ops, bodyBytes);
    long start = time.nanoTime();
    segment.file().sync();
    int frameBytes = (int) LogFormat.frameBytes(bodyBytes);
    written.wrote(frameBytes, time.nanoTime() - start);
    segment.end(segment.end() + frameBytes);
    nextSequence++;
  }

  private LogFailedException failed(String what, IOException cause) {
    failure = cause;
    return new LogFailedException(what, cause);
  }

  private void checkUsable() {
    checkOpen();
    if (failure != null) {
      throw new LogFailedException("the Raft log failed earlier", failure);
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new EngineClosedException("the Raft log");
    }
  }

  // ---- reads

  @Override
  public long firstIndex(long regionId) {
    RegionLog log = index.find(regionId);
    return log == null ? 1 : log.firstIndex();
  }

  @Override
  public long lastIndex(long regionId) {
    RegionLog log = index.find(regionId);
    return log == null ? 0 : log.lastIndex();
  }

  @Override
  public long term(long regionId, long entryIndex) {
    RegionLog log = index.find(regionId);
    return log == null ? 0 : log.term(entryIndex);
  }

  @Override
  public LogRead entries(long regionId, long startIndex, long endIndex, long bytesMax) {
    return read(regionId, () -> existing(regionId).find(startIndex, endIndex, bytesMax));
  }

  @Override
  public LogRead entriesIfHeld(long regionId, long startIndex, long endIndex, long bytesMax) {
    return read(
        regionId,
        () -> {
          RegionLog log = index.find(regionId);
          return log == null
              ? new RegionLog.Found.Released(1)
              : log.findIfHeld(startIndex, endIndex, bytesMax);
        });
  }

  private LogRead read(long regionId, Supplier<RegionLog.Found> find) {
    while (true) {
      checkOpen();
      switch (find.get()) {
        case RegionLog.Found.Released released -> {
          return new LogRead.Compacted(released.firstIndex());
        }
        case RegionLog.Found.Held held -> {
          List<Entry> entries = complete(regionId, held);
          if (entries != null) {
            return new LogRead.Found(entries);
          }
        }
      }
    }
  }

  @Override
  public @Nullable LogRead entriesInMemory(
      long regionId, long startIndex, long endIndex, long bytesMax) {
    checkOpen();
    return switch (existing(regionId).find(startIndex, endIndex, bytesMax)) {
      case RegionLog.Found.Released released -> new LogRead.Compacted(released.firstIndex());
      case RegionLog.Found.Held held when held.onDisk().isEmpty() -> found(held.inMemory());
      case RegionLog.Found.Held onDisk -> null;
    };
  }

  private LogRead.Found found(List<Entry> inMemory) {
    cacheHits.add(inMemory.size());
    return new LogRead.Found(inMemory);
  }

  private RegionLog existing(long regionId) {
    RegionLog log = index.find(regionId);
    if (log == null) {
      throw Invariant.violated("region %d has no log", regionId);
    }
    return log;
  }

  /** Null if upkeep moved an entry meanwhile; its new place is known already. */
  private @Nullable List<Entry> complete(long regionId, RegionLog.Found.Held held) {
    cacheHits.add(held.inMemory().size());
    if (held.onDisk().isEmpty()) {
      return held.inMemory();
    }
    List<Entry> onDisk = reader.read(regionId, held.onDisk());
    if (onDisk == null) {
      return null;
    }
    cacheMisses.add(onDisk.size());
    List<Entry> all = new ArrayList<>(onDisk.size() + held.inMemory().size());
    all.addAll(onDisk);
    all.addAll(held.inMemory());
    return all;
  }

  /** For upkeep, under which nothing moves. */
  private List<Entry> readNow(RegionLog log, long startIndex, long endIndex, long bytesMax) {
    return switch (log.find(startIndex, endIndex, bytesMax)) {
      case RegionLog.Found.Held held -> {
        List<Entry> entries = complete(log.regionId(), held);
        if (entries == null) {
          throw Invariant.violated("region %d moved while the writer read it", log.regionId());
        }
        yield entries;
      }
      case RegionLog.Found.Released released ->
          throw Invariant.violated(
              "upkeep of entry %d, region %d: %s", startIndex, log.regionId(), released);
    };
  }

  @Override
  public long heldBytes(long regionId) {
    RegionLog log = index.find(regionId);
    return log == null ? 0 : log.heldBytes();
  }

  @Override
  public long releasePoint(long regionId, long keepBytes) {
    RegionLog log = index.find(regionId);
    return log == null ? 0 : log.releasePoint(keepBytes);
  }

  @Override
  public List<LogHolder> holdersOfOldest(long bytes, long entries) {
    long number = segments.lastOfOldest(bytes, entries);
    return number == 0 ? List.of() : index.holders(number);
  }

  @Override
  public @Nullable HardState hardState(long regionId) {
    RegionLog log = index.find(regionId);
    return log == null ? null : log.hardState();
  }

  @Override
  public List<Long> regions() {
    return index.regions();
  }

  @Override
  public @Nullable Tombstone tombstone(long regionId) {
    return index.tombstone(regionId);
  }

  @Override
  public SortedMap<Long, Tombstone> tombstones() {
    return index.tombstones();
  }

  @Override
  public @Nullable Bytes record(Bytes key) {
    return index.record(key);
  }

  @Override
  public SortedMap<Bytes, Bytes> records(Bytes prefix) {
    return index.records(prefix);
  }

  @Override
  public LogRecovery recovery() {
    return recovery;
  }

  @Override
  public LogFigures figures() {
    List<Segment> now = segments.byAge();
    long live = now.stream().mapToLong(Segment::liveBytes).sum();
    long used = now.stream().mapToLong(Segment::end).sum();
    return new LogFigures(
        written.bytes(),
        written.bytesRewritten(),
        written.syncs(),
        written.syncNanos(),
        written.syncNanosMax(),
        cacheHits.sum(),
        cacheMisses.sum(),
        cache.bytes(),
        now.size(),
        now.stream().mapToLong(Segment::capacity).sum(),
        live,
        Math.max(0, used - live),
        now.stream().mapToLong(Segment::liveEntries).sum());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        closeFiles();
        directory.close();
      } catch (IOException e) {
        throw new LogFailedException("cannot close the Raft log", e);
      }
    }
  }

  private void closeFiles() throws IOException {
    for (Segment segment : segments.byAge()) {
      segment.release();
    }
    maker.close();
  }
}
