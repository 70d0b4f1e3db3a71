package dev.terrane.sim.world;

import dev.terrane.engine.EngineException;
import dev.terrane.engine.log.LogFailedException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A computer: its clock and disks outlive the processes that run on it, one at a time.
 *
 * <p>A process can be killed, which loses nothing that it had written; or the power fails, which
 * loses what was not synced.
 */
public final class Machine {
  private static final long ORIGIN_NANOS_MAX = 1L << 50;

  private final World world;
  private final String name;
  private final NodeClock clock;
  private final MachineDisk disk;
  private final Stalls stalls;
  private final RandomGenerator chance;
  private @Nullable NodeProcess process;
  private boolean powered = true;
  private int lives;

  /** What is told when a process ends by itself. */
  @FunctionalInterface
  public interface DeathListener {
    void died(Machine machine, String why);
  }

  /** What is told when a process refuses to run on a damaged file. */
  @FunctionalInterface
  public interface DamageListener {
    void found(Machine machine, String file);
  }

  private DeathListener listener = (machine, why) -> {};
  private DamageListener damageListener = (machine, file) -> {};

  public Machine(World world, String name, long driftPpm) {
    this.world = world;
    this.name = name;
    this.chance = world.stream("machine/" + name);
    this.clock = new NodeClock(this, driftPpm, chance.nextLong(ORIGIN_NANOS_MAX));
    this.disk = new MachineDisk(this);
    this.stalls = new Stalls(this);
  }

  /** Another computer under the name of this one, which never runs again. */
  public Machine successor(long driftPpm) {
    Machine successor = new Machine(world, name, driftPpm);
    successor.lives = lives;
    return successor;
  }

  public World world() {
    return world;
  }

  public String name() {
    return name;
  }

  public NodeClock clock() {
    return clock;
  }

  public MachineDisk disk() {
    return disk;
  }

  /** Where time passes inside of polls. */
  public Stalls stalls() {
    return stalls;
  }

  /** The process that runs here; null while none does. */
  public @Nullable NodeProcess process() {
    return process;
  }

  public boolean isUp() {
    return process != null;
  }

  /** Whether packets to it are answered at all, if only by a refusal. */
  public boolean isPowered() {
    return powered;
  }

  public void onOwnDeath(DeathListener newListener) {
    listener = newListener;
  }

  public void onDamageFound(DamageListener newListener) {
    damageListener = newListener;
  }

  /** Starts an empty process; what runs in it is built by the caller. */
  public NodeProcess start() {
    if (process != null) {
      throw new IllegalStateException(name + " runs already");
    }
    if (!powered) {
      clock.restart(chance.nextLong(ORIGIN_NANOS_MAX));
      powered = true;
    }
    lives++;
    NodeProcess started = new NodeProcess(this, name + "#" + lives);
    process = started;
    world.trace().line(name, "starts, life " + lives);
    return started;
  }

  /** Ends the process without warning. What it had written is kept. */
  public void kill(String why) {
    NodeProcess running = process;
    if (running != null) {
      world.trace().line(name, "KILLED: " + why);
      process = null;
      running.die();
      disk.processEnded();
    }
  }

  /** Cuts the power: what was not synced may be gone. */
  public void losePower(String why) {
    NodeProcess running = process;
    world.trace().line(name, "POWER CUT: " + why);
    process = null;
    powered = false;
    if (running != null) {
      running.die();
    }
    disk.losePower();
  }

  /** From inside one of the process's own disk calls: dies there and does not return. */
  void dieHere(boolean powerCut, String where) {
    if (powerCut) {
      losePower("in the middle of " + where);
    } else {
      kill("in the middle of " + where);
    }
    listener.died(this, where);
    throw new CrashSignal();
  }

  /** The process ends itself, as one that cannot start; whoever watches it starts it again. */
  public void giveUp(String why) {
    kill(why);
    listener.died(this, why);
    throw new CrashSignal();
  }

  /**
   * The process threw. With a broken disk that is how it stops, and with a damaged file if it names
   * that; else it is a bug of ours.
   */
  void failed(NodeProcess which, Throwable failure) {
    String damaged = disk.damagedFileNamedBy(failure);
    if (damaged != null) {
      kill("it refuses " + damaged + ": " + failure.getMessage());
      damageListener.found(this, damaged);
      return;
    }
    if (disk.hasFailed() && isOfDisk(failure)) {
      if (chance.nextBoolean()) {
        losePower("its disk failed");
      } else {
        kill("its disk failed");
      }
      listener.died(this, "disk failure");
      return;
    }
    throw new SimulationFailure(which.name() + " failed: " + failure, failure);
  }

  private static boolean isOfDisk(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LogFailedException
          || cause instanceof EngineException
          || cause instanceof DiskFailure) {
        return true;
      }
    }
    return false;
  }
}
