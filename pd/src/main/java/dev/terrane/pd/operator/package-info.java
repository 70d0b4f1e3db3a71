/**
 * Changes of one Region as lists of small steps, each confirmed by a heartbeat before the next is
 * asked for. An operator is the leader's alone and is lost with it: what it was for is found again
 * from the Region as it is then.
 */
@NullMarked
package dev.terrane.pd.operator;

import org.jspecify.annotations.NullMarked;
