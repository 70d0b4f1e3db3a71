/** What a PD leader knows of the stores' health, from their heartbeats alone. Not replicated. */
@NullMarked
package dev.terrane.pd.store;

import org.jspecify.annotations.NullMarked;
