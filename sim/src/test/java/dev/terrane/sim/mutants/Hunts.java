package dev.terrane.sim.mutants;

import java.util.List;

/** By which scenario each bug is found, and how it shows. */
final class Hunts {
  private static final String NOT_LINEARIZABLE = "is not linearizable";
  private static final String OUTLIVED_LEASE = "reads by its lease of term";
  private static final String FORGETS = "but remembers";

  /** One or more for each of {@link Mutants#ALL}. */
  static final List<Hunt> ALL =
      List.of(
          Hunt.of(
              "acknowledge-before-sync",
              "power-cut-of-all",
              1,
              5,
              "was durable and is not there",
              "corrupt Raft log"),
          Hunt.of("accept-before-persisted", "slow-disks", 1, 5, "accepts entries up to"),
          Hunt.of("vote-before-persisted", "slow-disks", 1, 5, FORGETS),
          Hunt.of("forget-the-vote", "leaders-fall-quickly", 1, 5, FORGETS, "votes twice"),
          Hunt.of("apply-before-persisted", "slow-disks", 1, 5, "which is not durable there"),
          Hunt.of("change-before-commit-is-durable", "stale-route-during-a-move", 1, 5, FORGETS),
          Hunt.of("release-log-without-barrier", "full-disk", 1, 5, "but its log holds"),
          Hunt.of(
              "release-log-past-a-snapshot",
              "catching-up-under-steady-writes",
              1,
              5,
              "has caught up while clients write"),
          Hunt.of(
              "acknowledge-snapshot-before-marker",
              "dying-at-the-disk",
              1,
              5,
              "accepts entries up to"),
          Hunt.of("snapshot-files-not-synced", "dying-over-a-snapshot", 1, 80, "could not read"),
          Hunt.of(
              "install-without-barrier",
              "dying-over-a-snapshot",
              1,
              30,
              "but its log holds",
              "was being replaced by a snapshot that is not there"),
          Hunt.of(
              "vote-for-a-shorter-log",
              "leaders-fall-quickly",
              2,
              40,
              "the leader only",
              "committed entry"), // is replaced, or changed
          Hunt.of(
              "commit-old-term-by-counting",
              "two-leaders-in-turn",
              1,
              20,
              "could be elected without it"),
          Hunt.of("append-over-a-gap", "raft-scrambled", 1, 5, "> last"),
          Hunt.of("heartbeat-commits-too-much", "raft-scrambled", 1, 5, "> last"),
          Hunt.of("vote-at-once-after-restart", "restarts-under-a-lease", 6, 40, OUTLIVED_LEASE),
          Hunt.of(
              "read-on-an-expired-lease",
              "leader-paused-longer-than-its-lease",
              1,
              10,
              OUTLIVED_LEASE),
          Hunt.of("lease-kept-after-timeout-now", "leadership-handed-away", 1, 5, OUTLIVED_LEASE),
          Hunt.of("lease-without-an-end", "two-claim-to-lead", 1, 10, OUTLIVED_LEASE),
          Hunt.of(
              "lease-without-an-end", "pd-standing-still-in-a-cycle", 11, 60, "gives timestamps"),
          Hunt.of("questions-numbered-anew", "asked-in-two-lives", 1, 20, NOT_LINEARIZABLE),
          Hunt.of("believe-a-stranger", "strangers-messages", 1, 5, "both lead in term"),
          Hunt.of(
              "take-a-copy-for-the-store",
              "copied-directories",
              1,
              5,
              "takes the word of a copy",
              "but not durable on a quorum"), // since it acknowledges in the original's name
          Hunt.of("take-an-older-directory", "older-directories", 1, 10, "with an older directory"),
          Hunt.of(
              "take-silence-for-absence",
              "copied-directories",
              1,
              10,
              "takes the word of a copy",
              "equal replicas at rest"), // since the original is not listened to any more
          Hunt.of(
              "destroy-without-looking",
              "range-destroyed-while-leaders-change",
              1,
              5,
              "after all stores have destroyed its range"),
          Hunt.of(
              "handle-what-came-after-the-clock",
              "standing-still-in-a-cycle",
              1,
              10,
              OUTLIVED_LEASE),
          Hunt.of(
              "pd-handles-what-came-after-the-clock",
              "pd-standing-still-in-a-cycle",
              1,
              60,
              "gives timestamps"),
          Hunt.of(
              "no-epoch-check-at-apply",
              "two-wishes-at-once",
              1,
              5,
              "has two memberships of version"),
          Hunt.of(
              "propose-what-an-older-term-decided",
              "leadership-comes-back",
              5,
              80,
              NOT_LINEARIZABLE),
          Hunt.of("swap-under-a-shared-latch", "leadership-handed-away", 1, 10, NOT_LINEARIZABLE),
          Hunt.of("repeat-an-undetermined-swap", "slow-disks", 1, 20, NOT_LINEARIZABLE),
          Hunt.of("repeat-an-undetermined-put", "raft-scrambled", 2, 40, NOT_LINEARIZABLE),
          Hunt.of("timestamps-from-the-clock", "clocks-jump", 1, 20, "gives timestamps"),
          Hunt.of(
              "keep-what-a-gone-client-left",
              "slow-readers",
              1,
              5,
              "calls have given back what they held",
              "every client gets through")); // where nothing is left for them

  private Hunts() {}
}
