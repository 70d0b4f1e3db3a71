package dev.terrane.server.weight;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The heap that messages of one type take when they are decoded, in bytes: never much less than
 * that, and for what clients send not much more. It reads tags and lengths only, and makes nothing.
 *
 * <p>Bytes that are no message weigh what their readable beginning does: decoding ends there, too.
 *
 * <p>Immutable and shared: one for each type.
 */
public final class MessageWeight {
  /** A slot of a list, which has grown to up to twice what is in it. */
  private static final int SLOT_BYTES = 8;

  /** A byte string beside its content: an object, an array, a reference. */
  private static final int STRING_BYTES = 48;

  /** A field of which this release does not know: an entry of a map, and lists of boxed values. */
  private static final int UNKNOWN_FIELD_BYTES = 200;

  /** One byte on the wire, eight in an array that has grown by half. */
  private static final int BYTES_PER_PACKED_BYTE = 12;

  private static final int MESSAGE_BYTES = 40;
  private static final int BYTES_PER_FIELD = 8;
  private static final int MAP_ENTRY_BYTES = 96;

  /** As deep as protobuf decodes. */
  private static final int DEPTH_MAX = 100;

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH = 2;
  private static final int START_GROUP = 3;
  private static final int END_GROUP = 4;
  private static final int FIXED_32 = 5;

  private static final ConcurrentMap<Descriptor, MessageWeight> KNOWN = new ConcurrentHashMap<>();

  private enum Kind {
    UNKNOWN,
    SCALAR,
    SCALARS,
    STRING,
    MESSAGE
  }

  private final long objectBytes;
  private final Kind[] kindByNumber;

  /** Of messages; looked up when one is met, since types may contain themselves. */
  private final @Nullable Descriptor[] typeByNumber;

  private final @Nullable MessageWeight[] weightByNumber;

  private MessageWeight(Descriptor type) {
    int numbers = 1;
    for (FieldDescriptor field : type.getFields()) {
      numbers = Math.max(numbers, field.getNumber() + 1);
    }
    kindByNumber = new Kind[numbers];
    typeByNumber = new Descriptor[numbers];
    weightByNumber = new MessageWeight[numbers];
    int fields = type.getRealOneofs().size();
    for (FieldDescriptor field : type.getFields()) {
      fields += field.getRealContainingOneof() == null ? 1 : 0;
      kindByNumber[field.getNumber()] = kind(field);
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        typeByNumber[field.getNumber()] = field.getMessageType();
      }
    }
    objectBytes =
        MESSAGE_BYTES
            + (long) BYTES_PER_FIELD * fields
            + (type.getOptions().getMapEntry() ? MAP_ENTRY_BYTES : SLOT_BYTES);
  }

  private static Kind kind(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> Kind.MESSAGE;
      case STRING, BYTE_STRING -> Kind.STRING;
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, ENUM ->
          field.isRepeated() ? Kind.SCALARS : Kind.SCALAR;
    };
  }

  /** That of messages of {@code type}. */
  public static MessageWeight of(Descriptor type) {
    MessageWeight known = KNOWN.get(type);
    return known == null ? KNOWN.computeIfAbsent(type, MessageWeight::new) : known;
  }

  /**
   * What the message in the first {@code length} bytes of {@code encoded} takes; anything above
   * {@code enough} if that is exceeded.
   */
  public long of(byte[] encoded, int length, long enough) {
    Walk walk = new Walk(encoded, length, enough);
    walk.message(this, length, 0);
    return walk.weight;
  }

  private Kind kind(int number) {
    Kind kind = number < kindByNumber.length ? kindByNumber[number] : null;
    return kind == null ? Kind.UNKNOWN : kind;
  }

  private MessageWeight ofField(int number) {
    MessageWeight weight = weightByNumber[number];
    if (weight == null) {
      Descriptor type = typeByNumber[number];
      weight = type == null ? this : of(type);
      weightByNumber[number] = weight; // whoever else sets it sets the same
    }
    return weight;
  }

  /** One reading of one message. */
  private static final class Walk {
    private final byte[] encoded;
    private final int end;
    private final long enough;
    private int position;
    private long weight;
    private boolean over;

    Walk(byte[] encoded, int end, long enough) {
      this.encoded = encoded;
      this.end = end;
      this.enough = enough;
    }

    /** One of {@code type} that ends at {@code limit}. */
    void message(MessageWeight type, int limit, int depth) {
      weight += type.objectBytes;
      if (depth > DEPTH_MAX) {
        over = true;
      }
      while (!over && position < limit) {
        long tag = varint();
        field(type, (int) tag & 7, (int) (tag >>> 3) & 0x1fff_ffff, limit, depth);
        over |= weight > enough || position > limit;
      }
    }

    private void field(MessageWeight type, int wire, int number, int limit, int depth) {
      Kind kind = type.kind(number);
      switch (wire) {
        case VARINT -> {
          varint();
          scalar(kind);
        }
        case FIXED_64 -> {
          skip(8, limit);
          scalar(kind);
        }
        case FIXED_32 -> {
          skip(4, limit);
          scalar(kind);
        }
        case LENGTH -> lengthDelimited(type, kind, number, limit, depth);
        case START_GROUP -> group(limit, depth + 1);
        default -> over = true; // no message
      }
    }

    private void scalar(Kind kind) {
      switch (kind) {
        case SCALAR -> {}
        case SCALARS -> weight += 2 * SLOT_BYTES;
        case STRING, MESSAGE, UNKNOWN -> weight += UNKNOWN_FIELD_BYTES;
      }
    }

    private void lengthDelimited(MessageWeight type, Kind kind, int number, int limit, int depth) {
      long length = varint();
      if (length < 0 || length > limit - position) {
        over = true;
        return;
      }
      switch (kind) {
        case MESSAGE -> {
          message(type.ofField(number), position + (int) length, depth + 1);
          return;
        }
        case STRING -> weight += length == 0 ? SLOT_BYTES : length + STRING_BYTES;
        case SCALAR, SCALARS -> weight += length * BYTES_PER_PACKED_BYTE + SLOT_BYTES;
        case UNKNOWN -> weight += length + UNKNOWN_FIELD_BYTES;
      }
      position += (int) length;
    }

    /** Groups are of no type that is known here, and so all that is in them is not. */
    private void group(int limit, int depth) {
      weight += UNKNOWN_FIELD_BYTES;
      if (depth > DEPTH_MAX) {
        over = true;
      }
      while (!over && position < limit) {
        int wire = (int) varint() & 7;
        weight += UNKNOWN_FIELD_BYTES;
        switch (wire) {
          case VARINT -> varint();
          case FIXED_64 -> skip(8, limit);
          case FIXED_32 -> skip(4, limit);
          case LENGTH -> {
            long length = varint();
            weight += Math.clamp(length, 0, limit - position);
            skip(length, limit);
          }
          case START_GROUP -> group(limit, depth + 1);
          case END_GROUP -> {
            return;
          }
          default -> over = true;
        }
        over |= weight > enough;
      }
    }

    private void skip(long bytes, int limit) {
      if (bytes < 0 || bytes > limit - position) {
        over = true;
      } else {
        position += (int) bytes;
      }
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; shift < 70; shift += 7) {
        if (position >= end) {
          over = true;
          return 0;
        }
        byte next = encoded[position++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      over = true;
      return 0;
    }
  }
}
