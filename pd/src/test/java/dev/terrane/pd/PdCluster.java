package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.TimeSource;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.AddMemberRequest;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.PdRaftMessage;
import dev.terrane.proto.terranepd.Rules;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * PD members on one thread: virtual time, disks that sync between polls, a network that can be cut.
 * Each step is ten milliseconds, in which everything that can move without time does.
 */
final class PdCluster {
  private static final long STEP_NANOS = 10_000_000;
  private static final int ROUNDS_PER_STEP_MAX = 200;

  /** What became of a call. */
  static final class Answer<T> implements PdReply<T> {
    @Nullable T value;
    @Nullable PdRefusal refusal;

    @Override
    public void answer(T response) {
      assertThat(isDone()).as("answered twice").isFalse();
      value = response;
    }

    @Override
    public void refuse(PdRefusal why) {
      assertThat(isDone()).as("answered twice").isFalse();
      refusal = why;
    }

    boolean isDone() {
      return value != null || refusal != null;
    }

    T get() {
      T answered = value;
      if (answered == null) {
        throw new AssertionError(refusal == null ? "no answer" : refusal.text());
      }
      return answered;
    }
  }

  /** One member's machine. */
  final class Node implements TimeSource, PdTransport {
    final String name;
    final long memberId;
    final MemoryDisk disk;
    @Nullable PdMember member;
    long wallOffsetMillis;
    boolean cut;

    /** How long each of its cycles takes; 0 if none takes any time. */
    long cycleNanos;

    private long nextCycleNanos;
    List<Member> told = List.of();

    /** When it sent heartbeats, by its clock. */
    final SortedSet<Long> heartbeatsAtNanos = new TreeSet<>();

    Node(String name, long memberId) {
      this.name = name;
      this.memberId = memberId;
      this.disk = new MemoryDisk(memberId);
    }

    PdMember running() {
      PdMember current = member;
      if (current == null) {
        throw new AssertionError(name + " does not run");
      }
      return current;
    }

    Pd pd() {
      return running().pd();
    }

    boolean leads() {
      return member != null && member.raft().leadership() != 0;
    }

    @Override
    public long nanoTime() {
      return nowNanos;
    }

    @Override
    public long wallMillis() {
      return 1_700_000_000_000L + nowNanos / 1_000_000 + wallOffsetMillis;
    }

    @Override
    public void send(long toMemberId, PdRaftBatch batch) {
      if (batch.getMessagesList().stream().anyMatch(PdRaftMessage::hasHeartbeat)) {
        heartbeatsAtNanos.add(nowNanos);
      }
      network.add(new Sent(memberId, toMemberId, batch));
    }

    @Override
    public void membersChanged(List<Member> members) {
      told = members;
    }

    @Override
    public @Nullable String peerUrlOf(long otherId) {
      return told.stream()
          .filter(other -> other.getId() == otherId)
          .map(other -> other.getPeerUrls(0))
          .findFirst()
          .orElse(null);
    }

    private int cycle() {
      if (cycleNanos == 0) {
        return running().poll(this);
      }
      if (nowNanos - nextCycleNanos >= 0) {
        nextCycleNanos = nowNanos + cycleNanos;
        int _ = running().poll(this);
      }
      return 0;
    }

    Member record() {
      return NewCluster.memberOf(memberId, config(name));
    }
  }

  private record Sent(long from, long to, PdRaftBatch batch) {}

  private final Random random;
  private final @Nullable Rules rules;
  private final Deque<Sent> network = new ArrayDeque<>();
  final Map<Long, Node> nodeById = new LinkedHashMap<>();
  private final List<Runnable> actors = new ArrayList<>();
  private long nowNanos = 1_000_000_000L;

  private PdCluster(long seed, @Nullable Rules rules) {
    this.random = new Random(seed);
    this.rules = rules;
  }

  /** A cluster of one. */
  static PdCluster found(long seed) {
    return found(seed, null);
  }

