package dev.terrane.bench.parts;

import dev.terrane.common.Invariant;
import dev.terrane.raft.Entry;
import dev.terrane.raft.InitialState;
import dev.terrane.raft.Membership;
import dev.terrane.raft.Message;
import dev.terrane.raft.RaftConfig;
import dev.terrane.raft.RawNode;
import dev.terrane.raft.Ready;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;

/** A Raft group of three in memory, whose messages arrive and whose disks write at once. */
final class ThreePeers {
  private final List<RawNode> peers = new ArrayList<>();
  private final List<ShortLog> logs = new ArrayList<>();
  private final Queue<Message> messages = new ArrayDeque<>();

  ThreePeers() {
    Membership membership = Membership.ofVoters(1, 2, 3);
    for (long id = 1; id <= 3; id++) {
      ShortLog log = new ShortLog();
      logs.add(log);
      peers.add(
          new RawNode(
              RaftConfig.DEFAULT, id, InitialState.bootstrap(membership), log, new Random(id)));
    }
    Invariant.check(leader().campaign(), "peer %d may campaign", leader().id());
    settle();
    Invariant.check(leader().leaderId() == leader().id(), "peer %d leads", leader().leaderId());
  }

  RawNode leader() {
    return peers.getFirst();
  }

  /** Does all the work there is. */
  void settle() {
    boolean worked = true;
    while (worked) {
      worked = false;
      for (int i = 0; i < peers.size(); i++) {
        while (peers.get(i).hasReady()) {
          doWork(peers.get(i), logs.get(i));
          worked = true;
        }
      }
      for (Message message = messages.poll(); message != null; message = messages.poll()) {
        peers.get((int) message.to() - 1).step(message);
        worked = true;
      }
    }
  }

  private void doWork(RawNode peer, ShortLog log) {
    Ready ready = peer.ready();
    messages.addAll(ready.messages());
    log.append(ready.entries());
    peer.persisted(ready.number());
    messages.addAll(ready.afterPersist());
    List<Entry> committed = ready.committedEntries();
    if (!committed.isEmpty()) {
      peer.applied(committed.getLast().index());
    }
  }
}
