package dev.terrane.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.terrane.common.traffic.TrafficBudget;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.server.net.ConnectionGate;
import dev.terrane.server.net.EventLoops;
import dev.terrane.server.net.GrpcServer;
import dev.terrane.server.net.GrpcServers;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LateServices;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.NettyChannels;
import dev.terrane.server.run.SystemTimeSource;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.store.SnapshotReceiver;
import dev.terrane.store.StoreIdentity;
import dev.terrane.store.StoreInbound;
import dev.terrane.txn.ReadPool;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two stores have changed their addresses, and a third still knows the old ones. */
class WrongStoreTest {
  private static final ReadPool AT_ONCE =
      new ReadPool() {
        @Override
        public boolean submit(Runnable work) {
          work.run();
          return true;
        }

        @Override
        public void resume(Runnable slice) {
          slice.run();
        }
      };

  private final EventLoops loops = new EventLoops("wrong-store-test", 1);
  private final LoopExecutor loop = loops.executor((where, failure) -> {});
  private final GrpcServers servers =
      new GrpcServers(
          loops,
          new ConnectionGate(100, new SystemTimeSource()),
          1 << 20,
          new NodeTraffic(
              new TrafficBudget(4 << 20),
              Runnable::run,
              AT_ONCE,
              AT_ONCE,
              null,
              new SystemTimeSource()),
          (where, failure) -> {});

  @AfterEach
  void stop() {
    loops.close();
  }

  private GrpcServer store(long storeId, Queue<Long> batchesFor) throws IOException {
    StoreInbound store =
        new StoreInbound() {
          @Override
          public void onRaftBatch(RaftBatch batch, Runnable taken) {
            batchesFor.add(batch.getToStoreId());
            taken.run();
          }

          @Override
          public SnapshotReceiver onSnapshot(SnapshotReceiver.Reply reply) {
            throw new AssertionError("no snapshot is sent");
          }

          @Override
          public void onPdInstruction(RegionHeartbeatResponse instruction) {}
        };
    LateServices services = servers.services();
    services.offer(List.of(new InternalService(store, new StoreIdentity(7, storeId, 1), loop)));
    return servers.start("address", new HostPort("127.0.0.1", 0), services, Set.of());
  }

  /** A batch that is merely dropped leaves the sender there for good: its stream never breaks. */
  @Test
  void whoComesToAnotherStoreAsksAgainWhereItsOwnIs() throws IOException {
    Queue<Long> atFour = new ConcurrentLinkedQueue<>();
    Queue<Long> atSix = new ConcurrentLinkedQueue<>();
    try (GrpcServer four = store(4, atFour);
        GrpcServer six = store(6, atSix)) {
      Map<Long, Integer> portById = new ConcurrentHashMap<>(Map.of(6L, four.port()));
      AddressBook book =
          new AddressBook() {
            @Override
            public void find(long id, Consumer<@Nullable HostPort> found) {
              Integer port = portById.get(id);
              found.accept(port == null ? null : new HostPort("127.0.0.1", port));
            }

            @Override
            public void doubt(long id) {
              portById.put(id, six.port());
            }
          };
      try (GrpcStoreTransport transport =
          new GrpcStoreTransport(book, new NettyChannels(loops, 1 << 20), loop, AT_ONCE, 1 << 20)) {
        RaftBatch batch = RaftBatch.newBuilder().setFromStoreId(1).setToStoreId(6).build();
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> {
              transport.send(6, batch);
              return !atSix.isEmpty();
            });
        assertThat(atFour).isEmpty();
      }
    }
  }
}
