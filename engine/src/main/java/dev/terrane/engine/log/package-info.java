/**
 * The Raft log shared by all Regions of a store: {@link dev.terrane.engine.log.RaftLogEngine}, and
 * {@link dev.terrane.engine.log.SegmentedRaftLog}, which keeps it in segment files of its own. Why
 * not in RocksDB: docs/adr/0004-raft-log-own-segments.md.
 *
 * <h2>Files</h2>
 *
 * <p>{@code 0000000001.raftlog} and on: segments of a fixed size, numbered without a gap, appended
 * to at the newest and given back at the oldest. {@code next.unfinished}: a segment that is being
 * prepared. {@code FIRST-LAST.segments}: an empty file whose name says which segments must be
 * there. {@code LOCK}: held while the log is open.
 *
 * <p>Numbers are big-endian; checksums are CRC32C and salted with the segment's number and life.
 *
 * <pre>
 * segment  = header frame* (zeros | what an earlier life of the file left)
 * header   = u64 "TERRALOG", u32 format version, u32 0, u64 number, u64 life, u64 capacity,
 *            20 zeros, u32 checksum                                                (64 bytes)
 * frame    = u32 body bytes, u32 checksum of (offset, body bytes, sequence), u64 sequence,
 *            op*, u32 checksum of (sequence, body without entry data), zeros to a multiple of 8
 * op       = u8 code, then
 *   1 append, 2 rewrite         u64 region, u64 first index, u32 count, entry*
 *   3 hard state                u64 region, u64 term, u64 vote, u64 commit
 *   4 base, 5 reset             u64 region, u64 index, u64 term
 *   6 destroy, 7 keep tombstone u64 region, u64 confVer, u64 version, u64 peer
 *   8 forget tombstone          u64 region
 *   9 put record                u32 key bytes, u32 value bytes, key, value
 *   10 delete record            u32 key bytes, key
 * entry    = u32 data bytes, u64 term, u8 kind,
 *            u32 checksum of (region, index, data bytes, term, kind, data), data
 * </pre>
 *
 * <h2>What a frame means</h2>
 *
 * <p>A frame is one write: the batches of all Regions that waited for it. It counts as a whole or
 * not at all. Frames are numbered through all segments, and one is synced before the next is
 * written, so that after a crash at most the last one is incomplete. {@link
 * dev.terrane.engine.log.Recovery} tells that from damage.
 *
 * <p>Upkeep repeats what is still needed of the oldest segment in new frames and then lets it go.
 * Codes 2, 4 and 7 repeat without removing anything, so that it does not matter whether the
 * original is still there, nor that what followed it comes first when the log is read back. Only
 * the oldest segment ever goes: whatever cancels a record outlives the record.
 */
@NullMarked
package dev.terrane.engine.log;

import org.jspecify.annotations.NullMarked;
