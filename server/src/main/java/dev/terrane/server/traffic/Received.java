package dev.terrane.server.traffic;

import io.grpc.Detachable;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What has come in a message's place. */
sealed interface Received<Q> {
  record Decoded<Q>(Q message, long bytes) implements Received<Q> {}

  /** A message that takes long to decode. Decoded once, and closed by that. */
  record Undecoded<Q>(InputStream stream, long bytes, Marshaller<Q> marshaller)
      implements Received<Q> {
    Received<Q> decode() {
      try (stream) {
        return decoded(marshaller, stream, bytes);
      } catch (IOException e) {
        throw new UncheckedIOException("memory could not be closed", e);
      }
    }

    void drop() {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException("memory could not be closed", e);
      }
    }
  }

  /** Bytes that are no message. */
  record Unreadable<Q>(Status why) implements Received<Q> {}

  private static <Q> Received<Q> decoded(Marshaller<Q> marshaller, InputStream stream, long bytes) {
    try {
      return new Decoded<>(marshaller.parse(stream), bytes);
    } catch (RuntimeException e) {
      return new Unreadable<>(Status.fromThrowable(e));
    }
  }

  /**
   * Puts a {@link Received} in the message's place. What were thrown there would end in gRPC, which
   * fails the call as UNKNOWN, "application error", and never tells the service of a stream.
   *
   * @param decodedElsewhereBytes from which size on a message is not decoded at once
   */
  record Reading<Q>(Marshaller<Q> marshaller, int decodedElsewhereBytes) implements Marshaller<Q> {
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
        if (bytes >= decodedElsewhereBytes && stream instanceof Detachable detachable) {
          return new Undecoded<>(detachable.detach(), bytes, marshaller);
        }
        return decoded(marshaller, stream, bytes);
      } catch (IOException e) {
        throw new UncheckedIOException("memory could not be read", e);
      }
    }
  }
}
