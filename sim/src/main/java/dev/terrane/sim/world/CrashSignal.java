package dev.terrane.sim.world;

/**
 * Ends whatever a process was doing at the moment it died. An error, so that no code of the process
 * takes it for something that it could handle.
 */
final class CrashSignal extends Error {
  private static final long serialVersionUID = 1L;

  CrashSignal() {
    super("the process died here", null, false, false);
  }
}
