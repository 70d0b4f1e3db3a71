package dev.terrane.sim.world;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets time pass inside the polls of a machine's agents, at any step: a collection, a slow system
 * call, a thread that has to wait for its turn. Meanwhile the rest of the world goes on. So what an
 * agent sends after that leaves late, a time that it read before is old, and its inbox may have
 * something that was not there when it looked.
 *
 * <p>A step is where an agent touches anything beside itself: its clock, its log, its engine, the
 * network, other agents. It either stands still alone, as one thread of several, or with its whole
 * process.
 *
 * <p>A stall within another agent's stall ends no later than that, unless its process is paused.
 */
public final class Stalls {
  private static final long MILLI = 1_000_000;

  private final Machine machine;
  private final RandomGenerator chance;
  private double probability;
  private long millisMax;
  private long onceNanos;
  private String onceAgent = "";

  Stalls(Machine machine) {
    this.machine = machine;
    this.chance = machine.world().stream("stalls/" + machine.name());
  }

  /** From now on each step may take up to {@code newMillisMax}; with probability 0 none does. */
  public void often(double newProbability, long newMillisMax) {
    probability = newProbability;
    millisMax = newMillisMax;
  }

  /**
   * The next time that an agent whose name begins with {@code agent} reads the clock, so much
   * passes before it sees what it read; the rest of its process goes on.
   */
  public void onceAfterTheClock(String agent, long millis) {
    onceAgent = agent;
    onceNanos = millis * MILLI;
  }

  /** Nothing stands still any more, once what does goes on. */
  public void end() {
    often(0, 0);
    onceNanos = 0;
  }

  /** Called at each step of whatever runs; only agents of this machine that are polled stall. */
  public void step(String what) {
    if (probability == 0) {
      return;
    }
    AgentActor polled = polledHere();
    if (polled != null && chance.nextDouble() < probability) {
      // Short ones are as likely as long ones.
      long most = chance.nextLong(1, millisMax + 1);
      stall(polled, chance.nextLong(1, most + 1) * MILLI, chance.nextBoolean(), what);
    }
  }

  /** Called when a clock has been read, so that what it shows is old. */
  void clockRead() {
    if (onceNanos != 0) {
      AgentActor polled = polledHere();
      if (polled != null && polled.toString().startsWith(onceAgent)) {
        long nanos = onceNanos;
        onceNanos = 0;
        stall(polled, nanos, false, "a clock that was read");
        return;
      }
    }
    step("a clock that was read");
  }

  /** For what no agent may do: within a poll it would let all that share its thread wait. */
  public void onlyElsewhere(String what) {
    AgentActor polled = polledHere();
    if (polled != null && !polled.toString().startsWith("log-writer")) {
      throw new SimulationFailure(polled + " of " + machine.name() + " waits for " + what);
    }
  }

  private @Nullable AgentActor polledHere() {
    AgentActor polled = machine.world().polled();
    return polled != null && polled.process().machine() == machine ? polled : null;
  }

  private void stall(AgentActor polled, long nanos, boolean wholeProcess, String what) {
    World world = machine.world();
    NodeProcess process = polled.process();
    long end = Math.min(world.nowNanos() + nanos, world.stallsEndNanos());
    world
        .trace()
        .line(
            machine.name(),
            "STALL of "
                + polled
                + " at "
                + what
                + " for "
                + (end - world.nowNanos()) / MILLI
                + " ms"
                + (wholeProcess ? ", with its process" : ""));
    if (wholeProcess) {
      process.pauseUntil(end);
    }
    world.runWithin(end);
    while (process.isPaused() && !process.isDead()) {
      world.runWithin(process.pausedUntilNanos());
    }
    if (process.isDead()) {
      throw new CrashSignal(); // what is left of it must not act
    }
  }
}
