package dev.terrane.sim.cluster;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.terranepb.InternalGrpc;
import dev.terrane.proto.terranepb.PeerRemoved;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.RaftMessage;
import dev.terrane.proto.terranepb.RaftMessageKind;
import dev.terrane.proto.terranepd.GreetRequest;
import dev.terrane.proto.terranepd.GreetResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.PdRaftMessage;
import dev.terrane.proto.terranepd.RegionRecord;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.node.StoreNode;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.store.Store;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who reaches the ports, knows all ids, and says what only stores and members of PD may
 * say. He sends, and hears what is answered; what is sent to others does not reach him.
 */
final class Strangers {
  private static final long TERM = 1L << 34;
  private static final long EPOCH = 1 << 20;

  private final Cluster cluster;
  private final NodeProcess process;
  private final GrpcChannels channels;

  Strangers(Cluster cluster) {
    this.cluster = cluster;
    Machine machine = cluster.machine("stranger");
    cluster.network().add(machine);
    cluster.invariants().doNotTrust(machine);
    this.process = machine.start();
    this.channels = cluster.network().channelsOf(process);
  }

  /** Sends one message of some kind to {@code node}. */
  void speakTo(ServerNode node, RandomGenerator chance) {
    process.after(1, () -> process.loop().run(() -> speak(node, chance)));
  }

  private void speak(ServerNode node, RandomGenerator chance) {
    if (node.isPd() && (!node.isStore() || chance.nextBoolean())) {
      speakToPd(node.pdAddress(), chance);
    } else if (node.isStore()) {
      speakToStore(node, chance);
    }
  }

  // ---- to a store

  private void speakToStore(ServerNode node, RandomGenerator chance) {
    StoreNode running = node.store();
    Store store = running == null ? null : running.store();
    Region region = cluster.region();
    if (store == null || region == null) {
      return;
    }
    long storeId = store.identity().storeId();
    Peer mine = region.peerOnStore(storeId);
    Peer named = region.peers().get(chance.nextInt(region.peers().size()));
    long fromStore = chance.nextInt(3) == 0 ? chance.nextLong(1, 1 << 20) : named.storeId();
    if (fromStore == storeId) {
      return;
    }
    long to = mine == null ? 1_000_000 : mine.id();
    RaftBatch.Builder batch =
        RaftBatch.newBuilder()
            .setClusterId(store.identity().clusterId())
            .setFromStoreId(fromStore)
            .setToStoreId(storeId)
            .setFromIncarnation(chance.nextLong())
            .setToIncarnation(chance.nextInt(4) == 0 ? 0 : chance.nextLong());
    RaftEnvelope.Builder envelope =
        RaftEnvelope.newBuilder()
            .setRegionId(region.id())
            .setFromPeer(
                dev.terrane.proto.metapb.Peer.newBuilder().setId(named.id()).setStoreId(fromStore))
            .setToPeer(dev.terrane.proto.metapb.Peer.newBuilder().setId(to).setStoreId(storeId))
            .setEpoch(ProtoRegions.toProto(new RegionEpoch(EPOCH, EPOCH)));
    switch (chance.nextInt(5)) {
      case 0 ->
          batch.addEnvelopes(
              envelope
                  .setToPeer(
                      dev.terrane.proto.metapb.Peer.newBuilder()
                          .setId(to + 1_000_000)
                          .setStoreId(storeId))
                  .setMessage(message(RaftMessageKind.HEARTBEAT, 1)));
      case 1 -> batch.addRemoved(removal(region, to, named));
      case 2 -> batch.addEnvelopes(envelope.setMessage(message(anyKind(chance), TERM)));
      case 3 ->
          batch.addEnvelopes(
              envelope
                  .setMessage(message(RaftMessageKind.HEARTBEAT, region.epoch().confVer()))
                  .setRegionId(region.id()));
      default ->
          batch.addEnvelopes(
              envelope
                  .setRegionId(chance.nextLong(1, 1 << 20))
                  .setMessage(message(RaftMessageKind.REQUEST_VOTE, 3)));
    }
    ManagedChannel channel = channels.open(node.storeAddress());
    StreamObserver<RaftBatch> stream = InternalGrpc.newStub(channel).raft(new Deaf<>(channel));
    stream.onNext(batch.build());
    stream.onCompleted();
  }

