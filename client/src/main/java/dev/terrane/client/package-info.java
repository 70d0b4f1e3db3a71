/**
 * The Java client: raw keys, asynchronous or not, over the batch stream of TiKV's protocol.
 *
 * <p>{@link dev.terrane.client.TerraneClient} opens; {@link dev.terrane.client.RawClient} reads and
 * writes; {@link dev.terrane.client.PdClient} asks where things are. What an operation may end with
 * is the hierarchy of {@link dev.terrane.client.ClientException}.
 *
 * <p>The decisions are in {@code core}, which knows no clock, thread or network; {@code grpc} gives
 * it those.
 */
@NullMarked
package dev.terrane.client;

import org.jspecify.annotations.NullMarked;
