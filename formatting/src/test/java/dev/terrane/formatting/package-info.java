/** A test of the source tree: every file is as the formatter writes it. */
@NullMarked
package dev.terrane.formatting;

import org.jspecify.annotations.NullMarked;
