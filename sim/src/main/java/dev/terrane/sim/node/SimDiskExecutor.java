package dev.terrane.sim.node;

import dev.terrane.sim.world.NodeProcess;
import dev.terrane.store.DiskExecutor;

/** I/O threads: each piece of work happens when its drawn time has come, in no special order. */
final class SimDiskExecutor implements DiskExecutor {
  private final NodeProcess process;

  SimDiskExecutor(NodeProcess process) {
    this.process = process;
  }

  @Override
  public void submit(String name, Runnable work) {
    process.machine().stalls().step("what a thread of the disk is given");
    process.after(process.machine().disk().delayNanos(), work);
  }
}
