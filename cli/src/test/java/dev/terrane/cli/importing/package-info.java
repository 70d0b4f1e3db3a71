@NullMarked
package dev.terrane.cli.importing;

import org.jspecify.annotations.NullMarked;
