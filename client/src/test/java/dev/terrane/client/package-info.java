/** The client against a hand-written cluster, over loopback. */
@NullMarked
package dev.terrane.client;

import org.jspecify.annotations.NullMarked;
