/**
 * How much memory a message takes once it is decoded, told from its bytes before it is. A field of
 * two bytes on the wire can become an object of fifty: counted in bytes of the wire, one message of
 * a few mebibytes fills the heap.
 */
@NullMarked
package dev.terrane.server.weight;

import org.jspecify.annotations.NullMarked;
