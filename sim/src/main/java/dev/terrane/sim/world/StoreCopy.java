package dev.terrane.sim.world;

import dev.terrane.common.Bytes;
import dev.terrane.engine.log.memory.MemoryLogDirectory;
import dev.terrane.engine.memory.MemoryDisk;
import java.util.Map;

/**
 * A copy of a store's directories, as somebody made it at one moment while the store may have run.
 */
public final class StoreCopy {
  private final MemoryLogDirectory raftLog;
  private final MemoryDisk kv = new MemoryDisk();
  private final Map<String, Bytes> files;

  StoreCopy(MemoryLogDirectory raftLog, MemoryDisk kv, SimFiles files) {
    this.raftLog = raftLog.copy();
    this.kv.putBack(kv);
    this.files = files.copy();
  }

  MemoryLogDirectory raftLog() {
    return raftLog;
  }

  MemoryDisk kv() {
    return kv;
  }

  Map<String, Bytes> files() {
    return files;
  }
}
