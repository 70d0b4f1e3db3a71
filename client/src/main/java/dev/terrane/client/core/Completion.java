package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import org.jspecify.annotations.Nullable;

/**
 * Where an operation's outcome goes. Exactly one of the two is called, once, on the core's thread.
 */
public interface Completion<T extends @Nullable Object> {
  void succeeded(T answer);

  void failed(ClientException failure);
}
