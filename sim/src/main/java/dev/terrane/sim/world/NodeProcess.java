package dev.terrane.sim.world;

import dev.terrane.common.agent.Agent;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One life of a process on a machine, from its start to its death. What it has planned happens only
 * while it lives, and not while it is paused.
 *
 * <p>Its threads are told apart only as far as its code can tell: the network loop knows itself.
 */
public final class NodeProcess {
  private final Machine machine;
  private final String name;
  private final RandomGenerator scheduling;
  private final SimLoop loop;
  private final List<Runnable> whenDead = new ArrayList<>();
  private boolean dead;
  private long pausedUntilNanos;

  NodeProcess(Machine machine, String name) {
    this.machine = machine;
    this.name = name;
    this.scheduling = machine.world().stream("scheduling/" + name);
    this.loop = new SimLoop(this);
  }

  public Machine machine() {
    return machine;
  }

  /** Different for each life. */
  public String name() {
    return name;
  }

  /** Its network loop. */
  public SimLoop loop() {
    return loop;
  }

  public boolean isDead() {
    return dead;
  }

  public long pausedUntilNanos() {
    return pausedUntilNanos;
  }

  public boolean isPaused() {
    return pausedUntilNanos > machine.world().nowNanos();
  }

  /** Stops all its threads until then. */
  public void pauseUntil(long nanos) {
    pausedUntilNanos = Math.max(pausedUntilNanos, nanos);
  }

  /** Called once when it has died; it must not act for the process any more. */
  public void onDeath(Runnable action) {
    whenDead.add(action);
  }

  void die() {
    dead = true;
    whenDead.forEach(Runnable::run);
    whenDead.clear();
  }

  /** A drawn time between the two. */
  public long draw(long minNanos, long maxNanos) {
    return scheduling.nextLong(minNanos, maxNanos + 1);
  }

  public RandomGenerator scheduling() {
    return scheduling;
  }

  /** Plans {@code action} of this process. */
  public World.Event after(long delayNanos, Runnable action) {
    return machine.world().after(delayNanos, () -> runWhenAwake(action));
  }

  /** Plans {@code action} for when the machine's monotonic clock shows {@code localNanos}. */
  World.Event atLocal(long localNanos, Runnable action) {
    return machine.world().at(machine.clock().worldNanosOf(localNanos), () -> runWhenAwake(action));
  }

  private void runWhenAwake(Runnable action) {
    if (isPaused()) {
      // All at one time, so in the order in which it would have happened: threads keep theirs.
      machine.world().at(pausedUntilNanos, () -> runWhenAwake(action));
    } else {
      run(action);
    }
  }

  /** Runs {@code action} now, as this process: what it throws ends the process. */
  public void run(Runnable action) {
    if (dead) {
      return;
    }
    try {
      action.run();
    } catch (CrashSignal crashed) {
      // The process is dead already.
    } catch (SimulationFailure failure) {
      throw failure;
    } catch (Throwable failure) {
      if (dead) {
        return; // its disk vanished under it
      }
      machine.failed(this, failure);
    }
  }

  /** Polls {@code agent} whenever it has messages or its deadline has come, as a runner does. */
  public AgentActor poll(Agent agent, Delay delay) {
    return new AgentActor(this, agent, delay);
  }

  /** How long a thread takes to come round to what it has been given. */
  @FunctionalInterface
  public interface Delay {
    long nextNanos();
  }
}
