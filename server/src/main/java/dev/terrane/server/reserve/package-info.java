/**
 * Room on the disk that is kept for the next start: a node that was killed has to write before it
 * can serve, also the deletes by which a full disk gets room again.
 */
@NullMarked
package dev.terrane.server.reserve;

import org.jspecify.annotations.NullMarked;
