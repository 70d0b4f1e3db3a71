package dev.terrane.pd;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.pd.checker.Decision;
import dev.terrane.pd.checker.ReplicaChecker;
import dev.terrane.pd.operator.Operator;
import dev.terrane.pd.operator.Step;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.store.StoreView;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetOperatorRequest;
import dev.terrane.proto.pdpb.GetOperatorResponse;
import dev.terrane.proto.pdpb.OperatorStatus;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.ScatterRegionRequest;
import dev.terrane.proto.pdpb.ScatterRegionResponse;
import dev.terrane.proto.pdpb.SplitRegionsRequest;
import dev.terrane.proto.pdpb.SplitRegionsResponse;
import dev.terrane.proto.terranepd.ExplainRegionRequest;
import dev.terrane.proto.terranepd.ExplainRegionResponse;
import dev.terrane.proto.terranepd.ListOperatorsRequest;
import dev.terrane.proto.terranepd.ListOperatorsResponse;
import dev.terrane.proto.terranepd.OperatorSummary;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens to Regions, and says why. A Region is looked at when it reports, and by a
 * slow walk over all of them when something changes while they say nothing: a store that is silent,
 * or a rule. A change during a walk has another follow it; it does not start over, so each Region
 * has its turn however much changes. While nothing changes nobody walks.
 *
 * <p>Nothing is scheduled for a Region that has not reported to this leadership, nor while a store
 * that may be there has not: it could lead a newer form of the Region. Confined to the member's
 * thread.
 */
final class Scheduling {
  private static final int WALK_REGIONS_MAX = 128;
  private static final int SCATTERED_MAX = 10_240;

  private final PdMember member;
  private Bytes walkFrom = Bytes.EMPTY;
  private long walkTerm;

  private boolean walkSawUnreported;

  /** Where the Region before ended; null before the first. */
  private @Nullable Bytes walkedTo;

  /** Whether some keys are of no Region that is known. */
  private boolean walkSawGap;

  /** Whether every known Region and every live store has reported. */
  private boolean allReported;

  /** Whether the known Regions cover every key; and how these divided them, if they do not. */
  private boolean everyKeyCovered;

  private long walkedDivisions;
  private long divisionsAtStart;

  /** The stores and rules for which the last walk began. */
  private long walkedForVersion;

  /** Whether a Region was passed by that can be decided upon soon. */
  private boolean walkAgain;

  private long looks;

  Scheduling(PdMember member) {
    this.member = member;
  }

  // ---- looking

  void onReport(RegionInfo region, Leadership leadership) {
    long nowNanos = member.time().nanoTime();
    instruct(region, leadership.operators().onReport(region, nowNanos), leadership);
    if (leadership.operators().running(region.id()) == null) {
      leadership.refreshViewIfOld(nowNanos);
      look(region, leadership, nowNanos);
    }
  }

  void onTick(Leadership leadership, long nowNanos) {
    leadership.operators().expire(nowNanos);
    giveUpOnLostStores(leadership, nowNanos);
    repeatInstructions(leadership, nowNanos);
    leadership.streams().keepAlive(Headers.ok(member.stateOrThrow().clusterId()), nowNanos);
    walk(leadership, nowNanos);
  }

  /** The checker finds what to do instead, which it may not while an operator runs. */
  private static void giveUpOnLostStores(Leadership leadership, long nowNanos) {
    if (leadership.operators().running().isEmpty()) {
      return;
    }
    leadership.refreshViewIfOld(nowNanos);
    for (Operator operator : List.copyOf(leadership.operators().running())) {
      Peer needed = operator.needs();
      StoreView store = needed == null ? null : leadership.store(needed.storeId());
      if (needed != null && (store == null || store.condition().isLost())) {
        leadership
            .operators()
            .cancel(
                operator.regionId(),
                "store %d of peer %d is lost".formatted(needed.storeId(), needed.id()),
                nowNanos);
      }
    }
  }

  /** For those that were lost on their way: a Region without news reports once a minute only. */
  private void repeatInstructions(Leadership leadership, long nowNanos) {
    for (Operator operator : List.copyOf(leadership.operators().running())) {
      RegionInfo region = member.regions().byId(operator.regionId());
      if (region == null) {
        leadership.operators().cancel(operator.regionId(), "the Region is gone", nowNanos);
      } else {
        instruct(region, leadership.operators().onReport(region, nowNanos), leadership);
      }
    }
  }