  static PdCluster found(long seed, @Nullable Rules rules) {
    PdCluster cluster = new PdCluster(seed, rules);
    Node first = cluster.node("pd-1");
    first.disk.write(NewCluster.found(first.memberId, cluster.config("pd-1"), cluster.random));
    cluster.start(first);
    cluster.runUntil("a leader", () -> cluster.leader() != null);
    return cluster;
  }

  /** A cluster of {@code size} voters, grown from one. */
  static PdCluster of(int size, long seed) {
    PdCluster cluster = found(seed, size <= 3 ? null : rulesOfMembers(size));
    for (int i = 2; i <= size; i++) {
      cluster.join("pd-" + i);
    }
    cluster.runUntil(size + " voters", () -> cluster.voters() == size);
    return cluster;
  }

  static Rules rulesOfMembers(int votersMax) {
    return ClusterState.DEFAULT_RULES.toBuilder().setPdVotersMax(votersMax).build();
  }

  private PdConfig config(String name) {
    PdConfig config = PdConfig.of(name, "http://" + name + ":2380", "http://" + name + ":2379");
    return rules == null ? config : config.withNewClusterRules(rules);
  }

  private Node node(String name) {
    Node node = new Node(name, random.nextLong(1, Long.MAX_VALUE));
    nodeById.put(node.memberId, node);
    return node;
  }

  private void start(Node node) {
    node.member =
        new PdMember(
            config(node.name),
            node.disk.recovered(),
            node.disk,
            node,
            node,
            new Random(random.nextLong()));
  }

  /** Starts a member without state and has the leader add it. */
  Node join(String name) {
    Node node = node(name);
    start(node);
    AddMemberRequest request = AddMemberRequest.newBuilder().setMember(node.record()).build();
    AddMemberResponse response = onLeader(request, Pd::addMember);
    assertThat(response.getHeader().hasError()).as(response.toString()).isFalse();
    return node;
  }

  /** Starts a member without state that goes on asking for its place, as nodes do. */
  Node standBy(String name) {
    Node node = node(name);
    start(node);
    goesOnAsking(node);
    return node;
  }

  /** {@code node} tells the leader every five seconds that it is there, while it runs. */
  void goesOnAsking(Node node) {
    AddMemberRequest request = AddMemberRequest.newBuilder().setMember(node.record()).build();
    long[] nextNanos = {nowNanos};
    actor(() -> {
      Node leader = leader();
      if (nowNanos >= nextNanos[0] && node.member != null && !node.cut && leader != null) {
        nextNanos[0] = nowNanos + 5_000_000_000L;
        leader
            .pd()
            .addMember(
                request,
                new PdReply<>() {
                  @Override
                  public void answer(AddMemberResponse response) {
                    PdMember running = node.member;
                    if (running != null) {
                      running.heardOf(response);
                    }
                  }

                  @Override
                  public void refuse(PdRefusal refusal) {}
                });
      }
    });
  }

  /** Kills the process: what was not synced is gone. */
  void crash(Node node) {
    node.member = null;
    node.disk.crash();
    network.removeIf(sent -> sent.from == node.memberId);
  }

  void restart(Node node) {
    start(node);
  }

  /** Something else that moves; run once a round. */
  void actor(Runnable actor) {
    actors.add(actor);
  }

  // ---- time

  /** Ten milliseconds. */
  void step() {
    nowNanos += STEP_NANOS;
    for (int round = 0; round < ROUNDS_PER_STEP_MAX; round++) {
      boolean moved = false;
      for (Node node : List.copyOf(nodeById.values())) {
        if (node.member != null) {
          moved |= node.disk.sync();
          moved |= node.cycle() > 0;
        }
      }
      moved |= deliver();
      actors.forEach(Runnable::run);
      if (!moved) {
        return;
      }
    }
    throw new AssertionError("the cluster does not come to rest");
  }

