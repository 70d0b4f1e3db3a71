/**
 * How a {@link dev.terrane.raft.RawNode} is driven: in which order time, what has come, and what it
 * asks for are dealt with. A store's peers and PD's member are driven by this and nothing else,
 * since most of what can go wrong around Raft is an order that is wrong in one place and right in
 * another.
 *
 * <p>Read {@link dev.terrane.raft.drive.DrivenNode} first, which has the rules; {@link
 * dev.terrane.raft.drive.TickWheel} lets time pass for the nodes of one agent, {@link
 * dev.terrane.raft.drive.HandOver} gives away what they lead. As in the core there is no thread,
 * clock, socket, file or logger here: times are handed in, in nanoseconds of one monotonic clock.
 *
 * <p>A cycle of an agent that has driven nodes:
 *
 * <ol>
 *   <li>it takes what has come, and reads the clock after that;
 *   <li>{@link dev.terrane.raft.drive.TickWheel#advance} counts the ticks that were due by then;
 *   <li>what was taken is handled, and nothing that came later;
 *   <li>each node that wants one gets a {@link dev.terrane.raft.drive.DrivenNode#turn}.
 * </ol>
 */
@NullMarked
package dev.terrane.raft.drive;

import org.jspecify.annotations.NullMarked;