  private void walk(Leadership leadership, long nowNanos) {
    if (walkTerm != leadership.term()) {
      walkTerm = leadership.term();
      beginWalk();
      allReported = false;
      everyKeyCovered = false;
    }
    if (walkFrom.isEmpty()) {
      boolean changed = walkedForVersion != leadership.viewVersion();
      boolean mayCoverMore = !everyKeyCovered && walkedDivisions != member.regions().divisions();
      if (!changed && allReported && !walkAgain && !mayCoverMore) {
        return;
      }
      allReported &= !changed;
      walkedForVersion = leadership.viewVersion();
      divisionsAtStart = member.regions().divisions();
      walkAgain = false;
    }
    List<RegionInfo> next = member.regions().currentFrom(walkFrom, WALK_REGIONS_MAX);
    for (RegionInfo region : next) {
      KeyRange range = region.region().range();
      walkSawUnreported |= region.reportedIn() != leadership.term();
      walkSawGap |= !range.start().equals(walkedTo == null ? Bytes.EMPTY : walkedTo);
      walkedTo = range.end();
      if (leadership.operators().running(region.id()) == null) {
        look(region, leadership, nowNanos);
      }
    }
    if (next.size() == WALK_REGIONS_MAX) {
      walkFrom = next.getLast().region().range().start().successor();
      return;
    }
    allReported =
        !walkSawUnreported && leadership.awaitedStore() == null && member.regions().size() > 0;
    everyKeyCovered = !walkSawGap && walkedTo != null && walkedTo.isEmpty();
    walkedDivisions = divisionsAtStart;
    beginWalk();
  }

  private void beginWalk() {
    walkFrom = Bytes.EMPTY;
    walkedTo = null;
    walkSawUnreported = false;
    walkSawGap = false;
  }

  /** How often any Region was looked at, for tests. */
  long looks() {
    return looks;
  }

  /** Whether no operator runs and the walk has come to its end. */
  boolean isAtRest(Leadership leadership) {
    return walkFrom.isEmpty() && leadership.operators().running().isEmpty();
  }

  /**
   * Whether every key is of a Region that has reported, and every live store has, as of the last
   * walk.
   */
  boolean hasWholePicture() {
    return allReported && everyKeyCovered;
  }

  private void look(RegionInfo region, Leadership leadership, long nowNanos) {
    looks++;
    if (whyNotNow(region, leadership, nowNanos) != null) {
      walkAgain |= leadership.operators().isResting(region.id(), nowNanos);
      return;
    }
    switch (ReplicaChecker.check(region, leadership)) {
      case Decision.Nothing nothing -> {}
      case Decision.AddReplica add -> addReplica(region, add, leadership, nowNanos);
      case Decision.Change change ->
          start(region, change.name(), change.reason(), change.steps(), leadership, nowNanos);
    }
  }

  /** Why nothing is scheduled for {@code region}, whatever its replicas are like; null if it is. */
  private @Nullable String whyNotNow(RegionInfo region, Leadership leadership, long nowNanos) {
    if (region.reportedIn() != leadership.term()) {
      return "it has not reported since this PD member leads";
    }
    Store awaited = leadership.awaitedStore();
    if (awaited != null) {
      return "store %d has not reported since this PD member leads, and may know better"
          .formatted(awaited.getId());
    }
    return leadership.operators().isResting(region.id(), nowNanos)
        ? "the last operator for it failed a moment ago"
        : null;
  }

  private void addReplica(
      RegionInfo region, Decision.AddReplica add, Leadership leadership, long nowNanos) {
    if (!leadership.ids().has(1)) {
      member.windows().reserveIds(leadership, 1); // the next look finds one
      walkAgain = true;
      return;
    }
    Peer learner = Peer.learner(leadership.ids().allocate(1), add.storeId());
    start(
        region,
        "add-replica",
        add.reason(),
        List.of(new Step.AddLearner(learner)),
        leadership,
        nowNanos);
  }

  private void start(
      RegionInfo region,
      String name,
      String reason,
      List<Step> steps,
      Leadership leadership,
      long nowNanos) {
    leadership.operators().start(region, name, reason, steps, nowNanos);
    instruct(region, leadership.operators().onReport(region, nowNanos), leadership);
  }

  private void instruct(
      RegionInfo region, @Nullable RegionHeartbeatResponse instruction, Leadership leadership) {
    Peer leader = region.leader();
    if (instruction == null || leader == null) {
      return;
    }
    RegionHeartbeatResponse addressed =
        instruction.toBuilder().setHeader(Headers.ok(member.stateOrThrow().clusterId())).build();
    leadership.streams().send(leader.storeId(), addressed, member.time().nanoTime());
  }

  // ---- calls

