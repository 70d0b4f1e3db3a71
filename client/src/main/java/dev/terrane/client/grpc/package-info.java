/** The client's network: gRPC over Netty, all of it on one event loop. */
@NullMarked
package dev.terrane.client.grpc;

import org.jspecify.annotations.NullMarked;
