/** Who is due when: for what has to be done to each of many, most of whom need nothing now. */
@NullMarked
package dev.terrane.common.due;

import org.jspecify.annotations.NullMarked;
