package dev.terrane.server.node;

import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.Member;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Asks members of PD whether they answer, all at the same time, and waits for a while. */
final class MemberPings {
  private static final long PATIENCE_MILLIS = 1000;

  private final GrpcChannels channels;

  MemberPings(GrpcChannels channels) {
    this.channels = channels;
  }

  /** The ids of those that answer, as members of this cluster. */
  Set<Long> answering(long clusterId, List<Member> members) {
    Set<Long> answering = ConcurrentHashMap.newKeySet();
    Map<Long, ManagedChannel> channelById = new LinkedHashMap<>();
    for (Member member : members) {
      HostPort.readableIn(member.getClientUrlsList()).stream()
          .findFirst()
          .ifPresent(there -> channelById.put(member.getMemberId(), channels.open(there)));
    }
    CountDownLatch open = new CountDownLatch(channelById.size());
    channelById.forEach((memberId, channel) ->
        PDGrpc.newStub(channel)
            .withDeadline(channels.deadlineAfter(PATIENCE_MILLIS))
            .getMembers(
                GetMembersRequest.getDefaultInstance(),
                new StreamObserver<>() {
                  @Override
                  public void onNext(GetMembersResponse response) {
                    if (response.getHeader().getClusterId() == clusterId
                        && !response.getHeader().hasError()) {
                      answering.add(memberId);
                    }
                  }

                  @Override
                  public void onError(Throwable failure) {
                    open.countDown();
                  }

                  @Override
                  public void onCompleted() {
                    open.countDown();
                  }
                }));
    try {
      boolean _ = open.await(2 * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      channelById.values().forEach(ManagedChannel::shutdownNow);
    }
    return Set.copyOf(answering);
  }
}
