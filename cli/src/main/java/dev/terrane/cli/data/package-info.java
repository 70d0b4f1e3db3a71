/**
 * Reading and writing keys: what can be asked ({@link dev.terrane.cli.data.Statement}), and the
 * one-shot commands that ask it. The shell asks the same statements.
 */
@NullMarked
package dev.terrane.cli.data;

import org.jspecify.annotations.NullMarked;
