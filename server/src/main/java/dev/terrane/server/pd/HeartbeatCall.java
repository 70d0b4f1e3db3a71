package dev.terrane.server.pd;

import dev.terrane.common.traffic.Charge;
import dev.terrane.pd.HeartbeatStream;
import dev.terrane.pd.InstructionSink;
import dev.terrane.pd.Pd;
import dev.terrane.pd.PdRefusal;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.traffic.CallTraffic;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * One store's stream of Region heartbeats: reports in, instructions out, neither waiting for the
 * other. The next report is asked for when PD has done with one. Instructions that the store does
 * not take in are dropped; PD repeats what matters.
 */
final class HeartbeatCall implements StreamObserver<RegionHeartbeatRequest>, InstructionSink {
  /** Reports of one store that wait for PD. */
  private static final int REPORTS_MAX = 64;

  private final ServerCallStreamObserver<RegionHeartbeatResponse> store;
  private final LoopExecutor loop;
  private final HeartbeatStream heartbeats;
  private final CallTraffic traffic = CallTraffic.current();
  private boolean ended;

  private HeartbeatCall(
      Pd pd, ServerCallStreamObserver<RegionHeartbeatResponse> store, LoopExecutor loop) {
    this.store = store;
    this.loop = loop;
    this.heartbeats = pd.openHeartbeats(this);
  }

  static HeartbeatCall open(
      Pd pd, StreamObserver<RegionHeartbeatResponse> store, LoopExecutor loop) {
    var call = (ServerCallStreamObserver<RegionHeartbeatResponse>) store;
    HeartbeatCall opened = new HeartbeatCall(pd, call, loop);
    // With a handler, instructing a store that has gone is no error; onError hears that it has.
    call.setOnCancelHandler(() -> {});
    call.disableAutoRequest();
    call.request(REPORTS_MAX);
    return opened;
  }

  @Override
  public void onNext(RegionHeartbeatRequest report) {
    Charge kept = traffic.keepMessage();
    if (kept == null) {
      store.request(1); // the store reports again
      return;
    }
    heartbeats.heartbeat(
        report,
        () -> {
          kept.close();
          loop.executeOrRun(() -> store.request(1));
        });
  }

  @Override
  public void onError(Throwable broken) {
    heartbeats.closed();
  }

  @Override
  public void onCompleted() {
    heartbeats.closed();
    loop.executeOrRun(() -> end(Status.OK));
  }

  @Override
  public void instruct(RegionHeartbeatResponse instruction) {
    loop.executeOrRun(() -> {
      if (!ended && store.isReady()) {
        store.onNext(instruction);
      }
    });
  }

  @Override
  public void end(PdRefusal why) {
    loop.executeOrRun(() -> end(PdStatuses.of(why)));
  }

  private void end(Status status) {
    if (ended) {
      return;
    }
    ended = true;
    if (status.isOk()) {
      store.onCompleted();
    } else {
      store.onError(status.asRuntimeException());
    }
  }
}
