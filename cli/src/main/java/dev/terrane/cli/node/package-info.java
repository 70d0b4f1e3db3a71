/**
 * Running nodes: {@code terrane start}, one in a process, and {@code terrane playground}, several.
 */
@NullMarked
package dev.terrane.cli.node;

import org.jspecify.annotations.NullMarked;
