/**
 * What a node holds in memory for others: requests on their way in, answers that are made, and
 * answers that nobody has read yet. One budget in bytes for all of it.
 */
@NullMarked
package dev.terrane.common.traffic;

import org.jspecify.annotations.NullMarked;
