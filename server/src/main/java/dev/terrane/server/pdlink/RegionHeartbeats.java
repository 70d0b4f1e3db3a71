package dev.terrane.server.pdlink;

import dev.terrane.common.TimeSource;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The store's heartbeat stream to PD's leader, who hears the latest report of each Region.
 *
 * <p>Confined to one event loop.
 */
final class RegionHeartbeats {
  private static final long KEPT_BYTES_MAX = 64L << 20;
  private static final long REST_MILLIS = 200;

  /** A store that still leads a Region has reported it again by then. */
  private static final long NEWS_NANOS = TimeUnit.SECONDS.toNanos(150);

  private final PdDirectory directory;
  private final LoopExecutor loop;
  private final Consumer<RegionHeartbeatResponse> instructions;
  private final TimeSource time;
  private final ReportBook reports = new ReportBook(KEPT_BYTES_MAX, NEWS_NANOS);

  private @Nullable Stream stream;
  private boolean opening;
  private boolean closed;

  RegionHeartbeats(
      PdDirectory directory,
      LoopExecutor loop,
      TimeSource time,
      Consumer<RegionHeartbeatResponse> instructions) {
    this.directory = directory;
    this.loop = loop;
    this.time = time;
    this.instructions = instructions;
  }

  void report(RegionHeartbeatRequest heartbeat) {
    reports.add(heartbeat, time.nanoTime());
    pump();
  }

  private void pump() {
    Stream open = stream;
    if (open != null) {
      open.sendUnsent();
    } else if (!opening && !closed && reports.hasUntold()) {
      opening = true;
      directory.leader(this::open);
    }
  }

  private void open(@Nullable PdLeader leader) {
    if (closed) {
      return;
    }
    if (leader == null) {
      rest();
      return;
    }
    opening = false;
    reports.forgetTelling(time.nanoTime());
    Stream opened = new Stream(leader);
    stream = opened;
    PDGrpc.newStub(leader.channel()).regionHeartbeat(opened);
    pump();
  }

  /** The reports stay: the next leader wants them. */
  private void rest() {
    opening = true;
    loop.after(
        REST_MILLIS,
        () -> {
          opening = false;
          pump();
        });
  }

  void close() {
    closed = true;
    Stream open = stream;
    stream = null;
    if (open != null && open.requests != null) {
      open.requests.cancel("this node is stopping", null);
    }
  }

  private final class Stream
      implements ClientResponseObserver<RegionHeartbeatRequest, RegionHeartbeatResponse> {
    private final PdLeader leader;
    private final RequestHeader header;
    private @Nullable ClientCallStreamObserver<RegionHeartbeatRequest> requests;

    Stream(PdLeader leader) {
      this.leader = leader;
      this.header = RequestHeader.newBuilder().setClusterId(leader.clusterId()).build();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<RegionHeartbeatRequest> newRequests) {
      requests = newRequests;
      newRequests.setOnReadyHandler(() -> loop.executeOrRun(RegionHeartbeats.this::pump));
    }

    private void sendUnsent() {
      ClientCallStreamObserver<RegionHeartbeatRequest> open = requests;
      while (open != null && open.isReady()) {
        RegionHeartbeatRequest report = reports.next();
        if (report == null) {
          return;
        }
        open.onNext(report.toBuilder().setHeader(header).build());
      }
    }

    @Override
    public void onNext(RegionHeartbeatResponse instruction) {
      instructions.accept(instruction);
    }

    @Override
    public void onError(Throwable failure) {
      loop.executeOrRun(this::ended);
    }

    @Override
    public void onCompleted() {
      loop.executeOrRun(this::ended);
    }

    private void ended() {
      if (equals(stream)) {
        stream = null;
        directory.doubt(leader);
        rest();
      }
    }
  }
}
