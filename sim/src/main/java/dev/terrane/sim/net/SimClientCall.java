package dev.terrane.sim.net;

import com.google.protobuf.Message;
import dev.terrane.sim.world.World;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client's end of a call. */
final class SimClientCall<Q, R> extends ClientCall<Q, R> {
  private static final int READY_BELOW_BYTES = 32 << 10;

  /** Code tells by it whether there ever was a connection; nobody asks for more. */
  private static final Attributes CONNECTED =
      Attributes.newBuilder()
          .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, InetSocketAddress.createUnresolved("sim", 1))
          .build();

  private final SimChannel channel;
  private final MethodDescriptor<Q, R> method;
  private final CallOptions options;
  private final Window window;
  private final boolean lossy;
  private final ArrayDeque<byte[]> received = new ArrayDeque<>();
  private final List<Runnable> unsent = new ArrayList<>();
  private @Nullable Listener<R> listener;
  private @Nullable Connection connection;
  private @Nullable SimServerCall<?, ?> server;
  private @Nullable Status closing;
  private World.@Nullable Event deadline;
  private @Nullable Q overtaken;
  private int requested;
  private boolean delivering;
  private boolean over;

  SimClientCall(SimChannel channel, MethodDescriptor<Q, R> method, CallOptions options) {
    this.channel = channel;
    this.method = method;
    this.options = options;
    Integer threshold = options.getOnReadyThreshold();
    this.window = new Window(threshold == null ? READY_BELOW_BYTES : threshold);
    this.lossy = method.getFullMethodName().endsWith("/Raft");
  }

  @Override
  public void start(Listener<R> newListener, Metadata headers) {
    listener = newListener;
    Deadline limit = options.getDeadline();
    if (limit != null) {
      deadline =
          channel
              .process()
              .after(
                  limit.timeRemaining(TimeUnit.NANOSECONDS),
                  () -> channel.process().loop().run(this::timedOut));
    }
    channel.start(this);
  }

  private void timedOut() {
    if (!over) {
      tellServer();
      ended(Status.DEADLINE_EXCEEDED.withDescription("after the time allowed"));
    }
  }

  /** There is a connection now. */
  void attach(Connection made) {
    if (over) {
      return;
    }
    connection = made;
    made.add(this);
    made.sendUp(() -> arriveAtServer(made));
    unsent.forEach(made::sendUp);
    unsent.clear();
    channel
        .process()
        .loop()
        .execute(() -> {
          Listener<R> to = listener;
          if (!over && to != null && window.isOpen()) {
            to.onReady();
          }
        });
  }

  private void arriveAtServer(Connection made) {
    ServerMethodDefinition<?, ?> definition = made.method(method.getFullMethodName());
    if (definition == null) {
      made.sendDown(() -> closed(Status.UNIMPLEMENTED.withDescription("unknown method")));
    } else {
      server = SimServerCall.open(made, this, definition);
    }
  }

  private void up(Runnable arrival) {
    Connection open = connection;
    if (open == null) {
      unsent.add(arrival);
    } else {
      open.sendUp(arrival);
    }
  }

  @Override
  public boolean isReady() {
    return connection != null && !over && window.isOpen();
  }

  @Override
  public void sendMessage(Q message) {
    if (over) {
      return;
    }
    SimNetwork network = channel.network();
    if (!lossy) {
      transmit(message);
      return;
    }
    if (network.dropsRaft()) {
      return;
    }
    Q before = overtaken;
    overtaken = null;
    if (before == null && network.swapsRaft()) {
      overtaken = message;
      return;
    }
    transmit(message);
    if (network.doublesRaft()) {
      transmit(message);
    }
    if (before != null) {
      transmit(before);
    }
  }

  private void transmit(Q message) {
    byte[] bytes = Messages.encode(message);
    window.sent(bytes.length);
    Connection open = connection;
    if (open != null) {
      channel
          .network()
          .observer()
          .sent(
              channel.process().machine(),
              open.server().machine(),
              method.getFullMethodName(),
              (Message) message);
    }
    channel.network().world().trace().digest(Arrays.hashCode(bytes));
    up(() -> {
      SimServerCall<?, ?> at = server;
      if (at != null) {
        at.message(bytes);
      }
    });
  }

  @Override
  public void halfClose() {
    if (!over) {
      up(() -> {
        SimServerCall<?, ?> at = server;
        if (at != null) {
          at.clientFinished();
        }
      });
    }
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    if (!over) {
      tellServer();
      Status status = Status.CANCELLED.withDescription(String.valueOf(message));
      end();
      channel.process().loop().execute(() -> tellEnd(status));
    }
  }

  private void tellServer() {
    if (connection == null) {
      channel.stopWaiting(this);
    } else {
      up(() -> {
        SimServerCall<?, ?> at = server;
        if (at != null) {
          at.cancelled();
        }
      });
    }
  }

  @Override
  public void request(int count) {
    requested = Math.min(Integer.MAX_VALUE - count, requested) + count;
    if (!received.isEmpty() && !delivering) {
      channel.process().loop().execute(this::deliver);
    }
  }

  @Override
  public Attributes getAttributes() {
    return connection == null ? Attributes.EMPTY : CONNECTED;
  }

  // ---- from the server

  /** The server has taken a message of so many bytes. */
  void taken(int bytes) {
    Connection open = connection;
    if (window.isOpen() || open == null) {
      window.taken(bytes);
    } else {
      open.sendDown(() -> {
        Listener<R> to = listener;
        if (window.taken(bytes) && !over && to != null) {
          to.onReady();
        }
      });
    }
  }

  void message(byte[] bytes) {
    if (!over) {
      received.add(bytes);
      deliver();
    }
  }

  void closed(Status status) {
    if (!over) {
      closing = status;
      deliver();
    }
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      Listener<R> to = listener;
      while (!over && requested > 0 && to != null && !received.isEmpty()) {
        requested--;
        byte[] bytes = received.remove();
        SimServerCall<?, ?> from = server;
        if (from != null) {
          from.taken(bytes.length);
        }
        to.onMessage(Messages.decode(method.getResponseMarshaller(), bytes));
      }
    } finally {
      delivering = false;
    }
    Status status = closing;
    if (!over && status != null && received.isEmpty()) {
      ended(status);
    }
  }

  /** On the loop: nothing follows. */
  void ended(Status status) {
    if (!over) {
      end();
      tellEnd(status);
    }
  }

  private void end() {
    over = true;
    received.clear();
    unsent.clear();
    World.Event timer = deadline;
    if (timer != null) {
      timer.callOff();
    }
    Connection open = connection;
    if (open != null) {
      open.remove(this);
    }
  }

  private void tellEnd(Status status) {
    Listener<R> to = listener;
    listener = null;
    if (to != null) {
      to.onClose(status, new Metadata());
    }
  }
}
