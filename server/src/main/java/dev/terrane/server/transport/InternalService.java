package dev.terrane.server.transport;

import dev.terrane.proto.terranepb.IdentifyRequest;
import dev.terrane.proto.terranepb.IdentifyResponse;
import dev.terrane.proto.terranepb.InternalGrpc;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftDone;
import dev.terrane.proto.terranepb.SnapshotAnswer;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotPermit;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import dev.terrane.store.SnapshotReceiver;
import dev.terrane.store.StoreIdentity;
import dev.terrane.store.StoreInbound;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** What other stores send to this one. */
public final class InternalService extends InternalGrpc.InternalImplBase {
  private static final SnapshotAnswer PERMIT =
      SnapshotAnswer.newBuilder().setPermit(SnapshotPermit.getDefaultInstance()).build();

  private final StoreInbound store;
  private final IdentifyResponse identity;
  private final LoopExecutor loop;

  public InternalService(StoreInbound store, StoreIdentity identity, LoopExecutor loop) {
    this.store = store;
    this.identity =
        IdentifyResponse.newBuilder()
            .setClusterId(identity.clusterId())
            .setStoreId(identity.storeId())
            .build();
    this.loop = loop;
  }

  @Override
  public void identify(IdentifyRequest request, StreamObserver<IdentifyResponse> asker) {
    new Unary<>(asker, loop).answer(identity);
  }

  @Override
  public StreamObserver<RaftBatch> raft(StreamObserver<RaftDone> peer) {
    ((ServerCallStreamObserver<RaftDone>) peer).setOnCancelHandler(() -> {});
    return new StreamObserver<>() {
      @Override
      public void onNext(RaftBatch batch) {
        store.onRaftBatch(batch);
      }

      @Override
      public void onError(Throwable broken) {
        // The other store opens a new stream when it has something to say.
      }

      @Override
      public void onCompleted() {
        peer.onNext(RaftDone.getDefaultInstance());
        peer.onCompleted();
      }
    };
  }

  @Override
  public StreamObserver<SnapshotChunk> snapshot(StreamObserver<SnapshotAnswer> peer) {
    var call = (ServerCallStreamObserver<SnapshotAnswer>) peer;
    call.disableAutoRequest();
    call.setOnCancelHandler(() -> {});
    SnapshotReceiver receiver =
        store.onSnapshot(
            new SnapshotReceiver.Reply() {
              @Override
              public void permitted() {
                loop.executeOrRun(() -> call.onNext(PERMIT));
              }

              @Override
              public void done(SnapshotDone done) {
                loop.executeOrRun(() -> {
                  call.onNext(SnapshotAnswer.newBuilder().setDone(done).build());
                  call.onCompleted();
                });
              }
            });
    call.request(1);
    return new StreamObserver<>() {
      @Override
      public void onNext(SnapshotChunk chunk) {
        receiver.onChunk(chunk, () -> loop.executeOrRun(() -> call.request(1)));
      }

      @Override
      public void onError(Throwable broken) {
        receiver.onFailed(String.valueOf(broken.getMessage()));
      }

      @Override
      public void onCompleted() {
        receiver.onEnd();
      }
    };
  }
}
