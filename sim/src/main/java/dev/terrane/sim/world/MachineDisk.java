package dev.terrane.sim.world;

import dev.terrane.engine.EngineCorruptException;
import dev.terrane.engine.log.LogCorruptException;
import dev.terrane.engine.log.memory.DiskCall;
import dev.terrane.engine.log.memory.DiskFaults;
import dev.terrane.engine.log.memory.MemoryLogDirectory;
import dev.terrane.engine.memory.MemoryDisk;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A machine's disk with its directories: the Raft log, the KV engine, received snapshots, PD.
 *
 * <p>Slow, full, failing, torn by a power cut, or the place where the process dies: as the
 * simulation wants it.
 */
public final class MachineDisk implements DiskFaults {
  private static final long SYNC_NANOS_MIN = 80_000;
  private static final long SYNC_NANOS_MAX = 1_500_000;
  private static final int NEVER = -1;

  /** Of so many reads of single keys one is not answered by memory. */
  private static final int COLD_READ_EVERY = 4;

  private final Machine machine;
  private final RandomGenerator chance;
  private final MemoryLogDirectory raftLog;
  private MemoryLogDirectory pdLog;
  private final SimFiles files;
  private final MemoryDisk kv;
  private long slowNanosMax;
  private long slowReadNanosMax;
  private long hangsUntilNanos;
  private int callsUntilDeath = NEVER;
  private boolean deathByPowerCut;
  private boolean nextSyncFails;
  private boolean descriptorsShort;
  private boolean failed;
  private boolean joined;
  private Origin origin = Origin.OWN;
  private boolean pdReplaced;
  private final Set<String> damagedFiles = new TreeSet<>();

  /** Whose data a store's directories have. */
  public enum Origin {
    /** What the store itself has put there. */
    OWN,
    /** A copy of what a store has that runs elsewhere. */
    COPY,
    /** What a store had before it was started again, and which is gone otherwise. */
    OLDER
  }

  MachineDisk(Machine machine) {
    this.machine = machine;
    this.chance = machine.world().stream("disk/" + machine.name());
    this.raftLog = new MemoryLogDirectory(this, Long.MAX_VALUE);
    this.pdLog = new MemoryLogDirectory(this, Long.MAX_VALUE);
    this.files = new SimFiles(this);
    this.kv = new MemoryDisk(files);
    kv.setColdReadEvery(COLD_READ_EVERY);
  }

  public MemoryLogDirectory raftLog() {
    return raftLog;
  }

  public MemoryLogDirectory pdLog() {
    return pdLog;
  }

  /** What PD's member has on this disk is thrown away; an empty disk takes its place. */
  public void replacePd() {
    pdLog = new MemoryLogDirectory(this, Long.MAX_VALUE);
    pdReplaced = true;
  }

  /** Whether a member of PD was lost with what it had on this disk. */
  public boolean isPdReplaced() {
    return pdReplaced;
  }

  /** What the store here has, copied. */
  public StoreCopy copyOfStore() {
    return new StoreCopy(raftLog, kv, files);
  }

  /** A store that has joined is put here from a copy. No process may run. */
  public void putBack(StoreCopy copy, Origin from) {
    raftLog.putBack(copy.raftLog());
    kv.putBack(copy.kv());
    files.putBack(copy.files());
    joined = true;
    origin = from;
  }

  /** Whose data the store's directories have. */
  public Origin origin() {
    return origin;
  }

  public SimFiles files() {
    return files;
  }

  public MemoryDisk kv() {
    return kv;
  }

  /** Whether the store here has become part of its cluster: a file of the node's own. */
  public boolean hasJoined() {
    return joined;
  }

  public void joined() {
    joined = true;
  }

  /** How long a thread now waits for the disk. */
  public long delayNanos() {
    long usual = chance.nextLong(SYNC_NANOS_MIN, SYNC_NANOS_MAX);
    long slow = slowNanosMax == 0 ? usual : usual + chance.nextLong(slowNanosMax);
    return Math.max(slow, hangsUntilNanos - machine.world().nowNanos());
  }

  /** How much longer a read waits that memory cannot answer. */
  public long readDelayNanos() {
    return slowReadNanosMax == 0 ? 0 : chance.nextLong(slowReadNanosMax);
  }

  // ---- faults

