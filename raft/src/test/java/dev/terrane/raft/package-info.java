/** Transcripts, the papers' rules one by one, and whole groups under a hostile network. */
@NullMarked
package dev.terrane.raft;

import org.jspecify.annotations.NullMarked;
