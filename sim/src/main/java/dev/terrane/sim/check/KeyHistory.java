package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that happened to one key, in the order of invocation. The register starts absent.
 *
 * <p>Confined to the checker.
 */
final class KeyHistory {
  private final Bytes key;
  private final List<RegisterOperation> operations;
  private final Map<Bytes, Integer> numberByValue;
  private final List<@Nullable Bytes> values;

  KeyHistory(Bytes key) {
    this.key = key;
    operations = new ArrayList<>();
    numberByValue = new LinkedHashMap<>();
    values = new ArrayList<>();
    values.add(null); // RegisterOperation.ABSENT
  }

  private KeyHistory(KeyHistory whole, List<RegisterOperation> operations) {
    key = whole.key;
    this.operations = operations;
    numberByValue = whole.numberByValue;
    values = whole.values;
  }

  /** The same key, as if only {@code some} of its operations had been. */
  KeyHistory with(List<RegisterOperation> some) {
    return new KeyHistory(this, some);
  }

  Bytes key() {
    return key;
  }

  List<RegisterOperation> operations() {
    return operations;
  }

  void add(RegisterOperation operation) {
    operations.add(operation);
  }

  /** The number that stands for {@code value} here. */
  int numberOf(@Nullable Bytes value) {
    if (value == null) {
      return RegisterOperation.ABSENT;
    }
    Integer known = numberByValue.get(value);
    if (known == null) {
      known = values.size();
      numberByValue.put(value, known);
      values.add(value);
    }
    return known;
  }

  @Nullable Bytes valueOf(int number) {
    return values.get(number);
  }

  /** How many numbers stand for values, {@link RegisterOperation#ABSENT} counted. */
  int valueCount() {
    return values.size();
  }
}
