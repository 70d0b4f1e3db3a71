package dev.terrane.store;

import dev.terrane.engine.log.LogFigures;
import dev.terrane.engine.log.LogHolder;
import dev.terrane.raft.Status;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets go of log entries: applied here, durably so, and either known to all peers or too old to be
 * kept for those that lag or are silent; and, when the log of all Regions together is beyond its
 * budget, whatever holds its oldest files. Never what follows a snapshot that is being sent, until
 * its peer has caught up.
 *
 * <p>When even that does not suffice, because of such snapshots, the log grows beyond its budget as
 * long as the disk has room for clients' writes. Where it has not, the snapshots that hold the
 * oldest files are given up: a newcomer has to wait, so that the store goes on.
 *
 * <p>When the log finds no room on its disk at all, half of what it has goes, whatever the budget
 * says: peers that lag then need snapshots, and that store's clients are served again.
 *
 * <p>Where to cut is looked up on an I/O thread, entry by entry. The barrier that must come before
 * a release (design: "What is durable when", rule 1) serves all Regions at once. Confined to the
 * store loop; does nothing for a log that does not grow.
 */
final class LogJanitor {
  private record Release(LocalPeer peer, long index) {}

  /** What is to be looked up, and what was found. */
  private static final class Survey {
    final List<LocalPeer> tooLong;
    final long bytesBeyond;
    final long entriesBeyond;

    /** Set on an I/O thread, read on the loop after it; the inbox is between them. */
    private List<Long> points = List.of();

    private List<LogHolder> holders = List.of();

    Survey(List<LocalPeer> tooLong, long bytesBeyond, long entriesBeyond) {
      this.tooLong = tooLong;
      this.bytesBeyond = bytesBeyond;
      this.entriesBeyond = entriesBeyond;
    }

    boolean isNeeded() {
      return !tooLong.isEmpty() || bytesBeyond > 0 || entriesBeyond > 0;
    }
  }

  private final LoopServices services;
  private final PeerTable peers;
  private final SnapshotSends sends;
  private final StoreConfig.Log limits;
  private boolean running;

  LogJanitor(LoopServices services, PeerTable peers, SnapshotSends sends) {
    this.services = services;
    this.peers = peers;
    this.sends = sends;
    this.limits = services.config.log();
  }

  /** Starts a round if there is something to let go. */
  void tidy(boolean diskIsShort) {
    if (running) {
      return;
    }
    LogFigures figures = services.log.figures();
    Survey survey =
        new Survey(
            tooLong(),
            services.isLogFull()
                ? figures.totalBytes() / 2
                : beyond(figures.totalBytes(), limits.budgetBytes()),
            beyond(figures.entries(), limits.budgetEntries()));
    if (!survey.isNeeded()) {
      return;
    }
    running = true;
    services.onDisk("survey-logs", () -> look(survey), () -> plan(survey, diskIsShort));
  }

  /** By how much {@code used} is too much: a little more than it takes, so that it lasts. */
  private static long beyond(long used, long budget) {
    return used > budget ? used - budget + budget / 8 : 0;
  }

  /** The peers whose logs are longer than they need be, and may be cut as things are. */
  private List<LocalPeer> tooLong() {
    long longest = limits.retainedBytes() + limits.retainedBytes() / 4;
    List<LocalPeer> tooLong = new ArrayList<>();
    Iterator<LocalPeer> grown = services.grownLogs.iterator();
    while (grown.hasNext()) {
      LocalPeer peer = grown.next();
      if (services.log.heldBytes(peer.regionId()) < longest) {
        grown.remove();
      } else if (mayGo(peer, neededByPeers(peer))) {
        tooLong.add(peer);
      }
    }
    return tooLong;
  }

  /** Through which index no peer needs the entries that this Region may keep for it. */
  private long neededByPeers(LocalPeer peer) {
    long through = Long.MAX_VALUE;
    if (peer.leads() && services.log.heldBytes(peer.regionId()) < limits.bytesMax()) {
      for (Status.PeerStatus other : peer.node().status().peers()) {
        through = Math.min(through, other.matchIndex());
      }
    }
    return through;
  }

  /** Where the disk may be waited for. */
  private void look(Survey survey) {
    List<Long> points = new ArrayList<>();
    for (LocalPeer peer : survey.tooLong) {
      points.add(services.log.releasePoint(peer.regionId(), limits.retainedBytes()));
    }
    survey.points = points;
    survey.holders = services.log.holdersOfOldest(survey.bytesBeyond, survey.entriesBeyond);
  }

  private void plan(Survey survey, boolean diskIsShort) {
    Map<LocalPeer, Long> throughByPeer = new LinkedHashMap<>();
    for (int i = 0; i < survey.tooLong.size(); i++) {
      LocalPeer peer = survey.tooLong.get(i);
      throughByPeer.put(peer, Math.min(survey.points.get(i), neededByPeers(peer)));
    }
    for (LogHolder holder : survey.holders) {
      LocalPeer peer = peers.get(holder.regionId());
      if (peer == null) {
        continue;
      }
      throughByPeer.merge(peer, holder.throughIndex(), Math::max);
      if (diskIsShort && !mayGo(peer, holder.throughIndex())) {
        sends.giveUp(peer, "the disk has no room for the log that it holds");
        peer.node().letLogGo();
        services.metrics.count("log_given_up_for_room_total", 1);
      }
    }
    List<Release> releases = new ArrayList<>();
    throughByPeer.forEach((peer, through) -> {
      if (mayGo(peer, through)) {
        releases.add(new Release(peer, atMost(peer, through)));
      }
    });
    if (releases.isEmpty()) {
      running = false;
      return;
    }
    services.onDisk("barrier-before-release", services.engine::barrier, () -> release(releases));
  }

  /** Whether some of the log of {@code peer}, up to {@code through} at most, may be released. */
  private boolean mayGo(LocalPeer peer, long through) {
    return !peer.closed()
        && !peer.isReplacing()
        && atMost(peer, through) >= services.log.firstIndex(peer.regionId());
  }

  /** No more than is applied, and nothing that follows a snapshot on its way. */
  private static long atMost(LocalPeer peer, long through) {
    return Math.min(through, Math.min(peer.applied().index(), heldForSnapshots(peer)));
  }

  private static long heldForSnapshots(LocalPeer peer) {
    return peer.node().releasableThrough();
  }

  /** The barrier covers what was applied when this was planned; a snapshot may have been begun. */
  private void release(List<Release> releases) {
    LogTask task = new LogTask(services.inbox);
    for (Release release : releases) {
      LocalPeer peer = release.peer;
      if (mayGo(peer, release.index)) {
        task.batch().release(peer.regionId(), atMost(peer, release.index));
        services.metrics.count("log_releases_total", 1);
      }
    }
    if (!task.isEmpty()) {
      services.logTasks.submitRelease(task);
    }
    running = false;
  }
}
