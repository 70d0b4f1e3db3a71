/** Event loops, gRPC servers and channels, and how failures become gRPC statuses. */
@NullMarked
package dev.terrane.server.net;

import org.jspecify.annotations.NullMarked;
