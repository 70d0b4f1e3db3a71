package dev.terrane.server.pdlink;

import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.Member;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.server.net.Absence;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows PD's members and which of them leads. Starts from the given addresses and learns the others
 * from PD. A search asks all known members at once and takes the first that names a leader; whoever
 * wants one meanwhile waits for the same search.
 *
 * <p>Confined to one event loop.
 */
final class PdDirectory {
  private static final Logger log = LoggerFactory.getLogger(PdDirectory.class);
  private static final long SEARCH_TIMEOUT_MILLIS = 1000;

  /** Between searches that found nothing, so that a store without PD does not spin. */
  private static final long PAUSE_MILLIS = 200;

  private static final int WAITING_MAX = 1024;

  private final Set<HostPort> seeds;
  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final Map<HostPort, ManagedChannel> channelByAddress = new LinkedHashMap<>();
  private final List<Consumer<@Nullable PdLeader>> waiting = new ArrayList<>();

  private Set<HostPort> members;
  private @Nullable PdLeader leader;

  /** 0 until it is known; afterwards PD of another cluster is not listened to. */
  private long clusterId;

  /** Why the last search found nobody, in words. */
  private String nobody = "PD has no leader that answers";

  private Consumer<List<HostPort>> membersKnown = members -> {};

  private boolean searching;
  private boolean closed;

  PdDirectory(List<HostPort> seeds, long clusterId, GrpcChannels channels, LoopExecutor loop) {
    this.seeds = new LinkedHashSet<>(seeds);
    this.members = this.seeds;
    this.clusterId = clusterId;
    this.channels = channels;
    this.loop = loop;
  }

  /**
   * Calls {@code found} with the leader, at once if it is known; with null if there is none now.
   */
  void leader(Consumer<@Nullable PdLeader> found) {
    PdLeader known = leader;
    if (known != null || closed || waiting.size() >= WAITING_MAX) {
      found.accept(known);
      return;
    }
    waiting.add(found);
    if (!searching) {
      search();
    }
  }

  /** Why there is no leader, if there is none: who was asked and what came of it. */
  String whyNobody() {
    return nobody;
  }

  /** {@code failed} did not answer as a leader does: it is searched for anew. */
  void doubt(PdLeader failed) {
    PdLeader known = leader;
    if (known != null && known.address().equals(failed.address())) {
      leader = null;
    }
  }

  private void search() {
    searching = true;
    Set<HostPort> asked = new LinkedHashSet<>(members);
    asked.addAll(seeds);
    Search search = new Search(asked.size());
    for (HostPort address : asked) {
      ManagedChannel channel = channelByAddress.computeIfAbsent(address, channels::open);
      channel.resetConnectBackoff();
      PDGrpc.newStub(channel)
          .withDeadline(channels.deadlineAfter(SEARCH_TIMEOUT_MILLIS))
          .getMembers(GetMembersRequest.getDefaultInstance(), search.new Answer(address));
    }
  }

  /** One round of questions; ends with the first useful answer or the last useless one. */
  private final class Search {
    private final Map<HostPort, String> failures = new LinkedHashMap<>();
    private int open;
    private boolean over;

    Search(int asked) {
      this.open = asked;
    }

    private void useless() {
      open--;
      if (open == 0 && !over) {
        over = true;
        nobody = "PD has no leader that answers" + failures();
        loop.after(PAUSE_MILLIS, PdDirectory.this::foundNobody);
      }
    }

    private String failures() {
      return failures.isEmpty()
          ? ""
          : failures.entrySet().stream()
              .map(failure -> failure.getKey() + ": " + failure.getValue())
              .collect(Collectors.joining("; ", " (", ")"));
    }

    private void failed(HostPort by, Throwable failure) {
      failures.put(by, Absence.reason(failure));
      useless();
    }

    private void answered(HostPort by, GetMembersResponse response) {
      PdLeader found = over ? null : leaderIn(by, response);
      if (found == null) {
        useless();
        return;
      }
      over = true;
      found(found);
    }

    private final class Answer implements StreamObserver<GetMembersResponse> {
      private final HostPort by;

      Answer(HostPort by) {
        this.by = by;
      }

      @Override
      public void onNext(GetMembersResponse response) {
        loop.executeOrRun(() -> answered(by, response));
      }

      @Override
      public void onError(Throwable failure) {
        loop.executeOrRun(() -> failed(by, failure));
      }

      @Override
      public void onCompleted() {}
    }
  }

  /** The leader that the answer names, if it does. A member that knows none knows others to ask. */
  private @Nullable PdLeader leaderIn(HostPort by, GetMembersResponse response) {
    long answeredId = response.getHeader().getClusterId();
    if (response.getHeader().hasError() || answeredId == 0) {
      return null;
    }
    if (clusterId != 0 && clusterId != answeredId) {
      log.error(
          "PD at {} is of cluster {}, this node is of cluster {}",
          by,
          Long.toUnsignedString(answeredId),
          Long.toUnsignedString(clusterId));
      return null;
    }
    Set<HostPort> named = new LinkedHashSet<>();
    for (Member member : response.getMembersList()) {
      named.addAll(addressesOf(member, by));
    }
    List<HostPort> leading = addressesOf(response.getLeader(), by);
    if (leading.isEmpty()) {
      named.addAll(members);
      members = named;
      return null;
    }
    HostPort address = leading.getFirst();
    named.add(address);
    forgetAllBut(named);
    return new PdLeader(
        answeredId, address, channelByAddress.computeIfAbsent(address, channels::open));
  }

  /** One member without an address that can be read hides none of the others. */
  private static List<HostPort> addressesOf(Member member, HostPort by) {
    List<HostPort> addresses = HostPort.readableIn(member.getClientUrlsList());
    if (addresses.isEmpty() && member.getClientUrlsCount() > 0) {
      log.warn(
          "PD at {} says that member {} is at {}, which is no address",
          by,
          member.getName(),
          member.getClientUrlsList());
    }
    return addresses;
  }

  /** Who is told where PD's members are, whenever a leader has said so. */
  void onMembers(Consumer<List<HostPort>> listener) {
    membersKnown = listener;
  }

  private void forgetAllBut(Set<HostPort> named) {
    members = named;
    membersKnown.accept(List.copyOf(named));
    channelByAddress
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !named.contains(entry.getKey()) && !seeds.contains(entry.getKey());
          if (gone) {
            entry.getValue().shutdown();
          }
          return gone;
        });
  }

  private void found(PdLeader newLeader) {
    clusterId = newLeader.clusterId();
    leader = newLeader;
    tellWaiting(newLeader);
  }

  private void foundNobody() {
    tellWaiting(null);
  }

  private void tellWaiting(@Nullable PdLeader found) {
    searching = false;
    List<Consumer<@Nullable PdLeader>> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(consumer -> consumer.accept(found));
  }

  void close() {
    closed = true;
    leader = null;
    channelByAddress.values().forEach(ManagedChannel::shutdownNow);
    channelByAddress.clear();
    tellWaiting(null);
  }
}
