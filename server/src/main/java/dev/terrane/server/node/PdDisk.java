package dev.terrane.server.node;

import dev.terrane.common.Bytes;
import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.common.agent.Waker;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.LogFullException;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.pd.PdRecovered;
import dev.terrane.pd.PdStorage;
import dev.terrane.pd.PdWrite;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import dev.terrane.raft.LogRead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PD member's disk: a Raft log of its own, which holds one group, and the member's state in named
 * records, in pieces because a record is bounded.
 *
 * <p>An agent that waits for the disk: its thread is the log writer's. All writes that wait are
 * made durable together. When there is no room they are kept and tried again.
 *
 * <pre>
 * member     8 bytes: the member's id
 * starts     8 bytes: how often it was started
 * state      4 bytes: how many pieces follow
 * state/N    piece N of the encoded state, from 0; 4 bytes of number
 * regions/N  chunk N of the cache of Regions; 8 bytes of number
 * </pre>
 */
public final class PdDisk implements PdStorage, Agent {
  private static final Logger logger = LoggerFactory.getLogger(PdDisk.class);
  private static final long GROUP = 1;
  private static final Bytes MEMBER = Bytes.ofUtf8("member");
  private static final Bytes STARTS = Bytes.ofUtf8("starts");
  private static final Bytes STATE = Bytes.ofUtf8("state");
  private static final Bytes REGIONS = Bytes.ofUtf8("regions/");
  private static final Bytes STATE_PIECE = Bytes.ofUtf8("state/");
  private static final int PIECE_BYTES = 2 << 20;
  private static final int WRITES_MAX = 1 << 12;
  private static final int WRITES_PER_CYCLE = 256;
  private static final long FULL_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final RaftLogEngine log;
  private final Inbox<Submitted> inbox = new Inbox<>("pd-disk", WRITES_MAX);
  private final List<Submitted> taken = new ArrayList<>();
  private long retryAtNanos = NO_DEADLINE;

  /** Whether the last write found no room; so that this is told once. */
  private boolean waiting;

  private record Submitted(PdWrite write, Runnable durable) {}

  public PdDisk(RaftLogEngine log) {
    this.log = log;
  }

  // ---- at the start, before the agent is polled

  /** Null on a disk that has never had a member. */
  public @Nullable PdRecovered recover() {
    Bytes member = log.record(MEMBER);
    if (member == null) {
      return null;
    }
    HardState hardState = log.hardState(GROUP);
    long base = log.firstIndex(GROUP) - 1;
    return new PdRecovered(
        member.asByteBuffer().getLong(),
        readState(),
        List.copyOf(log.records(REGIONS).values()),
        hardState == null ? new HardState(0, 0, 0) : hardState,
        new PdWrite.LogBase(base, log.term(GROUP, base)),
        readEntries());
  }

  private @Nullable Bytes readState() {
    Bytes count = log.record(STATE);
    if (count == null) {
      return null;
    }
    Bytes state = Bytes.EMPTY;
    for (int piece = 0; piece < count.asByteBuffer().getInt(); piece++) {
      Bytes bytes = log.record(pieceKey(piece));
      if (bytes == null) {
        throw new IllegalStateException("PD's state lacks piece " + piece);
      }
      state = state.concat(bytes);
    }
    return state;
  }

  private List<Entry> readEntries() {
    List<Entry> entries = new ArrayList<>();
    long next = log.firstIndex(GROUP);
    long end = log.lastIndex(GROUP) + 1;
    while (next < end) {
      switch (log.entries(GROUP, next, end, PIECE_BYTES)) {
        case LogRead.Found found -> {
          entries.addAll(found.entries());
          next += found.entries().size();
        }
        case LogRead.Compacted compacted -> next = compacted.firstIndex();
      }
    }
    return entries;
  }

  /** Makes the member's id durable, once, and with it {@code founding} if there is one. */
  public void begin(long memberId, @Nullable PdWrite founding) {
    LogBatch batch = new LogBatch().put(MEMBER, longBytes(memberId));
    if (founding != null) {
      add(batch, founding);
    }
    log.write(batch);
  }

