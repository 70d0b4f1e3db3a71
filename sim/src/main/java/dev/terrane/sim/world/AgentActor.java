package dev.terrane.sim.world;

import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Waker;
import org.jspecify.annotations.Nullable;

/**
 * Polls one agent of a process: a drawn moment after a message, at its deadline, and again as long
 * as it finds work. When each agent's turn comes is drawn, so the order of turns is too.
 */
public final class AgentActor implements Waker {
  private final NodeProcess process;
  private final Agent agent;
  private final NodeProcess.Delay delay;
  private World.@Nullable Event deadline;
  private long deadlineLocalNanos = Agent.NO_DEADLINE;
  private boolean woken;
  private boolean polling;

  /** Whether its turn came while it stood still inside a poll. */
  private boolean missed;

  AgentActor(NodeProcess process, Agent agent, NodeProcess.Delay delay) {
    this.process = process;
    this.agent = agent;
    this.delay = delay;
  }

  @Override
  public void wake() {
    process.machine().stalls().step("a message to an agent");
    if (!woken) {
      woken = true;
      process.after(delay.nextNanos(), this::poll);
    }
  }

  NodeProcess process() {
    return process;
  }

  private void poll() {
    if (polling) {
      missed = true;
      return;
    }
    woken = false;
    missed = false;
    int work = pollAgent();
    if (missed) {
      process.after(delay.nextNanos(), this::poll);
    } else if (work > 0) {
      wake();
    } else if (!woken) {
      arm();
    }
  }

  private int pollAgent() {
    Machine machine = process.machine();
    polling = true;
    try {
      return machine.world().poll(this, () -> agent.poll(machine.clock()));
    } finally {
      polling = false;
    }
  }

  private void arm() {
    long next = agent.nextDeadlineNanos();
    World.Event armed = deadline;
    if (armed != null) {
      if (next == deadlineLocalNanos) {
        return;
      }
      armed.callOff();
      deadline = null;
    }
    deadlineLocalNanos = next;
    if (next != Agent.NO_DEADLINE) {
      deadline =
          process.atLocal(
              next,
              () -> {
                deadline = null;
                if (!woken && !polling) {
                  poll();
                }
              });
    }
  }

  /** Called when something else may have moved the agent's deadline. */
  public void rearm() {
    if (!woken && !polling) {
      arm();
    }
  }

  @Override
  public String toString() {
    return agent.name();
  }
}
