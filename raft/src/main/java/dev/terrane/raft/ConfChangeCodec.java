package dev.terrane.raft;

import dev.terrane.common.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The byte form of a {@link ConfChange}; the layout is stated there. */
final class ConfChangeCodec {
  private static final byte VERSION = 1;
  private static final byte SINGLE = 1;
  private static final byte ENTER_JOINT = 2;
  private static final byte LEAVE_JOINT = 3;
  private static final int HEADER_BYTES = 6;
  private static final int CHANGE_BYTES = 9;

  private ConfChangeCodec() {}

  static Bytes encode(ConfChange change) {
    return switch (change) {
      case ConfChange.Single single -> encode(SINGLE, List.of(single.change()), single.context());
      case ConfChange.EnterJoint enter -> encode(ENTER_JOINT, enter.changes(), enter.context());
      case ConfChange.LeaveJoint leave -> encode(LEAVE_JOINT, List.of(), leave.context());
    };
  }

  private static Bytes encode(byte kind, List<Change> changes, Bytes context) {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + CHANGE_BYTES * changes.size() + context.length());
    out.put(VERSION).put(kind).putInt(changes.size());
    for (Change change : changes) {
      out.put(code(change.kind())).putLong(change.peerId());
    }
    context.copyTo(out);
    return Bytes.wrap(out.array());
  }

  static ConfChange decode(Bytes data) {
    ByteBuffer in = data.asByteBuffer();
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("membership change of unknown version " + version);
      }
      byte kind = in.get();
      int count = in.getInt();
      if (count < 0 || count > in.remaining() / CHANGE_BYTES) {
        throw new IllegalArgumentException("membership change claims " + count + " changes");
      }
      List<Change> changes = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        changes.add(new Change(kindOf(in.get()), in.getLong()));
      }
      return assemble(kind, changes, data.from(in.position()));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "membership change cut short at " + data.length() + " bytes", e);
    }
  }

  private static ConfChange assemble(byte kind, List<Change> changes, Bytes context) {
    return switch (kind) {
      case SINGLE -> {
        if (changes.size() != 1) {
          throw new IllegalArgumentException("single change of " + changes.size() + " peers");
        }
        yield new ConfChange.Single(changes.getFirst(), context);
      }
      case ENTER_JOINT -> new ConfChange.EnterJoint(changes, context);
      case LEAVE_JOINT -> {
        if (!changes.isEmpty()) {
          throw new IllegalArgumentException("leaving names " + changes.size() + " peers");
        }
        yield new ConfChange.LeaveJoint(context);
      }
      default -> throw new IllegalArgumentException("unknown membership change kind " + kind);
    };
  }

  private static byte code(Change.Kind kind) {
    return switch (kind) {
      case ADD_VOTER -> 1;
      case ADD_LEARNER -> 2;
      case REMOVE -> 3;
    };
  }

  private static Change.Kind kindOf(byte code) {
    return switch (code) {
      case 1 -> Change.Kind.ADD_VOTER;
      case 2 -> Change.Kind.ADD_LEARNER;
      case 3 -> Change.Kind.REMOVE;
      default -> throw new IllegalArgumentException("unknown change of a peer: " + code);
    };
  }
}
