@NullMarked
package dev.terrane.engine.log.memory;

import org.jspecify.annotations.NullMarked;
