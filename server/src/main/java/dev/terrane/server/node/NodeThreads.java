package dev.terrane.server.node;

import dev.terrane.common.TimeSource;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.LoopRunner;
import dev.terrane.server.run.AgentHost;
import dev.terrane.server.run.AgentRunner;
import dev.terrane.server.run.FatalHandler;
import dev.terrane.server.run.IoThreads;
import dev.terrane.server.run.ReadThreads;
import java.util.List;

/**
 * A node's threads beside its event loops: one for agents that never wait and one for the applier,
 * unless the event loop polls them too, one for those that wait for the log's disk, a few for other
 * disk work and for reads.
 */
final class NodeThreads {
  /**
   * Up to so many cores, agents are polled by the event loop: a handover costs more than it wins.
   * With more the applier is apart from the store loop, too: RocksDB's writes go on beside it, and
   * a long one holds up no tick, vote or heartbeat.
   */
  private static final int ONE_LOOP_CORES_MAX = 2;

  private static final int READS_QUEUED_MAX = 4096;

  /** More than there is memory for: whoever waits here has taken some of it. */
  private static final int CODED_MAX = 1 << 20;

  final AgentHost agents;

  /** {@link #agents} where there are few cores. */
  final AgentHost appliers;

  private final boolean applierIsApart;
  final AgentHost logWriters;
  final IoThreads io;
  final ReadThreads reads;

  /** Apart from reads, which may be many: no heartbeat and no write waits for them. */
  final ReadThreads coders;

  final ReadThreads peersCoders;

  NodeThreads(String node, int cores, LoopExecutor loop, TimeSource time, FatalHandler fatal) {
    agents =
        cores <= ONE_LOOP_CORES_MAX
            ? new LoopRunner(node + "-store-loop-0", loop, time, fatal)
            : new AgentRunner(node + "-store-loop-0", List.of(), time, fatal);
    applierIsApart = cores > ONE_LOOP_CORES_MAX;
    appliers = applierIsApart ? new AgentRunner(node + "-applier", List.of(), time, fatal) : agents;
    logWriters = new AgentRunner(node + "-log-writer", List.of(), time, fatal);
    io = new IoThreads(node + "-io", 2, fatal);
    reads = new ReadThreads(node + "-read", Math.max(2, cores / 2), READS_QUEUED_MAX, fatal);
    coders = new ReadThreads(node + "-code", 1, CODED_MAX, fatal);
    peersCoders = new ReadThreads(node + "-code-peers", 1, CODED_MAX, fatal);
  }

  void start() {
    agents.start();
    if (applierIsApart) {
      appliers.start();
    }
    logWriters.start();
  }

  /** What is under way ends; agents are closed on their threads. */
  void close() {
    coders.close();
    peersCoders.close();
    reads.close();
    if (applierIsApart) {
      appliers.close();
    }
    agents.close();
    logWriters.close();
    io.close();
  }
}
