package dev.terrane.sim.invariant;

import dev.terrane.store.wire.AppliedPosition;

/** Of the timeline: a store has applied entries. */
record AppliedLine(long regionId, AppliedPosition position) {
  @Override
  public String toString() {
    return "applied region %d through %d, term %d"
        .formatted(regionId, position.index(), position.term());
  }
}
