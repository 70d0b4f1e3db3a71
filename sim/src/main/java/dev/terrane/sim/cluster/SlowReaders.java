package dev.terrane.sim.cluster;

import com.google.protobuf.ByteString;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.sim.node.ClusterPlan;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.world.NodeProcess;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Clients that ask a leader for far more than it may hold, and do not read it. After a while some
 * begin to read, and the others go, unless they have been cut off before.
 */
final class SlowReaders {
  private static final long MILLI = 1_000_000;

  /** Nobody else reads or writes these. */
  private static final ByteString KEY = ByteString.copyFromUtf8("slow");

  private static final int KEYS = 8;
  private static final int VALUE_BYTES = 24 << 10;
  private static final int COMMANDS = 48;

  private final Cluster cluster;
  private final NodeProcess process;
  private final GrpcChannels channels;
  private final List<ManagedChannel> open = new ArrayList<>();

  SlowReaders(Cluster cluster) {
    this.cluster = cluster;
    this.process = cluster.machine("slow").start();
    this.channels = cluster.network().channelsOf(process);
  }

  /** Begins to ask whoever leads now. */
  void begin(RandomGenerator chance) {
    ServerNode leader = cluster.leader();
    Region region = cluster.region();
    if (leader == null || region == null) {
      return;
    }
    long storeId = cluster.invariants().storeIdOf(leader.machine());
    Peer peer =
        region.peers().stream().filter(p -> p.storeId() == storeId).findFirst().orElse(null);
    if (peer == null) {
      return;
    }
    Context context = ProtoRegions.context(region, peer).build();
    int streams = chance.nextInt(1, 12);
    int scans = chance.nextInt(1, 12);
    long afterNanos = chance.nextLong(200, chance.nextBoolean() ? 3_000 : 25_000) * MILLI;
    cluster.world().trace().line("----", streams + " streams and " + scans + " scans do not read");
    process
        .loop()
        .run(() -> {
          ManagedChannel channel = channels.open(ClusterPlan.storeAddress(leader.machine().name()));
          open.add(channel);
          for (int i = 0; i < KEYS; i++) {
            new Unread<>(channel, TikvGrpc.getRawPutMethod()).ask(put(context, i)).read();
          }
          List<Unread<?, ?>> unread = new ArrayList<>();
          process.after(
              afterNanos / 4,
              () ->
                  process
                      .loop()
                      .run(() -> {
                        for (int i = 0; i < streams; i++) {
                          unread.add(
                              new Unread<>(channel, TikvGrpc.getBatchCommandsMethod())
                                  .ask(gets(context)));
                        }
                        for (int i = 0; i < scans; i++) {
                          unread.add(
                              new Unread<>(channel, TikvGrpc.getRawScanMethod())
                                  .ask(scan(context)));
                        }
                      }));
          process.after(afterNanos, () -> process.loop().run(() -> endSome(unread)));
          process.after(2 * afterNanos, () -> process.loop().run(() -> close(channel)));
        });
  }

  private static void endSome(List<Unread<?, ?>> unread) {
    for (int i = 0; i < unread.size(); i++) {
      if (i % 2 == 0) {
        unread.get(i).read();
      } else {
        unread.get(i).cancel();
      }
    }
  }

  private void close(ManagedChannel channel) {
    if (open.remove(channel)) {
      channel.shutdownNow();
    }
  }

  /** All of them are gone. */
  void endAll() {
    process.loop().run(() -> List.copyOf(open).forEach(this::close));
  }

  private static ByteString key(int number) {
    return KEY.concat(ByteString.copyFromUtf8(Integer.toString(number)));
  }

  private static RawPutRequest put(Context context, int number) {
    return RawPutRequest.newBuilder()
        .setContext(context)
        .setKey(key(number))
        .setValue(ByteString.copyFrom(new byte[VALUE_BYTES]))
        .build();
  }

  private static BatchCommandsRequest gets(Context context) {
    BatchCommandsRequest.Builder message = BatchCommandsRequest.newBuilder();
    for (int i = 0; i < COMMANDS; i++) {
      message
          .addRequestIds(i)
          .addRequests(
              BatchCommandsRequest.Request.newBuilder()
                  .setRawGet(RawGetRequest.newBuilder().setContext(context).setKey(key(i % KEYS))));
    }
    return message.build();
  }

  private static RawScanRequest scan(Context context) {
    return RawScanRequest.newBuilder()
        .setContext(context)
        .setStartKey(KEY)
        .setEndKey(ByteString.copyFromUtf8("slox"))
        .setLimit(KEYS)
        .build();
  }

  /** A call whose answers are left where they are until {@link #read}. */
  private static final class Unread<Q, R> extends ClientCall.Listener<R> {
    private final ClientCall<Q, R> call;

    Unread(ManagedChannel channel, MethodDescriptor<Q, R> method) {
      call = channel.newCall(method, CallOptions.DEFAULT);
    }

    Unread<Q, R> ask(Q request) {
      call.start(this, new Metadata());
      call.sendMessage(request);
      call.halfClose();
      return this;
    }

    void read() {
      call.request(Integer.MAX_VALUE);
    }

    void cancel() {
      call.cancel("a slow reader goes", null);
    }
  }
}
