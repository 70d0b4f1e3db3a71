/**
 * The TiKV service: decoders around the raw commands, unary and inside the BatchCommands stream. A
 * request is decoded once, whichever way it came, and answered by a callback.
 */
@NullMarked
package dev.terrane.server.tikv;

import org.jspecify.annotations.NullMarked;
