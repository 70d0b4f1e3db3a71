package dev.terrane.pd;

import com.google.protobuf.ByteString;
import dev.terrane.common.Invariant;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.Outcome;
import dev.terrane.pd.state.SafePointTable;
import dev.terrane.proto.pdpb.AdvanceGCSafePointRequest;
import dev.terrane.proto.pdpb.AdvanceGCSafePointResponse;
import dev.terrane.proto.pdpb.AdvanceTxnSafePointRequest;
import dev.terrane.proto.pdpb.AdvanceTxnSafePointResponse;
import dev.terrane.proto.pdpb.DeleteGCBarrierRequest;
import dev.terrane.proto.pdpb.DeleteGCBarrierResponse;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GCBarrierInfo;
import dev.terrane.proto.pdpb.GCState;
import dev.terrane.proto.pdpb.GetGCSafePointRequest;
import dev.terrane.proto.pdpb.GetGCSafePointResponse;
import dev.terrane.proto.pdpb.GetGCStateRequest;
import dev.terrane.proto.pdpb.GetGCStateResponse;
import dev.terrane.proto.pdpb.GlobalGCBarriersInfo;
import dev.terrane.proto.pdpb.KeyspaceScope;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.SetGCBarrierRequest;
import dev.terrane.proto.pdpb.SetGCBarrierResponse;
import dev.terrane.proto.pdpb.UpdateGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateGCSafePointResponse;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointResponse;
import dev.terrane.proto.terranepd.Barrier;
import dev.terrane.proto.terranepd.Command;
import org.jspecify.annotations.Nullable;

/**
 * Safe points, in the two forms that clients know: one for each service, whose least counts; and
 * the newer pair of safe points with barriers. Both are one here: a service's safe point is a
 * barrier, and that of {@code gc_worker} is the transaction safe point. All keyspaces share them.
 *
 * <p>Confined to the member's thread.
 */
final class SafePointCalls {
  private static final String GC_WORKER = "gc_worker";
  private static final int NO_KEYSPACE = -1; // 0xffffffff

  private final PdMember member;

  SafePointCalls(PdMember member) {
    this.member = member;
  }

  private ClusterState state() {
    return member.stateOrThrow();
  }

  private long nowMillis() {
    return member.time().wallMillis();
  }

  private ResponseHeader ok() {
    return Headers.ok(state().clusterId());
  }

  private ResponseHeader headerOf(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused
        ? Headers.refused(state().clusterId(), refused)
        : ok();
  }

  /** The error while there is no cluster yet; null if there is one. */
  private @Nullable ResponseHeader notBootstrapped() {
    return state().isBootstrapped() ? null : Headers.notBootstrapped(state().clusterId());
  }

  /** The same, or that of a keyspace that does not exist; null if it does, or none is meant. */
  private @Nullable ResponseHeader wrongScope(KeyspaceScope scope) {
    ResponseHeader notBootstrapped = notBootstrapped();
    if (notBootstrapped != null) {
      return notBootstrapped;
    }
    int id = scope.getKeyspaceId();
    return id == NO_KEYSPACE || id == 0 || state().keyspaces().get(id) != null
        ? null
        : Headers.error(
            state().clusterId(),
            ErrorType.ENTRY_NOT_FOUND,
            "keyspace " + Integer.toUnsignedString(id) + " does not exist");
  }

  // ---- one safe point

  void getGcSafePoint(GetGCSafePointRequest request, PdReply<GetGCSafePointResponse> reply) {
    ResponseHeader notBootstrapped = notBootstrapped();
    reply.answer(
        GetGCSafePointResponse.newBuilder()
            .setHeader(notBootstrapped == null ? ok() : notBootstrapped)
            .setSafePoint(state().safePoints().gcSafePoint())
            .build());
  }

  void updateGcSafePoint(
      UpdateGCSafePointRequest request, PdReply<UpdateGCSafePointResponse> reply) {
    ResponseHeader notBootstrapped = notBootstrapped();
    if (notBootstrapped != null) {
      reply.answer(UpdateGCSafePointResponse.newBuilder().setHeader(notBootstrapped).build());
      return;
    }
    Command.Builder command = Command.newBuilder();
    command
        .getAdvanceGcSafePointBuilder()
        .setTarget(request.getSafePoint())
        .setRaiseTxnSafePoint(true)
        .setNowMillis(nowMillis());
    member.replicate(
        command,
        reply,
        outcome ->
            UpdateGCSafePointResponse.newBuilder()
                .setHeader(headerOf(outcome))
                .setNewSafePoint(state().safePoints().gcSafePoint())
                .build());
  }

  // ---- one safe point for each service

