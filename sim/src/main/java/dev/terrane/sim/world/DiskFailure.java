package dev.terrane.sim.world;

import java.io.IOException;

/** A disk call failed because the simulation wanted it to. */
final class DiskFailure extends IOException {
  private static final long serialVersionUID = 1L;

  DiskFailure(String message) {
    super(message);
  }
}
