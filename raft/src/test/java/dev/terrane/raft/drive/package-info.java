/** How driven nodes keep their promises, however late they are and wherever time passes. */
@NullMarked
package dev.terrane.raft.drive;

import org.jspecify.annotations.NullMarked;
