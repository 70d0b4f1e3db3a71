/** A node's figures, as Prometheus wants them. */
@NullMarked
package dev.terrane.server.metrics;

import org.jspecify.annotations.NullMarked;
