package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.UnavailableException;
import dev.terrane.client.core.Transport.Failure;
import dev.terrane.client.core.Transport.UnaryListener;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.Member;
import dev.terrane.proto.pdpb.RequestHeader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which members PD has and which of them leads. Calls wait here while no leader is known: a round
 * asks every known member at once, the first that names a leader ends it, and rounds go on, further
 * and further apart, while anybody waits.
 *
 * <p>When nobody has answered for the connect timeout, those who wait fail at once rather than at
 * their own deadlines.
 *
 * <p>While a leader is known it is asked now and then who the members are, so that those which have
 * left are forgotten, and those which came are known when the leader is lost.
 */
final class PdLink {
  private static final long ROUND_NANOS = 1_000_000_000;
  private static final long REFRESH_NANOS = 60_000_000_000L;

  private final ClientCore core;
  private final MemberAddresses addresses;
  private final List<PdCall<?, ?, ?>> waiting = new ArrayList<>();
  private final List<Probe> probes = new ArrayList<>();
  private final RoundTimer timer = new RoundTimer();
  private final Refresh refresh = new Refresh();
  private @Nullable String leader;
  private long clusterId;
  private Backoff backoff = new Backoff();
  private boolean roundRunning;
  private long silentSinceNanos;
  private boolean silent;
  private String lastTrouble = "not asked yet";

  PdLink(ClientCore core, List<String> seeds) {
    this.core = core;
    this.addresses = new MemberAddresses(core.addresses(), seeds);
  }

  /** The leader's address, or null; then {@link #await} tells when there is one. */
  @Nullable String leader() {
    return leader;
  }

  RequestHeader header() {
    return RequestHeader.newBuilder().setClusterId(clusterId).build();
  }

  String lastTrouble() {
    return lastTrouble;
  }

  /** {@code call} is sent again as soon as a leader is known. */
  void await(PdCall<?, ?, ?> call) {
    waiting.add(call);
    if (!roundRunning && timer.slot == Timer.UNSET) {
      startRound();
    }
  }

  void stopWaiting(PdCall<?, ?, ?> call) {
    waiting.remove(call);
  }

  /** A call to {@code address} failed: whoever is there does not lead, for all we know. */
  void suspect(String address, String trouble) {
    lastTrouble = address + ": " + trouble;
    if (address.equals(leader)) {
      leader = null;
    }
  }

  private void startRound() {
    roundRunning = true;
    if (!silent) {
      silent = true;
      silentSinceNanos = core.now();
    }
    core.timers().set(timer, core.now() + ROUND_NANOS);
    for (String address : addresses.all()) {
      Probe probe = new Probe(address);
      probes.add(probe);
      probe.call =
          core.transport()
              .unary(
                  address,
                  Rpc.GET_MEMBERS,
                  GetMembersRequest.newBuilder().setHeader(header()).build(),
                  probe);
    }
  }

  private void endRound() {
    roundRunning = false;
    for (Probe probe : probes) {
      Transport.Call call = probe.call;
      if (call != null) {
        call.cancel();
      }
    }
    probes.clear();
    core.timers().unset(timer);
  }

  private void roundFailed() {
    if (!probes.isEmpty()) {
      lastTrouble = probes.get(0).address + ": no answer within a second";
    }
    endRound();
    if (silent && core.now() - silentSinceNanos >= core.config().connectTimeout().toNanos()) {
      silent = false;
      List<PdCall<?, ?, ?>> failed = List.copyOf(waiting);
      waiting.clear();
      ClientException failure =
          new UnavailableException(
              "no member of PD answers at " + addresses.all() + " (last: " + lastTrouble + ")");
      failed.forEach(call -> call.failed(failure));
    }
    if (!waiting.isEmpty()) {
      core.timers().set(timer, core.now() + backoff.nextNanos(Delay.PD, core.random()));
    }
  }

  private void answered(String from, GetMembersResponse answer) {
    silent = false;
    long answeredId = answer.getHeader().getClusterId();
    if (clusterId != 0 && answeredId != clusterId) {
      lastTrouble = from + " is of cluster " + answeredId + ", not " + clusterId;
      return;
    }
    String found = answer.hasLeader() ? address(answer.getLeader()) : null;
    if (found == null || answeredId == 0) {
      lastTrouble = from + ": PD has no leader now";
      return;
    }
    clusterId = answeredId;
    addresses.learn(addresses(answer, found));
    leader = found;
    refresh.schedule();
    backoff = new Backoff();
    endRound();
    List<PdCall<?, ?, ?>> ready = List.copyOf(waiting);
    waiting.clear();
    ready.forEach(PdCall::send);
  }

  private static Set<String> addresses(GetMembersResponse answer, String leader) {
    Set<String> addresses = new LinkedHashSet<>();
    addresses.add(leader);
    for (Member member : answer.getMembersList()) {
      String address = address(member);
      if (address != null) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  /** The first client URL as host and port; null if there is none that plain text can reach. */
  static @Nullable String address(Member member) {
    if (member.getMemberId() == 0) {
      return null;
    }
    for (String url : member.getClientUrlsList()) {
      if (url.startsWith("http://")) {
        return url.substring("http://".length());
      } else if (!url.contains("://")) {
        return url;
      }
    }
    return null;
  }

  private final class Probe implements UnaryListener<GetMembersResponse> {
    private final String address;
    private Transport.@Nullable Call call;

    Probe(String address) {
      this.address = address;
    }

    @Override
    public void onAnswer(GetMembersResponse answer) {
      call = null;
      answered(address, answer);
      ended();
      core.flush();
    }

    @Override
    public void onFailure(Failure failure) {
      call = null;
      lastTrouble = address + ": " + failure.message();
      ended();
      core.flush();
    }

    private void ended() {
      probes.remove(this);
      if (roundRunning && probes.isEmpty()) {
        roundFailed();
      }
    }
  }

  /** Asks the leader who the members are, once in a while. */
  private final class Refresh extends Timer implements Completion<GetMembersResponse> {
    void schedule() {
      if (slot == UNSET) {
        core.timers().set(this, core.now() + REFRESH_NANOS);
      }
    }

    @Override
    void fire() {
      schedule();
      core.forgetStoresOfNoUse();
      if (leader != null) {
        new PdCall<>(
                core,
                Rpc.GET_MEMBERS,
                header -> GetMembersRequest.newBuilder().setHeader(header).build(),
                GetMembersResponse::getHeader,
                Function.<GetMembersResponse>identity(),
                this)
            .start();
      }
    }

    @Override
    public void succeeded(GetMembersResponse answer) {
      String named = answer.hasLeader() ? address(answer.getLeader()) : null;
      if (named != null && named.equals(leader) && answer.getHeader().getClusterId() == clusterId) {
        addresses.settle(addresses(answer, named));
      }
    }

    @Override
    public void failed(ClientException failure) {
      // What was known stays; the next time is not far.
    }

    @Override
    void broke(Throwable thrown) {
      // Already scheduled anew.
    }

    @Override
    void closing() {}
  }

  /** While a round runs, its end; between rounds, the next one's start. */
  private final class RoundTimer extends Timer {
    @Override
    void fire() {
      if (roundRunning) {
        roundFailed();
      } else if (!waiting.isEmpty()) {
        startRound();
      }
    }

    /** Whoever waits is asked for in another round. */
    @Override
    void broke(Throwable thrown) {
      lastTrouble = "the client failed at it: " + thrown;
      endRound();
      core.timers().set(this, core.now() + backoff.nextNanos(Delay.PD, core.random()));
    }

    @Override
    void closing() {
      endRound();
    }
  }
}
