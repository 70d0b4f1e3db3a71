package dev.terrane.client.core;

import dev.terrane.client.ClientClosedException;
import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.InternalErrorException;
import dev.terrane.client.RefusedException;
import dev.terrane.client.UndeterminedException;
import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.RegionError;
import dev.terrane.proto.ProtoRegionErrors;
import dev.terrane.proto.errorpb.Error;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request to one Region, sent until it is answered or its time is out.
 *
 * <p>It is LOCATING while PD is asked for its Region, RESOLVING while PD is asked for the store's
 * address, QUEUED for the store's stream, SENT, BACKING_OFF between tries, and at last ENDED. A
 * Region error or a failure of the network takes it from SENT back to the route or to BACKING_OFF.
 * What may not be repeated stays SENT until its deadline, because another try is not to be had.
 *
 * <p>Invariants: until it has ended its timer is set, so that closing finds it. {@code sentInVain}
 * is set once a try may have been executed although no answer came; a write then no longer ends as
 * merely failed.
 */
abstract class RegionCall extends Timer implements Task {
  /** {@link #patience} of a call that works through a range. */
  static final int RANGE_PATIENCE = 6;

  private enum State {
    NEW,
    LOCATING,
    RESOLVING,
    QUEUED,
    SENT,
    BACKING_OFF,
    ENDED
  }

  final ClientCore core;
  private State state = State.NEW;
  private long deadlineNanos;
  private boolean prepared;
  private boolean sentInVain;
  private @Nullable Backoff backoff;
  private @Nullable CachedRegion region;
  private @Nullable Peer peer;
  private String lastTrouble = "";

  RegionCall(ClientCore core) {
    this.core = core;
  }

  /** Turns user keys into wire keys; called once, before anything else here. */
  abstract void prepare(KeyCodec codec);

  /** By which wire key the Region is found. */
  abstract Bytes routeKey();

  /** Whether the Region is the one that holds the keys just below {@link #routeKey}. */
  boolean routesBelow() {
    return false;
  }

  /** Narrows the request to {@code region}; what lies elsewhere becomes calls of its own. */
  void fit(CachedRegion region) {}

  abstract boolean isWrite();

  /** Whether executing it twice is as good as once, as far as this client's writes go. */
  boolean mayRepeat() {
    return true;
  }

  /** How many times as long as others it may take; whole Regions are not read in a moment. */
  int patience() {
    return 1;
  }

  /** Hands the request to {@code link}, by {@link #queued} and {@link #sent}. */
  abstract void sendTo(StoreLink link);

  /** Gives up the request that is under way; an answer to it will not be heard. */
  abstract void abandon();

  /** Ends the operation; called once. */
  abstract void completeExceptionally(ClientException failure);

  @Override
  public final void start() {
    startBefore(core.now() + patience() * core.config().requestTimeout().toNanos());
  }

  /** Starts with a deadline that an operation of several calls shares. */
  final void startBefore(long deadline) {
    deadlineNanos = deadline;
    core.route(this);
  }

  final long deadlineNanos() {
    return deadlineNanos;
  }

  final void prepareOnce(KeyCodec codec) {
    if (!prepared) {
      prepared = true;
      prepare(codec);
    }
  }

  final void markPrepared() {
    prepared = true;
  }

  /** Where it was last routed. */
  final CachedRegion region() {
    CachedRegion routed = region;
    if (routed == null) {
      throw Invariant.violated("a call without a region");
    }
    return routed;
  }

  final Peer peer() {
    Peer routed = peer;
    if (routed == null) {
      throw Invariant.violated("a call without a peer");
    }
    return routed;
  }

  final void routed(CachedRegion to) {
    region = to;
    peer = to.target();
  }

  final boolean isLocating() {
    return state == State.LOCATING;
  }

  final boolean isResolving() {
    return state == State.RESOLVING;
  }

  final boolean isQueued() {
    return state == State.QUEUED;
  }

  final boolean hasEnded() {
    return state == State.ENDED;
  }

