package dev.terrane.server.traffic;

import dev.terrane.common.traffic.Charge;
import io.grpc.Context;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts the bytes of a call's message as they come: gRPC takes them out of flow control at once,
 * so that nothing else bounds what many clients leave half sent. Confined to the connection's loop.
 */
final class PartialMessage extends ServerStreamTracer {
  private final CallTraffic call;
  private final Charge charge;
  private long bytes;
  private boolean refused;

  PartialMessage(CallTraffic call) {
    this.call = call;
    this.charge = call.open();
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(CallTraffic.KEY, call);
  }

  @Override
  public void inboundWireSize(long more) {
    bytes += more;
    if (bytes > CallTraffic.CALL_BYTES) {
      call.unfinished(bytes);
    }
    if (bytes > CallTraffic.CALL_BYTES && !refused && !charge.growTo(bytes)) {
      refused = true;
      call.noRoom();
    }
  }

  /** Complete: from here on whoever keeps the message counts it. */
  @Override
  public void inboundMessageRead(int number, long wireBytes, long messageBytes) {
    bytes = 0;
    call.unfinished(0);
    charge.giveAllBack();
  }

  @Override
  public void streamClosed(Status status) {
    charge.close();
    call.end();
  }
}
