package dev.terrane.pd;

import dev.terrane.proto.pdpb.RegionHeartbeatResponse;

/** The way from PD to one store: its heartbeat stream. Called on PD's thread; must not block. */
public interface InstructionSink {
  /** Sends to the store, or drops when the store does not keep up: PD repeats what matters. */
  void instruct(RegionHeartbeatResponse instruction);

  /** Ends the stream. Nothing follows. */
  void end(PdRefusal why);
}
