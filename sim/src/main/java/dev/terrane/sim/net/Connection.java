package dev.terrane.sim.net;

import dev.terrane.sim.world.NodeProcess;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An established connection from a client process to a server process, and the calls on it. */
final class Connection {
  private static final long LATE_NANOS_MAX = 8_000_000_000L;

  private final SimNetwork network;
  private final NodeProcess client;
  private final NodeProcess server;
  private final SimChannel channel;
  private final Map<String, ServerMethodDefinition<?, ?>> methodByName;
  private final Pipe up;
  private final Pipe down;
  private final Set<SimClientCall<?, ?>> clientCalls = new LinkedHashSet<>();
  private final Set<SimServerCall<?, ?>> serverCalls = new LinkedHashSet<>();
  private boolean clientOver;
  private boolean serverOver;

  Connection(
      SimNetwork network, SimChannel channel, NodeProcess client, SimNetwork.Listening listening) {
    this.network = network;
    this.channel = channel;
    this.client = client;
    this.server = listening.process();
    this.methodByName = listening.methodByName();
    this.up = new Pipe(network, this, client, server);
    this.down = new Pipe(network, this, server, client);
    network.opened(this);
  }

  SimNetwork network() {
    return network;
  }

  NodeProcess client() {
    return client;
  }

  NodeProcess server() {
    return server;
  }

  @Nullable ServerMethodDefinition<?, ?> method(String name) {
    return methodByName.get(name);
  }

  boolean isOverForClient() {
    return clientOver;
  }

  boolean isOver() {
    return clientOver && serverOver;
  }

  /** To the server, from the client; one that has ended the connection takes nothing on it. */
  void sendUp(Runnable arrival) {
    if (!clientOver && !serverOver) {
      up.send(arrival);
    }
  }

  /** To the client, from the server. */
  void sendDown(Runnable arrival) {
    if (!serverOver) {
      down.send(arrival);
    }
  }

  void add(SimClientCall<?, ?> call) {
    clientCalls.add(call);
  }

  void remove(SimClientCall<?, ?> call) {
    clientCalls.remove(call);
  }

  void add(SimServerCall<?, ?> call) {
    serverCalls.add(call);
  }

  void remove(SimServerCall<?, ?> call) {
    serverCalls.remove(call);
  }

  /** {@code by} has found out that nobody is there; the other end will, if it still lives. */
  void reset(NodeProcess by) {
    if (by == client) {
      endClient("connection reset");
      endServerLater();
    } else {
      endServer();
      endClientLater();
    }
  }

  /** The process at one end died. The other end hears of it behind what was sent before. */
  void died(NodeProcess who) {
    if (who == client) {
      if (!clientOver && client.machine().isPowered()) {
        up.send(this::endServer);
      } else {
        endServerLater();
      }
      clientOver = true;
      clientCalls.clear();
      down.drop();
    } else if (who == server) {
      if (!serverOver && server.machine().isPowered()) {
        down.send(() -> endClient("connection reset by peer"));
      } else {
        endClientLater();
      }
      serverOver = true;
      serverCalls.clear();
      up.drop();
    }
    forgetIfOver();
  }

  /** The client wants it no more. */
  void close() {
    if (!clientOver) {
      endClient("channel shut down");
      up.send(this::endServer);
    }
  }

  private void endServerLater() {
    server.after(
        network.chance().nextLong(LATE_NANOS_MAX), () -> server.loop().run(this::endServer));
  }

  private void endClientLater() {
    client.after(
        network.chance().nextLong(LATE_NANOS_MAX),
        () -> client.loop().run(() -> endClient("connection timed out")));
  }

  private void endServer() {
    if (serverOver) {
      return;
    }
    serverOver = true;
    up.drop();
    down.drop();
    List<SimServerCall<?, ?>> calls = new ArrayList<>(serverCalls);
    serverCalls.clear();
    if (!server.isDead()) {
      server.loop().execute(() -> calls.forEach(SimServerCall::connectionLost));
    }
    forgetIfOver();
  }

  private void endClient(String why) {
    if (clientOver) {
      return;
    }
    clientOver = true;
    up.drop();
    List<SimClientCall<?, ?>> calls = new ArrayList<>(clientCalls);
    clientCalls.clear();
    channel.lost(this);
    if (!client.isDead()) {
      Status status = Status.UNAVAILABLE.withDescription(why);
      client.loop().execute(() -> calls.forEach(call -> call.ended(status)));
    }
    forgetIfOver();
  }

  private void forgetIfOver() {
    if (isOver()) {
      up.drop();
      down.drop();
      network.closed(this);
    }
  }
}
