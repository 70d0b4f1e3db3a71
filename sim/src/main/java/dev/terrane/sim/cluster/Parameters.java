package dev.terrane.sim.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a run is.
 *
 * @param seed all chance comes from it
 * @param stores how many machines have a store
 * @param pds how many nodes could be members of PD, on the first machines: 1, 3, or 5, of which 3
 *     are
 * @param apart whether PD's members have machines of their own
 * @param clients machines of clients
 * @param workers on each, with one operation at a time
 * @param keys that all of them use
 * @param operationsPerSecond of all together, if nothing holds them up
 * @param safetySeconds how long attackers are at work
 * @param driftPpmMax by how much clocks run too fast or too slow at most
 * @param attacks that happen, in turn as drawn
 * @param attackMillis between two of them, on average
 * @param downMax how many nodes attackers have down at a time, a power cut of all aside
 * @param smallLog whether logs are released early, so that followers need snapshots
 * @param smallMessages whether Raft sends one entry at a time, and stores have little memory for
 *     them
 * @param slowSnapshots whether a snapshot takes several times what fills the log
 * @param followerReads whether clients read at followers, too
 */
public record Parameters(
    long seed,
    int stores,
    int pds,
    boolean apart,
    int clients,
    int workers,
    int keys,
    int operationsPerSecond,
    int safetySeconds,
    long driftPpmMax,
    List<Attack> attacks,
    long attackMillis,
    int downMax,
    boolean smallLog,
    boolean smallMessages,
    boolean slowSnapshots,
    boolean followerReads) {
  public Parameters {
    attacks = List.copyOf(attacks);
  }

  /** Without attackers. */
  public static Parameters calm(long seed) {
    return new Parameters(
        seed, 3, 1, false, 3, 4, 12, 100, 30, 200, List.of(), 1000, 1, false, false, false, false);
  }

  /** A random subset of the attacks, at a random pace, on a cluster of a random kind. */
  public static Parameters swarm(long seed, RandomGenerator chance) {
    List<Attack> attacks = new ArrayList<>();
    double density = chance.nextDouble(0.1, 0.7);
    for (Attack attack : Attack.values()) {
      if (chance.nextDouble() < density && attack != Attack.FULL_LOGS_FOR_HOURS) {
        attacks.add(attack); // a run of the swarm is over in a minute
      }
    }
    return new Parameters(
        seed,
        chance.nextInt(4) == 0 ? 4 : 3,
        chance.nextInt(3) == 0 ? 1 : 3,
        chance.nextInt(4) == 0,
        chance.nextInt(1, 4),
        chance.nextInt(2, 6),
        chance.nextInt(2, 16),
        100,
        chance.nextInt(20, 60),
        chance.nextInt(4) == 0 ? 20_000 : 300,
        attacks,
        chance.nextLong(400, 4_000),
        chance.nextInt(3) == 0 ? 8 : 1,
        chance.nextBoolean(),
        chance.nextInt(4) == 0,
        chance.nextInt(4) == 0,
        chance.nextBoolean());
  }

  public Parameters withAttacks(long newAttackMillis, Attack... newAttacks) {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        workers,
        keys,
        operationsPerSecond,
        safetySeconds,
        driftPpmMax,
        List.of(newAttacks),
        newAttackMillis,
        downMax,
        smallLog,
        smallMessages,
        slowSnapshots,
        followerReads);
  }

  public Parameters withCluster(int newStores, int newPds, boolean newApart) {
    return new Parameters(
        seed,
        newStores,
        newPds,
        newApart,
        clients,
        workers,
        keys,
        operationsPerSecond,
        safetySeconds,
        driftPpmMax,
        attacks,
        attackMillis,
        downMax,
        smallLog,
        smallMessages,
        slowSnapshots,
        followerReads);
  }

  public Parameters withWork(int newWorkers, int newKeys, int newOperationsPerSecond) {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        newWorkers,
        newKeys,
        newOperationsPerSecond,
        safetySeconds,
        driftPpmMax,
        attacks,
        attackMillis,
        downMax,
        smallLog,
        smallMessages,
        slowSnapshots,
        followerReads);
  }

  public Parameters withDrift(long newDriftPpmMax) {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        workers,
        keys,
        operationsPerSecond,
        safetySeconds,
        newDriftPpmMax,
        attacks,
        attackMillis,
        downMax,
        smallLog,
        smallMessages,
        slowSnapshots,
        followerReads);
  }

  public Parameters withDownMax(int newDownMax) {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        workers,
        keys,
        operationsPerSecond,
        safetySeconds,
        driftPpmMax,
        attacks,
        attackMillis,
        newDownMax,
        smallLog,
        smallMessages,
        slowSnapshots,
        followerReads);
  }

  public Parameters withSmallLog() {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        workers,
        keys,
        operationsPerSecond,
        safetySeconds,
        driftPpmMax,
        attacks,
        attackMillis,
        downMax,
        true,
        smallMessages,
        slowSnapshots,
        followerReads);
  }

  public Parameters withSmallMessages() {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        workers,
        keys,
        operationsPerSecond,
        safetySeconds,
        driftPpmMax,
        attacks,
        attackMillis,
        downMax,
        smallLog,
        true,
        slowSnapshots,
        followerReads);
  }

  /** A long run in which little is asked for. */
  public Parameters withDuration(int newSafetySeconds, int newOperationsPerSecond) {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        workers,
        keys,
        newOperationsPerSecond,
        newSafetySeconds,
        driftPpmMax,
        attacks,
        attackMillis,
        downMax,
        smallLog,
        smallMessages,
        slowSnapshots,
        followerReads);
  }

  public Parameters withSlowSnapshots() {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        workers,
        keys,
        operationsPerSecond,
        safetySeconds,
        driftPpmMax,
        attacks,
        attackMillis,
        downMax,
        smallLog,
        smallMessages,
        true,
        followerReads);
  }

  public Parameters withFollowerReads() {
    return new Parameters(
        seed,
        stores,
        pds,
        apart,
        clients,
        workers,
        keys,
        operationsPerSecond,
        safetySeconds,
        driftPpmMax,
        attacks,
        attackMillis,
        downMax,
        smallLog,
        smallMessages,
        slowSnapshots,
        true);
  }
}
