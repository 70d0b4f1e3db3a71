/** gRPC services, the HTTP status port, configuration and node assembly. */
@NullMarked
package dev.terrane.server;

import org.jspecify.annotations.NullMarked;
