/** The HTTP status port: figures, state and health for people, Prometheus and old PD tools. */
@NullMarked
package dev.terrane.server.http;

import org.jspecify.annotations.NullMarked;
