package dev.terrane.compat;

import org.junit.jupiter.api.Nested;

/** API version 2. */
class ApiV2Test {
  @Nested
  class Plain extends RawOperations {
    Plain() {
      super(3, "2");
    }
  }

  @Nested
  class Atomic extends AtomicOperations {
    Atomic() {
      super("2");
    }
  }
}
