/** Latches and the scheduling of commands over an abstract Region storage. */
@NullMarked
package dev.terrane.txn;

import org.jspecify.annotations.NullMarked;