  private boolean deliver() {
    boolean any = !network.isEmpty();
    while (!network.isEmpty()) {
      Sent sent = network.remove();
      Node from = nodeById.get(sent.from);
      Node to = nodeById.get(sent.to);
      if (from != null && to != null && !from.cut && !to.cut && to.member != null) {
        to.pd().raft(sent.batch, () -> {});
      }
    }
    return any;
  }

  void runFor(Duration duration) {
    long end = nowNanos + duration.toNanos();
    while (nowNanos < end) {
      step();
    }
  }

  /**
   * How often the members wake up by themselves, if they sleep whenever they may and all messages
   * arrive at once.
   */
  int wakeUpsIn(Duration duration) {
    long end = nowNanos + duration.toNanos();
    int wakeUps = 0;
    while (nowNanos < end) {
      nowNanos -= STEP_NANOS;
      step();
      long next = end;
      for (Node node : nodeById.values()) {
        if (node.member != null) {
          next = Math.min(next, node.member.nextDeadlineNanos());
        }
      }
      nowNanos = Math.max(nowNanos + 1, next);
      wakeUps++;
    }
    return wakeUps;
  }

  /** Runs until {@code condition} holds; a minute of virtual time at most. */
  void runUntil(String what, BooleanSupplier condition) {
    runUntil(what, Duration.ofMinutes(1), condition);
  }

  void runUntil(String what, Duration atMost, BooleanSupplier condition) {
    long end = nowNanos + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (nowNanos > end) {
        throw new AssertionError("not within " + atMost + ": " + what);
      }
      step();
    }
  }

  long nowNanos() {
    return nowNanos;
  }

  // ---- calls

  /** The member that leads and can be reached; null if there is none now. */
  @Nullable Node leader() {
    for (Node node : nodeById.values()) {
      if (node.leads() && !node.cut) {
        return node;
      }
    }
    return null;
  }

  Node leaderOrThrow() {
    Node leader = leader();
    if (leader == null) {
      throw new AssertionError("nobody leads");
    }
    return leader;
  }

  <Q, A> Answer<A> ask(Node node, Q request, PdMethod<Q, A> method) {
    Answer<A> answer = new Answer<>();
    method.call(node.pd(), request, answer);
    return answer;
  }

  /** A method of {@link Pd}. */
  @FunctionalInterface
  interface PdMethod<Q, A> {
    void call(Pd pd, Q request, PdReply<A> reply);
  }

  /** Asks whoever leads, as often as it takes. */
  <Q, A> A onLeader(Q request, PdMethod<Q, A> method) {
    for (int attempt = 0; attempt < 100; attempt++) {
      runUntil("a leader", () -> leader() != null);
      Answer<A> answer = ask(leaderOrThrow(), request, method);
      runUntil("an answer", answer::isDone);
      if (answer.value != null) {
        return answer.value;
      }
      assertThat(answer.refusal).isInstanceOf(PdRefusal.NotLeader.class);
      step();
    }
    throw new AssertionError("no leader answers");
  }

  long clusterId() {
    for (Node node : nodeById.values()) {
      if (node.member != null && node.member.raft().state() != null) {
        return node.running().stateOrThrow().clusterId();
      }
    }
    throw new AssertionError("nobody knows the cluster id");
  }

  RequestHeader header() {
    return RequestHeader.newBuilder().setClusterId(clusterId()).build();
  }

  List<MemberStatus> members() {
    ListMembersResponse response =
        onLeader(ListMembersRequest.getDefaultInstance(), Pd::listMembers);
    return response.getMembersList();
  }

  /** How many members vote, by the leader's applied membership; 0 during a joint change. */
  int voters() {
    Node leader = leader();
    if (leader == null) {
      return 0;
    }
    var membership = leader.running().stateOrThrow().membership();
    return membership.isJoint() ? 0 : membership.voters().size();
  }

  Random random() {
    return random;
  }
}
