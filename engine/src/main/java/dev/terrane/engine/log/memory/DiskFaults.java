package dev.terrane.engine.log.memory;

import java.io.IOException;

/** Decides, before each call of a {@link MemoryLogDirectory}, whether it fails. */
@FunctionalInterface
public interface DiskFaults {
  /** A disk without fault. */
  DiskFaults NONE = (call, file) -> {};

  /**
   * Throws if the call is to fail; it then changes nothing. A failed {@link DiskCall#SYNC} leaves
   * open how much of what was written before it survives a power cut. May let virtual time pass.
   *
   * @param file the name that the file has now, or an empty string for the directory
   */
  void before(DiskCall call, String file) throws IOException;
}
