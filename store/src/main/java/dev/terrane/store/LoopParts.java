package dev.terrane.store;

import dev.terrane.common.TimeSource;
import dev.terrane.proto.metapb.Store;

/**
 * What only some parts of a loop need.
 *
 * @param self the store as PD is to know it
 */
record LoopParts(
    StoreTransport transport,
    SnapshotFiles snapshotFiles,
    PdLink pd,
    Store self,
    TimeSource time,
    Admission admission,
    RaftBacklog raftBacklog) {}