  void updateServiceGcSafePoint(
      UpdateServiceGCSafePointRequest request, PdReply<UpdateServiceGCSafePointResponse> reply) {
    ResponseHeader notBootstrapped = notBootstrapped();
    if (notBootstrapped != null) {
      reply.answer(
          UpdateServiceGCSafePointResponse.newBuilder().setHeader(notBootstrapped).build());
      return;
    }
    String service = request.getServiceId().toStringUtf8();
    String wrong = null;
    if (service.isEmpty()) {
      wrong = "a service safe point needs a service id";
    } else if (service.equals(GC_WORKER) && request.getTTL() <= 0) {
      wrong = "the service safe point of gc_worker cannot be removed";
    } else if (service.equals(GC_WORKER) && request.getTTL() != Long.MAX_VALUE) {
      wrong = "the service safe point of gc_worker must not expire: its TTL is the largest int64";
    }
    if (wrong != null) {
      reply.answer(
          UpdateServiceGCSafePointResponse.newBuilder()
              .setHeader(Headers.error(state().clusterId(), ErrorType.INVALID_VALUE, wrong))
              .build());
      return;
    }
    member.replicate(
        serviceCommand(service, request),
        reply,
        outcome ->
            // What contradicts another is said by the least safe point, which the caller compares.
            outcome instanceof Outcome.Refused refused && refused.type() == ErrorType.UNKNOWN
                ? UpdateServiceGCSafePointResponse.newBuilder()
                    .setHeader(Headers.refused(state().clusterId(), refused))
                    .build()
                : leastServiceSafePoint());
  }

  private Command.Builder serviceCommand(String service, UpdateServiceGCSafePointRequest request) {
    Command.Builder command = Command.newBuilder();
    if (service.equals(GC_WORKER)) {
      command
          .getAdvanceTxnSafePointBuilder()
          .setTarget(request.getSafePoint())
          .setNowMillis(nowMillis());
    } else if (request.getTTL() <= 0) {
      command.getDeleteBarrierBuilder().setId(service);
    } else {
      command
          .getSetBarrierBuilder()
          .setBarrier(barrier(service, request.getSafePoint(), request.getTTL()))
          .setNowMillis(nowMillis());
    }
    return command;
  }

  private UpdateServiceGCSafePointResponse leastServiceSafePoint() {
    SafePointTable points = state().safePoints();
    Barrier lowest = points.lowestBarrier(nowMillis());
    UpdateServiceGCSafePointResponse.Builder response =
        UpdateServiceGCSafePointResponse.newBuilder().setHeader(ok());
    if (lowest != null && Long.compareUnsigned(lowest.getTs(), points.txnSafePoint()) <= 0) {
      return response
          .setServiceId(ByteString.copyFromUtf8(lowest.getId()))
          .setTTL(ttlSeconds(lowest))
          .setMinSafePoint(lowest.getTs())
          .build();
    }
    return response
        .setServiceId(ByteString.copyFromUtf8(GC_WORKER))
        .setTTL(Long.MAX_VALUE)
        .setMinSafePoint(points.txnSafePoint())
        .build();
  }

  private Barrier barrier(String id, long ts, long ttlSeconds) {
    long now = nowMillis();
    boolean never = ttlSeconds > (SafePointTable.NEVER - now) / 1000;
    return Barrier.newBuilder()
        .setId(id)
        .setTs(ts)
        .setExpiresAtMillis(never ? SafePointTable.NEVER : now + ttlSeconds * 1000)
        .build();
  }

  private long ttlSeconds(Barrier barrier) {
    return barrier.getExpiresAtMillis() == SafePointTable.NEVER
        ? Long.MAX_VALUE
        : Math.max(0, (barrier.getExpiresAtMillis() - nowMillis() + 999) / 1000);
  }

  private GCBarrierInfo info(Barrier barrier) {
    return GCBarrierInfo.newBuilder()
        .setBarrierId(barrier.getId())
        .setBarrierTs(barrier.getTs())
        .setTtlSeconds(ttlSeconds(barrier))
        .build();
  }

  // ---- two safe points and barriers

  void getGcState(GetGCStateRequest request, PdReply<GetGCStateResponse> reply) {
    ResponseHeader wrong = wrongScope(request.getKeyspaceScope());
    SafePointTable points = state().safePoints();
    GCState.Builder gcState =
        GCState.newBuilder()
            .setKeyspaceScope(KeyspaceScope.newBuilder().setKeyspaceId(NO_KEYSPACE))
            .setTxnSafePoint(points.txnSafePoint())
            .setGcSafePoint(points.gcSafePoint());
    if (!request.getExcludeGcBarriers()) {
      points.barriers(nowMillis()).forEach(barrier -> gcState.addGcBarriers(info(barrier)));
    }
    GetGCStateResponse.Builder response =
        GetGCStateResponse.newBuilder().setHeader(wrong == null ? ok() : wrong).setGcState(gcState);
    if (request.getIncludeGlobalGcBarriers()) {
      response.setGlobalGcBarriers(GlobalGCBarriersInfo.getDefaultInstance());
    }
    reply.answer(response.build());
  }

