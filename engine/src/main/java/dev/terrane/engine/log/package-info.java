/** The Raft log shared by all Regions of a store. */
@NullMarked
package dev.terrane.engine.log;

import org.jspecify.annotations.NullMarked;
