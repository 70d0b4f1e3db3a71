package dev.terrane.server.node;

import dev.terrane.proto.terranepd.GreetRequest;
import dev.terrane.proto.terranepd.GreetResponse;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.transport.GrpcPdTransport;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other members where this one is since it was started, and hears where they are, round
 * after round until it is closed. That takes no leader: members who have all moved could not elect
 * one before they have found each other. Asked are the addresses that the node was given, and those
 * that are known from before or from another's answer, so one address that is right is enough.
 *
 * <p>Confined to one event loop, except for {@link #start} and {@link #close}.
 */
final class MemberGreeting implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MemberGreeting.class);
  private static final long PAUSE_MILLIS = 300;
  private static final long ANSWER_MILLIS = 1000;

  private final List<HostPort> given;
  private final HostPort self;
  private final GrpcPdTransport members;
  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final Map<HostPort, ManagedChannel> channelByAddress = new LinkedHashMap<>();
  private boolean over;

  /**
   * @param given addresses of members, as the node was told to join
   * @param self where this member is
   */
  MemberGreeting(
      List<HostPort> given,
      HostPort self,
      GrpcPdTransport members,
      GrpcChannels channels,
      LoopExecutor loop) {
    this.given = given;
    this.self = self;
    this.members = members;
    this.channels = channels;
    this.loop = loop;
  }

  void start() {
    loop.executeOrRun(this::round);
  }

  private void round() {
    if (over) {
      return;
    }
    Set<HostPort> others = new LinkedHashSet<>(given);
    others.addAll(members.otherAddresses());
    others.remove(self);
    others.forEach(this::greet);
    loop.after(PAUSE_MILLIS, this::round);
  }

  private void greet(HostPort address) {
    ManagedChannel channel = channelByAddress.computeIfAbsent(address, channels::open);
    channel.resetConnectBackoff();
    PdInternalGrpc.newStub(channel)
        .withDeadlineAfter(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .greet(
            GreetRequest.newBuilder().addAllKnown(members.members()).build(),
            new StreamObserver<>() {
              @Override
              public void onNext(GreetResponse response) {
                members.greeted(response.getKnownList());
              }

              @Override
              public void onError(Throwable failure) {
                log.debug("nobody to greet at {}", address, failure);
              }

              @Override
              public void onCompleted() {}
            });
  }

  /** This member is known to PD's leader, which tells the others. */
  @Override
  public void close() {
    loop.executeOrRun(() -> {
      over = true;
      channelByAddress.values().forEach(ManagedChannel::shutdownNow);
      channelByAddress.clear();
    });
  }
}
