/**
 * Who is to get which keys of a store: a range is claimed when something that will hold it is
 * offered, not when it is there, so that two Regions that overlap are never both promised.
 */
@NullMarked
package dev.terrane.store.claim;

import org.jspecify.annotations.NullMarked;