  void advanceTxnSafePoint(
      AdvanceTxnSafePointRequest request, PdReply<AdvanceTxnSafePointResponse> reply) {
    ResponseHeader wrong = wrongScope(request.getKeyspaceScope());
    if (wrong != null) {
      reply.answer(AdvanceTxnSafePointResponse.newBuilder().setHeader(wrong).build());
      return;
    }
    Command.Builder command = Command.newBuilder();
    command
        .getAdvanceTxnSafePointBuilder()
        .setTarget(request.getTarget())
        .setNowMillis(nowMillis());
    member.replicate(
        command,
        reply,
        outcome -> {
          AdvanceTxnSafePointResponse.Builder response =
              AdvanceTxnSafePointResponse.newBuilder().setHeader(headerOf(outcome));
          if (outcome instanceof Outcome.SafePoint moved) {
            response
                .setOldTxnSafePoint(moved.before())
                .setNewTxnSafePoint(moved.after())
                .setBlockerDescription(moved.blocker());
          }
          return response.build();
        });
  }

  void advanceGcSafePoint(
      AdvanceGCSafePointRequest request, PdReply<AdvanceGCSafePointResponse> reply) {
    ResponseHeader wrong = wrongScope(request.getKeyspaceScope());
    if (wrong != null) {
      reply.answer(AdvanceGCSafePointResponse.newBuilder().setHeader(wrong).build());
      return;
    }
    Command.Builder command = Command.newBuilder();
    command.getAdvanceGcSafePointBuilder().setTarget(request.getTarget()).setNowMillis(nowMillis());
    member.replicate(
        command,
        reply,
        outcome -> {
          AdvanceGCSafePointResponse.Builder response =
              AdvanceGCSafePointResponse.newBuilder().setHeader(headerOf(outcome));
          if (outcome instanceof Outcome.SafePoint moved) {
            response.setOldGcSafePoint(moved.before()).setNewGcSafePoint(moved.after());
          }
          return response.build();
        });
  }

  void setGcBarrier(SetGCBarrierRequest request, PdReply<SetGCBarrierResponse> reply) {
    ResponseHeader wrong = wrongScope(request.getKeyspaceScope());
    if (wrong == null && (request.getBarrierId().isEmpty() || request.getTtlSeconds() <= 0)) {
      wrong =
          Headers.error(
              state().clusterId(),
              ErrorType.INVALID_VALUE,
              "a GC barrier needs an id and a TTL greater than 0");
    }
    if (wrong != null) {
      reply.answer(SetGCBarrierResponse.newBuilder().setHeader(wrong).build());
      return;
    }
    Command.Builder command = Command.newBuilder();
    command
        .getSetBarrierBuilder()
        .setBarrier(
            barrier(request.getBarrierId(), request.getBarrierTs(), request.getTtlSeconds()))
        .setNowMillis(nowMillis());
    member.replicate(
        command,
        reply,
        outcome -> {
          SetGCBarrierResponse.Builder response =
              SetGCBarrierResponse.newBuilder().setHeader(headerOf(outcome));
          Barrier barrier = barrierIn(outcome);
          return (barrier == null ? response : response.setNewBarrierInfo(info(barrier))).build();
        });
  }

  void deleteGcBarrier(DeleteGCBarrierRequest request, PdReply<DeleteGCBarrierResponse> reply) {
    ResponseHeader wrong = wrongScope(request.getKeyspaceScope());
    if (wrong != null) {
      reply.answer(DeleteGCBarrierResponse.newBuilder().setHeader(wrong).build());
      return;
    }
    Command.Builder command = Command.newBuilder();
    command.getDeleteBarrierBuilder().setId(request.getBarrierId());
    member.replicate(
        command,
        reply,
        outcome -> {
          DeleteGCBarrierResponse.Builder response =
              DeleteGCBarrierResponse.newBuilder().setHeader(headerOf(outcome));
          Barrier barrier = barrierIn(outcome);
          return (barrier == null ? response : response.setDeletedBarrierInfo(info(barrier)))
              .build();
        });
  }

  private static @Nullable Barrier barrierIn(Outcome outcome) {
    return switch (outcome) {
      case Outcome.BarrierIs is -> is.barrier();
      case Outcome.Refused refused -> null;
      case Outcome.Done other -> throw unexpected(other);
      case Outcome.Ids other -> throw unexpected(other);
      case Outcome.Mode other -> throw unexpected(other);
      case Outcome.SafePoint other -> throw unexpected(other);
      case Outcome.Revision other -> throw unexpected(other);
    };
  }

  private static Error unexpected(Outcome outcome) {
    return Invariant.violated("a barrier command gave %s", outcome);
  }
}
