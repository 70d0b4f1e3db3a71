/** The client's core against a hand-written cluster, in virtual time. */
@NullMarked
package dev.terrane.client.core;

import org.jspecify.annotations.NullMarked;
