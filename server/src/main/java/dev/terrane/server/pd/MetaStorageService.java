package dev.terrane.server.pd;

import dev.terrane.pd.Pd;
import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import dev.terrane.proto.etcdserverpb.RangeRequest;
import dev.terrane.proto.etcdserverpb.RangeResponse;
import dev.terrane.proto.meta_storagepb.DeleteRequest;
import dev.terrane.proto.meta_storagepb.DeleteResponse;
import dev.terrane.proto.meta_storagepb.GetRequest;
import dev.terrane.proto.meta_storagepb.GetResponse;
import dev.terrane.proto.meta_storagepb.KeyValue;
import dev.terrane.proto.meta_storagepb.MetaStorageGrpc;
import dev.terrane.proto.meta_storagepb.PutRequest;
import dev.terrane.proto.meta_storagepb.PutResponse;
import dev.terrane.proto.meta_storagepb.ResponseHeader;
import dev.terrane.proto.meta_storagepb.WatchRequest;
import dev.terrane.proto.meta_storagepb.WatchResponse;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/**
 * What new Go clients ask when they start: whether somebody has left settings for resource control.
 * It reads the records that etcd's calls read. Changing and watching them is refused in words.
 */
final class MetaStorageService extends MetaStorageGrpc.MetaStorageImplBase {
  private final Pd pd;
  private final LoopExecutor loop;

  MetaStorageService(Pd pd, LoopExecutor loop) {
    this.pd = pd;
    this.loop = loop;
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> client) {
    PdReply<GetResponse> reply = new UnaryPdReply<>(client, loop);
    if (request.getRevision() != 0) {
      reply.refuse(
          new PdRefusal.Unsupported("reading records of an earlier revision is not offered"));
      return;
    }
    RangeRequest range =
        RangeRequest.newBuilder()
            .setKey(request.getKey())
            .setRangeEnd(request.getRangeEnd())
            .setLimit(request.getLimit())
            .build();
    long meant = request.getHeader().getClusterId();
    pd.etcdRange(
        range,
        new PdReply<>() {
          @Override
          public void answer(RangeResponse found) {
            long clusterId = found.getHeader().getClusterId();
            if (meant == 0 || meant == clusterId) {
              reply.answer(translate(found));
            } else {
              reply.refuse(new PdRefusal.ClusterMismatch(clusterId, meant));
            }
          }

          @Override
          public void refuse(PdRefusal why) {
            reply.refuse(why);
          }
        });
  }

  private static GetResponse translate(RangeResponse found) {
    GetResponse.Builder response =
        GetResponse.newBuilder()
            .setHeader(
                ResponseHeader.newBuilder()
                    .setClusterId(found.getHeader().getClusterId())
                    .setRevision(found.getHeader().getRevision()))
            .setMore(found.getMore())
            .setCount(found.getCount());
    for (var record : found.getKvsList()) {
      response.addKvs(
          KeyValue.newBuilder()
              .setKey(record.getKey())
              .setCreateRevision(record.getCreateRevision())
              .setModRevision(record.getModRevision())
              .setVersion(record.getVersion())
              .setValue(record.getValue()));
    }
    return response.build();
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> client) {
    refuse(client, "writing records");
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<DeleteResponse> client) {
    refuse(client, "deleting records");
  }

  /** Not left open in silence: a record may change, and whoever waits for that must know. */
  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> client) {
    refuse(client, "watching records");
  }

  private void refuse(StreamObserver<?> client, String what) {
    new Unary<>(client, loop)
        .fail(Status.UNIMPLEMENTED.withDescription(what + " is not offered; reading them is"));
  }
}
