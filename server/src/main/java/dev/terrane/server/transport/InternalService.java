package dev.terrane.server.transport;

import dev.terrane.common.traffic.Charge;
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
import dev.terrane.server.traffic.CallTraffic;
import dev.terrane.server.traffic.NoRoom;
import dev.terrane.store.SnapshotReceiver;
import dev.terrane.store.StoreIdentity;
import dev.terrane.store.StoreInbound;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** What other stores send to this one. */
public final class InternalService extends InternalGrpc.InternalImplBase {
  /** Of one stream, that wait for the store: nobody's stream fills what all have in common. */
  private static final int RAFT_BATCHES_MAX = 16;

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
    var call = (ServerCallStreamObserver<RaftDone>) peer;
    call.setOnCancelHandler(() -> {});
    call.disableAutoRequest();
    call.request(RAFT_BATCHES_MAX);
    CallTraffic traffic = CallTraffic.current();
    return new StreamObserver<>() {
      private boolean misled;

      @Override
      public void onNext(RaftBatch batch) {
        if (batch.getToStoreId() != identity.getStoreId()) {
          misled(batch);
          return;
        }
        Charge kept = traffic.keepMessage();
        if (kept == null) {
          call.request(1); // Raft asks again for what is dropped
          return;
        }
        store.onRaftBatch(
            batch,
            () -> {
              kept.close();
              loop.executeOrRun(() -> call.request(1));
            });
      }

      // The sender has come by an address that was another store's. Dropping the batch would do
      // for it; the end of the stream has the sender ask where its store is now.
      private void misled(RaftBatch batch) {
        if (!misled) {
          misled = true;
          String who =
              "this is store %d, not %d".formatted(identity.getStoreId(), batch.getToStoreId());
          loop.executeOrRun(() ->
              call.onError(Status.FAILED_PRECONDITION.withDescription(who).asRuntimeException()));
        }
      }

      @Override
      public void onError(Throwable broken) {
        // The other store opens a new stream when it has something to say.
      }

      @Override
      public void onCompleted() {
        if (misled) {
          return;
        }
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
    CallTraffic traffic = CallTraffic.current();
    Charge chunkInHand = traffic.open();
    SnapshotReceiver receiver =
        store.onSnapshot(
            new SnapshotReceiver.Reply() {
              @Override
              public void permitted() {
                loop.executeOrRun(() -> call.onNext(PERMIT));
              }

              @Override
              public void done(SnapshotDone done) {
                chunkInHand.close();
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
        if (!chunkInHand.take(traffic.messageBytes())) {
          receiver.onFailed(NoRoom.REASON);
          return;
        }
        receiver.onChunk(
            chunk,
            () -> {
              chunkInHand.giveAllBack();
              loop.executeOrRun(() -> call.request(1));
            });
      }

      @Override
      public void onError(Throwable broken) {
        chunkInHand.close();
        receiver.onFailed(String.valueOf(broken.getMessage()));
      }

      @Override
      public void onCompleted() {
        receiver.onEnd();
      }
    };
  }
}
