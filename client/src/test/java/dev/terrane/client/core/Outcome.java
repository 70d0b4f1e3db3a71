package dev.terrane.client.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.client.ClientException;
import org.jspecify.annotations.Nullable;

/** What an operation ended with; a second end fails the test. */
final class Outcome<T extends @Nullable Object> implements Completion<T> {
  private boolean ended;
  private @Nullable T answer;
  private @Nullable ClientException failure;

  @Override
  public void succeeded(T value) {
    assertThat(ended).as("ended before").isFalse();
    ended = true;
    answer = value;
  }

  @Override
  public void failed(ClientException why) {
    assertThat(ended).as("ended before").isFalse();
    ended = true;
    failure = why;
  }

  boolean hasEnded() {
    return ended;
  }

  boolean hasSucceeded() {
    return ended && failure == null;
  }

  @Nullable T answer() {
    if (failure != null) {
      throw new AssertionError("the operation failed", failure);
    }
    return answer;
  }

  ClientException failure() {
    ClientException why = failure;
    if (why == null) {
      throw new AssertionError("the operation did not fail");
    }
    return why;
  }
}
