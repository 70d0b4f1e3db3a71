package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.raft.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Encodes frames into segments through one bounded buffer, into which data is copied once. Frames
 * may be larger than the buffer: their checksum comes last.
 *
 * <p>Belongs to the log writer.
 */
final class FrameWriter {
  private static final int BUFFER_BYTES = 256 << 10;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /** One header of an operation or entry, to be summed and then copied. */
  private final ByteBuffer header = ByteBuffer.allocate(40);

  private final Checksums checksums = new Checksums();
  private LogFile file;
  private long filePosition;

  /** Starts with any file; each frame is written to that of its own segment. */
  FrameWriter(LogFile file) {
    this.file = file;
  }

  /**
   * Writes a frame with {@code ops} behind the end of {@code segment}, which has room for it. Does
   * not sync it, nor move the segment's end.
   */
  void write(Segment segment, long sequence, List<LogOp> ops, int bodyBytes) throws IOException {
    file = segment.file();
    filePosition = segment.end();
    checksums.salt(segment);
    buffer.clear();
    buffer.putInt(bodyBytes);
    buffer.putInt(checksums.ofFrameHeader(segment.end(), bodyBytes, sequence));
    buffer.putLong(sequence);
    checksums.beginBody(sequence);
    for (LogOp op : ops) {
      encode(op);
    }
    reserve(LogFormat.FRAME_TRAILER_BYTES + LogFormat.FRAME_ALIGNMENT);
    buffer.putInt(checksums.ofBody());
    while ((filePosition + buffer.position()) % LogFormat.FRAME_ALIGNMENT != 0) {
      buffer.put((byte) 0);
    }
    flush();
  }

  private void encode(LogOp op) throws IOException {
    switch (op) {
      case LogOp.Append append ->
          encodeEntries(LogFormat.APPEND, append.regionId(), append.entries());
      case LogOp.Rewrite rewrite ->
          encodeEntries(LogFormat.REWRITE, rewrite.regionId(), rewrite.entries());
      case LogOp.SetHardState set -> {
        begin(LogFormat.HARD_STATE).putLong(set.regionId());
        header.putLong(set.state().term()).putLong(set.state().vote());
        header.putLong(set.state().commit());
        putHeader();
      }
      case LogOp.Base base -> {
        begin(LogFormat.BASE).putLong(base.regionId()).putLong(base.index()).putLong(base.term());
        putHeader();
      }
      case LogOp.Reset reset -> {
        begin(LogFormat.RESET).putLong(reset.regionId());
        header.putLong(reset.index()).putLong(reset.term());
        putHeader();
      }
      case LogOp.Destroy destroy ->
          encodeTombstone(LogFormat.DESTROY, destroy.regionId(), destroy.tombstone());
      case LogOp.KeepTombstone keep ->
          encodeTombstone(LogFormat.KEEP_TOMBSTONE, keep.regionId(), keep.tombstone());
      case LogOp.ForgetTombstone forget -> {
        begin(LogFormat.FORGET_TOMBSTONE).putLong(forget.regionId());
        putHeader();
      }
      case LogOp.PutRecord put -> {
        begin(LogFormat.PUT_RECORD).putInt(put.key().length()).putInt(put.value().length());
        putHeader();
        putSummed(put.key());
        putSummed(put.value());
      }
      case LogOp.DeleteRecord delete -> {
        begin(LogFormat.DELETE_RECORD).putInt(delete.key().length());
        putHeader();
        putSummed(delete.key());
      }
      case LogOp.Release release -> throw Invariant.violated("unresolved %s", release);
    }
  }

  private void encodeTombstone(byte code, long regionId, Tombstone tombstone) throws IOException {
    begin(code).putLong(regionId);
    header.putLong(tombstone.epoch().confVer()).putLong(tombstone.epoch().version());
    header.putLong(tombstone.peerId());
    putHeader();
  }

  private void encodeEntries(byte code, long regionId, List<Entry> entries) throws IOException {
    begin(code).putLong(regionId).putLong(entries.getFirst().index()).putInt(entries.size());
    putHeader();
    for (Entry entry : entries) {
      Bytes data = entry.data();
      byte kind = (byte) entry.kind().code();
      checksums.entry(regionId, entry.index(), data.length(), entry.term(), kind);
      checksums.data(data.backingArray(), data.offset(), data.length());
      header.clear();
      header.putInt(data.length()).putLong(entry.term()).put(kind).putInt(checksums.ofEntry());
      putHeader();
      put(data);
    }
  }

  private ByteBuffer begin(byte code) {
    return header.clear().put(code);
  }

  private void putHeader() throws IOException {
    checksums.body(header.array(), 0, header.position());
    reserve(header.position());
    buffer.put(header.array(), 0, header.position());
  }

  private void putSummed(Bytes bytes) throws IOException {
    checksums.body(bytes.backingArray(), bytes.offset(), bytes.length());
    put(bytes);
  }

  private void put(Bytes bytes) throws IOException {
    int done = 0;
    while (done < bytes.length()) {
      reserve(1);
      int length = Math.min(buffer.remaining(), bytes.length() - done);
      buffer.put(bytes.backingArray(), bytes.offset() + done, length);
      done += length;
    }
  }

  private void reserve(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws IOException {
    int length = buffer.flip().remaining();
    file.write(buffer, filePosition);
    filePosition += length;
    buffer.clear();
  }
}
