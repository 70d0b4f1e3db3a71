/** Who may be believed to be whom it says, where nothing but addresses can show it. */
@NullMarked
package dev.terrane.common.contact;

import org.jspecify.annotations.NullMarked;
