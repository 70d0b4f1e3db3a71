package dev.terrane.sim.mutants;

import dev.terrane.sim.mutants.Edit.ArgumentKept;
import dev.terrane.sim.mutants.Edit.CallRedirected;
import dev.terrane.sim.mutants.Edit.CallReplaced;
import dev.terrane.sim.mutants.Edit.ConstantRedirected;
import dev.terrane.sim.mutants.Edit.FieldReplaced;
import dev.terrane.sim.mutants.Edit.ReferenceSilenced;
import dev.terrane.sim.mutants.Edit.Result;
import java.util.List;

/** The bugs that the simulator must find. */
final class Mutants {
  private static final String RAFT = "dev.terrane.raft.";
  private static final String STORE = "dev.terrane.store.";
  private static final String INTAKE = "dev.terrane.common.agent.Intake";
  private static final Result NOTHING = new Result.Nothing();
  private static final Result FALSE = new Result.Truth(false);
  private static final Result TRUE = new Result.Truth(true);
  private static final Result ZERO = new Result.Amount(0);

  static final List<Mutant> ALL =
      List.of(
          // what must be durable
          new Mutant(
              "acknowledge-before-sync",
              "the log writer tells that entries are durable without having synced them",
              "dev.terrane.engine.log.SegmentedRaftLog",
              "writeFrame",
              new CallReplaced("dev.terrane.engine.log.LogFile", "sync", NOTHING)),
          new Mutant(
              "accept-before-persisted",
              "a follower accepts entries before they are durable",
              RAFT + "Replica",
              "accept",
              new CallRedirected(RAFT + "Outbox", "sendAfterPersist", "send")),
          new Mutant(
              "vote-before-persisted",
              "a vote is sent before it is durable",
              RAFT + "Elections",
              "vote",
              new CallRedirected(RAFT + "Outbox", "sendAfterPersist", "send")),
          new Mutant(
              "forget-the-vote",
              "the hard state is written without the vote",
              RAFT + "RawNode",
              "takeHardState",
              new CallReplaced(RAFT + "Core", "vote", ZERO)),
          new Mutant(
              "apply-before-persisted",
              "committed entries are applied before they are durable here",
              RAFT + "RaftLog",
              "committedEnd",
              new FieldReplaced(
                  RAFT + "RaftLog", "persisted", new Result.Amount(Long.MAX_VALUE >> 1))),
          new Mutant(
              "change-before-commit-is-durable",
              "a membership change is applied before its commit is durable",
              RAFT + "RaftLog",
              "committedEnd",
              new CallReplaced(RAFT + "RaftLog", "firstGatedAbove", ZERO)),
          new Mutant(
              "release-log-without-barrier",
              "log is let go although what it led to may not be durable",
              STORE + "LogJanitor",
              "plan",
              new ReferenceSilenced("dev.terrane.engine.KvEngine", "barrier")),
          new Mutant(
              "release-log-past-a-snapshot",
              "log is let go that the receiver of a snapshot needs when it is there",
              STORE + "LogJanitor",
              "heldForSnapshots",
              new CallReplaced(
                  RAFT + "RawNode", "releasableThrough", new Result.Amount(Long.MAX_VALUE))),
          new Mutant(
              "acknowledge-snapshot-before-marker",
              "a snapshot is acknowledged before its marker is durable",
              RAFT + "Replica",
              "install",
              new CallRedirected(RAFT + "Outbox", "sendAfterPersist", "send")),
          new Mutant(
              "snapshot-files-not-synced",
              "a snapshot's files are named by a marker without having been synced",
              STORE + "SnapshotIntake",
              "finish",
              new CallReplaced(STORE + "SnapshotFiles", "sync", NOTHING)),
          new Mutant(
              "install-without-barrier",
              "an installed snapshot's marker is removed before the data is durable",
              STORE + "SnapshotInstaller",
              "install",
              new CallReplaced("dev.terrane.engine.KvEngine", "barrier", NOTHING)),
          // who leads and what is committed
          new Mutant(
              "vote-for-a-shorter-log",
              "a vote is given to a candidate whose log lacks entries of the last term",
              RAFT + "RaftLog",
              "isUpToDate",
              new CallReplaced(RAFT + "RaftLog", "lastIndex", ZERO)),
          new Mutant(
              "commit-old-term-by-counting",
              "a leader commits entries of earlier terms by counting (Raft paper, figure 8)",
              RAFT + "Leader",
              "advanceCommit",
              new FieldReplaced(RAFT + "Leader", "firstIndexOfTerm", ZERO)),
          new Mutant(
              "append-over-a-gap",
              "a follower takes entries in without comparing what comes before them",
              RAFT + "Replica",
              "append",
              new CallReplaced(RAFT + "RaftLog", "matches", TRUE)),
          new Mutant(
              "heartbeat-commits-too-much",
              "a heartbeat tells a follower to commit what it may hold another entry for",
              RAFT + "Rounds",
              "begin",
              new ArgumentKept("java.lang.Math", "min", false)),
          // leases and reads
          new Mutant(
              "vote-at-once-after-restart",
              "a voter that has just started helps a candidate although it may have promised not"
                  + " to",
              RAFT + "Core",
              "<init>",
              new CallReplaced(RAFT + "InitialState", "mayHavePromised", FALSE)),
          new Mutant(
              "read-on-an-expired-lease",
              "a request thread reads on a lease that has run out",
              STORE + "Store",
              "read",
              new CallReplaced(STORE + "LeaseCell$Grant", "isValidAt", TRUE)),
          new Mutant(
              "lease-kept-after-timeout-now",
              "a leader goes on reading on its lease after it has told another to stand",
              RAFT + "drive.DrivenNode",
              "hasLeaseAt",
              new CallReplaced(RAFT + "RawNode", "leaseRevoked", FALSE)),
          new Mutant(
              "lease-without-an-end",
              "a leader, of a Region or of PD, takes itself to be alone, so that its lease has no"
                  + " end while it does not know of its successor",
              RAFT + "drive.DrivenNode",
              "turn",
              new CallReplaced(RAFT + "RawNode", "isAlone", TRUE)),
          new Mutant(
              "handle-what-came-after-the-clock",
              "a store's cycle handles what came after it read the clock, so that a promise which"
                  + " that renews is shortened by the time that passed before",
              STORE + "StoreLoop",
              "poll",
              new CallRedirected(INTAKE, "handle", "handleAll")),
          new Mutant(
              "pd-handles-what-came-after-the-clock",
              "the same in a member of PD",
              "dev.terrane.pd.PdMember",
              "handleCalls",
              new CallRedirected(INTAKE, "handle", "handleAll")),
          new Mutant(
              "questions-numbered-anew",
              "the numbers of a follower's questions for a read index begin at the same number in"
                  + " each life, so that an answer to an earlier life is taken for one to a later"
                  + " question",
              RAFT + "ForwardedReads",
              "forward",
              new CallReplaced(RAFT + "Core", "drawNumber", ZERO)),
          // who is believed
          new Mutant(
              "believe-a-stranger",
              "whatever names a store or a member of PD as its sender is believed to come from it",
              "dev.terrane.common.contact.Contacts",
              "received",
              new CallReplaced("dev.terrane.common.contact.Contacts", "isProven", TRUE)),
          new Mutant(
              "take-a-copy-for-the-store",
              "a copy of a store's directory takes itself for the store although that answers",
              "dev.terrane.server.pdlink.StoreTwin",
              "verdictOn",
              new CallReplaced("dev.terrane.server.pdlink.StoreTwin", "isTwin", FALSE)),
          new Mutant(
              "take-an-older-directory",
              "a store starts with an older directory than PD knows it to have had",
              "dev.terrane.server.pdlink.StoreTwin",
              "compare",
              new CallReplaced("dev.terrane.server.pdlink.StoreTwin", "isOlder", FALSE)),
          new Mutant(
              "take-silence-for-absence",
              "whoever does not answer whether he is a store is taken not to be there",
              List.of(
                  new Mutant.Change(
                      "dev.terrane.server.pdlink.StoreTwin",
                      "verdictOn",
                      new CallReplaced("dev.terrane.server.net.Absence", "isShownBy", TRUE)))),
          // what is decided on what
          new Mutant(
              "no-epoch-check-at-apply",
              "a membership change is applied although the membership has changed since it was"
                  + " decided; the leader's rule of one change at a time, which keeps such changes"
                  + " out of the log, is off too",
              List.of(
                  new Mutant.Change(
                      STORE + "RegionChanges",
                      "apply",
                      new CallReplaced("dev.terrane.common.region.RegionEpoch", "equals", TRUE)),
                  new Mutant.Change(
                      RAFT + "Leader",
                      "proposeConfChange",
                      new CallReplaced(RAFT + "RaftLog", "hasConfChange", FALSE)))),
          new Mutant(
              "propose-what-an-older-term-decided",
              "a compare-and-swap is proposed in a later term than the one it read in",
              STORE + "PeerRequests",
              "refusal",
              new CallReplaced(STORE + "Proposal", "decidedOn", new Result.Null())),
          new Mutant(
              "swap-under-a-shared-latch",
              "two compare-and-swaps of one key decide at the same time",
              "dev.terrane.txn.raw.CompareAndSwap",
              "start",
              new ConstantRedirected("dev.terrane.txn.latch.LatchMode", "EXCLUSIVE", "SHARED")),
          new Mutant(
              "repeat-an-undetermined-swap",
              "the client sends a compare-and-swap again that may have been executed",
              "dev.terrane.client.core.Recovery",
              "unknown",
              new CallReplaced("dev.terrane.client.core.RegionCall", "mayRepeat", TRUE)),
          new Mutant(
              "repeat-an-undetermined-put",
              "the client sends a put again that may have been executed",
              "dev.terrane.client.core.PutCall",
              "mayRepeat",
              new CallReplaced("dev.terrane.client.core.ClientConfig", "retryLostWrites", TRUE)),
          new Mutant(
              "timestamps-from-the-clock",
              "a new PD leader begins its timestamps at its clock, not above what was handed out",
              "dev.terrane.pd.tso.TimestampOracle",
              "open",
              new ArgumentKept("java.lang.Math", "max", true)),
          new Mutant(
              "destroy-without-looking",
              "a store that does not lead a Region answers that it is empty there without having"
                  + " looked",
              "dev.terrane.txn.raw.DestroyRange$Round$Part",
              "answer",
              new CallReplaced("java.lang.Boolean", "equals", FALSE)),
          // what is held for others
          new Mutant(
              "keep-what-a-gone-client-left",
              "what was made for a client that does not read is still counted when it has gone",
              "dev.terrane.server.traffic.GuardedListener",
              "onCancel",
              new CallReplaced("dev.terrane.server.traffic.CallTraffic", "end", NOTHING)));

  /** What no run can show yet: it moves up once Regions split and merge. */
  static final List<Mutant> DORMANT =
      List.of(
          new Mutant(
              "no-epoch-check-of-writes",
              "a write is applied although its Region has been split or merged since",
              STORE + "Applier$BatchFiller",
              "proposal",
              new CallReplaced(
                  "dev.terrane.common.region.RegionEpoch", "version", new Result.Parameter(3))));

  private Mutants() {}

  static Mutant named(String name) {
    return ALL.stream()
        .filter(mutant -> mutant.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no mutant is called " + name));
  }
}
