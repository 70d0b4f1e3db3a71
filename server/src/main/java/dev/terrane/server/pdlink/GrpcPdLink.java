package dev.terrane.server.pdlink;

import dev.terrane.common.Bytes;
import dev.terrane.common.TimeSource;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.AllocIDRequest;
import dev.terrane.proto.pdpb.AllocIDResponse;
import dev.terrane.proto.pdpb.BootstrapRequest;
import dev.terrane.proto.pdpb.BootstrapResponse;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.IsBootstrappedRequest;
import dev.terrane.proto.pdpb.IsBootstrappedResponse;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.StoreHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreStats;
import dev.terrane.proto.terranepd.AddMemberRequest;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.store.PdLink;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls PD's leader. A call waits for the leader to be found, is made once, and fails when no
 * answer comes in time; the leader is then searched for anew. Thread-safe; state lives on one event
 * loop.
 */
public final class GrpcPdLink implements PdLink, AutoCloseable {
  private static final long TIMEOUT_MILLIS = 3000;

  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final PdDirectory directory;
  private final RegionHeartbeats heartbeats;
  private final StoreTwin twin;

  /**
   * @param seeds some of PD's addresses; the others are learned
   * @param clusterId the cluster that this node belongs to, or 0 if it does not know yet
   * @param instructions what PD wants of Regions
   */
  public GrpcPdLink(
      List<HostPort> seeds,
      long clusterId,
      GrpcChannels channels,
      LoopExecutor loop,
      TimeSource time,
      Consumer<RegionHeartbeatResponse> instructions) {
    this.channels = channels;
    this.loop = loop;
    this.twin = new StoreTwin(channels);
    this.directory = new PdDirectory(seeds, clusterId, channels, loop);
    this.heartbeats = new RegionHeartbeats(directory, loop, time, instructions);
  }

  /** Who is told, on the event loop, where PD's members are whenever a leader has said so. */
  public void onMembers(Consumer<List<HostPort>> listener) {
    loop.executeOrRun(() -> directory.onMembers(listener));
  }

  /** PD's cluster id, as soon as a leader is found. */
  public void clusterId(Reply<Long> reply) {
    loop.executeOrRun(() ->
        directory.leader(leader -> {
          if (leader == null) {
            reply.failed(directory.whyNobody());
          } else {
            reply.answered(leader.clusterId());
          }
        }));
  }

  @Override
  public void allocIds(int count, Reply<AllocIDResponse> reply) {
    pd(
        reply,
        (leader, answer) ->
            leader.stub.allocID(
                AllocIDRequest.newBuilder().setHeader(leader.header).setCount(count).build(),
                answer));
  }

  @Override
  public void isBootstrapped(Reply<IsBootstrappedResponse> reply) {
    pd(
        reply,
        (leader, answer) ->
            leader.stub.isBootstrapped(
                IsBootstrappedRequest.newBuilder().setHeader(leader.header).build(), answer));
  }

  @Override
  public void bootstrap(Store store, Region region, Reply<BootstrapResponse> reply) {
    pd(
        reply,
        (leader, answer) ->
            leader.stub.bootstrap(
                BootstrapRequest.newBuilder()
                    .setHeader(leader.header)
                    .setStore(store)
                    .setRegion(region)
                    .build(),
                answer));
  }

  @Override
  public void getRegion(Bytes key, Reply<GetRegionResponse> reply) {
    pd(
        reply,
        (leader, answer) ->
            leader.stub.getRegion(
                GetRegionRequest.newBuilder()
                    .setHeader(leader.header)
                    .setRegionKey(ProtoBytes.toByteString(key))
                    .build(),
                answer));
  }

  /** Fails if the store of this id answers at another address: PD then keeps that one. */
  @Override
  public void putStore(Store store, Reply<PutStoreResponse> reply) {
    lookForTwin(
        store,
        new Reply<>() {
          @Override
          public void answered(StoreTwin.Verdict verdict) {
            switch (verdict) {
              case StoreTwin.Verdict.Welcome welcome -> put(store, "", reply);
              case StoreTwin.Verdict.Moved moved -> put(store, moved.address(), reply);
              case StoreTwin.Verdict.Refused refused -> reply.failed(refused.why());
            }
          }

          @Override
          public void failed(String reason) {
            reply.failed(reason);
          }
        });
  }

