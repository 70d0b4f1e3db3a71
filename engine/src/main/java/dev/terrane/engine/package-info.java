/** Ordered storage with column families, and the Raft log shared by all Regions of a store. */
@NullMarked
package dev.terrane.engine;

import org.jspecify.annotations.NullMarked;
