/**
 * What PD's members replicate: a state machine of protobuf commands. Each part of the state is a
 * small table that applies its own commands; whether a command holds is decided when it is applied,
 * and so the same way by every member.
 *
 * <p>Deterministic: no clock (commands carry their leader's), no chance, ordered collections only.
 */
@NullMarked
package dev.terrane.pd.state;

import org.jspecify.annotations.NullMarked;
