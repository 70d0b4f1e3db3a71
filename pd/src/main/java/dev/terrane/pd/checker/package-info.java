/**
 * Keeps each Region as the rules say. A checker is a pure function of a Region and the stores; it
 * gives a {@link dev.terrane.pd.checker.Decision} with its reason, also when there is nothing to
 * do.
 */
@NullMarked
package dev.terrane.pd.checker;

import org.jspecify.annotations.NullMarked;
