package dev.terrane.server.importing;

import dev.terrane.common.Bytes;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Uploads that wait for being taken in, by the ids that their clients chose. Bounded in bytes: a
 * new one pushes the oldest out, whose client uploads it again. Most are never asked for, since a
 * client uploads to followers too.
 *
 * <p>Thread-safe.
 */
final class Uploads {
  private final long bytesMax;
  private final Map<Bytes, Upload> uploadById = new LinkedHashMap<>();
  private long bytes;

  Uploads(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  synchronized void put(Bytes id, Upload upload) {
    remove(id);
    uploadById.put(id, upload);
    bytes += upload.bytes();
    Iterator<Upload> oldestFirst = uploadById.values().iterator();
    while (bytes > bytesMax) {
      bytes -= oldestFirst.next().bytes();
      oldestFirst.remove();
    }
  }

  synchronized @Nullable Upload get(Bytes id) {
    return uploadById.get(id);
  }

  synchronized void remove(Bytes id) {
    Upload removed = uploadById.remove(id);
    if (removed != null) {
      bytes -= removed.bytes();
    }
  }

  synchronized long bytes() {
    return bytes;
  }
}
