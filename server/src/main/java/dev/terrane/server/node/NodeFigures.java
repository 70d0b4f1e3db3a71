package dev.terrane.server.node;

import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.server.metrics.NodeMetrics;
import dev.terrane.server.net.ConnectionGate;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.server.transport.GrpcStoreTransport;
import org.jspecify.annotations.Nullable;

/** The depths of a node's queues, and what its engines count. */
final class NodeFigures {
  private final NodeMetrics metrics;

  NodeFigures(NodeMetrics metrics) {
    this.metrics = metrics;
  }

  void register(
      NodeThreads threads,
      ConnectionGate gate,
      NodeTraffic traffic,
      GrpcStoreTransport transport,
      @Nullable StorePart store,
      @Nullable PdPart pd) {
    metrics.gauge("traffic_taken_bytes", traffic.budget()::taken);
    metrics.gauge("traffic_bytes_max", traffic.budget()::bytesMax);
    metrics.counter("traffic_refusals_total", traffic.budget()::refusals);
    metrics.gauge("open_calls", traffic::openCalls);
    metrics.gauge("connections", gate::open);
    metrics.counter("connections_closed_for_want_of_places_total", gate::closed);
    metrics.gauge("read_pool_queued_reads", threads.reads::queued);
    metrics.gauge("io_queued_tasks", threads.io::queued);
    metrics.counter("store_loop_rounds_total", threads.agents::rounds);
    metrics.counter("log_writer_rounds_total", threads.logWriters::rounds);
    metrics.gauge("transport_queued_bytes", transport::queuedBytes);
    metrics.counter("transport_dropped_batches_total", transport::dropped);
    if (pd != null) {
      registerPd(pd);
    }
    if (store != null) {
      metrics.gauge("latch_waiting_commands", store.latches()::waiting);
      metrics.gauge("batch_streams", store.tikv()::batchStreams);
      metrics.gauge("batch_streams_queued_answer_bytes", store.tikv()::batchAnswerBytes);
      metrics.gauge("import_uploaded_bytes", store.importing()::uploadedBytes);
      registerLog(store.raftLog());
      registerEngine(store.engine());
    }
  }

  /** Zeros but where PD is led, so that sums over all nodes are right. */
  private void registerPd(PdPart pd) {
    metrics.gauge("pd_leads", () -> pd.figures().leads());
    metrics.gauge("pd_stores_up", () -> pd.figures().storesUp());
    metrics.gauge("pd_stores_disconnected", () -> pd.figures().storesDisconnected());
    metrics.gauge("pd_stores_down", () -> pd.figures().storesDown());
    metrics.gauge("pd_stores_offline", () -> pd.figures().storesOffline());
    metrics.gauge("pd_regions", () -> pd.figures().regions());
    metrics.gauge("pd_members", () -> pd.figures().members());
    metrics.gauge("pd_members_silent", () -> pd.figures().membersSilent());
    metrics.gauge("pd_nodes_standing_by", () -> pd.figures().nodesStandingBy());
  }

  private void registerLog(RaftLogEngine log) {
    metrics.counter("raft_log_written_bytes_total", () -> log.figures().bytesWritten());
    metrics.counter("raft_log_rewritten_bytes_total", () -> log.figures().bytesRewritten());
    metrics.counter("raft_log_syncs_total", () -> log.figures().syncs());
    metrics.counter("raft_log_sync_nanoseconds_total", () -> log.figures().syncNanos());
    metrics.counter("raft_log_cache_hits_total", () -> log.figures().cacheHits());
    metrics.counter("raft_log_cache_misses_total", () -> log.figures().cacheMisses());
    metrics.gauge("raft_log_cache_bytes", () -> log.figures().cacheBytes());
    metrics.gauge("raft_log_segments", () -> log.figures().segments());
    metrics.gauge("raft_log_bytes", () -> log.figures().totalBytes());
    metrics.gauge("raft_log_live_bytes", () -> log.figures().liveBytes());
    metrics.gauge("raft_log_entries", () -> log.figures().entries());
  }

  private void registerEngine(KvEngine engine) {
    metrics.gauge("engine_sst_bytes", () -> engine.statistics().sstBytes());
    metrics.gauge("engine_memtable_bytes", () -> engine.statistics().memtableBytes());
    metrics.gauge("engine_block_cache_bytes", () -> engine.statistics().blockCacheBytes());
    metrics.counter("engine_block_cache_hits_total", () -> engine.statistics().blockCacheHits());
    metrics.counter(
        "engine_block_cache_misses_total", () -> engine.statistics().blockCacheMisses());
    metrics.counter("engine_log_written_bytes_total", () -> engine.statistics().logBytesWritten());
    metrics.counter("engine_log_syncs_total", () -> engine.statistics().logSyncs());
    metrics.counter("engine_flushed_bytes_total", () -> engine.statistics().flushBytesWritten());
    metrics.counter(
        "engine_compacted_bytes_total", () -> engine.statistics().compactionBytesWritten());
    metrics.counter("engine_stall_microseconds_total", () -> engine.statistics().stallMicros());
    metrics.gauge("engine_snapshots", () -> engine.statistics().snapshots());
    metrics.gauge("engine_level_zero_files", () -> engine.flowSignals().levelZeroFiles());
    metrics.gauge(
        "engine_pending_compaction_bytes", () -> engine.flowSignals().pendingCompactionBytes());
    metrics.gauge("disk_free_bytes", () -> engine.flowSignals().diskFreeBytes());
  }
}
