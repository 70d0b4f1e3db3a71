@NullMarked
package dev.terrane.cli.shell;

import org.jspecify.annotations.NullMarked;
