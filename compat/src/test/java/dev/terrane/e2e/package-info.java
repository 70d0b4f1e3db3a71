/**
 * Real processes on loopback, killed, paused and restarted, and what clients may rely on meanwhile.
 */
@NullMarked
package dev.terrane.e2e;

import org.jspecify.annotations.NullMarked;
