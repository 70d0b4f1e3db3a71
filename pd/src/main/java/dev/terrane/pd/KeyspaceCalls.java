package dev.terrane.pd;

import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.keyspacepb.GetAllKeyspacesRequest;
import dev.terrane.proto.keyspacepb.GetAllKeyspacesResponse;
import dev.terrane.proto.keyspacepb.KeyspaceMeta;
import dev.terrane.proto.keyspacepb.LoadKeyspaceByIDRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;
import dev.terrane.proto.pdpb.ErrorType;
import org.jspecify.annotations.Nullable;

/** The keyspaces of a version 2 cluster. Confined to the member's thread. */
final class KeyspaceCalls {
  private static final int KEYSPACES_MAX = 1000;

  private final PdMember member;

  KeyspaceCalls(PdMember member) {
    this.member = member;
  }

  void loadKeyspace(LoadKeyspaceRequest request, PdReply<LoadKeyspaceResponse> reply) {
    answer(
        member.stateOrThrow().keyspaces().named(request.getName()),
        "keyspace \"" + request.getName() + "\" does not exist",
        reply);
  }

  void loadKeyspaceById(LoadKeyspaceByIDRequest request, PdReply<LoadKeyspaceResponse> reply) {
    answer(
        member.stateOrThrow().keyspaces().get(request.getId()),
        "keyspace " + Integer.toUnsignedString(request.getId()) + " does not exist",
        reply);
  }

  private void answer(
      @Nullable KeyspaceMeta keyspace, String missing, PdReply<LoadKeyspaceResponse> reply) {
    ClusterState state = member.stateOrThrow();
    LoadKeyspaceResponse.Builder response = LoadKeyspaceResponse.newBuilder();
    if (!state.isBootstrapped()) {
      response.setHeader(Headers.notBootstrapped(state.clusterId()));
    } else if (keyspace == null) {
      response.setHeader(Headers.error(state.clusterId(), ErrorType.ENTRY_NOT_FOUND, missing));
    } else {
      response.setHeader(Headers.ok(state.clusterId())).setKeyspace(keyspace);
    }
    reply.answer(response.build());
  }

  void getAllKeyspaces(GetAllKeyspacesRequest request, PdReply<GetAllKeyspacesResponse> reply) {
    ClusterState state = member.stateOrThrow();
    GetAllKeyspacesResponse.Builder response = GetAllKeyspacesResponse.newBuilder();
    if (!state.isBootstrapped()) {
      reply.answer(response.setHeader(Headers.notBootstrapped(state.clusterId())).build());
      return;
    }
    long asked = Integer.toUnsignedLong(request.getLimit());
    long limit = asked == 0 ? KEYSPACES_MAX : Math.min(asked, KEYSPACES_MAX);
    state.keyspaces().from(request.getStartId()).stream()
        .limit(limit)
        .forEach(response::addKeyspaces);
    reply.answer(response.setHeader(Headers.ok(state.clusterId())).build());
  }
}
