/**
 * Keeps a cluster under everything at once for a long time, and looks at what a well-behaved client
 * beside it feels: full load, hundreds of connections, large scans, and readers that do not read.
 * Begin with {@link dev.terrane.bench.soak.SoakMain}; {@code bench/soak.sh} starts the nodes.
 */
@NullMarked
package dev.terrane.bench.soak;

import org.jspecify.annotations.NullMarked;
