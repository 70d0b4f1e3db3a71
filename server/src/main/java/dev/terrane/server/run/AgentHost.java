package dev.terrane.server.run;

import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Waker;
import java.util.List;

/**
 * What polls agents, one after the other, never two at a time, and rests while none has anything to
 * do. It is their waker. Whatever an agent throws is a bug or a disk that failed: it goes to the
 * {@link FatalHandler}, and no agent is polled any more.
 */
public interface AgentHost extends Waker, AutoCloseable {
  /** Begins to poll; once. */
  AgentHost start();

  /** Polls {@code more} too from now on, after those that it polls already. */
  void add(List<? extends Agent> more);

  /** How often all agents have been polled since the start. */
  long rounds();

  /** Lets the current round end, closes the agents where they were polled, and waits for that. */
  @Override
  void close();
}
