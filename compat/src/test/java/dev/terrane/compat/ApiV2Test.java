package dev.terrane.compat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** API version 2. */
class ApiV2Test {
  /** Writes that compare-and-set need not see. */
  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class Plain extends RawOperations {
    private final PublishedClient client = PublishedClient.connect(3, "2", false);

    @Override
    PublishedClient client() {
      return client;
    }

    @AfterAll
    void close() {
      client.close();
    }
  }

  /** The client in its atomic mode. */
  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class Atomic extends AtomicOperations {
    private final PublishedClient client = PublishedClient.connect(1, "2", true);

    @Override
    PublishedClient client() {
      return client;
    }

    @AfterAll
    void close() {
      client.close();
    }
  }
}
