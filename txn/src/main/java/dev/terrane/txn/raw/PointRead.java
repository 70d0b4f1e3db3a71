package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.engine.CachedRead;
import dev.terrane.txn.ReadMode;
import org.jspecify.annotations.Nullable;

/** Reads one key: at once where memory can tell, else on the read pool. */
abstract class PointRead<T extends @Nullable Object> extends RegionRead<T> {
  final Bytes engineKey;

  PointRead(
      RawEnvironment environment,
      RawContext context,
      ReadMode mode,
      Bytes engineKey,
      RawReply<T> reply) {
    super(environment, context, mode, reply);
    this.engineKey = engineKey;
  }

  /** The key's stored value, or null where it has none that lives. Ends the command. */
  abstract void decide(@Nullable Bytes liveValue);

  @Override
  final void begin() {
    switch (reader().latest().getCached(family, engineKey)) {
      case CachedRead.Found found -> decide(live(engineKey, found.value()));
      case CachedRead.Absent _ -> decide(null);
      case CachedRead.NeedsDisk _ -> toReadPool();
    }
  }

  @Override
  final void slice() {
    decide(live(engineKey, reader().latest().get(family, engineKey)));
  }
}
