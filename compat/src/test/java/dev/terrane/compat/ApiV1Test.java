package dev.terrane.compat;

import org.junit.jupiter.api.Nested;

/** API version 1. */
class ApiV1Test {
  @Nested
  class Plain extends RawOperations {
    Plain() {
      super(3, "1");
    }
  }

  @Nested
  class Atomic extends AtomicOperations {
    Atomic() {
      super("1");
    }
  }
}
