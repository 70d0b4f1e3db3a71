package dev.terrane.pd.state;

import dev.terrane.proto.keyspacepb.KeyspaceMeta;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The keyspaces of a version 2 cluster, by their ids. */
public final class KeyspaceTable {
  private final TreeMap<Integer, KeyspaceMeta> byId = new TreeMap<>(Integer::compareUnsigned);

  KeyspaceTable(List<KeyspaceMeta> keyspaces) {
    keyspaces.forEach(this::add);
  }

  void add(KeyspaceMeta keyspace) {
    byId.put(keyspace.getId(), keyspace);
  }

  public @Nullable KeyspaceMeta get(int id) {
    return byId.get(id);
  }

  public @Nullable KeyspaceMeta named(String name) {
    for (KeyspaceMeta keyspace : byId.values()) {
      if (keyspace.getName().equals(name)) {
        return keyspace;
      }
    }
    return null;
  }

  /** All keyspaces in the order of their ids. */
  public Collection<KeyspaceMeta> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  /** Those from id {@code first} on, in the order of their ids. */
  public Collection<KeyspaceMeta> from(int first) {
    return Collections.unmodifiableCollection(byId.tailMap(first, true).values());
  }
}
