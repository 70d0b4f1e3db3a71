/** The placement driver: timestamps, ids, stores, the Region tree, operators. */
@NullMarked
package dev.terrane.pd;

import org.jspecify.annotations.NullMarked;
