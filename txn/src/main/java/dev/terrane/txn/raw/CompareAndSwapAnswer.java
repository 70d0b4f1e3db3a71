package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import org.jspecify.annotations.Nullable;

/** Whether the swap was made, and the value before it, null if the key had none. */
public record CompareAndSwapAnswer(boolean succeeded, @Nullable Bytes previous) {}
