/** Regions, their peers and epochs, and why a store may refuse to serve one. */
@NullMarked
package dev.terrane.common.region;

import org.jspecify.annotations.NullMarked;
