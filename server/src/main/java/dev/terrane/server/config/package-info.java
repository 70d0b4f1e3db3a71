/** What a node is told at its start: defaults, a TOML file, and what the caller sets on top. */
@NullMarked
package dev.terrane.server.config;

import org.jspecify.annotations.NullMarked;