  private static RaftMessageKind anyKind(RandomGenerator chance) {
    return RaftMessageKind.forNumber(chance.nextInt(1, RaftMessageKind.values().length - 1));
  }

  private static RaftMessage.Builder message(RaftMessageKind kind, long term) {
    return RaftMessage.newBuilder()
        .setKind(kind)
        .setTerm(term)
        .setIndex(TERM)
        .setLogTerm(TERM)
        .setCommit(0);
  }

  /** Of {@code peerId}, as {@code named} would tell it. */
  private static PeerRemoved removal(Region region, long peerId, Peer named) {
    return PeerRemoved.newBuilder()
        .setRegionId(region.id())
        .setPeerId(peerId)
        .setRegion(
            ProtoRegions.toProto(
                new Region(
                    region.id(),
                    region.range(),
                    new RegionEpoch(EPOCH, region.epoch().version()),
                    List.of(named))))
        .build();
  }

  // ---- to a member of PD

  private void speakToPd(HostPort address, RandomGenerator chance) {
    ManagedChannel channel = channels.open(address);
    PDGrpc.newStub(channel)
        .getMembers(
            GetMembersRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(GetMembersResponse members) {
                speakToPd(channel, members, chance);
              }

              @Override
              public void onError(Throwable failure) {
                channel.shutdownNow();
              }

              @Override
              public void onCompleted() {}
            });
  }

  private void speakToPd(ManagedChannel channel, GetMembersResponse known, RandomGenerator chance) {
    int count = known.getMembersCount();
    if (count == 0) {
      channel.shutdownNow();
      return;
    }
    long from = known.getMembers(chance.nextInt(count)).getMemberId();
    if (chance.nextInt(3) == 0) {
      PdInternalGrpc.newStub(channel)
          .greet(
              GreetRequest.newBuilder()
                  .addKnown(
                      Member.newBuilder()
                          .setId(from)
                          .setName("elsewhere")
                          .addPeerUrls("http://nowhere:2379")
                          .addClientUrls("http://nowhere:2379")
                          .setStarts(1L << 50))
                  .build(),
              new Deaf<GreetResponse>(channel));
      return;
    }
    PdRaftBatch.Builder batch =
        PdRaftBatch.newBuilder()
            .setClusterId(known.getHeader().getClusterId())
            .setFromMemberId(from)
            .setFromIncarnation(chance.nextLong())
            .setToIncarnation(chance.nextLong());
    for (var member : known.getMembersList()) {
      batch.addMessages(
          PdRaftMessage.newBuilder()
              .setFrom(from)
              .setTo(member.getMemberId())
              .setTerm(TERM)
              .setStaleTerm(PdRaftMessage.StaleTerm.getDefaultInstance()));
    }
    Region region = cluster.region();
    if (region != null) {
      batch.addRegions(
          RegionRecord.newBuilder()
              .setRegion(
                  ProtoRegions.toProto(
                      new Region(
                          region.id(),
                          region.range(),
                          new RegionEpoch(EPOCH, region.epoch().version()),
                          region.peers().subList(0, 1))))
              .setTerm(TERM));
    }
    StreamObserver<PdRaftBatch> stream = PdInternalGrpc.newStub(channel).raft(new Deaf<>(channel));
    stream.onNext(batch.build());
    stream.onCompleted();
  }

  /** Hears the end of a call, and goes. */
  private record Deaf<T>(ManagedChannel channel) implements StreamObserver<T> {
    @Override
    public void onNext(T answer) {}

    @Override
    public void onError(@Nullable Throwable failure) {
      channel.shutdownNow();
    }

    @Override
    public void onCompleted() {
      channel.shutdownNow();
    }
  }
}
