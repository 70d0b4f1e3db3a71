package dev.terrane.engine.log.memory;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The bytes of one file, in pages; pages of zeros take no memory. Remembers, for each page changed
 * since the last sync, what the disk has for certain.
 *
 * <p>Guarded by its directory.
 */
final class FileContent {
  private static final int PAGE_BYTES = 4096;
  private static final int SECTOR_BYTES = 512;
  private static final byte[] ZEROS = new byte[PAGE_BYTES];

  private final Map<Integer, byte[]> pages = new HashMap<>();
  private final Map<Integer, byte[]> syncedPages = new HashMap<>();
  private String name;
  private long size;
  private long syncedSize;

  FileContent(String name) {
    this.name = name;
  }

  /** A file of the same name and bytes, all of them durable. */
  FileContent copy() {
    FileContent copy = new FileContent(name);
    pages.forEach((number, page) -> copy.pages.put(number, page.clone()));
    copy.size = size;
    copy.syncedSize = size;
    return copy;
  }

  /** The name that the file has now, or had last. */
  String name() {
    return name;
  }

  void name(String newName) {
    name = newName;
  }

  long size() {
    return size;
  }

  void read(ByteBuffer target, long position) {
    long at = position;
    while (target.hasRemaining() && at < size) {
      int offset = (int) (at % PAGE_BYTES);
      int length = Math.min(target.remaining(), PAGE_BYTES - offset);
      length = (int) Math.min(length, size - at);
      target.put(page((int) (at / PAGE_BYTES)), offset, length);
      at += length;
    }
  }

  void write(ByteBuffer source, long position) {
    extend(position + source.remaining());
    long at = position;
    while (source.hasRemaining()) {
      int number = (int) (at / PAGE_BYTES);
      int offset = (int) (at % PAGE_BYTES);
      int length = Math.min(source.remaining(), PAGE_BYTES - offset);
      source.get(pageToChange(number), offset, length);
      at += length;
    }
  }

  void writeZeros(long position, long length) {
    extend(position + length);
    long end = position + length;
    long at = position;
    while (at < end) {
      int number = (int) (at / PAGE_BYTES);
      int offset = (int) (at % PAGE_BYTES);
      int chunk = (int) Math.min(PAGE_BYTES - offset, end - at);
      if (pages.containsKey(number)) {
        Arrays.fill(pageToChange(number), offset, offset + chunk, (byte) 0);
      }
      at += chunk;
    }
  }

  void sync() {
    syncedPages.clear();
    syncedSize = size;
  }

  /** Changes the content without anybody having written it. */
  void flipBit(long position, int bit) {
    int number = (int) (position / PAGE_BYTES);
    byte[] page = page(number).clone();
    page[(int) (position % PAGE_BYTES)] ^= (byte) (1 << bit);
    pages.put(number, page);
  }

  void truncate(long newSize) {
    size = newSize;
    syncedSize = newSize;
    pages.keySet().removeIf(number -> (long) number * PAGE_BYTES >= newSize);
  }

  /**
   * A power cut: of what was not synced, each sector has the old content, the new, or the new up to
   * some byte.
   */
  void losePower(RandomGenerator random) {
    for (Map.Entry<Integer, byte[]> synced : syncedPages.entrySet()) {
      byte[] after = page(synced.getKey()).clone();
      for (int sector = 0; sector < PAGE_BYTES; sector += SECTOR_BYTES) {
        int kept =
            switch (random.nextInt(5)) {
              case 0, 1 -> 0;
              case 2, 3 -> SECTOR_BYTES;
              default -> random.nextInt(SECTOR_BYTES);
            };
        int lost = sector + kept;
        System.arraycopy(synced.getValue(), lost, after, lost, SECTOR_BYTES - kept);
      }
      pages.put(synced.getKey(), after);
    }
    if (size > syncedSize && random.nextBoolean()) {
      size = syncedSize + random.nextLong(size - syncedSize);
    }
    sync();
  }

  private void extend(long newSize) {
    size = Math.max(size, newSize);
  }

  private byte[] page(int number) {
    return pages.getOrDefault(number, ZEROS);
  }

  private byte[] pageToChange(int number) {
    byte[] page = pages.get(number);
    if (page == null) {
      page = new byte[PAGE_BYTES];
      pages.put(number, page);
      syncedPages.putIfAbsent(number, ZEROS);
    } else if (!syncedPages.containsKey(number)) {
      syncedPages.put(number, page.clone());
    }
    return page;
  }
}
