package dev.terrane.cli.ctl;

import dev.terrane.cli.ClusterOptions;
import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.proto.HostNames;
import dev.terrane.proto.NotTaken;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.proto.terranepd.PdInternalGrpc.PdInternalBlockingStub;
import dev.terrane.server.net.Absence;
import dev.terrane.server.net.HostPort;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What only Terrane's own placement driver is asked, by way of any of its members: the others are
 * learned from it. Blocks the thread of the command.
 */
final class PdOperations implements AutoCloseable {
  private static final long ANSWER_MILLIS = 1_500;
  private static final long PAUSE_MILLIS = 200;

  private final Set<HostPort> addresses = new LinkedHashSet<>();
  private final Map<HostPort, ManagedChannel> channelByAddress = new LinkedHashMap<>();
  private final String given;
  private final long deadlineNanos;

  /** Whether a call at the leader has ended without an answer, so that it may have been done. */
  private boolean unanswered;

  PdOperations(ClusterOptions cluster) {
    cluster.refuseUnresolved();
    this.given = cluster.addresses();
    this.deadlineNanos = System.nanoTime() + cluster.timeout().toNanos();
    try {
      for (String address : given.split(",", -1)) {
        addresses.add(HostPort.parse(address));
      }
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** The placement driver is another product's, which knows no such calls. */
  static final class NotTerrane extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private PdInternalBlockingStub stub(HostPort address) {
    ManagedChannel channel =
        channelByAddress.computeIfAbsent(
            address,
            opened ->
                NettyChannelBuilder.forTarget(HostNames.target(opened.host(), opened.port()))
                    .usePlaintext()
                    .build());
    return PdInternalGrpc.newBlockingStub(channel)
        .withDeadlineAfter(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Who the members are: by the leader, who knows more, or else by any member that answers.
   *
   * @throws CommandFailure if nobody answers in time
   */
  ListMembersResponse members() throws NotTerrane {
    String reason = "no answer";
    do {
      ListMembersResponse best = null;
      for (HostPort address : Set.copyOf(addresses)) {
        try {
          ListMembersResponse answer = ask(address);
          HostPort leader = leaderIn(answer);
          if (address.equals(leader)) {
            return answer;
          }
          best = best == null ? answer : best;
          if (leader != null) {
            return ask(leader);
          }
        } catch (StatusRuntimeException e) {
          if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
            throw new NotTerrane();
          }
          reason = reasonOf(e);
        }
      }
      if (best != null) {
        return best;
      }
    } while (pause());
    throw new CommandFailure(
        ExitCode.FAILED,
        "no member of PD answers at %s: %s\nIs the cluster running? Name its placement driver with --pd HOST:PORT."
            .formatted(given, reason));
  }

  /** gRPC's description of a connection that fails is "io exception"; what it was is the cause. */
  private static String reasonOf(StatusRuntimeException e) {
    Throwable cause = e.getStatus().getCause();
    String description = String.valueOf(e.getStatus().getDescription());
    return cause == null || cause.getMessage() == null
        ? description
        : description + " (" + cause.getMessage() + ")";
  }

  private ListMembersResponse ask(HostPort address) {
    ListMembersResponse answer = stub(address).listMembers(ListMembersRequest.getDefaultInstance());
    for (MemberStatus status : answer.getMembersList()) {
      HostPort there = addressOf(status.getMember());
      if (there != null) {
        addresses.add(there);
      }
    }
    return answer;
  }

  /** Null if it says none that can be read. */
  private static @Nullable HostPort addressOf(Member member) {
    List<HostPort> addresses = HostPort.readableIn(member.getClientUrlsList());
    return addresses.isEmpty() ? null : addresses.getFirst();
  }

  private static @Nullable HostPort leaderIn(ListMembersResponse answer) {
    for (MemberStatus status : answer.getMembersList()) {
      if (status.getLeader()) {
        return addressOf(status.getMember());
      }
    }
    return null;
  }

  /** Whether a member answers, whatever it says. */
  boolean answers(Member member) {
    HostPort address = addressOf(member);
    if (address == null) {
      return false;
    }
    try {
      return stub(address).listMembers(ListMembersRequest.getDefaultInstance()).hasHeader();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /**
   * Calls the leader, and another one if leadership moves meanwhile.
   *
   * @throws CommandFailure if nobody leads in time
   */
  <R> R atLeader(Function<PdInternalBlockingStub, R> call) throws NotTerrane {
    String reason;
    do {
      HostPort leader = leaderIn(members());
      if (leader == null) {
        reason = "no member of the placement driver leads";
        continue;
      }
      try {
        return call.apply(stub(leader));
      } catch (StatusRuntimeException e) {
        reason = Absence.reason(e);
        unanswered |= mayHaveBeenDone(e);
        switch (e.getStatus().getCode()) {
          case UNIMPLEMENTED -> throw new NotTerrane();
          case UNAVAILABLE, DEADLINE_EXCEEDED -> {}
          default -> throw new CommandFailure(ExitCode.FAILED, reason, e);
        }
      }
    } while (pause());
    throw new CommandFailure(
        ExitCode.FAILED,
        reason + "\nA majority of its members may be down: see 'terrane ctl members'.");
  }

  /**
   * The same for a call that changes something. It may be made twice.
   *
   * @throws CommandFailure also if it was made and not answered, which nobody may take for failed
   */
  <R> R changeAtLeader(Function<PdInternalBlockingStub, R> call) throws NotTerrane {
    unanswered = false;
    try {
      return atLeader(call);
    } catch (CommandFailure e) {
      throw unanswered
          ? new CommandFailure(
              ExitCode.UNDETERMINED,
              e.getMessage()
                  + "\nNo answer says what became of it: it may have been done, or yet be. See"
                  + " 'terrane ctl stores', 'members' and 'config' before it is given again.",
              e)
          : e;
    }
  }

  private static boolean mayHaveBeenDone(StatusRuntimeException failure) {
    Metadata trailers = failure.getTrailers();
    return switch (failure.getStatus().getCode()) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, RESOURCE_EXHAUSTED, UNIMPLEMENTED -> false;
      default ->
          !Absence.isShownBy(failure)
              && !(trailers != null && NotTaken.is(failure.getStatus(), trailers));
    };
  }

  /** Whether there is time to ask again. */
  private boolean pause() {
    if (System.nanoTime() - deadlineNanos >= 0) {
      return false;
    }
    try {
      Thread.sleep(Duration.ofMillis(PAUSE_MILLIS));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    channelByAddress.values().forEach(ManagedChannel::shutdownNow);
  }
}
