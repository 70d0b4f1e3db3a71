/** Bridges between our bytes and the generated classes. */
@NullMarked
package dev.terrane.proto;

import org.jspecify.annotations.NullMarked;
