package dev.terrane.server.traffic;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A response that is already in its wire form, given to gRPC in the place of a message. Its pairs
 * are whoever's who made it, and freed by them when gRPC has taken it.
 */
public final class WireAnswer {
  private final byte[] head;
  private final WirePairs pairs;
  private final byte[] tail;

  WireAnswer(byte[] head, WirePairs pairs, byte[] tail) {
    this.head = head;
    this.pairs = pairs;
    this.tail = tail;
  }

  public long bytes() {
    return head.length + pairs.bytes() + tail.length;
  }

  /** The message that has this one in {@code field}, and nothing else. */
  public WireAnswer in(int field) {
    int length = Math.toIntExact(bytes());
    byte[] longer = new byte[WirePairs.prefixLength(field, length) + head.length];
    CodedOutputStream out = CodedOutputStream.newInstance(longer);
    try {
      out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(length);
      out.writeRawBytes(head);
    } catch (IOException e) {
      throw new UncheckedIOException("memory could not be written", e);
    }
    return new WireAnswer(longer, pairs, tail);
  }

  /** This message with the fields of {@code more}, which is of the same type. */
  public WireAnswer with(MessageLite more) {
    byte[] added = more.toByteArray();
    byte[] longer = new byte[tail.length + added.length];
    System.arraycopy(tail, 0, longer, 0, tail.length);
    System.arraycopy(added, 0, longer, tail.length, added.length);
    return new WireAnswer(head, pairs, longer);
  }

  /** Nobody needs it any more. Idempotent. */
  public void free() {
    pairs.free();
  }

  /** For a method whose responses may be of this kind; they are not of the type {@code R}. */
  record Writing<R>(PrototypeMarshaller<R> messages) implements PrototypeMarshaller<R> {
    @Override
    public InputStream stream(R response) {
      return (Object) response instanceof WireAnswer answer
          ? answer.new Stream()
          : messages.stream(response);
    }

    @Override
    public @Nullable R getMessagePrototype() {
      return messages.getMessagePrototype();
    }

    @Override
    public Class<R> getMessageClass() {
      return messages.getMessageClass();
    }

    @Override
    public R parse(InputStream stream) {
      return messages.parse(stream);
    }
  }

  /** Written out in one go, before gRPC returns from being given it. */
  private final class Stream extends InputStream implements Drainable, KnownLength {
    private boolean drained;

    @Override
    public int drainTo(OutputStream target) throws IOException {
      drained = true;
      target.write(head);
      pairs.writeTo(target);
      target.write(tail);
      return Math.toIntExact(bytes());
    }

    @Override
    public int available() {
      return drained ? 0 : Math.toIntExact(bytes());
    }

    @Override
    public int read() throws IOException {
      throw new IOException("an answer is drained, not read");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return read();
    }
  }
}
