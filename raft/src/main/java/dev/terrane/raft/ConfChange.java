package dev.terrane.raft;

import dev.terrane.common.Bytes;
import java.util.List;

/**
 * A membership change as it travels in a {@link EntryKind#CONF_CHANGE} entry. It takes effect when
 * the entry is applied. {@code context} is the caller's and opaque here: a store puts the admin
 * command into it that changes its Region in the same entry.
 *
 * <p>A group is in a joint change from the entry of an {@link EnterJoint} to that of the {@link
 * LeaveJoint}, which the caller must propose; nothing leaves by itself.
 *
 * <p>Encoded: version (1 byte, 1), kind (1 byte), number of changes (4), each as kind (1) and peer
 * id (8), then the context up to the end. Numbers are big-endian.
 */
public sealed interface ConfChange {
  Bytes context();

  /** Changes one peer at once. Changes the set of voters by one peer at most. */
  record Single(Change change, Bytes context) implements ConfChange {}

  /** Begins a joint change of any number of peers. */
  record EnterJoint(List<Change> changes, Bytes context) implements ConfChange {
    public EnterJoint {
      changes = List.copyOf(changes);
    }
  }

  /** Ends the joint change: the old configuration's vote no longer counts. */
  record LeaveJoint(Bytes context) implements ConfChange {}

  /** The bytes of this, for an entry's data. */
  default Bytes encode() {
    return ConfChangeCodec.encode(this);
  }

  /**
   * The change that {@code data} encodes.
   *
   * @throws IllegalArgumentException if it is malformed or of a newer version, saying which
   */
  static ConfChange decode(Bytes data) {
    return ConfChangeCodec.decode(data);
  }
}
