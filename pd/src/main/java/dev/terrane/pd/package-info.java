/**
 * The placement driver: timestamps, ids, stores, the Region tree, operators.
 *
 * <p>A {@code PdMember} is an agent; {@link dev.terrane.pd.Pd} is how others reach it. What must
 * survive is replicated among the members by a Raft group of its own (package {@code state}); what
 * stores can tell again (where Regions are, how full stores are, which operators run) is the
 * leader's alone and starts anew with each leadership.
 */
@NullMarked
package dev.terrane.pd;

import org.jspecify.annotations.NullMarked;
