/**
 * {@code terrane ctl}: what the placement driver knows, as tables or JSON. Speaks PD's own
 * protocol, so it also works against PD.
 */
@NullMarked
package dev.terrane.cli.ctl;

import org.jspecify.annotations.NullMarked;
