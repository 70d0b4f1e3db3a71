package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.KvReader;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.memory.MemoryDisk;
import dev.terrane.engine.memory.MemoryEngine;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.LocalRegion;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.ReadReply;
import dev.terrane.txn.RegionReader;
import dev.terrane.txn.RegionStorage;
import dev.terrane.txn.WriteReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Region over the memory engine. Writes are applied when {@link #applyAll} is called, in order,
 * as a log would; a term that has changed meanwhile refuses decisions.
 */
final class FakeRegionStorage implements RegionStorage {
  static final RegionContext CONTEXT = new RegionContext(2, RegionEpoch.FIRST, 3, 1, 0);

  final MemoryDisk disk = new MemoryDisk();
  final KvEngine engine = MemoryEngine.open(disk);
  private final Deque<Runnable> log = new ArrayDeque<>();
  private Region region = region(KeyRange.ALL);
  private @Nullable RegionError recheck;
  private @Nullable RegionError wrongRoute;
  private boolean leads = true;
  private long term = 1;
  private boolean applyAtOnce = true;
  private int openReaders;
  private int proposals;

  private static Region region(KeyRange range) {
    return new Region(2, range, RegionEpoch.FIRST, List.of(Peer.voter(3, 1)));
  }

  void range(KeyRange range) {
    region = region(range);
  }

  /** What readers find when they recheck. */
  void recheckFinds(@Nullable RegionError error) {
    recheck = error;
  }

  /** Every request is refused with it, whatever it asks for. */
  void routeIsWrong(@Nullable RegionError error) {
    wrongRoute = error;
  }

  /** Another store leads, or this one again. */
  void leads(boolean here) {
    leads = here;
  }

  void newTerm() {
    term++;
  }

  void applyAtOnce(boolean atOnce) {
    applyAtOnce = atOnce;
  }

  void applyAll() {
    while (!log.isEmpty()) {
      log.remove().run();
    }
  }

  /** Readers that nobody has closed. */
  int openReaders() {
    return openReaders;
  }

  int proposals() {
    return proposals;
  }

  @Override
  public List<LocalRegion> regionsIn(KeyRange range) {
    return region.range().overlaps(range)
        ? List.of(new LocalRegion(CONTEXT, region.range(), leads))
        : List.of();
  }

  private @Nullable RegionError refusal(boolean leaderOnly) {
    return wrongRoute == null && leaderOnly && !leads
        ? new RegionError.NotLeader(region.id(), null)
        : wrongRoute;
  }

  @Override
  public void read(RegionContext context, ReadMode mode, @Nullable KeyRange keys, ReadReply reply) {
    RegionError wrong = refusal(mode == ReadMode.LEADER);
    if (wrong != null) {
      reply.refused(wrong);
      return;
    }
    if (keys != null && !region.range().contains(keys)) {
      reply.refused(new RegionError.KeyNotInRegion(keys.start(), region.id(), region.range()));
      return;
    }
    openReaders++;
    reply.ready(new Reader());
  }

  @Override
  public void write(
      RegionContext context,
      KeyRange keys,
      Mutations mutations,
      @Nullable DecisionStamp decidedOn,
      WriteReply reply) {
    RegionError wrong = refusal(true);
    if (wrong != null) {
      reply.refused(wrong);
      return;
    }
    if (!region.range().contains(keys)) {
      reply.refused(new RegionError.KeyNotInRegion(keys.start(), region.id(), region.range()));
      return;
    }
    if (decidedOn != null && decidedOn.term() != term) {
      reply.refused(new RegionError.StaleCommand());
      return;
    }
    proposals++;
    Bytes encoded = mutations.encoded();
    log.add(() -> {
      Mutations.decode(encoded).forEach(new Application());
      reply.applied();
    });
    if (applyAtOnce) {
      applyAll();
    }
  }

  private final class Application implements Mutations.Visitor {
    @Override
    public void put(ColumnFamily family, Bytes key, Bytes value) {
      engine.write(new WriteBatch().put(family, key, value));
    }

    @Override
    public void delete(ColumnFamily family, Bytes key) {
      engine.write(new WriteBatch().delete(family, key));
    }

    @Override
    public void deleteRange(ColumnFamily family, KeyRange range) {
      engine.write(new WriteBatch().deleteRange(family, range));
    }

    @Override
    public void deleteIfEndsWith(ColumnFamily family, Bytes key, Bytes suffix) {
      Bytes value = engine.get(family, key);
      if (value != null
          && value.length() >= suffix.length()
          && value.from(value.length() - suffix.length()).equals(suffix)) {
        delete(family, key);
      }
    }
  }

  private final class Reader implements RegionReader {
    private final Region region = FakeRegionStorage.this.region;
    private final DecisionStamp stamp = new DecisionStamp(term, RegionEpoch.FIRST, 3);
    private @Nullable EngineSnapshot snapshot;
    private boolean closed;

    @Override
    public Region region() {
      return region;
    }

    @Override
    public DecisionStamp stamp() {
      return stamp;
    }

    @Override
    public KvReader latest() {
      return engine;
    }

    @Override
    public EngineSnapshot snapshot() {
      if (snapshot == null) {
        snapshot = engine.snapshot();
      }
      return snapshot;
    }

    @Override
    public @Nullable RegionError recheck() {
      return recheck;
    }

    @Override
    public void close() {
      if (closed) {
        throw new AssertionError("a reader was closed twice");
      }
      closed = true;
      openReaders--;
      if (snapshot != null) {
        snapshot.close();
      }
    }
  }
}
