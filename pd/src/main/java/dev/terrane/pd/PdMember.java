package dev.terrane.pd;

import dev.terrane.common.Invariant;
import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.common.agent.Intake;
import dev.terrane.common.agent.Waker;
import dev.terrane.pd.region.RegionTree;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.Outcome;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.raft.Status;
import dev.terrane.raft.drive.HandOver;
import dev.terrane.raft.drive.TickWheel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of the placement driver.
 *
 * <p>Life of a member: <em>joining</em>, without state, until its leader's first snapshot; then
 * <em>following</em>, or <em>leading</em> while Raft says so. A leader <em>serves</em> once it has
 * applied an entry of its term, has saved a window of timestamps, and while its lease is valid.
 * Calls that come while a leader does not serve yet wait for a short while; a member that does not
 * lead refuses them at once.
 *
 * <p>An agent: confined to the thread that polls it. Others reach it through {@link #pd}. Its disk,
 * clock, randomness and network are injected. A crash loses nothing that was answered; what stores
 * can tell again is gone.
 */
public final class PdMember implements Agent {
  private static final Logger log = LoggerFactory.getLogger(PdMember.class);
  private static final int CALLS_MAX = 1 << 16;
  private static final int COMPLETIONS_MAX = 1 << 10;
  private static final int MESSAGES_PER_CYCLE_MAX = 1024;

  /**
   * Of one command. What each may hold is less, and is looked at when it is applied; it is in the
   * log by then, of which each member keeps the latest in memory, by number.
   */
  private static final int COMMAND_BYTES_MAX = 64 << 10;

  /** With nothing under way, what time may have changed is looked at once in so many ticks. */
  private static final int LOOK_TICKS_MAX = 10;

  /** That look is taken so much before its time if the member is awake for something else. */
  private static final int LOOK_TICKS_EARLY = 4;

  private final PdConfig config;
  private final TimeSource time;
  private final Inbox<PdCall> calls;
  private final Inbox<Runnable> completions;
  private final Intake<Runnable> newCompletions;
  private final Intake<PdCall> newCalls;
  private final MemberRaft raft;
  private final TickWheel wheel;
  private final RegionTree regions = new RegionTree();
  private final Windows windows;
  private final Handlers handlers;
  private final Desk desk;
  private final PdInbox pd;
  private final long tickNanos;
  private @Nullable Leadership leadership;

  /** From when on the next look is taken if the member is awake, and when it wakes for that. */
  private long lookFromNanos;

  private long nextLookNanos;
  private long nextWindowNanos;
  private boolean stopping;
  private volatile long heardNanos;

  /** Whose leadership was told in the log last; 0: that there is none. */
  private long toldLeaderId;

  private volatile PdFigures figures = PdFigures.NONE;

  /** Only while this member gives its leadership away. */
  private @Nullable HandOver handOver;

  /**
   * @param recovered what is on this member's disk; without a state it joins, and needs to be added
   *     by {@link Pd#addMember} at a leader
   */
  public PdMember(
      PdConfig config,
      PdRecovered recovered,
      PdStorage storage,
      PdTransport transport,
      TimeSource time,
      RandomGenerator random) {
    this.config = config;
    this.time = time;
    this.calls = new Inbox<>("pd-calls", CALLS_MAX);
    this.completions = new Inbox<>("pd-completions", COMPLETIONS_MAX);
    this.newCompletions = new Intake<>(completions, MESSAGES_PER_CYCLE_MAX);
    this.newCalls = new Intake<>(calls, MESSAGES_PER_CYCLE_MAX);
    this.raft = new MemberRaft(config, recovered, storage, transport, time, random, completions);
    this.windows = new Windows(raft, time);
    this.handlers = new Handlers(this);
    this.desk = new Desk(this, handlers);
    this.pd = new PdInbox(calls, handlers);
    this.heardNanos = time.nanoTime();
    this.tickNanos = config.tick().toNanos();
    long nowNanos = time.nanoTime();
    this.wheel = new TickWheel(tickNanos, nowNanos, PdMember::warnOfPause);
    wheel.keep(raft.driven());
    this.lookFromNanos = nowNanos + tickNanos;
    this.nextLookNanos = lookFromNanos;
    this.nextWindowNanos = lookFromNanos;
    ClusterState state = raft.state();
    if (state != null) {
      raft.tellMembers();
      handlers.keeper().beginWith(state.firstRegion());
      handlers.keeper().load(recovered.regions());
    }
  }

  /** How others reach this member; thread-safe. */
  public Pd pd() {
    return pd;
  }

  /** As of the last look, which is never long ago; thread-safe. */
  public PdFigures figures() {
    return figures;
  }

  /** Sets who is told about new messages; before the first poll. */
  public void onMessage(Waker waker) {
    calls.onMessage(waker);
    completions.onMessage(waker);
  }

  /**
   * Asks another member to lead if this one does. {@code whenOver} is called on the member's thread
   * when one does or nobody is there who would: at once if there is no other voter. Thread-safe.
   */
  public void handLeadershipAway(Runnable whenOver) {
    completions.put(() -> handOver = new HandOver(() -> List.of(raft.driven()), whenOver));
  }

  /**
   * This node is no member, and passes on to clients what PD's leader told it of those who are.
   * Thread-safe.
   */
  public void heardOf(AddMemberResponse group) {
    completions.put(() -> handlers.members().heardOf(group));
  }

  /** When another member was heard last, or this one made; thread-safe. */
  public long heardNanos() {
    return heardNanos;
  }

  /** Where this member's Raft stands; on the member's thread. */
  public Status raftStatus() {
    return raft.status();
  }

  @Override
  public String name() {
    return "pd-" + config.name();
  }

  @Override
  public int poll(TimeSource clock) {
    long nowNanos = newCalls.takeWith(newCompletions, clock);
    int work = wheel.advance(nowNanos); // before what has come is handled
    work += newCompletions.handle(Runnable::run);
    work += handleCalls();
    work += pump(nowNanos);
    followRole(nowNanos);
    followClock();
    work += handlers.timestamps().settle(isServing(), nowNanos);
    work += handlers.timestamps().answer();
    work += desk.retryWaiting(nowNanos);
    work += desk.workThrough();
    work += look(nowNanos);
    work += handOver();
    work += pump(nowNanos);
    followRole(nowNanos);
    work += handlers.timestamps().answer();
    return work;
  }

  @Override
  public long nextDeadlineNanos() {
    long next = Math.min(nextLookNanos, wheel.nextDeadlineNanos(NO_DEADLINE));
    if (!desk.isEmpty()) {
      return time.nanoTime();
    }
    if (desk.hasWaiting() || handlers.timestamps().areAwaited()) {
      next = Math.min(next, time.nanoTime() + tickNanos); // what they wait for may be there
    }
    Leadership current = leadership;
    if (current != null) {
      long millis = current.oracle().millisToSave(time.wallMillis());
      if (millis != Long.MAX_VALUE) {
        // A window that Raft does not take now is offered again, but not in a loop.
        long nanos = Math.max(tickNanos, TimeUnit.MILLISECONDS.toNanos(millis));
        long at = time.nanoTime() + nanos;
        if (Math.abs(at - nextWindowNanos) > tickNanos / 2) {
          nextWindowNanos = at; // otherwise left as it is: timers are set by it
        }
        next = Math.min(next, nextWindowNanos);
      }
    }
    return next;
  }

  @Override
  public void onClose() {
    stopping = true;
    newCalls.handleAll(this::sort);
    desk.clear();
    desk.refuseWaiting(new PdRefusal.NotStarted());
    handlers.timestamps().refuseAll(new PdRefusal.NotStarted());
    Leadership ended = leadership;
    leadership = null;
    if (ended != null) {
      ended.streams().endAll(new PdRefusal.NotStarted());
    }
  }

  private int handleCalls() {
    return newCalls.handle(this::sort);
  }

  private int handOver() {
    HandOver current = handOver;
    if (current == null || !current.proceed()) {
      return 0;
    }
    handOver = null;
    return 1;
  }

  private int pump(long nowNanos) {
    int work = raft.pump(nowNanos);
    wheel.keep(raft.driven());
    return work;
  }

  private static void warnOfPause(int paused) {
    log.warn("this member of PD got to its work far too late: elections are put off");
  }

  // ---- timers

  private int look(long nowNanos) {
    if (nowNanos - lookFromNanos < 0) {
      return 0;
    }
    handlers.keeper().onTick(leadership, nowNanos);
    if (leadership != null) {
      handlers.onTick(leadership, nowNanos);
    }
    figures = leadership == null ? PdFigures.NONE : handlers.figures(leadership, nowNanos);
    boolean atRest = leadership == null || handlers.isAtRest(leadership);
    nextLookNanos = nowNanos + tickNanos * (atRest ? LOOK_TICKS_MAX : 1);
    lookFromNanos = nextLookNanos - (atRest ? tickNanos * LOOK_TICKS_EARLY : 0);
    return 1;
  }

  /** Something has come that may have to be followed up. */
  void lookSoon() {
    long soon = time.nanoTime() + tickNanos;
    if (nextLookNanos - soon > 0) {
      nextLookNanos = soon;
    }
    if (lookFromNanos - soon > 0) {
      lookFromNanos = soon;
    }
  }

  // ---- leading and following

  private void followRole(long nowNanos) {
    tellLeader();
    long term = raft.leadership();
    Leadership current = leadership;
    if (current != null && current.term() != term) {
      leadership = null;
      handlers.timestamps().refuseAll(notLeader());
      current.streams().endAll(notLeader());
    }
    if (term != 0 && leadership == null && !stopping) {
      lead(term, nowNanos);
    }
    if (!raft.isLeading()) {
      desk.refuseWaiting(notLeader());
      handlers.timestamps().refuseAll(notLeader());
    }
  }

  /** A line in the log when PD's leader moves. */
  private void tellLeader() {
    long leaderId = raft.leaderId();
    ClusterState state = raft.state();
    if (leaderId == toldLeaderId || state == null) {
      return;
    }
    toldLeaderId = leaderId;
    Member leader = state.members().get(leaderId);
    if (leaderId == 0) {
      log.info("PD member {} knows of no leader of PD", config.name());
    } else {
      log.info(
          "PD's leader is {} since term {}",
          leader == null ? Long.toUnsignedString(leaderId) : leader.getName(),
          raft.term());
    }
  }

  private void lead(long term, long nowNanos) {
    ClusterState state = stateOrThrow();
    Leadership begun = new Leadership(term, state, regions, config, nowNanos, time.wallMillis());
    leadership = begun;
    lookSoon();
    handlers.keeper().beginWith(state.firstRegion());
    windows.extend(begun);
  }

  private void followClock() {
    Leadership current = leadership;
    if (current != null) {
      current.oracle().update(time.wallMillis());
      windows.extend(current);
    }
  }

  /** Whether this member leads, certainly and alone, and has timestamps to give. */
  boolean isServing() {
    return leadership != null && leadership.oracle().isOpen() && raft.hasLease(time.nanoTime());
  }

  // ---- calls

  /**
   * Timestamps and Raft's messages are taken in as they come; everything else is put on the desk,
   * where it holds up neither.
   */
  private void sort(PdCall came) {
    switch (came) {
      case PdCall.Raft messages -> {
        for (PdRaftBatch batch : raft.mail().believed(messages.batch())) {
          heardNanos = time.nanoTime();
          raft.step(batch);
          handlers.keeper().shared(batch.getRegionsList());
        }
        messages.taken().run();
      }
      case PdCall.Timestamps asked -> {
        lookSoon();
        PdRefusal refusal = whyNot(asked.request().getHeader().getClusterId(), false);
        if (refusal == null) {
          handlers.timestamps().tso(asked.request(), asked.reply(), time.nanoTime());
        } else {
          asked.reply().refuse(refusal);
        }
      }
      case PdCall.OnDesk call -> desk.put(call);
    }
  }

  /** Why this member does not take a call; null if it does. */
  @Nullable PdRefusal whyNot(long clusterId, boolean byAnyMember) {
    ClusterState state = raft.state();
    if (stopping) {
      return new PdRefusal.NotStarted();
    }
    if (state == null) {
      return byAnyMember && handlers.members().knowsGroup() ? null : new PdRefusal.NotStarted();
    }
    if (clusterId != PdCall.ANY_CLUSTER && clusterId != state.clusterId()) {
      return new PdRefusal.ClusterMismatch(state.clusterId(), clusterId);
    }
    return byAnyMember || raft.isLeading() ? null : notLeader();
  }

  /** Replicates {@code command} and answers with what it came to. */
  <T> void replicate(Command.Builder command, PdReply<T> reply, Function<Outcome, T> answer) {
    int bytes = command.build().getSerializedSize();
    if (bytes > COMMAND_BYTES_MAX) {
      reply.refuse(
          new PdRefusal.Invalid(
              "what this call would have PD keep takes %d bytes, at most %d"
                  .formatted(bytes, COMMAND_BYTES_MAX)));
      return;
    }
    boolean proposed =
        raft.propose(
            command,
            new MemberRaft.Proposal() {
              @Override
              public void applied(Outcome outcome) {
                reply.answer(answer.apply(outcome));
              }

              @Override
              public void lost() {
                reply.refuse(notLeader());
              }
            });
    if (!proposed) {
      reply.refuse(notLeader());
    }
  }

  // ---- what handlers see

  ClusterState stateOrThrow() {
    ClusterState state = raft.state();
    if (state == null) {
      throw Invariant.violated("member %d has no state", raft.memberId());
    }
    return state;
  }

  /** What is known of Regions beyond this life. */
  RegionKeeper keeper() {
    return handlers.keeper();
  }

  /** How often any Region was looked at, for tests. */
  long looks() {
    return handlers.scheduling().looks();
  }

  MemberRaft raft() {
    return raft;
  }

  Windows windows() {
    return windows;
  }

  RegionTree regions() {
    return regions;
  }

  TimeSource time() {
    return time;
  }

  PdConfig config() {
    return config;
  }

  /** Null while this member does not lead. */
  @Nullable Leadership leadership() {
    return leadership;
  }

  PdRefusal notLeader() {
    ClusterState state = raft.state();
    Member leader = state == null ? null : state.members().get(raft.leaderId());
    return new PdRefusal.NotLeader(
        leader == null || raft.isLeading() || leader.getClientUrlsCount() == 0
            ? null
            : leader.getClientUrls(0));
  }
}
