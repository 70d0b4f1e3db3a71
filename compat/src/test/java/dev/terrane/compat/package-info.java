/** The published TiKV Java client against Terrane, one test per operation it offers. */
@NullMarked
package dev.terrane.compat;

import org.jspecify.annotations.NullMarked;
