package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.KeyValue;
import dev.terrane.client.RawScan;
import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.kvrpcpb.RawScanResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a scan, in one Region; when it is served the next step follows, until the limit or
 * the end of the range is reached. A page that is not full means that the Region has no more.
 *
 * <p>An answer may not be cut short for its size; a store can only refuse it. So pages are sized by
 * the pairs seen so far, and one that is refused is tried smaller before the refusal is believed.
 */
final class ScanStep extends BatchedCall {
  private static final int PAGE_MAX = 1024;
  private static final int FIRST_PAGE = 256;
  private static final int PAGE_BYTES = 4 << 20;

  /** By how much a page is cut that a store refuses. */
  private static final int CUT = 8;

  private final RawScan scan;
  private final ArrayList<KeyValue> found;
  private final Completion<? super List<KeyValue>> completion;
  private @Nullable RangeCursor cursor;
  private final int page;
  private long foundBytes;

  /** The first step; {@code scan} asks for at least one pair of a range that is not empty. */
  ScanStep(ClientCore core, RawScan scan, Completion<? super List<KeyValue>> completion) {
    super(core);
    this.scan = scan;
    this.found = new ArrayList<>();
    this.completion = completion;
    this.page = Math.min(scan.limit(), scan.keysOnly() ? PAGE_MAX : FIRST_PAGE);
  }

  private ScanStep(ScanStep before, int page) {
    super(before.core);
    this.page = page;
    this.foundBytes = before.foundBytes;
    this.scan = before.scan;
    this.found = before.found;
    this.completion = before.completion;
    this.cursor = before.cursor;
    markPrepared();
  }

  @Override
  void prepare(KeyCodec codec) {
    cursor = new RangeCursor(codec.toWire(scan.range()), scan.reverse());
  }

  private RangeCursor cursor() {
    RangeCursor prepared = cursor;
    if (prepared == null) {
      throw Invariant.violated("a scan was routed before its keys were encoded");
    }
    return prepared;
  }

  @Override
  Bytes routeKey() {
    return cursor().routeKey();
  }

  @Override
  boolean routesBelow() {
    return scan.reverse();
  }

  @Override
  boolean isWrite() {
    return false;
  }

  @Override
  int bytes() {
    return routeKey().length();
  }

  @Override
  Response.CmdCase command() {
    return Response.CmdCase.RAW_SCAN;
  }

  /** As many pairs as fill a page if they are like those before, but no leap. */
  private int nextPage() {
    int left = scan.limit() - found.size();
    if (found.isEmpty()) {
      return Math.min(page, left);
    }
    long pairBytes = Math.max(1, foundBytes / found.size());
    long fitting = Math.max(1, Math.min(PAGE_MAX, PAGE_BYTES / pairBytes));
    return (int) Math.min(left, Math.min(fitting, 2L * page));
  }

  @Override
  Request request(Context context) {
    KeyRange range = cursor().within(region().region());
    return Request.newBuilder()
        .setRawScan(
            RawScanRequest.newBuilder()
                .setContext(context)
                .setStartKey(ProtoBytes.toByteString(scan.reverse() ? range.end() : range.start()))
                .setEndKey(ProtoBytes.toByteString(scan.reverse() ? range.start() : range.end()))
                .setLimit(page)
                .setKeyOnly(scan.keysOnly())
                .setReverse(scan.reverse()))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(Response response) {
    RawScanResponse answer = response.getRawScan();
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(Response response) {
    List<KvPair> pairs = response.getRawScan().getKvsList();
    String error = PairErrors.first(pairs);
    if (!error.isEmpty() && page > 1) {
      if (end()) {
        new ScanStep(this, Math.max(1, page / CUT)).startBefore(deadlineNanos());
      }
    } else if (!error.isEmpty()) {
      refused(error);
    } else if (pairs.size() > page) {
      refused("the store returned " + pairs.size() + " pairs where " + page + " were asked for");
    } else {
      List<KeyValue> read = read(pairs);
      if (end()) {
        found.addAll(read);
        goOn(pairs);
      }
    }
  }

  /** Before this step has ended: should it throw, that ends the scan. */
  private List<KeyValue> read(List<KvPair> pairs) {
    KeyCodec codec = core.codec();
    List<KeyValue> read = new ArrayList<>(pairs.size());
    for (KvPair pair : pairs) {
      foundBytes += pair.getKey().size() + pair.getValue().size();
      read.add(
          new KeyValue(
              codec.toUser(ProtoBytes.toBytes(pair.getKey())),
              ProtoBytes.toBytes(pair.getValue())));
    }
    found.ensureCapacity(found.size() + read.size());
    return read;
  }

  private void goOn(List<KvPair> pairs) {
    boolean more =
        pairs.size() < page
            ? cursor().leave(region().region())
            : found.size() < scan.limit()
                && cursor().leave(ProtoBytes.toBytes(pairs.get(pairs.size() - 1).getKey()));
    if (more) {
      new ScanStep(this, nextPage()).start();
    } else {
      completion.succeeded(found);
    }
  }

  @Override
  void completeExceptionally(ClientException failure) {
    completion.failed(failure);
  }
}
