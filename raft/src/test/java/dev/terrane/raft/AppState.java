package dev.terrane.raft;

import dev.terrane.common.Bytes;
import java.nio.ByteBuffer;

/** A replicated state machine reduced to what tests compare: a hash over all that was applied. */
record AppState(long applied, long appliedTerm, Membership membership, long hash) {
  /** A change with this context is refused by every replica alike. */
  static final Bytes REFUSED = Bytes.ofUtf8("refused");

  AppState after(Entry entry) {
    long mixed = (hash ^ entry.data().hashCode()) * 0x9E3779B97F4A7C15L + entry.term();
    Membership next = membership;
    if (entry.kind() == EntryKind.CONF_CHANGE && !isRefused(entry)) {
      next = MembershipChange.apply(membership, ConfChange.decode(entry.data()));
    }
    return new AppState(entry.index(), entry.term(), next, mixed);
  }

  static boolean isRefused(Entry entry) {
    return ConfChange.decode(entry.data()).context().equals(REFUSED);
  }

  Snapshot toSnapshot() {
    ByteBuffer reference = ByteBuffer.allocate(Long.BYTES);
    reference.putLong(hash);
    return new Snapshot(
        new SnapshotMeta(applied, appliedTerm, membership), Bytes.wrap(reference.array()));
  }

  static AppState of(Snapshot snapshot) {
    SnapshotMeta meta = snapshot.meta();
    return new AppState(
        meta.index(),
        meta.term(),
        meta.membership(),
        snapshot.reference().asByteBuffer().getLong());
  }
}
