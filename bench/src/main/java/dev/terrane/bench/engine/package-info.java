/** What the parts of the engine cost, in CPU time, which a loaded machine distorts least. */
@NullMarked
package dev.terrane.bench.engine;

import org.jspecify.annotations.NullMarked;