  final void locating() {
    become(State.LOCATING, deadlineNanos);
  }

  final void resolving() {
    become(State.RESOLVING, deadlineNanos);
  }

  final void queued() {
    long attempt = patience() * core.config().attemptTimeout().toNanos();
    become(State.QUEUED, Math.min(deadlineNanos, core.now() + attempt));
  }

  /** Its timer was set when it was queued; a try has one deadline from there on. */
  final void sent() {
    state = State.SENT;
  }

  private void become(State next, long timerNanos) {
    state = next;
    core.timers().set(this, timerNanos);
  }

  /** Waits, then is routed again, or fails when its time would be out by then. */
  final void backOff(Delay delay, String trouble) {
    backOff(delay, 0, trouble);
  }

  final void backOff(Delay delay, long atLeastMillis, String trouble) {
    lastTrouble = trouble;
    Backoff counted = backoff;
    if (counted == null) {
      counted = new Backoff();
      backoff = counted;
    }
    long wait =
        Math.max(
            counted.nextNanos(delay, core.random()), TimeUnit.MILLISECONDS.toNanos(atLeastMillis));
    long now = core.now();
    if (wait >= deadlineNanos - now) {
      expire(trouble);
    } else if (wait == 0) {
      core.route(this);
    } else {
      become(State.BACKING_OFF, now + wait);
    }
  }

  @Override
  final void fire() {
    switch (state) {
      case BACKING_OFF -> core.route(this);
      case QUEUED -> {
        abandon();
        core.recovery().unreachable(this, "no connection in time");
      }
      case SENT -> {
        if (!mayRepeat() && core.now() < deadlineNanos) {
          core.recovery().late(this);
          core.timers().set(this, deadlineNanos);
        } else {
          abandon();
          core.recovery().unanswered(this, "no answer in time");
        }
      }
      default -> expire(trouble());
    }
  }

  /** The store's answer said why it did not serve. */
  final void regionError(Error error) {
    RegionError read;
    try {
      read = ProtoRegionErrors.fromProto(error);
    } catch (RuntimeException nonsense) {
      core.recovery().notUnderstood(this, String.valueOf(nonsense.getMessage()));
      return;
    }
    core.recovery().regionError(this, read);
  }

  /** A try may have been executed though no answer will come. */
  final void markSentInVain() {
    sentInVain = true;
  }

  /** The store's answer was not an answer to this, or said that it will never be done. */
  final void refused(String why) {
    failed(new RefusedException(why));
  }

  final void undetermined(String why) {
    failed(new UndeterminedException("the write may or may not have happened: " + why));
  }

  private void expire(String trouble) {
    failed(new DeadlineExceededException("time is out; the last trouble was: " + trouble));
  }

  /** What holds up a call that waits for PD is PD's trouble, unless it has had an answer. */
  private String trouble() {
    return core.pd().leader() == null || lastTrouble.isEmpty()
        ? core.pd().lastTrouble()
        : lastTrouble;
  }

  /** Takes it out of the way; false if it has ended already. */
  final boolean end() {
    if (state == State.ENDED) {
      return false;
    }
    state = State.ENDED;
    core.timers().unset(this);
    return true;
  }

  @Override
  public final void failed(ClientException failure) {
    if (end()) {
      boolean unknown = sentInVain && isWrite() && !(failure instanceof UndeterminedException);
      completeExceptionally(
          unknown
              ? new UndeterminedException(
                  "the write may or may not have happened: " + failure.getMessage())
              : failure);
    }
  }

  /** What was sent may have been executed, whatever broke here. */
  @Override
  public final void broke(Throwable thrown) {
    giveUp();
    failed(InternalErrorException.of(thrown));
  }

  @Override
  final void closing() {
    giveUp();
    failed(new ClientClosedException("the client was closed"));
  }

  private void giveUp() {
    if (state == State.SENT) {
      sentInVain = true;
    }
    if (state == State.SENT || state == State.QUEUED) {
      abandon();
    }
  }
}
