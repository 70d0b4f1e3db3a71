package dev.terrane.sim.cluster;

import java.util.random.RandomGenerator;

/** One kind of harm. Each {@link #strike} does it once and plans its end. */
public enum Attack {
  KILL {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.kill(faults.anyNode(chance), chance);
    }
  },
  POWER_CUT {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.losePower(faults.anyNode(chance), chance);
    }
  },
  POWER_CUT_OF_ALL {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      if (chance.nextInt(4) == 0) {
        faults.losePowerOfAll(chance);
      }
    }
  },
  /** In the middle of what the disk is asked for. */
  DIE_AT_THE_DISK {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.dieAtTheDisk(faults.anyNode(chance), chance);
    }
  },
  /** Also between what a member of PD learns and what it saves. */
  PD_DIES_AT_THE_DISK {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.dieAtTheDisk(faults.anyPd(chance), chance);
    }
  },
  /** Where nodes stand by to take its place. */
  LOSE_A_PD {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.loseAPdForGood(chance);
    }
  },
  HAND_LEADERSHIP_AWAY {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.handLeadershipAway();
    }
  },
  KILL_LEADER {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.losePower(faults.leaderOrAny(chance), chance);
    }
  },
  PAUSE {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.pause(faults.anyNode(chance), chance.nextLong(50, 6_000));
    }
  },
  /** About as long as a lease, where things are closest. */
  PAUSE_LEADER {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.pause(faults.leaderOrAny(chance), chance.nextLong(300, 2_500));
    }
  },
  /** A node whose agents stand still now and then in the middle of what they do. */
  STALL {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.stall(faults.anyNode(chance), chance);
    }
  },
  STALL_LEADER {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.stall(faults.leaderOrAny(chance), chance);
    }
  },
  /** A voter stands still while it renews its promise to a leader that is then cut off. */
  STALL_THE_OTHER {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().stallTheOther(chance);
    }
  },
  STALL_THE_OTHER_PD {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().stallTheOtherPd(chance);
    }
  },
  PAUSE_PD {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.pause(faults.anyPd(chance), chance.nextLong(500, 4_000));
    }
  },
  /** A follower restarts that has promised the leader to elect nobody. */
  BOUNCE_THE_OTHER {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().bounceTheOther(chance);
    }
  },
  /** Raft paper, figure 8. */
  LEAD_TWICE {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().leadTwice(chance);
    }
  },
  /** Leadership comes back while what was read before is still to be decided upon. */
  LEAD_AGAIN {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().leadAgain(chance);
    }
  },
  /** Two changes of one membership are wished at once. */
  WISH_TWICE {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.wishes().twice();
    }
  },
  /** What a former leader of PD wished comes when its successor has made a plan. */
  WISH_LATE {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.wishes().late(chance);
    }
  },
  /** The membership changes while a snapshot is made. */
  WISH_OVER_A_SNAPSHOT {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.wishes().overASnapshot(chance);
    }
  },
  /** A follower restarts while its leader has yet to answer what it asked. */
  ASK_AGAIN {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().askAgain(chance);
    }
  },
  /** A follower needs a snapshot, and dies over it. */
  FALL_BEHIND {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().fallBehind(chance);
    }
  },
  /** A follower needs a snapshot, and must catch up although clients go on. */
  CATCH_UP {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().catchUp(chance);
    }
  },
  /** The old leader hears late of the new one. */
  SLOW_LEADER_HANDS_AWAY {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.slowLinks(faults.leaderOrAny(chance), chance);
      faults.handLeadershipAway();
    }
  },
  HIDE_FROM_CLIENTS {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.hideFromClients(faults.anyNode(chance), chance);
    }
  },
  ISOLATE {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.isolate(faults.anyNode(chance), true, true, chance);
    }
  },
  ISOLATE_LEADER {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.isolate(faults.leaderOrAny(chance), true, true, chance);
    }
  },
  ISOLATE_ONE_WAY {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      boolean out = chance.nextBoolean();
      faults.isolate(faults.anyNode(chance), out, !out, chance);
    }
  },
  CUT_PAIR {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.cutPair(chance);
    }
  },
  SPLIT_IN_TWO {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.splitInTwo(chance);
    }
  },
  LOSE_PACKETS {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.losePackets(chance);
    }
  },
  SLOW_LINKS {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.slowLinks(faults.anyNode(chance), chance);
    }
  },
  SCRAMBLE_RAFT {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.scramble(chance);
    }
  },
  WALL_CLOCK_JUMP {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.jump(faults.anyNode(chance), chance);
    }
  },
  SLOW_DISK {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.slowDisk(faults.anyNode(chance), chance);
    }
  },
  FAILING_SYNC {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.failNextSync(faults.anyNode(chance), chance);
    }
  },
  ROT {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.rot(faults.anyNode(chance), chance);
    }
  },
  FULL_DISK {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.fullDisk(faults.anyNode(chance), chance);
    }
  },
  /** The disks of some logs have no room for hours. */
  FULL_LOGS_FOR_HOURS {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.plots().fullLogsForHours(chance);
    }
  },
  /** A node has no file to spare that it could open. */
  NO_DESCRIPTORS {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.takeDescriptors(faults.anyNode(chance), chance);
    }
  },
  /** Somebody who is no part of the cluster says what only a part of it may say. */
  STRANGERS {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.strangersSpeak(chance);
    }
  },
  /** Clients ask for more than a node may hold for them, and do not read. */
  SLOW_READERS {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.slowReaders().begin(chance);
    }
  },
  /** A range is destroyed at all stores, and written again. */
  DESTROY_A_RANGE {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.rangeDestroyer().begin(chance);
    }
  },
  /** A copy of a store's directory is started elsewhere while the store lives. */
  START_A_COPY {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.putBack().startACopy(chance);
    }
  },
  /** A store's disk is lost, and what it had before its last start is put back. */
  PUT_AN_OLDER_ONE_BACK {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.putBack().putAnOlderOneBack(chance);
    }
  },
  /** A store's disk is lost, and its node comes back with an empty one. */
  LOSE_A_DISK {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.putBack().loseADisk(chance);
    }
  },
  /** A store is lost for good, or a new one comes: PD moves replicas. */
  LOSE_THE_NEWCOMER {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.loseTheNewcomer();
    }
  },
  MOVE_REPLICAS {
    @Override
    void strike(Faults faults, RandomGenerator chance) {
      faults.moveReplicas(chance);
    }
  };

  abstract void strike(Faults faults, RandomGenerator chance);
}