  /** Everything takes up to {@code nanosMax} longer; 0: as usual. */
  public void slow(long nanosMax) {
    slowNanosMax = nanosMax;
  }

  /**
   * More reads than usual are not answered by memory, and take up to {@code nanosMax} longer; 0: as
   * usual.
   */
  public void slowReads(long nanosMax) {
    slowReadNanosMax = nanosMax;
    kv.setColdReadEvery(nanosMax == 0 ? COLD_READ_EVERY : 2);
  }

  /** What is asked of the disk from now on is not done before {@code nanos} of the world. */
  public void hangUntil(long nanos) {
    hangsUntilNanos = nanos;
  }

  /** The process dies within one of its next calls of the disk. */
  public void dieAfter(int calls, boolean powerCut) {
    callsUntilDeath = calls;
    deathByPowerCut = powerCut;
  }

  /** The next sync of a log fails; the process then has to stop. */
  public void failNextSync(boolean ofEngine) {
    failed = true;
    if (ofEngine) {
      kv.failNextSync();
    } else {
      nextSyncFails = true;
    }
  }

  /** There is room for {@code bytes} more; {@link Long#MAX_VALUE}: for anything. */
  public void room(long bytes) {
    roomOfLog(bytes);
    roomOfEngine(bytes);
  }

  /** Log and engine may be on different disks. */
  public void roomOfLog(long bytes) {
    raftLog.setCapacityBytes(bytes == Long.MAX_VALUE ? bytes : raftLog.usedBytes() + bytes);
  }

  public void roomOfEngine(long bytes) {
    kv.setFreeBytes(bytes);
  }

  /** The process that runs has no descriptor left for another file; or has some again. */
  public void descriptorsShort(boolean areShort) {
    descriptorsShort = areShort;
    kv.setDescriptorsShort(areShort);
  }

  /** For whatever has to open a file. */
  void mayOpen(String file) throws IOException {
    if (descriptorsShort) {
      throw new IOException("too many open files: " + file);
    }
  }

  /**
   * While no process runs, one bit changes of something that was synced.
   *
   * @return the file; null where there is nothing that long
   */
  public @Nullable String rot(RandomGenerator random) {
    String file = files.flipBit(random);
    if (file == null) {
      file = LogRot.flipBit(raftLog, random);
    }
    return damaged(file);
  }

  /** The same to what PD's member has here. */
  public @Nullable String rotPd(RandomGenerator random) {
    return damaged(LogRot.flipBit(pdLog, random));
  }

  private @Nullable String damaged(@Nullable String file) {
    if (file != null) {
      damagedFiles.add(file);
    }
    return file;
  }

  /** The damaged file that {@code failure} speaks of; null if it does not. */
  @Nullable String damagedFileNamedBy(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String named =
          switch (cause) {
            case LogCorruptException log -> log.file();
            case EngineCorruptException engine -> engine.file();
            default -> null;
          };
      if (named != null && damagedFiles.contains(named)) {
        return named;
      }
    }
    return null;
  }

  boolean hasFailed() {
    return failed;
  }

  void processEnded() {
    raftLog.restart();
    pdLog.restart();
    kv.kill();
    calm();
  }

  void losePower() {
    raftLog.losePower(chance);
    pdLog.losePower(chance);
    kv.crash(chance);
    files.losePower(chance);
    calm();
  }

  private void calm() {
    callsUntilDeath = NEVER;
    nextSyncFails = false;
    failed = false;
    descriptorsShort(false); // the next process has its own
  }

  @Override
  public void before(DiskCall call, String file) throws IOException {
    switch (call) {
      case READ -> {}
      case OPEN -> mayOpen(file);
      case CREATE -> {
        mayOpen(file);
        mayDie(call + " " + file);
      }
      case RENAME, DELETE, WRITE -> mayDie(call + " " + file);
      case SYNC, SYNC_DIRECTORY -> {
        mayDie(call + " " + file);
        if (nextSyncFails) {
          nextSyncFails = false;
          throw new DiskFailure("the disk failed to sync " + file);
        }
      }
    }
  }

  /** Where the process may die, if it is to. */
  public void mayDie(String where) {
    if (callsUntilDeath > 0) {
      callsUntilDeath--;
    } else if (callsUntilDeath == 0 && machine.isUp()) {
      callsUntilDeath = NEVER;
      machine.dieHere(deathByPowerCut, where);
    }
  }
}
