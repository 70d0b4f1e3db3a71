package dev.terrane.pd;

import dev.terrane.common.Invariant;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.Outcome;
import dev.terrane.proto.metapb.Cluster;
import dev.terrane.proto.pdpb.GetClusterConfigRequest;
import dev.terrane.proto.pdpb.GetClusterConfigResponse;
import dev.terrane.proto.pdpb.GetExternalTimestampRequest;
import dev.terrane.proto.pdpb.GetExternalTimestampResponse;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.ChangeRulesResponse;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.DecideKeyModeRequest;
import dev.terrane.proto.terranepd.DecideKeyModeResponse;
import dev.terrane.proto.terranepd.GetRulesRequest;
import dev.terrane.proto.terranepd.GetRulesResponse;
import dev.terrane.proto.terranepd.KeyMode;
import dev.terrane.proto.terranepd.SetRulesRequest;
import dev.terrane.proto.terranepd.SetRulesResponse;

/** What holds for the whole cluster. Confined to the member's thread. */
final class SettingsCalls {
  private final PdMember member;

  SettingsCalls(PdMember member) {
    this.member = member;
  }

  void getClusterConfig(GetClusterConfigRequest request, PdReply<GetClusterConfigResponse> reply) {
    ClusterState state = member.stateOrThrow();
    GetClusterConfigResponse.Builder response = GetClusterConfigResponse.newBuilder();
    if (state.isBootstrapped()) {
      response
          .setHeader(Headers.ok(state.clusterId()))
          .setCluster(
              Cluster.newBuilder()
                  .setId(state.clusterId())
                  .setMaxPeerCount(state.rules().getReplicasMax()));
    } else {
      response.setHeader(Headers.notBootstrapped(state.clusterId()));
    }
    reply.answer(response.build());
  }

  /** The timestamp that is read at by whom it is set for; nobody can set it, so there is none. */
  void getExternalTimestamp(
      GetExternalTimestampRequest request, PdReply<GetExternalTimestampResponse> reply) {
    reply.answer(
        GetExternalTimestampResponse.newBuilder()
            .setHeader(Headers.ok(member.stateOrThrow().clusterId()))
            .build());
  }

  void getRules(GetRulesRequest request, PdReply<GetRulesResponse> reply) {
    ClusterState state = member.stateOrThrow();
    reply.answer(
        GetRulesResponse.newBuilder()
            .setHeader(Headers.ok(state.clusterId()))
            .setRules(state.rules())
            .build());
  }

  void setRules(SetRulesRequest request, PdReply<SetRulesResponse> reply) {
    long clusterId = member.stateOrThrow().clusterId();
    member.replicate(
        Command.newBuilder().setSetRules(request.getRules()),
        reply,
        outcome -> {
          ResponseHeader header =
              outcome instanceof Outcome.Refused refused
                  ? Headers.refused(clusterId, refused)
                  : Headers.ok(clusterId);
          return SetRulesResponse.newBuilder().setHeader(header).build();
        });
  }

  void changeRules(ChangeRulesRequest request, PdReply<ChangeRulesResponse> reply) {
    member.replicate(
        Command.newBuilder().setChangeRules(request.getChange()),
        reply,
        outcome -> {
          ClusterState state = member.stateOrThrow();
          ResponseHeader header =
              outcome instanceof Outcome.Refused refused
                  ? Headers.refused(state.clusterId(), refused)
                  : Headers.ok(state.clusterId());
          return ChangeRulesResponse.newBuilder().setHeader(header).setRules(state.rules()).build();
        });
  }

  void decideKeyMode(DecideKeyModeRequest request, PdReply<DecideKeyModeResponse> reply) {
    ClusterState state = member.stateOrThrow();
    boolean justAsking = request.getMode() == KeyMode.UNDECIDED;
    if (request.getMode() == KeyMode.UNRECOGNIZED) {
      reply.refuse(new PdRefusal.Invalid("keys are raw or transactional, nothing else"));
    } else if (justAsking || state.keyMode() != KeyMode.UNDECIDED) {
      reply.answer(answer(state.clusterId(), state.keyMode()));
    } else {
      member.replicate(
          Command.newBuilder().setDecideKeyMode(request.getMode()),
          reply,
          outcome -> {
            if (!(outcome instanceof Outcome.Mode decided)) {
              throw Invariant.violated("deciding the key mode gave %s", outcome);
            }
            return answer(state.clusterId(), decided.mode());
          });
    }
  }

  private static DecideKeyModeResponse answer(long clusterId, KeyMode mode) {
    return DecideKeyModeResponse.newBuilder()
        .setHeader(Headers.ok(clusterId))
        .setMode(mode)
        .build();
  }
}
