/** The consensus core: messages in, work out. No thread, clock, socket, file or logger. */
@NullMarked
package dev.terrane.raft;

import org.jspecify.annotations.NullMarked;