  /** How often the member was started before. */
  public long starts() {
    Bytes before = log.record(STARTS);
    return before == null ? 0 : before.asByteBuffer().getLong();
  }

  /** Counts one more start, durably, and returns how many that makes. */
  public long countStart() {
    long starts = starts() + 1;
    log.write(new LogBatch().put(STARTS, longBytes(starts)));
    return starts;
  }

  private static Bytes longBytes(long number) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private static Bytes intBytes(int number) {
    return Bytes.wrap(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }

  private static Bytes pieceKey(int piece) {
    return STATE_PIECE.concat(intBytes(piece));
  }

  // ---- running

  @Override
  public void submit(PdWrite write, Runnable durable) {
    inbox.put(new Submitted(write, durable));
  }

  /** Who is woken when there is something to write; before the first poll. */
  public void onMessage(Waker waker) {
    inbox.onMessage(waker);
  }

  @Override
  public String name() {
    return "pd-disk";
  }

  @Override
  public int poll(TimeSource time) {
    long nowNanos = time.nanoTime();
    if (retryAtNanos != NO_DEADLINE && nowNanos - retryAtNanos < 0) {
      return 0;
    }
    retryAtNanos = NO_DEADLINE;
    inbox.drain(taken::add, WRITES_PER_CYCLE - taken.size());
    if (taken.isEmpty()) {
      return 0;
    }
    List<LogBatch> batches = new ArrayList<>(taken.size());
    for (Submitted submitted : taken) {
      LogBatch batch = new LogBatch();
      add(batch, submitted.write);
      batches.add(batch);
    }
    int written = taken.size();
    try {
      log.write(batches);
    } catch (LogFullException e) {
      written = e.written();
      waitForRoom(e, nowNanos);
    }
    List<Submitted> durable = taken.subList(0, written);
    durable.forEach(submitted -> submitted.durable.run());
    durable.clear();
    keepHouse();
    return written;
  }

  private void waitForRoom(LogFullException full, long nowNanos) {
    if (!waiting) {
      logger.warn("PD's disk has no room, its writes wait for it: {}", full.getMessage());
    }
    waiting = true;
    retryAtNanos = nowNanos + FULL_RETRY_NANOS;
  }

  /** Also without room: what it gives back may be all the room that is needed. */
  private void keepHouse() {
    try {
      log.upkeep();
      waiting = retryAtNanos != NO_DEADLINE;
    } catch (LogFullException noRoom) {
      // Nothing is lost; a write will tell.
    }
  }

  @Override
  public long nextDeadlineNanos() {
    return retryAtNanos;
  }

  private void add(LogBatch batch, PdWrite write) {
    PdWrite.LogBase reset = write.reset();
    if (reset != null) {
      batch.reset(GROUP, reset.index(), reset.term());
    }
    batch.append(GROUP, write.entries());
    HardState hardState = write.hardState();
    if (hardState != null) {
      batch.hardState(GROUP, hardState);
    }
    Bytes state = write.state();
    if (state != null) {
      addState(batch, state);
    }
    write
        .regions()
        .forEach((number, chunk) -> {
          Bytes key = REGIONS.concat(longBytes(number));
          if (!chunk.isEmpty()) {
            batch.put(key, chunk);
          } else if (log.record(key) != null) {
            batch.delete(key);
          }
        });
    if (write.releaseThrough() > 0) {
      batch.release(GROUP, write.releaseThrough());
    }
  }

  private static void addState(LogBatch batch, Bytes state) {
    int pieces = 0;
    for (int start = 0; start < state.length(); start += PIECE_BYTES) {
      int length = Math.min(PIECE_BYTES, state.length() - start);
      batch.put(pieceKey(pieces), state.slice(start, length));
      pieces++;
    }
    batch.put(STATE, intBytes(pieces));
  }
}
