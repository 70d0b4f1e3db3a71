package dev.terrane.sim.cluster;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A run with a name: a workload and attackers that together tell one story. A bug that was found
 * stays here under its name, with the seed that found it.
 *
 * @param story what happens, and what must not
 * @param shape makes the run's parameters of those of a calm run
 * @param found seeds that failed once
 */
public record Scenario(
    String name, String story, UnaryOperator<Parameters> shape, List<Long> found) {
  public Scenario {
    found = List.copyOf(found);
  }

  private Scenario(String name, String story, UnaryOperator<Parameters> shape) {
    this(name, story, shape, List.of());
  }

  /** All of them. */
  public static final List<Scenario> ALL =
      List.of(
          new Scenario(
              "pd-dies-between-learning-and-saving",
              "PD's members die at their disks while replicas move: what was learned and not saved"
                  + " is learned again, and no id or timestamp is given twice",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withAttacks(700, Attack.PD_DIES_AT_THE_DISK, Attack.MOVE_REPLICAS)),
          new Scenario(
              "two-claim-to-lead",
              "the leader is cut off from its fellows but not from clients: another is elected,"
                  + " and the old one must answer nobody any more",
              calm -> calm.withAttacks(2_500, Attack.ISOLATE_LEADER, Attack.ISOLATE_ONE_WAY)),
          new Scenario(
              "stale-route-during-a-move",
              "replicas move while clients keep to the routes that they know",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withAttacks(1_500, Attack.MOVE_REPLICAS, Attack.HAND_LEADERSHIP_AWAY)),
          new Scenario(
              "membership-change-under-partition",
              "replicas move while the cluster falls apart in two: no two majorities without a"
                  + " common member",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withAttacks(1_200, Attack.MOVE_REPLICAS, Attack.SPLIT_IN_TWO),
              List.of(116L)),
          new Scenario(
              "store-lost-and-replaced",
              "a disk is gone for good, and PD builds its replicas elsewhere from snapshots",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withSmallLog()
                      .withAttacks(2_000, Attack.MOVE_REPLICAS, Attack.KILL)),
          new Scenario(
              "newcomer-lost-while-it-fills",
              "the store that a replica moves to is gone for good before it has caught up: PD"
                  + " does not wait for it",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withSmallLog()
                      .withAttacks(
                          300, Attack.MOVE_REPLICAS, Attack.LOSE_THE_NEWCOMER, Attack.SLOW_DISK),
              List.of(2L)),
          new Scenario(
              "leader-paused-longer-than-its-lease",
              "the leader's process stands still and goes on: what it answers then must be new",
              calm -> calm.withAttacks(2_000, Attack.PAUSE_LEADER)),
          new Scenario(
              "leadership-handed-away",
              "leaders ask others to lead, over and over; leases end with it",
              calm ->
                  calm.withAttacks(
                      1_000, Attack.SLOW_LEADER_HANDS_AWAY, Attack.HAND_LEADERSHIP_AWAY)),
          new Scenario(
              "full-disk",
              "disks have no room for a while: writes wait or are refused, nothing is lost",
              calm -> calm.withSmallLog().withAttacks(1_500, Attack.FULL_DISK, Attack.KILL_LEADER)),
          new Scenario(
              "full-logs-for-hours",
              "the disks of one log or of all have no room for hours, and then have: nothing stops,"
                  + " nothing piles up, and what logs let go of makes room meanwhile",
              calm ->
                  calm.withSmallLog()
                      .withDuration(2 * 3_600, 1)
                      .withAttacks(500_000, Attack.FULL_LOGS_FOR_HOURS)),
          new Scenario(
              "no-file-to-spare",
              "nodes can open no more files for a while, also over a snapshot: they wait as on a"
                  + " full disk, reads fail or are answered right, nobody ends",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withSmallLog()
                      .withAttacks(
                          600, Attack.NO_DESCRIPTORS, Attack.FALL_BEHIND, Attack.MOVE_REPLICAS)),
          new Scenario(
              "power-cut-of-all",
              "every machine loses its power at once: what was acknowledged is still there",
              calm -> calm.withCluster(3, 3, false).withAttacks(3_000, Attack.POWER_CUT_OF_ALL)),
          new Scenario(
              "clocks-jump",
              "wall clocks are set by up to an hour, forwards and back, while PD changes leaders:"
                  + " timestamps rise",
              calm ->
                  calm.withCluster(3, 3, false)
                      .withAttacks(1_000, Attack.WALL_CLOCK_JUMP, Attack.KILL)),
          new Scenario(
              "clocks-drift",
              "clocks run up to two per cent too fast or too slow; leases still end in time",
              calm ->
                  calm.withDrift(20_000).withAttacks(1_500, Attack.ISOLATE_LEADER, Attack.PAUSE)),
          new Scenario(
              "dying-at-the-disk",
              "processes die within writes and syncs, with power and without, while snapshots are"
                  + " sent and installed",
              calm ->
                  calm.withSmallLog().withAttacks(1_000, Attack.DIE_AT_THE_DISK, Attack.ISOLATE)),
          new Scenario(
              "raft-scrambled",
              "Raft's messages are dropped, doubled and swapped while leaders fall",
              calm -> calm.withAttacks(1_500, Attack.SCRAMBLE_RAFT, Attack.KILL_LEADER)),
          new Scenario(
              "restarts-under-a-lease",
              "voters restart while a leader is cut off that still has its lease: they elect"
                  + " nobody before it has run out",
              calm -> calm.withDownMax(2).withAttacks(4_000, Attack.BOUNCE_THE_OTHER)),
          new Scenario(
              "asked-in-two-lives",
              "a follower restarts while the leader has yet to answer at which index it may read,"
                  + " and asks again: that answer is not taken for one to the later question",
              calm -> calm.withFollowerReads().withAttacks(3_000, Attack.ASK_AGAIN)),
          new Scenario(
              "reads-at-followers",
              "clients read at whatever replica they come to while leaders fall and followers"
                  + " restart",
              calm ->
                  calm.withFollowerReads()
                      .withAttacks(
                          900,
                          Attack.KILL,
                          Attack.ISOLATE_LEADER,
                          Attack.HAND_LEADERSHIP_AWAY,
                          Attack.SCRAMBLE_RAFT,
                          Attack.SLOW_LINKS)),
          new Scenario(
              "standing-still-in-a-cycle",
              "a voter stands still between two steps of a cycle, in which a leader's heartbeat"
                  + " comes: the promise that renews the leader's lease lasts as long as the lease",
              calm -> calm.withAttacks(5_000, Attack.STALL_THE_OTHER)),
          new Scenario(
              "pd-standing-still-in-a-cycle",
              "the same in PD's group: who has led gives no timestamp when a successor has",
              calm -> calm.withCluster(3, 3, true).withAttacks(5_000, Attack.STALL_THE_OTHER_PD)),
          new Scenario(
              "stalls-everywhere",
              "agents of all nodes stand still at any step while leaders change: what they knew of"
                  + " time, of each other and of their leases is old when they go on",
              calm ->
                  calm.withCluster(3, 3, false)
                      .withAttacks(900, Attack.STALL, Attack.STALL_LEADER, Attack.ISOLATE_LEADER)),
          new Scenario(
              "leaders-fall-quickly",
              "one leader after the other falls before it has replicated what it appended: what"
                  + " an older term left is committed only together with the new one's own",
              calm ->
                  calm.withCluster(5, 1, true)
                      .withDownMax(3)
                      .withAttacks(
                          600,
                          Attack.ISOLATE_LEADER,
                          Attack.KILL_LEADER,
                          Attack.SPLIT_IN_TWO,
                          Attack.SCRAMBLE_RAFT)),
          new Scenario(
              "two-leaders-in-turn",
              "what a leader kept to itself in an older term is replicated in a newer one, while"
                  + " another could be elected that has never seen it (Raft paper, figure 8)",
              calm ->
                  calm.withSmallMessages().withDownMax(2).withAttacks(8_000, Attack.LEAD_TWICE)),
          new Scenario(
              "leadership-comes-back",
              "leadership goes away and comes back while reads wait for the disk: what was"
                  + " decided on what an older term read is not proposed",
              calm -> calm.withWork(8, 12, 200).withAttacks(2_000, Attack.LEAD_AGAIN)),
          new Scenario(
              "two-wishes-at-once",
              "two changes of one membership are wished while leaders fall: one at most has an"
                  + " effect",
              calm -> calm.withAttacks(2_000, Attack.WISH_TWICE, Attack.ISOLATE_LEADER)),
          new Scenario(
              "plan-for-an-older-membership",
              "PD plans to take the second of two votes, and the third comes back before it is"
                  + " asked for: the plan is given up, so that the loss of one stops nobody",
              calm -> calm.withCluster(4, 3, true).withAttacks(6_000, Attack.WISH_LATE),
              List.of(3L, 5L)),
          new Scenario(
              "snapshot-while-the-membership-changes",
              "a snapshot holds a change that is applied and not yet durable, so that the leader"
                  + " which sends it has not been told",
              calm -> calm.withSmallLog().withAttacks(10_000, Attack.WISH_OVER_A_SNAPSHOT),
              List.of(10L, 11L)),
          new Scenario(
              "dying-over-a-snapshot",
              "followers fall behind what the leader's log still has, and die while the snapshot"
                  + " is received and installed, and right after",
              calm -> calm.withSmallLog().withAttacks(5_000, Attack.FALL_BEHIND)),
          new Scenario(
              "catching-up-under-steady-writes",
              "a follower needs a snapshot that takes longer than it takes clients to fill the"
                  + " log: the log is kept until it has caught up from there",
              calm -> calm.withSmallLog().withSlowSnapshots().withAttacks(14_000, Attack.CATCH_UP)),
          new Scenario(
              "dying-over-slow-snapshots",
              "senders and receivers of snapshots die and stand still at any step, leaders change"
                  + " and disks fill: nothing of it is held for ever",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withSmallLog()
                      .withSlowSnapshots()
                      .withAttacks(
                          900,
                          Attack.CATCH_UP,
                          Attack.FALL_BEHIND,
                          Attack.MOVE_REPLICAS,
                          Attack.KILL,
                          Attack.PAUSE,
                          Attack.HAND_LEADERSHIP_AWAY,
                          Attack.FULL_DISK)),
          new Scenario(
              "rotting-disks",
              "bits change on disks of stores and members of PD that are down: they refuse the"
                  + " damaged file by name, and are replaced",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withSmallLog()
                      .withAttacks(1_500, Attack.ROT, Attack.FALL_BEHIND, Attack.KILL)),
          new Scenario(
              "full-disk-while-a-snapshot-goes-in",
              "a disk has no room when a snapshot is to be installed, or what a removed peer left"
                  + " to be cleared: both wait for it",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withSmallLog()
                      .withAttacks(400, Attack.FULL_DISK, Attack.FALL_BEHIND, Attack.MOVE_REPLICAS),
              List.of(34L, 98L)),
          new Scenario(
              "leaders-disk-is-the-slowest",
              "two of three commit without the leader's disk while leaders change: nobody sees what"
                  + " a later read at the leader does not find",
              calm ->
                  calm.withAttacks(
                      600, Attack.SLOW_DISK, Attack.HAND_LEADERSHIP_AWAY, Attack.LEAD_AGAIN),
              List.of(4L, 24L)),
          new Scenario(
              "strangers-messages",
              "somebody who is no part of the cluster tells stores and members of PD of later"
                  + " terms, of removals and of successors, while replicas move: nobody believes it",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withAttacks(300, Attack.STRANGERS, Attack.STRANGERS, Attack.MOVE_REPLICAS)),
          new Scenario(
              "copied-directories",
              "copies of stores' directories are started while the stores live: each is refused,"
                  + " and its original is heard and keeps its place",
              calm ->
                  calm.withCluster(3, 3, false)
                      .withAttacks(
                          700,
                          Attack.START_A_COPY,
                          Attack.STALL,
                          Attack.SLOW_READERS,
                          Attack.KILL,
                          Attack.PAUSE_PD)),
          new Scenario(
              "older-directories",
              "a store's disk is lost and an older copy of it put back: it is refused as long as"
                  + " anybody can be asked, and an empty one takes its place",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withAttacks(
                          1_200, Attack.PUT_AN_OLDER_ONE_BACK, Attack.PAUSE_PD, Attack.ISOLATE)),
          new Scenario(
              "directories-of-every-kind",
              "stores' directories are copied, put back and lost, one after the other, while the"
                  + " cluster falls apart and syncs fail: as many stores as there were serve again",
              calm ->
                  calm.withCluster(3, 3, true)
                      .withAttacks(
                          600,
                          Attack.START_A_COPY,
                          Attack.PUT_AN_OLDER_ONE_BACK,
                          Attack.LOSE_A_DISK,
                          Attack.ISOLATE,
                          Attack.SPLIT_IN_TWO,
                          Attack.PAUSE_PD,
                          Attack.FAILING_SYNC)),
          new Scenario(
              "lost-directories",
              "disks of stores are lost and their nodes come back empty at the same addresses, as"
                  + " new stores: what was acknowledged is built up again from the others",
              calm ->
                  calm.withCluster(4, 3, true)
                      .withAttacks(1_500, Attack.LOSE_A_DISK, Attack.KILL, Attack.ISOLATE)),
          new Scenario(
              "range-destroyed-while-leaders-change",
              "all stores are asked to destroy a range while leaders change and nodes restart: once"
                  + " all have answered nothing of before is there, and what comes after stays",
              calm ->
                  calm.withAttacks(
                      250,
                      Attack.DESTROY_A_RANGE,
                      Attack.DESTROY_A_RANGE,
                      Attack.DESTROY_A_RANGE,
                      Attack.DESTROY_A_RANGE,
                      Attack.DESTROY_A_RANGE,
                      Attack.DESTROY_A_RANGE,
                      Attack.HAND_LEADERSHIP_AWAY,
                      Attack.KILL_LEADER,
                      Attack.KILL)),
          new Scenario(
              "slow-readers",
              "clients ask for more than a node may hold for them and do not read, while leaders"
                  + " fall: whoever asks for little is served, and everything is given back",
              calm ->
                  calm.withAttacks(
                      500, Attack.SLOW_READERS, Attack.HAND_LEADERSHIP_AWAY, Attack.KILL)),
          new Scenario(
              "slow-disks",
              "disks take their time, so that what is sent, durable, committed and applied is far"
                  + " apart",
              calm -> calm.withAttacks(1_200, Attack.SLOW_DISK, Attack.KILL_LEADER)),
          new Scenario(
              "pd-members-lost-one-after-the-other",
              "three of five nodes are members of PD; two machines are gone for good, one after the"
                  + " other: nodes that stood by take their places, and PD serves",
              calm ->
                  calm.withCluster(3, 5, true)
                      .withAttacks(3_000, Attack.LOSE_A_PD, Attack.PAUSE_PD)),
          new Scenario(
              "pd-leaders-stand-still",
              "PD's leader stands still until another leads, and goes on: it gives no more"
                  + " timestamps",
              calm ->
                  calm.withCluster(3, 3, true).withAttacks(700, Attack.PAUSE_PD, Attack.ISOLATE)));

  /** The one of this name. */
  public static Scenario named(String name) {
    return ALL.stream()
        .filter(scenario -> scenario.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no scenario is called " + name));
  }

  /** The run of this scenario with a seed. */
  public Parameters parameters(long seed) {
    return shape.apply(Parameters.calm(seed));
  }

  @Override
  public String toString() {
    return name;
  }
}
