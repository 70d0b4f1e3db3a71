package dev.terrane.pd.state;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.EtcdRecord;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The few records that old clients keep in etcd, which for them is on PD's port. */
public final class EtcdTable {
  private static final Bytes PREFIX = Bytes.ofUtf8("/tidb/store/gcworker/");
  private static final int VALUE_BYTES_MAX = 4 << 10;
  private static final int KEY_BYTES_MAX = 256;
  private static final int RECORDS_MAX = 64;

  private final TreeMap<Bytes, EtcdRecord> byKey = new TreeMap<>();
  private long revision;

  EtcdTable(List<EtcdRecord> records, long revision) {
    for (EtcdRecord record : records) {
      byKey.put(ProtoBytes.toBytes(record.getKey()), record);
    }
    this.revision = revision;
  }

  public @Nullable EtcdRecord get(Bytes key) {
    return byKey.get(key);
  }

  public Collection<EtcdRecord> all() {
    return Collections.unmodifiableCollection(byKey.values());
  }

  /** Rises by one with each write. */
  public long revision() {
    return revision;
  }

  Outcome put(Command.EtcdPut command) {
    Bytes key = ProtoBytes.toBytes(command.getKey());
    if (!key.startsWith(PREFIX) || key.length() > KEY_BYTES_MAX) {
      return new Outcome.Refused(
          ErrorType.INVALID_VALUE, "only keys that begin with " + PREFIX + " can be kept here");
    }
    if (command.getValue().size() > VALUE_BYTES_MAX) {
      return new Outcome.Refused(
          ErrorType.INVALID_VALUE,
          "value of " + command.getValue().size() + " bytes, at most " + VALUE_BYTES_MAX);
    }
    EtcdRecord before = byKey.get(key);
    if (before == null && byKey.size() >= RECORDS_MAX) {
      return new Outcome.Refused(
          ErrorType.INVALID_VALUE, "there are " + RECORDS_MAX + " records already");
    }
    revision++;
    byKey.put(
        key,
        EtcdRecord.newBuilder()
            .setKey(command.getKey())
            .setValue(command.getValue())
            .setCreateRevision(before == null ? revision : before.getCreateRevision())
            .setModRevision(revision)
            .setVersion(before == null ? 1 : before.getVersion() + 1)
            .build());
    return new Outcome.Revision(revision);
  }
}
