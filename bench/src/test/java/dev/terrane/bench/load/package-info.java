@NullMarked
package dev.terrane.bench.load;

import org.jspecify.annotations.NullMarked;
