package dev.terrane.server.pd;

import dev.terrane.pd.Pd;
import dev.terrane.proto.etcdserverpb.ClusterGrpc;
import dev.terrane.proto.etcdserverpb.MemberListRequest;
import dev.terrane.proto.etcdserverpb.MemberListResponse;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.stub.StreamObserver;

/** The one call of etcd's that new Go clients make when they start. */
final class EtcdClusterService extends ClusterGrpc.ClusterImplBase {
  private final Pd pd;
  private final LoopExecutor loop;

  EtcdClusterService(Pd pd, LoopExecutor loop) {
    this.pd = pd;
    this.loop = loop;
  }

  @Override
  public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> client) {
    pd.memberList(request, new UnaryPdReply<>(client, loop));
  }
}
