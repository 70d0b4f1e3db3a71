package dev.terrane.pd.operator;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.region.Peer;
import dev.terrane.pd.region.RegionInfo;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A change of one Region under way. RUNNING until its last step is done (SUCCESS), a step has an
 * obstacle (CANCELLED), or its deadline passes (TIMEOUT); then it never changes again.
 *
 * <p>Confined to the member's thread. Times are from its monotonic clock.
 */
public final class Operator {
  /** How an operator stands. */
  public enum Status {
    RUNNING,
    SUCCESS,
    CANCELLED,
    TIMEOUT
  }

  private final long regionId;
  private final String name;
  private final String reason;
  private final List<Step> steps;
  private final long deadlineNanos;
  private int current;

  /** The largest {@code confVer} that what was planned on and the steps done account for. */
  private long confVerMax;

  /** Peers that the joint change begun last has in between, which its end settles. */
  private int between;

  private Status status = Status.RUNNING;
  private String outcome = "";
  private boolean asked;
  private long lastAskedNanos;

  /**
   * @param name of what it is for, as {@code add-replica}
   * @param reason in a sentence's words, for whoever asks
   */
  Operator(RegionInfo region, String name, String reason, List<Step> steps, long deadlineNanos) {
    check(!steps.isEmpty(), "operator without steps for Region %d", region.id());
    this.regionId = region.id();
    this.confVerMax = region.region().epoch().confVer();
    this.between = (int) region.region().peers().stream().filter(Operator::isBetween).count();
    this.name = name;
    this.reason = reason;
    this.steps = List.copyOf(steps);
    this.deadlineNanos = deadlineNanos;
  }

  /** Looks at the Region as it is now, and moves on, ends, or stays. */
  void observe(RegionInfo region, long nowNanos) {
    while (status == Status.RUNNING && steps.get(current).isDone(region)) {
      confVerMax += growth(steps.get(current));
      current++;
      asked = false;
      if (current == steps.size()) {
        end(Status.SUCCESS, "done");
      }
    }
    if (status != Status.RUNNING) {
      return;
    }
    String obstacle = obstacle(steps.get(current), region);
    if (obstacle != null) {
      end(Status.CANCELLED, obstacle);
    } else {
      expire(nowNanos);
    }
  }

  /** A change by somebody else takes the ground from under a plan: it must be made anew. */
  private @Nullable String obstacle(Step step, RegionInfo region) {
    long expected = confVerMax + (step.hasBegun(region) ? growth(step) : 0);
    long confVer = region.region().epoch().confVer();
    return confVer > expected
        ? "the membership was changed meanwhile: conf_ver is %d, not %d"
            .formatted(confVer, expected)
        : step.obstacle(region);
  }

  /** By how much {@code step} lets {@code confVer} grow at most. */
  private int growth(Step step) {
    return switch (step) {
      case Step.AddLearner add -> 1;
      case Step.PromoteLearner promote -> 1;
      case Step.RemovePeer remove -> 1;
      case Step.EnterJoint joint -> {
        between = joint.promoted().size() + joint.demoted().size();
        yield between;
      }
      case Step.LeaveJoint leave -> between;
      case Step.TransferLeader transfer -> 0;
    };
  }

  private static boolean isBetween(Peer peer) {
    return switch (peer.role()) {
      case INCOMING_VOTER, DEMOTING_VOTER -> true;
      case VOTER, LEARNER -> false;
    };
  }

  /** Ends this if its time is over. */
  void expire(long nowNanos) {
    if (status == Status.RUNNING && nowNanos - deadlineNanos >= 0) {
      end(Status.TIMEOUT, "not done in time: " + steps.get(current).describe());
    }
  }

  void cancel(String why) {
    if (status == Status.RUNNING) {
      end(Status.CANCELLED, why);
    }
  }

  private void end(Status end, String how) {
    status = end;
    outcome = how;
  }

  /** The step to ask for now; null if it has begun, or was asked for less than a while ago. */
  @Nullable Step stepToAsk(RegionInfo region, long nowNanos, long againNanos) {
    if (status != Status.RUNNING
        || (asked && nowNanos - lastAskedNanos < againNanos)
        || steps.get(current).hasBegun(region)) {
      return null;
    }
    asked = true;
    lastAskedNanos = nowNanos;
    return steps.get(current);
  }

  /** The peer that must be there for the current step to end; null if the leader is enough. */
  public @Nullable Peer needs() {
    return status == Status.RUNNING ? steps.get(current).needs() : null;
  }

  /** The stores that a replica is added to or removed from. */
  SortedSet<Long> storesTouched() {
    SortedSet<Long> stores = new TreeSet<>();
    for (Step step : steps) {
      switch (step) {
        case Step.AddLearner add -> stores.add(add.peer().storeId());
        case Step.RemovePeer remove -> stores.add(remove.peer().storeId());
        case Step.PromoteLearner promote -> {}
        case Step.EnterJoint joint -> {}
        case Step.LeaveJoint leave -> {}
        case Step.TransferLeader transfer -> {}
      }
    }
    return stores;
  }

  public long regionId() {
    return regionId;
  }

  public String name() {
    return name;
  }

  public String reason() {
    return reason;
  }

  public List<Step> steps() {
    return steps;
  }

  /** The number of steps that are done. */
  public int stepsDone() {
    return current;
  }

  public Status status() {
    return status;
  }

  /** How it ended; empty while it runs. */
  public String outcome() {
    return outcome;
  }
}
