/**
 * The engine on disk: RocksDB behind {@link dev.terrane.engine.KvEngine}. Nothing outside this
 * package sees RocksDB.
 *
 * <p>RocksDB is native code that trusts its caller: a handle used after it was closed takes the
 * whole process down. So every native handle here sits behind a gate that its users pass and that
 * closing shuts: {@link dev.terrane.engine.rocks.Gate} where many threads may come at once, {@link
 * dev.terrane.engine.rocks.Turnstile} where one at a time does.
 *
 * <p>A directory holds what RocksDB puts there, and {@code ingest/}, whose content is only of use
 * during a call and is removed at open.
 */
@NullMarked
package dev.terrane.engine.rocks;

import org.jspecify.annotations.NullMarked;
