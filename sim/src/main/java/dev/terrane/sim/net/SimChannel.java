package dev.terrane.sim.net;

import dev.terrane.server.net.HostPort;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.NodeProcess;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A channel to one address: connects at the first call, rests after a failure as gRPC's channels
 * do, and until then fails calls at once.
 */
public final class SimChannel extends ManagedChannel {
  private static final long CONNECT_NANOS_MAX = 20_000_000_000L;
  private static final long RETRY_NANOS = 1_000_000_000;
  private static final long REST_NANOS_MIN = 1_000_000_000;
  private static final long REST_NANOS_MAX = 120_000_000_000L;

  private enum State {
    IDLE,
    CONNECTING,
    READY,
    RESTING
  }

  private final SimNetwork network;
  private final NodeProcess process;
  private final HostPort address;
  private final List<SimClientCall<?, ?>> waiting = new ArrayList<>();
  private State state = State.IDLE;
  private @Nullable Connection connection;
  private long restNanos = REST_NANOS_MIN;
  private long restUntilNanos;
  private boolean shutDown;
  private int attempt;

  SimChannel(SimNetwork network, NodeProcess process, HostPort address) {
    this.network = network;
    this.process = process;
    this.address = address;
  }

  NodeProcess process() {
    return process;
  }

  SimNetwork network() {
    return network;
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    return new SimClientCall<>(this, method, options);
  }

  @Override
  public String authority() {
    return address.toString();
  }

  void start(SimClientCall<?, ?> call) {
    Connection open = connection;
    if (shutDown) {
      failLater(call, "channel shut down");
    } else if (state == State.READY && open != null) {
      call.attach(open);
    } else if (state == State.RESTING && network.world().nowNanos() < restUntilNanos) {
      failLater(call, "no connection to " + address);
    } else {
      waiting.add(call);
      if (state != State.CONNECTING) {
        connect();
      }
    }
  }

  void stopWaiting(SimClientCall<?, ?> call) {
    waiting.remove(call);
  }

  private void failLater(SimClientCall<?, ?> call, String why) {
    process.loop().execute(() -> call.ended(Status.UNAVAILABLE.withDescription(why)));
  }

  // ---- connecting

  private void connect() {
    state = State.CONNECTING;
    int mine = ++attempt;
    Machine target = network.machine(address.host());
    if (target == null) {
      process.loop().execute(() -> failed(mine, "unknown host " + address.host()));
      return;
    }
    knock(mine, target, network.world().nowNanos() + CONNECT_NANOS_MAX);
  }

  /** One packet that asks for a connection. */
  private void knock(int mine, Machine target, long deadlineNanos) {
    Link there = network.link(process.machine(), target);
    Link back = network.link(target, process.machine());
    network
        .world()
        .after(
            there.latencyNanos(network.chance()),
            () -> {
              if (process.isDead() || mine != attempt || state != State.CONNECTING) {
                return;
              }
              if (there.isCut() || back.isCut() || !target.isPowered()) {
                knockAgain(mine, target, deadlineNanos);
                return;
              }
              SimNetwork.Listening listening = network.listening(address);
              long backNanos = back.latencyNanos(network.chance());
              if (listening == null) {
                process.after(backNanos, () -> process.loop().run(() -> refused(mine)));
              } else if (listening.process().isPaused()) {
                network
                    .world()
                    .at(
                        listening.process().pausedUntilNanos(),
                        () -> knockAgain(mine, target, deadlineNanos));
              } else {
                Connection made = new Connection(network, this, process, listening);
                process.after(backNanos, () -> process.loop().run(() -> established(mine, made)));
              }
            });
  }

  private void knockAgain(int mine, Machine target, long deadlineNanos) {
    if (network.world().nowNanos() >= deadlineNanos) {
      process.loop().execute(() -> failed(mine, "connection timed out: " + address));
    } else {
      network
          .world()
          .after(
              network.chance().nextLong(RETRY_NANOS / 2, RETRY_NANOS * 2),
              () -> {
                if (!process.isDead() && mine == attempt && state == State.CONNECTING) {
                  knock(mine, target, deadlineNanos);
                }
              });
    }
  }

  private void established(int mine, Connection made) {
    if (mine != attempt || state != State.CONNECTING || shutDown) {
      made.close();
      return;
    }
    if (made.isOverForClient()) {
      failed(mine, "connection reset: " + address); // the server died in between
      return;
    }
    state = State.READY;
    connection = made;
    restNanos = REST_NANOS_MIN;
    List<SimClientCall<?, ?>> calls = List.copyOf(waiting);
    waiting.clear();
    calls.forEach(call -> call.attach(made));
  }

  private void refused(int mine) {
    String why = "connection refused: " + address;
    failed(mine, Status.UNAVAILABLE.withDescription(why).withCause(new ConnectException(why)));
  }

  private void failed(int mine, String why) {
    failed(mine, Status.UNAVAILABLE.withDescription(why));
  }

  private void failed(int mine, Status status) {
    if (mine != attempt || state != State.CONNECTING) {
      return;
    }
    state = State.RESTING;
    restUntilNanos =
        network.world().nowNanos() + (long) (restNanos * network.chance().nextDouble(0.8, 1.2));
    restNanos = Math.min(REST_NANOS_MAX, restNanos * 8 / 5);
    List<SimClientCall<?, ?>> calls = List.copyOf(waiting);
    waiting.clear();
    calls.forEach(call -> call.ended(status));
  }

  /** The connection is gone; the next call makes another one. */
  void lost(Connection which) {
    if (which == connection) {
      connection = null;
      state = State.IDLE;
    }
  }

  // ---- what gRPC's channels offer

  @Override
  public void resetConnectBackoff() {
    if (state == State.RESTING) {
      state = State.IDLE;
    }
  }

  @Override
  public ManagedChannel shutdown() {
    shutDown = true;
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    shutDown = true;
    List<SimClientCall<?, ?>> calls = List.copyOf(waiting);
    waiting.clear();
    calls.forEach(call -> failLater(call, "channel shut down"));
    Connection open = connection;
    if (open != null) {
      open.close();
    }
    return this;
  }

  @Override
  public boolean isShutdown() {
    return shutDown;
  }

  @Override
  public boolean isTerminated() {
    return shutDown && connection == null;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }
}
