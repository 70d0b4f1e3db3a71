package dev.terrane.server.pd;

import dev.terrane.pd.Pd;
import dev.terrane.proto.keyspacepb.GetAllKeyspacesRequest;
import dev.terrane.proto.keyspacepb.GetAllKeyspacesResponse;
import dev.terrane.proto.keyspacepb.KeyspaceGrpc;
import dev.terrane.proto.keyspacepb.LoadKeyspaceByIDRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.stub.StreamObserver;

/** Keyspaces of version 2, as the Go and Rust clients ask for them. */
final class KeyspaceGrpcService extends KeyspaceGrpc.KeyspaceImplBase {
  private final Pd pd;
  private final LoopExecutor loop;

  KeyspaceGrpcService(Pd pd, LoopExecutor loop) {
    this.pd = pd;
    this.loop = loop;
  }

  @Override
  public void loadKeyspace(
      LoadKeyspaceRequest request, StreamObserver<LoadKeyspaceResponse> client) {
    pd.loadKeyspace(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void loadKeyspaceByID(
      LoadKeyspaceByIDRequest request, StreamObserver<LoadKeyspaceResponse> client) {
    pd.loadKeyspaceById(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getAllKeyspaces(
      GetAllKeyspacesRequest request, StreamObserver<GetAllKeyspacesResponse> client) {
    pd.getAllKeyspaces(request, new UnaryPdReply<>(client, loop));
  }
}
