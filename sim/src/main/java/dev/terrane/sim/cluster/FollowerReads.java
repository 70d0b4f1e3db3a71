package dev.terrane.sim.cluster;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.kvrpcpb.RawBatchGetRequest;
import dev.terrane.proto.kvrpcpb.RawBatchGetResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.sim.check.HistoryRecorder;
import dev.terrane.sim.check.Outcome;
import dev.terrane.sim.check.Pair;
import dev.terrane.sim.check.RawCall;
import dev.terrane.sim.check.RawResult;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.node.StoreNode;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.World;
import dev.terrane.store.Store;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Clients that read at whatever replica they come to ({@code replica_read}), all keys of a run at
 * once: what they see must fit into the history of all others. Our client reads at leaders; these
 * speak the protocol themselves, as the clients of others do.
 */
final class FollowerReads {
  private static final long PAUSE_NANOS_MAX = 200_000_000;
  private static final long DEADLINE_MILLIS = 5_000;

  private final Cluster cluster;
  private final World world;
  private final HistoryRecorder<RawCall, RawResult> history;
  private final List<Bytes> keys;
  private final BooleanSupplier goesOn;
  private final NodeProcess process;
  private final GrpcChannels channels;
  private final RandomGenerator chance;
  private final Map<Machine, ManagedChannel> channelByMachine = new LinkedHashMap<>();

  /** Numbers in the history of those who have nothing to do. */
  private final Deque<Integer> idle = new ArrayDeque<>();

  private int readers;
  private int open;

  /**
   * @param readers the first number in the history that is nobody else's
   */
  FollowerReads(
      Cluster cluster,
      HistoryRecorder<RawCall, RawResult> history,
      List<Bytes> keys,
      int readers,
      BooleanSupplier goesOn) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.history = history;
    this.keys = List.copyOf(keys);
    this.readers = readers;
    this.goesOn = goesOn;
    Machine machine = cluster.machine("followers");
    cluster.network().add(machine);
    this.process = machine.start();
    this.channels = cluster.network().channelsOf(process);
    this.chance = world.stream("follower-reads");
  }

  boolean isIdle() {
    return open == 0;
  }

  /** Reads somewhere after a while, and so on. */
  void goOn() {
    process.after(
        chance.nextLong(PAUSE_NANOS_MAX),
        () -> {
          if (goesOn.getAsBoolean()) {
            List<ServerNode> nodes = cluster.nodes().stream().filter(ServerNode::isStore).toList();
            readAt(nodes.get(chance.nextInt(nodes.size())));
            goOn();
          }
        });
  }

  /** Reads at the replica on {@code node}, if there is one. */
  void readAt(ServerNode node) {
    process.loop().run(() -> read(node));
  }

  private void read(ServerNode node) {
    Region region = cluster.region();
    Peer peer = region == null ? null : peerOn(node, region);
    if (region == null || peer == null || history.isFull()) {
      return;
    }
    RawBatchGetRequest.Builder request = RawBatchGetRequest.newBuilder();
    request.setContext(ProtoRegions.context(region, peer).setReplicaRead(true));
    keys.forEach(key -> request.addKeys(ProtoBytes.toByteString(key)));
    Integer waiting = idle.poll();
    int reader = waiting == null ? readers++ : waiting;
    RawCall call = new RawCall.BatchGet(keys);
    int number = history.invoke(reader, world.nowNanos(), call);
    world.trace().line("p" + reader, "at " + node.machine().name() + ": " + call);
    open++;
    ManagedChannel channel =
        channelByMachine.computeIfAbsent(
            node.machine(), machine -> channels.open(node.storeAddress()));
    channel.resetConnectBackoff();
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            TikvGrpc.getRawBatchGetMethod(),
            CallOptions.DEFAULT.withDeadline(channels.deadlineAfter(DEADLINE_MILLIS))),
        request.build(),
        new Answer(reader, number));
  }

  private static @Nullable Peer peerOn(ServerNode node, Region region) {
    StoreNode running = node.store();
    Store store = running == null ? null : running.store();
    return store == null ? null : region.peerOnStore(store.identity().storeId());
  }

  /** Of one read. A read that fails has changed nothing. */
  private final class Answer implements StreamObserver<RawBatchGetResponse> {
    private final int reader;
    private final int number;
    private Outcome<RawResult> outcome = new Outcome.Failed<>("no answer");

    Answer(int reader, int number) {
      this.reader = reader;
      this.number = number;
    }

    @Override
    public void onNext(RawBatchGetResponse response) {
      if (response.hasRegionError()) {
        outcome = new Outcome.Failed<>(response.getRegionError().getMessage());
      } else if (response.getPairsList().stream().anyMatch(pair -> pair.hasError())) {
        outcome = new Outcome.Failed<>("a pair is an error");
      } else {
        List<Pair> pairs = new ArrayList<>();
        response
            .getPairsList()
            .forEach(pair ->
                pairs.add(
                    new Pair(
                        ProtoBytes.toBytes(pair.getKey()), ProtoBytes.toBytes(pair.getValue()))));
        outcome = new Outcome.Ok<>(new RawResult.Pairs(pairs));
      }
    }

    @Override
    public void onError(Throwable failure) {
      outcome = new Outcome.Failed<>(failure.toString());
      onCompleted();
    }

    @Override
    public void onCompleted() {
      history.complete(number, world.nowNanos(), outcome);
      world.trace().line("p" + reader, outcome);
      world.trace().digest(outcome.toString().hashCode());
      idle.add(reader);
      open--;
    }
  }
}
