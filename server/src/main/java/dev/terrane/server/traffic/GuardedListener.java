package dev.terrane.server.traffic;

import dev.terrane.common.traffic.Charge;
import dev.terrane.common.traffic.Traffic;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Hands a call's events on to its service, in order. Between them stands what must not reach a
 * service: a request that cannot be read fails its call as INTERNAL, with the reason, as other
 * makes of gRPC do; one that there is no room for is refused; and one that is large is decoded
 * elsewhere, while everything behind it waits.
 *
 * <p>Where a call ends here, its service hears that its caller is gone.
 */
final class GuardedListener<Q, R> extends ServerCall.Listener<Q> {
  private final NodeTraffic node;
  private final CallTraffic traffic;
  private final Context context;
  private final CountedCall<Q, R> call;
  private final ServerCall.Listener<Q> service;
  private final boolean oneRequest;

  /** What came while a message is being decoded; null while none is. Guarded by this. */
  private @Nullable ArrayDeque<Runnable> behind;

  // ---- of whoever handles an event; one after the other
  private boolean decoding;
  private boolean over;

  GuardedListener(
      NodeTraffic node,
      CallTraffic traffic,
      Context context,
      CountedCall<Q, R> call,
      ServerCall.Listener<Q> service) {
    this.node = node;
    this.traffic = traffic;
    this.context = context;
    this.call = call;
    this.service = service;
    this.oneRequest = call.getMethodDescriptor().getType().clientSendsOneMessage();
  }

  private void inOrder(Runnable event) {
    synchronized (this) {
      if (behind != null) {
        behind.add(event);
        return;
      }
    }
    event.run();
  }

  @Override
  @SuppressWarnings("unchecked") // of the marshaller that puts it there
  public void onMessage(Q message) {
    Received<Q> received = (Received<Q>) (Object) message;
    inOrder(() -> take(received));
  }

  private void take(Received<Q> received) {
    switch (received) {
      case Received.Decoded<Q> decoded -> handOver(decoded);
      case Received.Undecoded<Q> undecoded -> decodeElsewhere(undecoded);
      case Received.NotNow<Q> _ -> noRoomForMessage();
      case Received.Unreadable<Q> unreadable -> {
        if (!over) {
          call.close(unreadable.why(), new Metadata());
          giveUp();
        }
      }
    }
  }

  /** What other stores and members send may be lost, and is sent again; their stream goes on. */
  private void noRoomForMessage() {
    boolean mayBeLost =
        traffic.kind() == Traffic.PEERS
            && call.getMethodDescriptor().getType() == MethodType.CLIENT_STREAMING;
    if (mayBeLost && !over) {
      call.request(1);
    } else {
      refuseNow();
    }
  }

  private void handOver(Received.Decoded<Q> decoded) {
    if (over) {
      return;
    }
    if (oneRequest && !traffic.request().take(decoded.weight())) {
      refuseNow();
      return;
    }
    if (oneRequest) {
      traffic.unfinished(decoded.weight()); // a client may never say that this was all
    }
    traffic.messageBytes(decoded.weight());
    service.onMessage(decoded.message());
  }

  private void decodeElsewhere(Received.Undecoded<Q> undecoded) {
    Charge charge = traffic.open();
    if (over || !charge.take(undecoded.bytes())) {
      drop(undecoded, charge);
      return;
    }
    decoding = true;
    synchronized (this) {
      if (behind == null) {
        behind = new ArrayDeque<>();
      }
    }
    Runnable decode =
        () -> {
          Received<Q> decoded = undecoded.decode(charge);
          node.loop()
              .execute(() -> {
                charge.close();
                afterDecoding(decoded);
              });
        };
    if (!node.coders(traffic).submit(decode)) {
      undecoded.drop();
      charge.close();
      afterDecoding(new Received.NotNow<>());
    }
  }

  private void drop(Received.Undecoded<Q> undecoded, Charge charge) {
    undecoded.drop();
    charge.close();
    noRoomForMessage();
  }

  /** Goes on with what was decoded, then with what came meanwhile. */
  private void afterDecoding(Received<Q> decoded) {
    decoding = false;
    try {
      take(decoded);
      for (Runnable next = nextBehind(); next != null; next = nextBehind()) {
        next.run();
      }
    } catch (RuntimeException e) {
      // As gRPC does where it calls the service itself.
      call.close(Status.UNKNOWN.withDescription("application error").withCause(e), new Metadata());
      giveUp();
    }
  }

  private @Nullable Runnable nextBehind() {
    if (decoding) {
      return null; // another large one; what is left comes after that
    }
    synchronized (this) {
      Runnable next = behind == null ? null : behind.poll();
      if (next == null) {
        behind = null;
      }
      return next;
    }
  }

  /** There is no room for the rest of a message. On any thread. */
  void refuse() {
    inOrder(this::refuseNow);
  }

  private void refuseNow() {
    if (!over) {
      call.refuse();
      giveUp();
    }
  }

  private void giveUp() {
    over = true;
    service.onCancel();
  }

  @Override
  public void onHalfClose() {
    inOrder(() -> {
      traffic.unfinished(0);
      if (!over) {
        context.run(service::onHalfClose);
      }
    });
  }

  @Override
  public void onReady() {
    if (call.drained()) {
      inOrder(() -> {
        if (!over) {
          service.onReady();
        }
      });
    }
  }

  @Override
  public void onCancel() {
    traffic.end();
    node.unread().remove(call);
    inOrder(() -> {
      if (!over) {
        over = true;
        service.onCancel();
      }
    });
  }

  @Override
  public void onComplete() {
    traffic.end();
    node.unread().remove(call);
    inOrder(() -> {
      if (!over) {
        over = true;
        service.onComplete();
      }
    });
  }
}
