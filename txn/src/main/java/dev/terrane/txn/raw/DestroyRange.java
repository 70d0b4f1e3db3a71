package dev.terrane.txn.raw;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.txn.Delays;
import dev.terrane.txn.LocalRegion;
import dev.terrane.txn.MutationsBuilder;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.latch.LatchMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Empties a range on this store, whatever Regions it lies in, as far as they have data here. A
 * client asks every store for it at the same time.
 *
 * <p>TiKV deletes behind the back of Raft. Here only the applier writes keys: a Region that this
 * store leads gets the deletion through its log, and its replicas stay comparable. In one that
 * another store leads, that store is asked for the same; here the range is looked at as of an index
 * that the leader confirms, again and again until it is empty.
 *
 * <p>So an answer says of each Region that its part of the range was empty at a moment after the
 * request had come, whoever led it when: a leadership that moves between two stores' turns is just
 * looked at again. It also says that no deletion of this request is still to come, which would take
 * what is written there afterwards: one whose outcome was unknown is of an earlier term than the
 * index that was confirmed after it, and is applied by then or never.
 *
 * <p>Works in rounds: each tries what is left of the range, and the next one follows after a pause.
 * Thread-safe.
 */
final class DestroyRange {
  /** Least and longest pause between two rounds. */
  private static final long PAUSE_MILLIS_MIN = 10;

  private static final long PAUSE_MILLIS_MAX = 160;

  /** When no further round begins: clients wait for two seconds, some of them. */
  static final long MILLIS_MAX = 1500;

  private final RawEnvironment environment;
  private final RawReply<Done> reply;
  private final Delays delays;
  private final Deadline deadline;

  DestroyRange(RawEnvironment environment, Delays delays, RawReply<Done> reply) {
    this.environment = environment;
    this.delays = delays;
    this.reply = reply;
    this.deadline = Deadline.in(MILLIS_MAX, environment.time());
  }

  void start(KeyRange range) {
    new Round(PAUSE_MILLIS_MIN).start(List.of(range));
  }

  /** One try of everything that is left; over when all its parts are decided. */
  private final class Round {
    private final long pauseMillis;
    private final AtomicInteger undecided = new AtomicInteger(1);
    private final List<KeyRange> left = new ArrayList<>(); // guarded by itself
    private RawRejection.@Nullable NotDestroyedYet why; // guarded by left

    Round(long pauseMillis) {
      this.pauseMillis = pauseMillis;
    }

    void start(List<KeyRange> parts) {
      for (KeyRange part : parts) {
        for (LocalRegion region : environment.storage().regionsIn(part)) {
          KeyRange here = region.range().intersect(part);
          if (!here.isEmpty()) {
            undecided.incrementAndGet();
            empty(region, here);
          }
        }
      }
      decided();
    }

    private void empty(LocalRegion region, KeyRange part) {
      RawContext context = new RawContext(region.context(), ReadMode.REPLICA, ApiVersion.V1, "");
      if (region.leads()) {
        MutationsBuilder mutations = new MutationsBuilder();
        ColumnFamily.DATA.forEach(family -> mutations.deleteRange(family, part));
        BlindWrite write =
            new BlindWrite(
                environment, context, part, mutations.build(), new Part<Done>(region, part));
        write.start(environment.latches().ofAllKeys(LatchMode.SHARED, write::propose));
      } else {
        environment
            .storage()
            .read(
                region.context(),
                ReadMode.REPLICA,
                part,
                new EmptyCheck(environment, context, part, new Part<Boolean>(region, part)));
      }
    }

    private void again(KeyRange part, RawRejection.NotDestroyedYet because) {
      synchronized (left) {
        left.add(part);
        why = because;
      }
      decided();
    }

    private void decided() {
      if (undecided.decrementAndGet() > 0) {
        return;
      }
      List<KeyRange> parts;
      RawRejection.NotDestroyedYet because;
      synchronized (left) {
        parts = List.copyOf(left);
        because = why;
      }
      if (because == null) {
        reply.answer(Done.DONE);
      } else if (deadline.isOver()) {
        reply.rejected(because);
      } else {
        Round next = new Round(Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX));
        delays.after(pauseMillis, () -> next.start(parts));
      }
    }

    /** What became of one Region's part. */
    private final class Part<T> implements RawReply<T> {
      private final long regionId;
      private final KeyRange part;

      Part(LocalRegion region, KeyRange part) {
        this.regionId = region.context().regionId();
        this.part = part;
      }

      @Override
      public void answer(T value) {
        if (Boolean.FALSE.equals(value)) {
          notYet("its leader's store has not emptied it");
        } else {
          decided();
        }
      }

      @Override
      public void refused(RegionError error) {
        notYet(error.toString());
      }

      @Override
      public void rejected(RawRejection rejection) {
        notYet(rejection.message());
      }

      private void notYet(String because) {
        again(part, new RawRejection.NotDestroyedYet(regionId, because));
      }
    }
  }
}
