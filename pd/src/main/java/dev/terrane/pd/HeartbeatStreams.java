package dev.terrane.pd;

import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.ResponseHeader;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeat streams of all stores, one for each. Confined to the member's thread. Times are
 * from its monotonic clock.
 */
final class HeartbeatStreams {
  /** A stream without instructions is told every minute that PD is still there. */
  private static final long KEEP_ALIVE_NANOS = 60_000_000_000L;

  private static final class Bound {
    final InstructionSink sink;
    long lastSentNanos;

    Bound(InstructionSink sink, long nowNanos) {
      this.sink = sink;
      this.lastSentNanos = nowNanos;
    }
  }

  private final SortedMap<Long, Bound> boundByStoreId = new TreeMap<>();

  /** Instructions for the store go through {@code sink} from now on. */
  void bind(long storeId, InstructionSink sink, long nowNanos) {
    Bound bound = boundByStoreId.get(storeId);
    if (bound == null || !bound.sink.equals(sink)) {
      boundByStoreId.put(storeId, new Bound(sink, nowNanos));
    }
  }

  void unbind(InstructionSink sink) {
    boundByStoreId.values().removeIf(bound -> bound.sink.equals(sink));
  }

  /** Sends to a store, if it has a stream. */
  void send(long storeId, RegionHeartbeatResponse instruction, long nowNanos) {
    @Nullable Bound bound = boundByStoreId.get(storeId);
    if (bound != null) {
      bound.lastSentNanos = nowNanos;
      bound.sink.instruct(instruction);
    }
  }

  void keepAlive(ResponseHeader header, long nowNanos) {
    for (Bound bound : boundByStoreId.values()) {
      if (nowNanos - bound.lastSentNanos >= KEEP_ALIVE_NANOS) {
        bound.lastSentNanos = nowNanos;
        bound.sink.instruct(RegionHeartbeatResponse.newBuilder().setHeader(header).build());
      }
    }
  }

  /** Ends every stream: this member no longer leads. */
  void endAll(PdRefusal why) {
    boundByStoreId.values().forEach(bound -> bound.sink.end(why));
    boundByStoreId.clear();
  }
}
