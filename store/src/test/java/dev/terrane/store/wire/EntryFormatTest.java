package dev.terrane.store.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryFormatTest {
  private record Seen(long requestId, long epochVersion, Bytes payload) {}

  private static List<Seen> read(Bytes data) {
    List<Seen> seen = new ArrayList<>();
    EntryFormat.forEach(data, (r, e, p) -> seen.add(new Seen(r, e, p)));
    return seen;
  }

  @Test
  void givesBackEveryProposalInOrder() {
    Bytes large = Bytes.wrap(new byte[300]);
    EntryFormat.Builder entry =
        new EntryFormat.Builder(3 * EntryFormat.PROPOSAL_OVERHEAD_BYTES + 302);
    entry.add(1, 1, Bytes.ofUtf8("ab"));
    entry.add(Long.MAX_VALUE, 1L << 40, large);
    entry.add(0, 0, Bytes.EMPTY);

    assertThat(read(entry.build()))
        .containsExactly(
            new Seen(1, 1, Bytes.ofUtf8("ab")),
            new Seen(Long.MAX_VALUE, 1L << 40, large),
            new Seen(0, 0, Bytes.EMPTY));
  }

  @Test
  void anEmptyEntryHasNoProposals() {
    assertThat(read(Bytes.EMPTY)).isEmpty();
  }

  @Test
  void anEntryThatIsCutOffOrOfAnotherFormatStopsTheStore() {
    Bytes whole = new EntryFormat.Builder(64).add(7, 1, Bytes.ofUtf8("payload")).build();
    for (int length = 2; length < whole.length(); length++) {
      Bytes cut = whole.slice(0, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(InvariantViolation.class);
    }
    assertThatThrownBy(() -> read(Bytes.of(9, 1, 1, 0)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("format 9");
  }
}
