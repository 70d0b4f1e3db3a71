/**
 * Timestamps and ids: numbers that are never handed out twice, whoever leads. Both are cut from
 * windows whose ends are replicated before anything below them is handed out, so a new leader that
 * starts at the end of the last window is above everything its predecessors gave.
 */
@NullMarked
package dev.terrane.pd.tso;

import org.jspecify.annotations.NullMarked;
