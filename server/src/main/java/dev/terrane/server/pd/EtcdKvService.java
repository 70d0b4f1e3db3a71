package dev.terrane.server.pd;

import dev.terrane.pd.Pd;
import dev.terrane.proto.etcdserverpb.KVGrpc;
import dev.terrane.proto.etcdserverpb.PutRequest;
import dev.terrane.proto.etcdserverpb.PutResponse;
import dev.terrane.proto.etcdserverpb.RangeRequest;
import dev.terrane.proto.etcdserverpb.RangeResponse;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.stub.StreamObserver;

/** The part of etcd's key-value service that older Go clients call for the safe point. */
final class EtcdKvService extends KVGrpc.KVImplBase {
  private final Pd pd;
  private final LoopExecutor loop;

  EtcdKvService(Pd pd, LoopExecutor loop) {
    this.pd = pd;
    this.loop = loop;
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> client) {
    pd.etcdRange(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> client) {
    pd.etcdPut(request, new UnaryPdReply<>(client, loop));
  }
}
