package dev.terrane.store;

import dev.terrane.common.TimeSource;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.RaftLogEngine;
import java.util.random.RandomGenerator;

/**
 * All that a store is built on. The store closes none of it.
 *
 * @param engine of this store alone
 * @param log of this store alone
 * @param random for election timeouts
 */
public record StoreSurroundings(
    TimeSource time,
    RandomGenerator random,
    KvEngine engine,
    RaftLogEngine log,
    SnapshotFiles snapshotFiles,
    StoreTransport transport,
    PdLink pd,
    DiskExecutor disk,
    MetricsSink metrics) {}
