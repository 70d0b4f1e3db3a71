/** Tests of the source tree itself: who may know whom, and banned calls. */
@NullMarked
package dev.terrane.architecture;

import org.jspecify.annotations.NullMarked;
