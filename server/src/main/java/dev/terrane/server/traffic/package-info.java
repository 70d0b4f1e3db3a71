/**
 * What calls hold in memory, counted on the node's budget: the parts of a message that have come, a
 * request until it is answered, an answer while it is gathered, queued and not yet written to the
 * socket. Each call of a guarded method is counted, whatever its service; a service only says what
 * it gathers.
 *
 * <pre>
 * a message's bytes   {@link dev.terrane.server.traffic.PartialMessage} until it is complete
 * a request           {@link dev.terrane.server.traffic.GuardedListener} until its call is over
 * an answer           {@link dev.terrane.server.traffic.CallTraffic#answer}, or one's own, until sent
 * an unread answer    {@link dev.terrane.server.traffic.CountedCall} until the socket has taken it
 * </pre>
 */
@NullMarked
package dev.terrane.server.traffic;

import org.jspecify.annotations.NullMarked;