  void explainRegion(ExplainRegionRequest request, PdReply<ExplainRegionResponse> reply) {
    long clusterId = member.stateOrThrow().clusterId();
    Leadership leadership = member.leadership();
    RegionInfo region = member.regions().byId(request.getRegionId());
    ExplainRegionResponse.Builder response = ExplainRegionResponse.newBuilder();
    if (region == null || leadership == null) {
      reply.answer(response.setHeader(unknown(request.getRegionId())).build());
      return;
    }
    long nowNanos = member.time().nanoTime();
    leadership.refreshViewIfOld(nowNanos);
    response.setHeader(Headers.ok(clusterId));
    Operator running = leadership.operators().running(region.id());
    String whyNot = whyNotNow(region, leadership, nowNanos);
    if (running != null) {
      response.setDecision("waits for operator " + running.name() + ": " + running.reason());
      response.setRunning(summary(running));
    } else if (whyNot != null) {
      response.setDecision("nothing: " + whyNot);
    } else {
      response.setDecision(describe(ReplicaChecker.check(region, leadership)));
    }
    leadership
        .operators()
        .finished(region.id())
        .forEach(operator -> response.addFinished(summary(operator)));
    reply.answer(response.build());
  }

  private static String describe(Decision decision) {
    return switch (decision) {
      case Decision.Nothing nothing -> "nothing: " + nothing.reason();
      case Decision.AddReplica add -> "add-replica: " + add.reason();
      case Decision.Change change -> change.name() + ": " + change.reason();
    };
  }

  void listOperators(ListOperatorsRequest request, PdReply<ListOperatorsResponse> reply) {
    ListOperatorsResponse.Builder response =
        ListOperatorsResponse.newBuilder().setHeader(Headers.ok(member.stateOrThrow().clusterId()));
    Leadership leadership = member.leadership();
    if (leadership != null) {
      leadership.operators().running().forEach(o -> response.addRunning(summary(o)));
      leadership.operators().finished().forEach(o -> response.addFinished(summary(o)));
    }
    reply.answer(response.build());
  }

  private static OperatorSummary summary(Operator operator) {
    OperatorSummary.Builder summary =
        OperatorSummary.newBuilder()
            .setRegionId(operator.regionId())
            .setName(operator.name())
            .setReason(operator.reason())
            .setCurrentStep(operator.stepsDone())
            .setOutcome(
                operator.status() == Operator.Status.RUNNING
                    ? ""
                    : operator.status().name().toLowerCase(Locale.ROOT)
                        + ": "
                        + operator.outcome());
    operator.steps().forEach(step -> summary.addSteps(step.describe()));
    return summary.build();
  }

  void getOperator(GetOperatorRequest request, PdReply<GetOperatorResponse> reply) {
    Leadership leadership = member.leadership();
    Operator running =
        leadership == null ? null : leadership.operators().running(request.getRegionId());
    GetOperatorResponse.Builder response = GetOperatorResponse.newBuilder();
    if (running == null) {
      long clusterId = member.stateOrThrow().clusterId();
      response.setHeader(
          Headers.error(
              clusterId,
              ErrorType.REGION_NOT_FOUND,
              "no operator runs for Region " + request.getRegionId()));
    } else {
      response
          .setHeader(Headers.ok(member.stateOrThrow().clusterId()))
          .setRegionId(request.getRegionId())
          .setDesc(ByteString.copyFromUtf8(running.name()))
          .setKind(ByteString.copyFromUtf8("replica"))
          .setStatus(OperatorStatus.RUNNING);
    }
    reply.answer(response.build());
  }

  /** Replicas are where the checker puts them: a Region that is known counts as scattered. */
  void scatterRegion(ScatterRegionRequest request, PdReply<ScatterRegionResponse> reply) {
    ScatterRegionResponse.Builder response = ScatterRegionResponse.newBuilder();
    int known = 0;
    int asked = request.getRegionsIdCount();
    if (asked > SCATTERED_MAX) {
      reply.refuse(
          new PdRefusal.Invalid(
              "%d Regions in one call, at most %d: ask in several"
                  .formatted(asked, SCATTERED_MAX)));
      return;
    }
    for (long id : request.getRegionsIdList()) {
      if (member.regions().byId(id) == null) {
        response.addFailedRegionsId(id);
      } else {
        known++;
      }
    }
    long single = request.getRegionId();
    if (asked == 0 && member.regions().byId(single) == null) {
      reply.answer(ScatterRegionResponse.newBuilder().setHeader(unknown(single)).build());
      return;
    }
    reply.answer(
        response
            .setHeader(Headers.ok(member.stateOrThrow().clusterId()))
            .setFinishedPercentage(asked == 0 ? 100 : 100L * known / asked)
            .build());
  }

  void splitRegions(SplitRegionsRequest request, PdReply<SplitRegionsResponse> reply) {
    reply.refuse(new PdRefusal.Unsupported("Regions are not split through PD yet"));
  }

  private dev.terrane.proto.pdpb.ResponseHeader unknown(long regionId) {
    return Headers.error(
        member.stateOrThrow().clusterId(),
        ErrorType.REGION_NOT_FOUND,
        "Region " + Long.toUnsignedString(regionId) + " is not known");
  }
}
