package dev.terrane.server.traffic;

import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;

/** A message that is in memory as a whole: the marshaller reads it in one go. */
final class Encoded extends ByteArrayInputStream implements KnownLength {
  Encoded(byte[] bytes, int length) {
    super(bytes, 0, length);
  }
}
