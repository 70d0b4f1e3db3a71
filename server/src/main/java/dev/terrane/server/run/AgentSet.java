package dev.terrane.server.run;

import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import java.util.ArrayList;
import java.util.List;

/**
 * The agents of one {@link AgentHost}, in the order in which they are polled. More may be added
 * from any thread; everything else is the host's.
 */
public final class AgentSet {
  /** Replaced as a whole. */
  private volatile List<Agent> agents;

  public AgentSet(List<Agent> agents) {
    this.agents = List.copyOf(agents);
  }

  public synchronized void add(List<? extends Agent> more) {
    List<Agent> all = new ArrayList<>(agents);
    all.addAll(more);
    agents = List.copyOf(all);
  }

  /** Polls each once; how much they did. */
  public int poll(TimeSource time) {
    int work = 0;
    for (Agent agent : agents) {
      work += agent.poll(time);
    }
    return work;
  }

  /**
   * How long it is from {@code nowNanos} to the earliest deadline; 0 or less if that has come,
   * {@link Long#MAX_VALUE} if there is none.
   */
  public long nanosToDeadline(long nowNanos) {
    long nanos = Long.MAX_VALUE;
    for (Agent agent : agents) {
      long deadline = agent.nextDeadlineNanos();
      if (deadline != Agent.NO_DEADLINE) {
        nanos = Math.min(nanos, deadline - nowNanos);
      }
    }
    return nanos;
  }

  public void close() {
    agents.forEach(Agent::onClose);
  }
}
