/** The services on PD's port: decoders around {@link dev.terrane.pd.Pd}. */
@NullMarked
package dev.terrane.server.pd;

import org.jspecify.annotations.NullMarked;
