package dev.terrane.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppliedIndexTest {
  @Test
  void isTakenFromTheStatusPage() {
    assertThat(AppliedIndex.parse("{\"regions\":[{\"id\":2,\"applied_index\":1234}]}"))
        .isEqualTo(1_234);
    assertThat(AppliedIndex.parse("{\n  \"applied_index\" : 7\n}")).isEqualTo(7);
  }

  @Test
  void aNodeWithoutARegionHasAppliedNothing() {
    assertThat(AppliedIndex.parse("{\"regions\":[]}")).isZero();
  }
}
