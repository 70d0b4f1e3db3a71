package dev.terrane.pd.operator;

import dev.terrane.pd.region.RegionInfo;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The operators that run, one for a Region at most, and the latest that ended.
 *
 * <p>Confined to the member's thread.
 */
public final class OperatorController {
  private static final long DEADLINE_NANOS = 10L * 60 * 1_000_000_000;

  /** How often a step is asked for again. A store that has it under way refuses by its epoch. */
  private static final long ASK_AGAIN_NANOS = 2_000_000_000L;

  /** How long a Region is left alone after an operator for it failed. */
  private static final long REST_NANOS = 5_000_000_000L;

  private static final int FINISHED_MAX = 128;
  private static final int RESTING_MAX = 10_000;

  private final TreeMap<Long, Operator> runningByRegionId = new TreeMap<>();
  private final Map<Long, Integer> countByStoreId = new TreeMap<>();
  private final Deque<Operator> finished = new ArrayDeque<>();
  private final Map<Long, Long> restingUntilByRegionId = new LinkedHashMap<>();

  /** The operator that runs for a Region; null if none does. */
  public @Nullable Operator running(long regionId) {
    return runningByRegionId.get(regionId);
  }

  /** All that run, by their Regions' ids. */
  public Collection<Operator> running() {
    return Collections.unmodifiableCollection(runningByRegionId.values());
  }

  /** The latest that ended, the last one first. */
  public List<Operator> finished() {
    return List.copyOf(finished);
  }

  /** The latest that ended for one Region, the last one first. */
  public List<Operator> finished(long regionId) {
    return finished.stream().filter(operator -> operator.regionId() == regionId).toList();
  }

  /** How many operators move a replica to or from this store. */
  public int countOnStore(long storeId) {
    return countByStoreId.getOrDefault(storeId, 0);
  }

  /** Whether an operator for this Region failed a short while ago. */
  public boolean isResting(long regionId, long nowNanos) {
    Long until = restingUntilByRegionId.get(regionId);
    return until != null && nowNanos - until < 0;
  }

  /**
   * Starts an operator for a Region that has none.
   *
   * @param steps at least one
   */
  public Operator start(
      RegionInfo region, String name, String reason, List<Step> steps, long nowNanos) {
    Operator operator = new Operator(region, name, reason, steps, nowNanos + DEADLINE_NANOS);
    Operator other = runningByRegionId.putIfAbsent(region.id(), operator);
    if (other != null) {
      return other;
    }
    operator.storesTouched().forEach(store -> countByStoreId.merge(store, 1, Integer::sum));
    return operator;
  }

  /**
   * Shows the operator of {@code region} the Region as just reported.
   *
   * @return what to ask of the Region's leader now; null if nothing
   */
  public @Nullable RegionHeartbeatResponse onReport(RegionInfo region, long nowNanos) {
    Operator operator = runningByRegionId.get(region.id());
    if (operator == null) {
      return null;
    }
    operator.observe(region, nowNanos);
    if (operator.status() != Operator.Status.RUNNING) {
      finish(operator, nowNanos);
      return null;
    }
    Step step = operator.stepToAsk(region, nowNanos, ASK_AGAIN_NANOS);
    return step == null ? null : Instructions.of(step, region);
  }

  /** Gives up the operator of a Region that no longer exists as it was. */
  public void cancel(long regionId, String why, long nowNanos) {
    Operator operator = runningByRegionId.get(regionId);
    if (operator != null) {
      operator.cancel(why);
      finish(operator, nowNanos);
    }
  }

  /** Ends operators whose time is over; for Regions that no longer report. */
  public void expire(long nowNanos) {
    List<Operator> over = new ArrayList<>();
    for (Operator operator : runningByRegionId.values()) {
      operator.expire(nowNanos);
      if (operator.status() != Operator.Status.RUNNING) {
        over.add(operator);
      }
    }
    over.forEach(operator -> finish(operator, nowNanos));
  }

  private void finish(Operator operator, long nowNanos) {
    runningByRegionId.remove(operator.regionId());
    operator
        .storesTouched()
        .forEach(store -> countByStoreId.computeIfPresent(store, (id, n) -> n == 1 ? null : n - 1));
    finished.addFirst(operator);
    if (finished.size() > FINISHED_MAX) {
      finished.removeLast();
    }
    restingUntilByRegionId.remove(operator.regionId());
    if (operator.status() != Operator.Status.SUCCESS) {
      restingUntilByRegionId.put(operator.regionId(), nowNanos + REST_NANOS);
      if (restingUntilByRegionId.size() > RESTING_MAX) {
        restingUntilByRegionId.remove(restingUntilByRegionId.keySet().iterator().next());
      }
    }
  }
}
