package dev.terrane.pd.state;

import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.terranepd.Barrier;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.GcScope;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far garbage collection may go, and what holds it back. One for all keyspaces.
 *
 * <p>No transaction starts below the transaction safe point; nothing above the GC safe point is
 * collected. Invariants: neither goes back; {@code gcSafePoint <= txnSafePoint}; the transaction
 * safe point passes no barrier that has not expired, and no barrier is set below it. Timestamps are
 * compared unsigned.
 */
public final class SafePointTable {
  /** An expiry that never comes. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Of those that have not expired: all of them are in each copy of the state. */
  public static final int BARRIERS_MAX = 4_096;

  /** In bytes of UTF-8. */
  public static final int BARRIER_NAME_BYTES_MAX = 256;

  private long txnSafePoint;
  private long gcSafePoint;
  private final TreeMap<String, Barrier> barrierById = new TreeMap<>();

  SafePointTable(GcScope scope) {
    txnSafePoint = scope.getTxnSafePoint();
    gcSafePoint = scope.getGcSafePoint();
    for (Barrier barrier : scope.getBarriersList()) {
      barrierById.put(barrier.getId(), barrier);
    }
  }

  GcScope toProto() {
    return GcScope.newBuilder()
        .setTxnSafePoint(txnSafePoint)
        .setGcSafePoint(gcSafePoint)
        .addAllBarriers(barrierById.values())
        .build();
  }

  public long txnSafePoint() {
    return txnSafePoint;
  }

  public long gcSafePoint() {
    return gcSafePoint;
  }

  /** The barriers that hold at {@code nowMillis}, in the order of their names. */
  public List<Barrier> barriers(long nowMillis) {
    List<Barrier> live = new ArrayList<>();
    for (Barrier barrier : barrierById.values()) {
      if (barrier.getExpiresAtMillis() > nowMillis) {
        live.add(barrier);
      }
    }
    return live;
  }

  /** The barrier that holds at {@code nowMillis} with the least timestamp; null if none holds. */
  public @Nullable Barrier lowestBarrier(long nowMillis) {
    Barrier lowest = null;
    for (Barrier barrier : barriers(nowMillis)) {
      if (lowest == null || isBelow(barrier.getTs(), lowest.getTs())) {
        lowest = barrier;
      }
    }
    return lowest;
  }

  Outcome advanceTxn(Command.AdvanceTxnSafePoint command) {
    dropExpired(command.getNowMillis());
    long before = txnSafePoint;
    if (isBelow(command.getTarget(), before)) {
      return new Outcome.Refused(
          ErrorType.INVALID_VALUE,
          "transaction safe point %s is below the current %s"
              .formatted(
                  Long.toUnsignedString(command.getTarget()), Long.toUnsignedString(before)));
    }
    String blocker = raiseTxn(command.getTarget(), command.getNowMillis());
    return new Outcome.SafePoint(before, txnSafePoint, blocker);
  }

  /** Raises the transaction safe point as far as barriers let it; returns the one that does not. */
  private String raiseTxn(long target, long nowMillis) {
    Barrier lowest = lowestBarrier(nowMillis);
    long reachable = target;
    String blocker = "";
    if (lowest != null && isBelow(lowest.getTs(), target)) {
      reachable = lowest.getTs();
      blocker = "barrier %s at %s".formatted(lowest.getId(), Long.toUnsignedString(lowest.getTs()));
    }
    if (isBelow(txnSafePoint, reachable)) {
      txnSafePoint = reachable;
    }
    return blocker;
  }

  Outcome advanceGc(Command.AdvanceGcSafePoint command) {
    dropExpired(command.getNowMillis());
    long before = gcSafePoint;
    long target = command.getTarget();
    String blocker = "";
    if (command.getRaiseTxnSafePoint()) {
      blocker = raiseTxn(target, command.getNowMillis());
      target = isBelow(txnSafePoint, target) ? txnSafePoint : target;
      target = isBelow(target, before) ? before : target;
    } else if (isBelow(txnSafePoint, target)) {
      return new Outcome.Refused(
          ErrorType.INVALID_VALUE,
          "GC safe point %s is above the transaction safe point %s"
              .formatted(Long.toUnsignedString(target), Long.toUnsignedString(txnSafePoint)));
    } else if (isBelow(target, before)) {
      return new Outcome.Refused(
          ErrorType.INVALID_VALUE,
          "GC safe point %s is below the current %s"
              .formatted(Long.toUnsignedString(target), Long.toUnsignedString(before)));
    }
    gcSafePoint = target;
    return new Outcome.SafePoint(before, gcSafePoint, blocker);
  }

  Outcome setBarrier(Command.SetBarrier command) {
    dropExpired(command.getNowMillis());
    Barrier barrier = command.getBarrier();
    int nameBytes = barrier.getIdBytes().size();
    if (nameBytes > BARRIER_NAME_BYTES_MAX) {
      return Outcome.outOfBounds(
          "the name has %d bytes, at most %d".formatted(nameBytes, BARRIER_NAME_BYTES_MAX));
    }
    if (barrierById.size() >= BARRIERS_MAX && !barrierById.containsKey(barrier.getId())) {
      return Outcome.outOfBounds(
          ("there are %d barriers and service safe points, the most there may be: delete one that is"
                  + " not needed, or let it expire, or use a name that there is")
              .formatted(BARRIERS_MAX));
    }
    if (isBelow(barrier.getTs(), txnSafePoint)) {
      return new Outcome.Refused(
          ErrorType.INVALID_VALUE,
          "barrier %s at %s is below the transaction safe point %s"
              .formatted(
                  barrier.getId(),
                  Long.toUnsignedString(barrier.getTs()),
                  Long.toUnsignedString(txnSafePoint)));
    }
    barrierById.put(barrier.getId(), barrier);
    return new Outcome.BarrierIs(barrier);
  }

  Outcome deleteBarrier(Command.DeleteBarrier command) {
    return new Outcome.BarrierIs(barrierById.remove(command.getId()));
  }

  private void dropExpired(long nowMillis) {
    barrierById.values().removeIf(barrier -> barrier.getExpiresAtMillis() <= nowMillis);
  }

  private static boolean isBelow(long ts, long otherTs) {
    return Long.compareUnsigned(ts, otherTs) < 0;
  }
}
