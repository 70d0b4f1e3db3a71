package dev.terrane.store;

import static dev.terrane.common.Invariant.check;

import dev.terrane.raft.EntriesRequest;
import dev.terrane.raft.LogRead;
import org.jspecify.annotations.Nullable;

/**
 * Reads log entries from the disk, for a follower that is behind or to be applied here, so that the
 * loop does not wait. By the time it reads, the entries may be released, or the peer with its log
 * gone.
 */
final class EntriesReading {
  private final LoopServices services;
  private final LocalPeer peer;
  private final EntriesRequest request;

  /** Set on a disk thread, read on the loop after it; the inbox is between them. */
  private @Nullable LogRead read;

  private EntriesReading(LoopServices services, LocalPeer peer, EntriesRequest request) {
    this.services = services;
    this.peer = peer;
    this.request = request;
  }

  static void start(LoopServices services, LocalPeer peer, EntriesRequest request) {
    EntriesReading reading = new EntriesReading(services, peer, request);
    services.onDisk(name(request.use()), reading::read, reading::report);
  }

  private static String name(EntriesRequest.Use use) {
    return switch (use) {
      case REPLICATE -> "read-log";
      case APPLY -> "read-log-to-apply";
    };
  }

  private void read() {
    read =
        services.log.entriesIfHeld(
            peer.regionId(), request.from(), request.before(), request.bytesMax());
  }

  private void report() {
    LogRead result = read;
    check(result != null, "%s has not been read", request);
    if (!peer.closed() && result != null) {
      peer.node().entriesRead(request, result);
      peer.markDirty();
    }
  }
}
