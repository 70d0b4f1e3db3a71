package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.InternalErrorException;

/** Work handed to {@link ClientCore} from any thread; runs on the core's thread. */
interface Task {
  void start();

  /** Called instead of {@link #start} when the core will not take it. */
  void failed(ClientException failure);

  /** Work on it threw {@code thrown}, and goes on for everybody else. */
  default void broke(Throwable thrown) {
    failed(InternalErrorException.of(thrown));
  }
}
