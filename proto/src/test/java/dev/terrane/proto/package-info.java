/** What the wire must look like, and that the bridges keep what they carry. */
@NullMarked
package dev.terrane.proto;

import org.jspecify.annotations.NullMarked;
