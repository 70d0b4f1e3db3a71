package dev.terrane.cli.data;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One request to the key space. */
public sealed interface Statement {
  record Get(Bytes key) implements Statement {}

  /** {@code ttl} zero means that the entry does not expire. */
  record Put(Bytes key, Bytes value, Duration ttl) implements Statement {}

  record Delete(Bytes key) implements Statement {}

  /** At most {@code limit} entries of {@code range}; {@code reverse} takes the last ones first. */
  record Scan(KeyRange range, int limit, boolean reverse, boolean keysOnly) implements Statement {
    /** The limit that is none. */
    public static final int ALL = Integer.MAX_VALUE;
  }

  record Ttl(Bytes key) implements Statement {}

  /** Writes {@code value} if the key holds {@code expected}, or, if that is null, nothing. */
  record Cas(Bytes key, @Nullable Bytes expected, Bytes value) implements Statement {}
}
