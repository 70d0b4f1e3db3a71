@NullMarked
package dev.terrane.cli.node;

import org.jspecify.annotations.NullMarked;