  /**
   * Asks PD, and whoever is where PD has this store, whether {@code self} may take part under its
   * id. Answered with why not, in words for an operator; or with "".
   */
  public void whyNot(Store self, Reply<String> reply) {
    lookForTwin(
        self,
        new Reply<>() {
          @Override
          public void answered(StoreTwin.Verdict verdict) {
            reply.answered(
                verdict instanceof StoreTwin.Verdict.Refused refused ? refused.why() : "");
          }

          @Override
          public void failed(String reason) {
            reply.failed(reason);
          }
        });
  }

  private void lookForTwin(Store self, Reply<StoreTwin.Verdict> reply) {
    getStore(
        self.getId(),
        new Reply<>() {
          @Override
          public void answered(GetStoreResponse known) {
            twin.compare(self, known, reply);
          }

          @Override
          public void failed(String reason) {
            reply.failed(reason);
          }
        });
  }

  private void put(Store store, String notAt, Reply<PutStoreResponse> reply) {
    pd(
        reply,
        (leader, answer) ->
            leader.stub.putStore(
                PutStoreRequest.newBuilder()
                    .setHeader(leader.header)
                    .setStore(store)
                    .setNotAt(notAt)
                    .build(),
                answer));
  }

  @Override
  public void storeHeartbeat(StoreStats stats, Reply<StoreHeartbeatResponse> reply) {
    pd(
        reply,
        (leader, answer) ->
            leader.stub.storeHeartbeat(
                StoreHeartbeatRequest.newBuilder().setHeader(leader.header).setStats(stats).build(),
                answer));
  }

  @Override
  public void regionHeartbeat(RegionHeartbeatRequest heartbeat) {
    loop.executeOrRun(() -> heartbeats.report(heartbeat));
  }

  /** Where a store is. */
  public void getStore(long storeId, Reply<GetStoreResponse> reply) {
    pd(
        reply,
        (leader, answer) ->
            leader.stub.getStore(
                GetStoreRequest.newBuilder().setHeader(leader.header).setStoreId(storeId).build(),
                answer));
  }

  /** Asks PD's leader to take a new member in. */
  public void addMember(Member member, Reply<AddMemberResponse> reply) {
    call(
        reply,
        (leader, answer) ->
            PdInternalGrpc.newStub(leader.channel())
                .withDeadline(channels.deadlineAfter(TIMEOUT_MILLIS))
                .addMember(AddMemberRequest.newBuilder().setMember(member).build(), answer));
  }

  /** What a call to the leader needs. */
  private record Callee(PDGrpc.PDStub stub, RequestHeader header) {}

  private <R> void pd(Reply<R> reply, BiConsumer<Callee, StreamObserver<R>> call) {
    call(
        reply,
        (leader, answer) -> {
          ManagedChannel channel = leader.channel();
          PDGrpc.PDStub stub =
              PDGrpc.newStub(channel).withDeadline(channels.deadlineAfter(TIMEOUT_MILLIS));
          RequestHeader header =
              RequestHeader.newBuilder().setClusterId(leader.clusterId()).build();
          call.accept(new Callee(stub, header), answer);
        });
  }

  private <R> void call(Reply<R> reply, BiConsumer<PdLeader, StreamObserver<R>> call) {
    loop.executeOrRun(() ->
        directory.leader(leader -> {
          if (leader == null) {
            reply.failed(directory.whyNobody());
          } else {
            call.accept(leader, new Answer<>(leader, reply));
          }
        }));
  }

  private final class Answer<R> implements StreamObserver<R> {
    private final PdLeader leader;
    private final Reply<R> reply;
    private @Nullable R response;

    Answer(PdLeader leader, Reply<R> reply) {
      this.leader = leader;
      this.reply = reply;
    }

    @Override
    public void onNext(R answered) {
      response = answered;
    }

    @Override
    public void onError(Throwable failure) {
      loop.executeOrRun(() -> {
        directory.doubt(leader);
        reply.failed("PD at " + leader.address() + ": " + failure.getMessage());
      });
    }

    @Override
    public void onCompleted() {
      R answered = response;
      if (answered == null) {
        reply.failed("PD at " + leader.address() + " ended the call without an answer");
      } else {
        reply.answered(answered);
      }
    }
  }

  @Override
  public void close() {
    loop.executeOrRun(() -> {
      heartbeats.close();
      directory.close();
    });
  }
}
