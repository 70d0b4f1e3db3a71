package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.pd.PdWrite.LogBase;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member finds on its disk when it starts.
 *
 * @param memberId chosen at its first start
 * @param state the last encoded state; null: it has never been a member of a cluster
 * @param regions the chunks of the cache of Regions
 * @param base what the log begins behind
 * @param entries of the log, in order, without a gap
 */
public record PdRecovered(
    long memberId,
    @Nullable Bytes state,
    List<Bytes> regions,
    HardState hardState,
    LogBase base,
    List<Entry> entries) {
  public PdRecovered {
    entries = List.copyOf(entries);
  }
}
