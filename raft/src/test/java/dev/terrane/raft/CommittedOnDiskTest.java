package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is committed and not applied is on disk only, as after a start, or behind a slow engine. */
class CommittedOnDiskTest {
  private static final int ENTRIES = 20;

  private final MemoryLog disk = new MemoryLog(1, 1);
  private final RawNode node;

  CommittedOnDiskTest() {
    for (int i = 2; i <= ENTRIES + 1; i++) {
      disk.append(List.of(new Entry(i, 1, EntryKind.NORMAL, Bytes.wrap(new byte[100]))));
    }
    disk.keepInMemory(0);
    RaftConfig usual = RaftConfig.DEFAULT;
    RaftConfig config =
        new RaftConfig(
            usual.electionTicksMin(),
            usual.electionTicksMax(),
            usual.heartbeatTicks(),
            usual.preVote(),
            usual.checkQuorum(),
            usual.appendBytesMax(),
            usual.appendEntriesMax(),
            usual.inflightMessagesMax(),
            usual.inflightBytesMax(),
            usual.uncommittedBytesMax(),
            1000,
            usual.applyingBytesMax(),
            usual.pendingReadsMax());
    node =
        new RawNode(
            config,
            1,
            new InitialState(
                new HardState(1, 0, ENTRIES + 1), Membership.ofVoters(1, 2, 3), 1, false),
            disk,
            new Random(1));
  }

  @Test
  void isAskedForAndNotReadWhereNobodyMayWait() {
    List<Long> handedOut = new ArrayList<>();
    int requests = 0;
    while (node.hasReady()) {
      Ready ready = node.ready();
      ready.committedEntries().forEach(entry -> handedOut.add(entry.index()));
      for (EntriesRequest request : ready.entriesRequests()) {
        assertThat(ready.committedEntries()).as("they have to be read").isEmpty();
        assertThat(request.use()).isEqualTo(EntriesRequest.Use.APPLY);
        assertThat(request.bytesMax()).isEqualTo(1000);
        assertThat(node.hasReady()).as("it is asked for once").isFalse();
        requests++;
        node.entriesRead(
            request, disk.entries(request.from(), request.before(), request.bytesMax()));
      }
    }
    assertThat(requests).isGreaterThan(1);
    assertThat(handedOut).hasSize(ENTRIES).isSorted().doesNotHaveDuplicates();
    node.applied(ENTRIES + 1);
  }

  @Test
  void isAskedForAgainIfItCouldNotBeReadAndNotAfterASnapshot() {
    EntriesRequest first = node.ready().entriesRequests().getFirst();
    node.entriesRead(first, new LogRead.Compacted(first.from()));
    EntriesRequest again = node.ready().entriesRequests().getFirst();
    assertThat(again).isEqualTo(first);

    Snapshot snapshot =
        new Snapshot(new SnapshotMeta(100, 1, Membership.ofVoters(1, 2, 3)), Bytes.EMPTY);
    node.step(new Message.InstallSnapshot(2, 1, 1, snapshot));
    node.entriesRead(again, disk.entries(again.from(), again.before(), again.bytesMax()));
    Ready ready = node.ready();
    assertThat(ready.snapshot()).isEqualTo(snapshot);
    assertThat(ready.committedEntries()).isEmpty();
    assertThat(ready.entriesRequests()).isEmpty();
  }
}
