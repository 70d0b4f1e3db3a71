/** A server that keeps nothing, to see what the client and gRPC cost by themselves. */
@NullMarked
package dev.terrane.bench.echo;

import org.jspecify.annotations.NullMarked;
