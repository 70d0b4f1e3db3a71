/**
 * PD's own group: how many members vote, who takes the place of a dead one, and who stands by.
 *
 * <p>Nodes beyond the number that is wanted are stores only. They tell the leader every few seconds
 * that they are there; the leader makes one of them a member when one is needed. Who stands by is
 * not replicated: the next leader hears it from them again.
 */
@NullMarked
package dev.terrane.pd.group;

import org.jspecify.annotations.NullMarked;
