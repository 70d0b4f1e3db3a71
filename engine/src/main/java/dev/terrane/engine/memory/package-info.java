/**
 * The engine in memory, for tests, simulations and stores whose data may go with the process.
 *
 * <p>A {@link dev.terrane.engine.memory.MemoryDisk} stands for the disk and outlives the {@link
 * dev.terrane.engine.memory.MemoryEngine} that is opened on it. At a {@linkplain
 * dev.terrane.engine.memory.MemoryDisk#crash power cut} it does its worst within the contract of
 * {@link dev.terrane.engine.KvEngine}, drawn from the caller's random source: the same calls and
 * the same source give the same state.
 */
@NullMarked
package dev.terrane.engine.memory;

import org.jspecify.annotations.NullMarked;
