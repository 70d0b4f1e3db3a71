/** Serialises commands on the same keys in memory, without a waiting thread. */
@NullMarked
package dev.terrane.txn.latch;

import org.jspecify.annotations.NullMarked;
