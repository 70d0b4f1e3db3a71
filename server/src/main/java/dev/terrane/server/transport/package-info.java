/** Raft messages and snapshots between stores, and Raft messages between PD members, over gRPC. */
@NullMarked
package dev.terrane.server.transport;

import org.jspecify.annotations.NullMarked;
