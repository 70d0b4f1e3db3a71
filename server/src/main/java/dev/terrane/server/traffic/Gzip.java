package dev.terrane.server.traffic;

import dev.terrane.common.traffic.Charge;
import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Messages that clients have compressed. gRPC would inflate them on the loop and uncounted, and
 * some forty kilobytes can become as many mebibytes. It is given the bytes as they came instead;
 * they are inflated where large messages are decoded, and counted on the way.
 */
final class Gzip implements Decompressor {
  private static final int STEP_BYTES = 64 << 10;

  private Gzip() {}

  /** What a server understands. */
  static DecompressorRegistry registry() {
    return DecompressorRegistry.emptyInstance()
        .with(Codec.Identity.NONE, false)
        .with(new Gzip(), true);
  }

  @Override
  public String getMessageEncoding() {
    return "gzip";
  }

  @Override
  public InputStream decompress(InputStream compressed) {
    return compressed;
  }

  /** What {@code compressed} becomes, taken of {@code charge} before it is there. */
  static byte[] inflate(InputStream compressed, long bytesMax, Charge charge)
      throws IOException, NoRoomException {
    ByteArrayOutputStream inflated = new ByteArrayOutputStream();
    byte[] step = new byte[STEP_BYTES];
    try (GZIPInputStream zip = new GZIPInputStream(compressed)) {
      for (int read = zip.read(step); read >= 0; read = zip.read(step)) {
        long bytes = (long) inflated.size() + read;
        if (bytes > bytesMax) {
          throw new NoRoomException(true);
        }
        if (!charge.growTo(bytes)) {
          throw new NoRoomException(false);
        }
        inflated.write(step, 0, read);
      }
    }
    return inflated.toByteArray();
  }

  /** There is no room for what it becomes. */
  static final class NoRoomException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean never;

    NoRoomException(boolean never) {
      this.never = never;
    }

    /** Whether there never can be. */
    boolean never() {
      return never;
    }
  }
}
