package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.raft.HardState;

/** Is told what a frame says, in order. {@code segment} is the number of the segment it is in. */
interface FrameVisitor {
  /** Entries from {@code firstIndex} on follow, one call of {@link #entry} each; older ones go. */
  void append(long regionId, long firstIndex);

  /** An entry, appended or repeated. Its data are not passed on. */
  void entry(long regionId, long index, long term, int dataBytes, long location);

  void hardState(long regionId, HardState state, long segment);

  void base(long regionId, long index, long term, long segment);

  void reset(long regionId, long index, long term, long segment);

  void destroy(long regionId, Tombstone tombstone, long segment);

  void keepTombstone(long regionId, Tombstone tombstone, long segment);

  void forgetTombstone(long regionId);

  void putRecord(Bytes key, Bytes value, long segment);

  void deleteRecord(Bytes key);

  /** Does not listen. */
  FrameVisitor NOBODY =
      new FrameVisitor() {
        @Override
        public void append(long regionId, long firstIndex) {}

        @Override
        public void entry(long regionId, long index, long term, int dataBytes, long location) {}

        @Override
        public void hardState(long regionId, HardState state, long segment) {}

        @Override
        public void base(long regionId, long index, long term, long segment) {}

        @Override
        public void reset(long regionId, long index, long term, long segment) {}

        @Override
        public void destroy(long regionId, Tombstone tombstone, long segment) {}

        @Override
        public void keepTombstone(long regionId, Tombstone tombstone, long segment) {}

        @Override
        public void forgetTombstone(long regionId) {}

        @Override
        public void putRecord(Bytes key, Bytes value, long segment) {}

        @Override
        public void deleteRecord(Bytes key) {}
      };
}
