/** How keys, values and tables look on a terminal. */
@NullMarked
package dev.terrane.cli.text;

import org.jspecify.annotations.NullMarked;
