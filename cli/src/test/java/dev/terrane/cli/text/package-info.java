@NullMarked
package dev.terrane.cli.text;

import org.jspecify.annotations.NullMarked;
