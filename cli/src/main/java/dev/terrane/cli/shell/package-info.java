/**
 * {@code terrane sh}: a line at a time, {@link dev.terrane.cli.shell.Words} cuts it into words,
 * {@link dev.terrane.cli.shell.ShellLine} makes sense of them, and {@link
 * dev.terrane.cli.shell.ShellCommand} asks the cluster and prints the answer.
 */
@NullMarked
package dev.terrane.cli.shell;

import org.jspecify.annotations.NullMarked;
