package dev.terrane.store;

import dev.terrane.raft.Status;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets go of log entries that nobody needs: applied here, durably so, and either known to all live
 * peers or too old to be kept for those that lag.
 *
 * <p>The barrier that must come first (design: "What is durable when", rule 1) serves all Regions
 * at once. Confined to the store loop.
 */
final class LogJanitor {
  private record Release(LocalPeer peer, long index) {}

  private final LoopServices services;
  private final PeerTable peers;
  private boolean running;

  LogJanitor(LoopServices services, PeerTable peers) {
    this.services = services;
    this.peers = peers;
  }

  /** Starts a round if there is something to let go. */
  void tidy() {
    if (running) {
      return;
    }
    List<Release> releases = new ArrayList<>();
    for (LocalPeer peer : peers.all()) {
      long index = releasable(peer);
      if (index > 0) {
        releases.add(new Release(peer, index));
      }
    }
    if (releases.isEmpty()) {
      return;
    }
    running = true;
    services.onDisk("barrier-before-release", services.engine::barrier, () -> release(releases));
  }

  /** Through which index the log of {@code peer} may go; 0 for none. */
  private long releasable(LocalPeer peer) {
    long retained = services.config.log().retainedBytes();
    LogSize size = peer.logSize();
    if (peer.isReplacing() || size.bytes() < retained + retained / 4) {
      return 0;
    }
    long index = Math.min(size.releasePoint(retained), peer.applied().index());
    if (peer.leads() && size.bytes() < services.config.log().bytesMax()) {
      for (Status.PeerStatus other : peer.node().status().peers()) {
        if (other.recentlyActive() && other.peerId() != peer.peerId()) {
          index = Math.min(index, other.matchIndex());
        }
      }
    }
    return index >= services.log.firstIndex(peer.regionId()) ? index : 0;
  }

  private void release(List<Release> releases) {
    LogTask task = services.logTask();
    for (Release release : releases) {
      LocalPeer peer = release.peer;
      if (!peer.closed() && !peer.isReplacing()) {
        task.batch().release(peer.regionId(), release.index);
        peer.logSize().released(release.index);
        services.metrics.count("log_releases_total", 1);
      }
    }
    running = false;
  }
}
