@NullMarked
package dev.terrane.engine.log;

import org.jspecify.annotations.NullMarked;
