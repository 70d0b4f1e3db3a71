package dev.terrane.server.traffic;

import com.google.protobuf.Message;
import dev.terrane.common.Invariant;
import dev.terrane.common.traffic.Charge;
import dev.terrane.server.weight.MessageWeight;
import io.grpc.Detachable;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** What has come in a message's place. */
sealed interface Received<Q> {
  /**
   * A message.
   *
   * @param weight what it takes in memory
   */
  record Decoded<Q>(Q message, long weight) implements Received<Q> {}

  /** A message that takes long to decode. Decoded once, and closed by that. */
  record Undecoded<Q>(InputStream stream, long bytes, boolean zipped, Reading<Q> reading)
      implements Received<Q> {
    /**
     * The message, or why there is none.
     *
     * @param charge has taken {@link #bytes}, and takes what the message weighs before that is made
     */
    Received<Q> decode(Charge charge) {
      byte[] encoded;
      try (stream) {
        encoded =
            zipped ? Gzip.inflate(stream, reading.weightMax, charge) : whole(stream, (int) bytes);
      } catch (Gzip.NoRoomException e) {
        return e.never() ? tooHeavy(reading.weightMax) : new NotNow<>();
      } catch (IOException e) {
        return new Unreadable<>(
            Status.INTERNAL.withDescription("the message is no gzip").withCause(e));
      }
      long weight = reading.weight(encoded, encoded.length);
      if (weight > reading.weightMax) {
        return tooHeavy(reading.weightMax);
      }
      return charge.growTo(weight)
          ? reading.decoded(encoded, encoded.length, weight)
          : new NotNow<>();
    }

    private static byte[] whole(InputStream stream, int length) throws IOException {
      byte[] encoded = new byte[length];
      int read = stream.readNBytes(encoded, 0, length);
      Invariant.check(read == length, "%d of %d bytes of a message", read, length);
      return encoded;
    }

    void drop() {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException("memory could not be closed", e);
      }
    }
  }

  /** There is no room for the message that it would become. */
  record NotNow<Q>() implements Received<Q> {}

  /** Bytes that are no message, or one that there is never room for. */
  record Unreadable<Q>(Status why) implements Received<Q> {}

  private static <Q> Received<Q> tooHeavy(long weightMax) {
    return new Unreadable<>(
        Status.RESOURCE_EXHAUSTED.withDescription(
            "the message would take more than "
                + weightMax
                + " bytes of memory once it is decoded, which no message may here; send several"
                + " smaller ones"));
  }

  /**
   * Puts a {@link Received} in the message's place. What were thrown there would end in gRPC, which
   * fails the call as UNKNOWN, "application error", and never tells the service of a stream.
   */
  final class Reading<Q> implements Marshaller<Q> {
    /** Decoding so much takes about a millisecond if it is all in small pieces. */
    private static final int AT_ONCE_BYTES_MAX = 256 << 10;

    /** The same for a message that becomes so much: a few bytes can be many objects. */
    private static final int AT_ONCE_WEIGHT_MAX = 1 << 20;

    private static final ThreadLocal<byte[]> SCRATCH =
        ThreadLocal.withInitial(() -> new byte[AT_ONCE_BYTES_MAX]);

    private final Marshaller<Q> marshaller;
    private final @Nullable MessageWeight weight;
    private final long weightMax;

    /**
     * Of messages that {@code marshaller} decodes.
     *
     * @param weightMax what a message may take in memory at the most
     */
    Reading(Marshaller<Q> marshaller, long weightMax) {
      this.marshaller = marshaller;
      this.weight =
          marshaller instanceof PrototypeMarshaller<Q> prototypes
                  && prototypes.getMessagePrototype() instanceof Message prototype
              ? MessageWeight.of(prototype.getDescriptorForType())
              : null;
      this.weightMax = weightMax;
    }

    @Override
    public InputStream stream(Q value) {
      return marshaller.stream(value);
    }

    @Override
    @SuppressWarnings("unchecked") // the GuardedListener knows
    public Q parse(InputStream stream) {
      return (Q) receive(stream);
    }

    private Received<Q> receive(InputStream stream) {
      try {
        int bytes = stream.available();
        if (stream instanceof FilterInputStream) { // what Gzip let by
          return new Undecoded<>(
              new ByteArrayInputStream(stream.readAllBytes()), bytes, true, this);
        }
        if (bytes > AT_ONCE_BYTES_MAX) {
          return new Undecoded<>(
              stream instanceof Detachable detachable
                  ? detachable.detach()
                  : new ByteArrayInputStream(stream.readAllBytes()),
              bytes,
              false,
              this);
        }
        byte[] encoded = SCRATCH.get();
        int length = stream.readNBytes(encoded, 0, encoded.length);
        long weighs = weight(encoded, length);
        if (weighs > AT_ONCE_WEIGHT_MAX) {
          byte[] kept = new byte[length];
          System.arraycopy(encoded, 0, kept, 0, length);
          return new Undecoded<>(new ByteArrayInputStream(kept), length, false, this);
        }
        return decoded(encoded, length, weighs);
      } catch (IOException e) {
        throw new UncheckedIOException("memory could not be read", e);
      }
    }

    private long weight(byte[] encoded, int length) {
      return weight == null ? length : weight.of(encoded, length, weightMax);
    }

    private Received<Q> decoded(byte[] encoded, int length, long weighs) {
      try {
        return new Decoded<>(marshaller.parse(new Encoded(encoded, length)), weighs);
      } catch (RuntimeException e) {
        return new Unreadable<>(Status.fromThrowable(e));
      }
    }
  }
}
