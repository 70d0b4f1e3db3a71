/** The Java client: raw keys, asynchronous, over the batch stream. */
@NullMarked
package dev.terrane.client;

import org.jspecify.annotations.NullMarked;
