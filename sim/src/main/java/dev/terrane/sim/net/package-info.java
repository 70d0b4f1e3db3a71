/**
 * The network of a simulated cluster, below gRPC: channels and servers on which the real services
 * and stubs run, over connections that carry their encoded messages.
 *
 * <p>A connection behaves as TCP's do: what arrives, arrives in order; what is lost on the way
 * comes late; what cannot get through breaks it in the end. Messages of Raft's streams, which may
 * be lost by contract, are on request dropped, doubled and swapped before they leave.
 */
@NullMarked
package dev.terrane.sim.net;

import org.jspecify.annotations.NullMarked;
