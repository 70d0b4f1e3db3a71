package dev.terrane.sim.net;

import com.google.protobuf.Message;
import dev.terrane.server.traffic.NodeTraffic;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The server's end of a call. */
final class SimServerCall<Q, R> extends ServerCall<Q, R> {
  private static final int READY_BELOW_BYTES = 32 << 10;

  private final Connection connection;
  private final SimClientCall<?, ?> client;
  private final MethodDescriptor<Q, R> method;
  private final Window window = new Window(READY_BELOW_BYTES);
  private final ArrayDeque<byte[]> received = new ArrayDeque<>();
  private final Attributes attributes;
  private @Nullable Listener<Q> listener;
  private int requested;
  private boolean clientDone;
  private boolean clientDoneTold;
  private boolean delivering;
  private boolean cancelled;
  private boolean closed;

  /** Its end has been told, either way. */
  private boolean over;

  private SimServerCall(
      Connection connection, SimClientCall<?, ?> client, MethodDescriptor<Q, R> method) {
    this.connection = connection;
    this.client = client;
    this.method = method;
    Runnable hangUp = () -> connection.reset(connection.server());
    this.attributes = Attributes.newBuilder().set(NodeTraffic.HANG_UP, hangUp).build();
  }

  static <Q, R> SimServerCall<Q, R> open(
      Connection connection, SimClientCall<?, ?> client, ServerMethodDefinition<Q, R> definition) {
    SimServerCall<Q, R> call =
        new SimServerCall<>(connection, client, definition.getMethodDescriptor());
    connection.add(call);
    call.listener = definition.getServerCallHandler().startCall(call, new Metadata());
    return call;
  }

  @Override
  public void request(int count) {
    requested = Math.min(Integer.MAX_VALUE - count, requested) + count;
    if (!received.isEmpty() && !delivering) {
      connection.server().loop().execute(this::deliver);
    }
  }

  void message(byte[] bytes) {
    if (!cancelled && !closed) {
      received.add(bytes);
      deliver();
    }
  }

  void clientFinished() {
    clientDone = true;
    deliver();
  }

  private void deliver() {
    Listener<Q> to = listener;
    if (delivering || to == null) {
      return;
    }
    delivering = true;
    try {
      while (!cancelled && !closed && requested > 0 && !received.isEmpty()) {
        requested--;
        byte[] bytes = received.remove();
        client.taken(bytes.length);
        to.onMessage(method.getRequestMarshaller().parse(new ByteArrayInputStream(bytes)));
      }
    } finally {
      delivering = false;
    }
    if (clientDone && !clientDoneTold && received.isEmpty() && !cancelled && !closed) {
      clientDoneTold = true;
      to.onHalfClose();
    }
  }

  /** The client gave the call up. */
  void cancelled() {
    Listener<Q> to = listener;
    if (!over && to != null) {
      over = true;
      cancelled = true;
      connection.remove(this);
      to.onCancel();
    }
  }

  void connectionLost() {
    cancelled();
  }

  /** The client has taken a message of so many bytes. */
  void taken(int bytes) {
    if (window.isOpen() && !closed) {
      window.taken(bytes);
    } else {
      connection.sendUp(() -> {
        Listener<Q> to = listener;
        if (window.taken(bytes) && !cancelled && !closed && to != null) {
          to.onReady();
        }
        completeOnceTaken();
      });
    }
  }

  /** As gRPC's: complete when the trailers have left, which is behind all answers. */
  private void completeOnceTaken() {
    if (closed && !over && window.isEmpty()) {
      over = true;
      connection.remove(this);
      connection
          .server()
          .loop()
          .execute(() -> {
            Listener<Q> to = listener;
            if (to != null) {
              to.onComplete();
            }
          });
    }
  }

  @Override
  public void setOnReadyThreshold(int bytes) {
    window.threshold(bytes);
  }

  @Override
  public boolean isReady() {
    return !cancelled && !closed && window.isOpen();
  }

  @Override
  public void sendHeaders(Metadata headers) {}

  @Override
  public void sendMessage(R message) {
    if (cancelled || closed) {
      return;
    }
    byte[] bytes = Messages.encode(message);
    window.sent(bytes.length);
    SimNetwork network = connection.network();
    network
        .observer()
        .sent(
            connection.server().machine(),
            connection.client().machine(),
            method.getFullMethodName(),
            (Message) message);
    network.world().trace().digest(Arrays.hashCode(bytes));
    connection.sendDown(() -> client.message(bytes));
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (cancelled || closed) {
      return;
    }
    closed = true;
    connection.sendDown(() -> client.closed(status));
    completeOnceTaken();
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public MethodDescriptor<Q, R> getMethodDescriptor() {
    return method;
  }
}
