package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Peer 1 of a group whose other members are the test: it gets their messages and sends them. */
final class Solo {
  static final RaftConfig CONFIG = RaftConfig.DEFAULT.withElectionTicks(5, 10, 2);

  final List<Message> sent = new ArrayList<>();
  final Machine machine;

  private Solo(RaftConfig config, InitialState initial, MemoryLog disk) {
    machine = new Machine(config, 1, initial, disk, new Random(1), sent::add);
  }

  /** A member of a new group. */
  static Solo of(long... voters) {
    return of(CONFIG, voters);
  }

  static Solo of(RaftConfig config, long... voters) {
    return new Solo(
        config, InitialState.bootstrap(Membership.ofVoters(voters)), new MemoryLog(1, 1));
  }

  /** A member whose log holds entries of these terms from index 2 on, in the last of them. */
  static Solo withLog(PeerSet voters, long... terms) {
    MemoryLog disk = new MemoryLog(1, 1);
    long term = 1;
    for (long entryTerm : terms) {
      term = entryTerm;
      disk.append(List.of(entry(disk.lastIndex() + 1, entryTerm)));
    }
    Membership membership = Membership.of(voters, PeerSet.EMPTY);
    return new Solo(
        CONFIG, new InitialState(new HardState(term, 0, 1), membership, 1, false), disk);
  }

  static Entry entry(long index, long term) {
    return new Entry(index, term, EntryKind.NORMAL, Bytes.ofUtf8(index + "/" + term));
  }

  static Message.AppendEntries append(
      long from, long term, long prev, long prevTerm, Entry... entries) {
    return append(from, term, prev, prevTerm, 0, entries);
  }

  static Message.AppendEntries append(
      long from, long term, long prev, long prevTerm, long commit, Entry... entries) {
    return new Message.AppendEntries(from, 1, term, prev, prevTerm, List.of(entries), commit, 1);
  }

  RawNode node() {
    return machine.node();
  }

  /** Steps and does all that follows at once. */
  List<Message> step(Message message) {
    node().step(message);
    return settle();
  }

  /** Does everything at once; what was sent since the last call. */
  List<Message> settle() {
    boolean worked = true;
    while (worked) {
      worked = machine.takeReady() != null;
      while (machine.isWriting()) {
        machine.completeWrite();
        worked = true;
      }
      if (machine.hasUnreported()) {
        machine.report();
      }
      while (machine.mayApplyNext()) {
        machine.applyNext();
        worked = true;
      }
    }
    return takeSent();
  }

  List<Message> takeSent() {
    List<Message> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  List<Message> tick(int ticks) {
    for (int i = 0; i < ticks; i++) {
      node().tick();
    }
    return settle();
  }

  /** Lets the others elect it; its own entry is not acknowledged yet. */
  Solo elected() {
    assertThat(node().campaign()).isTrue();
    settle();
    for (long id : others()) {
      step(new Message.PreVoteResult(id, 1, node().term(), node().term(), true));
    }
    for (long id : others()) {
      step(new Message.VoteResult(id, 1, node().term(), true));
    }
    settle();
    assertThat(node().role()).isEqualTo(RoleKind.LEADER);
    return this;
  }

  private List<Long> others() {
    return node().membership().all().without(1).toList();
  }

  List<Message> accept(long from, long match) {
    return step(new Message.AppendAccepted(from, 1, node().term(), match, 0));
  }

  /** Elected, and everything in its log committed. */
  Solo leading() {
    elected();
    for (long id : others()) {
      accept(id, node().lastIndex());
    }
    assertThat(node().committed()).isEqualTo(node().lastIndex());
    takeSent();
    return this;
  }

  static <T extends Message> List<T> only(Class<T> kind, List<Message> messages) {
    return messages.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
