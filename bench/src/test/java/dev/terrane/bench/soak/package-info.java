@NullMarked
package dev.terrane.bench.soak;

import org.jspecify.annotations.NullMarked;
