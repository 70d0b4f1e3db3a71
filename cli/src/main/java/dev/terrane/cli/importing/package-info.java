/**
 * {@code terrane import}: lines of a file become puts.
 *
 * <p>{@link dev.terrane.cli.importing.LineReader} cuts the input into lines, a {@link
 * dev.terrane.cli.importing.LineFormat} makes each a {@link
 * dev.terrane.cli.importing.ImportLine.Entry} or says what is wrong with it, and {@link
 * dev.terrane.cli.importing.Importer} keeps a bounded number of puts under way and counts what
 * became of them.
 */
@NullMarked
package dev.terrane.cli.importing;

import org.jspecify.annotations.NullMarked;
