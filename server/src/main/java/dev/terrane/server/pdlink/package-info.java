/**
 * A store's way to PD over gRPC: finds the leader, follows it when it changes, gives up in time.
 */
@NullMarked
package dev.terrane.server.pdlink;

import org.jspecify.annotations.NullMarked;
