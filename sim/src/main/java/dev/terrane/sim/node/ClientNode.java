package dev.terrane.sim.node;

import dev.terrane.client.core.ClientConfig;
import dev.terrane.client.core.ClientCore;
import dev.terrane.client.core.PdCommands;
import dev.terrane.client.core.RawCommands;
import dev.terrane.server.net.HostPort;
import dev.terrane.sim.net.SimTransport;
import dev.terrane.sim.world.AgentActor;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.NodeProcess;

/**
 * A client's process: the core of the Java client on the simulated network, as it is when nobody
 * asks for anything else. What histories show holds for that.
 */
public final class ClientNode {
  private final NodeProcess process;
  private final RawCommands raw;
  private final PdCommands pd;

  public ClientNode(ClusterPlan plan, Machine machine) {
    plan.network().add(machine);
    ClientConfig defaults = ClientConfig.DEFAULTS;
    process = machine.start();
    SimTransport transport = new SimTransport(plan.network().channelsOf(process));
    ClientCore core =
        new ClientCore(
            new ClientConfig(
                plan.pdSeeds().stream().map(HostPort::toString).toList(),
                defaults.keyspace(),
                defaults.requestTimeout(),
                defaults.attemptTimeout(),
                defaults.connectTimeout(),
                defaults.outstandingMax(),
                defaults.batchRequestsMax(),
                defaults.batchBytesMax(),
                defaults.streamsPerStore(),
                defaults.retryLostWrites()),
            transport,
            machine.clock(),
            machine.world().stream("client/" + machine.name()));
    AgentActor actor = process.poll(core, () -> process.draw(1_000, 20_000));
    core.onWork(actor);
    transport.onEvent(actor::rearm);
    raw = new RawCommands(core);
    pd = new PdCommands(core);
  }

  public NodeProcess process() {
    return process;
  }

  public RawCommands raw() {
    return raw;
  }

  public PdCommands pd() {
    return pd;
  }
}
