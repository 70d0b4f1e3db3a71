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

  AgentActor(NodeProcess process, Agent agent, NodeProcess.Delay delay) {
    this.process = process;
    this.agent = agent;
    this.delay = delay;
  }

  @Override
  public void wake() {
    if (!woken) {
      woken = true;
      process.after(delay.nextNanos(), this::poll);
    }
  }

  private void poll() {
    woken = false;
    int work = agent.poll(process.machine().clock().nanoTime());
    if (work > 0) {
      wake();
    } else if (!woken) {
      arm();
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
                if (!woken) {
                  poll();
                }
              });
    }
  }

  /** Called when something else may have moved the agent's deadline. */
  public void rearm() {
    if (!woken) {
      arm();
    }
  }
}
