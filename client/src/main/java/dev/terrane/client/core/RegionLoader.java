package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.Region;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks PD for Regions that the cache does not have. Calls wait here; few questions are under way at
 * a time, and each answer serves every call that it covers.
 *
 * <p>An answer that makes no sense, or is not about what was asked, is not learned from: the call
 * for which PD was asked waits and then asks again, until its time is out. Whatever becomes of a
 * question, its place is given back.
 */
final class RegionLoader {
  private static final int LOADS_MAX = 4;
  private static final int LAST_REGIONS_PAGE = 64;

  /** Pages on the way to the last Region, before the question is put anew. */
  private static final int LAST_REGIONS_PAGES_MAX = 64;

  /** No Region but the last is likely to hold this key, and from any Region the scan goes on. */
  private static final Bytes HIGH_KEY = Bytes.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

  private static final String NONSENSE = "PD's answer makes no sense: ";
  private static final String FOUND = "PD's regions do not hold it";

  private final ClientCore core;
  private final Deque<RegionCall> waiting = new ArrayDeque<>();
  private int loads;

  RegionLoader(ClientCore core) {
    this.core = core;
  }

  /** {@code call}, in state LOCATING, is routed again once PD has told where it belongs. */
  void await(RegionCall call) {
    waiting.add(call);
    loadMore();
  }

  /** Asks PD anew about the Region of {@code call}, which does not wait for the answer. */
  void refresh(RegionCall call) {
    CachedRegion region = call.region();
    if (loads < LOADS_MAX && region.isValid() && region.beginRefresh(core.now())) {
      loads++;
      load(new Question(call.routeKey(), call.routesBelow(), null, region));
    }
  }

  /** Routes every waiting call anew; those that still miss their Region come back. */
  void retryAll() {
    for (RegionCall call : takeWaiting()) {
      if (call.isLocating()) {
        core.route(call);
      }
    }
  }

  /** Fails every waiting call: what is wrong is not about one Region. */
  void failAll(ClientException failure) {
    for (RegionCall call : takeWaiting()) {
      if (call.isLocating()) {
        call.failed(failure);
      }
    }
  }

  private List<RegionCall> takeWaiting() {
    List<RegionCall> calls = new ArrayList<>(waiting);
    waiting.clear();
    return calls;
  }

  private void loadMore() {
    if (core.codecOrNull() == null) {
      if (!waiting.isEmpty()) {
        core.keyspace().load();
      }
      return;
    }
    while (loads < LOADS_MAX) {
      RegionCall call = waiting.poll();
      if (call == null) {
        return;
      }
      if (call.isLocating()) {
        loads++;
        load(new Question(call.routeKey(), call.routesBelow(), call, null));
      }
    }
  }

  /** PD did not name the keyspace in time; calls that have more time go on waiting for it. */
  void keyspaceNotLoaded() {
    waiting.removeIf(call -> !call.isLocating());
    loadMore();
  }

  private void load(Question question) {
    Bytes key = core.codec().toPd(question.routeKey);
    if (question.below && key.isEmpty()) {
      askLast(question, HIGH_KEY, LAST_REGIONS_PAGES_MAX);
    } else {
      ask(question, false, key);
    }
  }

  /** Asks for the Region of {@code key}, or for the one before that. */
  private void ask(Question question, boolean before, Bytes key) {
    new PdCall<>(
            core,
            before ? Rpc.GET_PREV_REGION : Rpc.GET_REGION,
            header ->
                GetRegionRequest.newBuilder()
                    .setHeader(header)
                    .setRegionKey(ProtoBytes.toByteString(key))
                    .build(),
            GetRegionResponse::getHeader,
            Function.<GetRegionResponse>identity(),
            new Loaded<GetRegionResponse>(question) {
              @Override
              @Nullable String take(GetRegionResponse answer) {
                return takeOne(question, before, key, answer);
              }
            })
        .start();
  }

  /** Learns the one Region that was asked for. */
  private @Nullable String takeOne(
      Question question, boolean before, Bytes key, GetRegionResponse answer) {
    if (!answer.hasRegion()) {
      return "PD does not know its region now";
    }
    dev.terrane.common.region.Region region = ProtoRegions.fromProto(answer.getRegion());
    KeyRange range = region.range();
    boolean holds = range.contains(key);
    boolean holdsBelow =
        range.start().compareTo(key) < 0
            && (range.end().isEmpty() || key.compareTo(range.end()) <= 0);
    if (question.below && !holdsBelow && holds && !before) {
      // It begins with the key; the one just before it is wanted.
      ask(question, true, key);
      return null;
    }
    if (question.below ? !holdsBelow : !holds) {
      return NONSENSE + "asked for " + key + ", it tells of region " + region.id() + " " + range;
    }
    learn(region, answer.hasLeader() ? answer.getLeader() : null);
    return FOUND;
  }

  private void askLast(Question question, Bytes from, int pagesMax) {
    new PdCall<>(
            core,
            Rpc.SCAN_REGIONS,
            header ->
                ScanRegionsRequest.newBuilder()
                    .setHeader(header)
                    .setStartKey(ProtoBytes.toByteString(from))
                    .setLimit(LAST_REGIONS_PAGE)
                    .build(),
            ScanRegionsResponse::getHeader,
            Function.<ScanRegionsResponse>identity(),
            new Loaded<ScanRegionsResponse>(question) {
              @Override
              @Nullable String take(ScanRegionsResponse answer) {
                return takePage(question, from, answer, pagesMax);
              }
            })
        .start();
  }

  /** Learns of a page of Regions, the first of which holds {@code from}; the next page follows. */
  private @Nullable String takePage(
      Question question, Bytes from, ScanRegionsResponse answer, int pagesMax) {
    Bytes reached = from;
    boolean last = false;
    for (Region told : answer.getRegionsList()) {
      Bytes end = ProtoBytes.toBytes(told.getRegion().getEndKey());
      if (last || (!end.isEmpty() && end.compareTo(reached) <= 0)) {
        return NONSENSE + "regions are in the wrong order at " + told.getRegion().getId();
      }
      reached = end;
      last = end.isEmpty();
    }
    for (Region told : answer.getRegionsList()) {
      learn(ProtoRegions.fromProto(told.getRegion()), told.hasLeader() ? told.getLeader() : null);
    }
    if (!last && !reached.equals(from) && pagesMax > 1) {
      askLast(question, reached, pagesMax - 1);
      return null;
    }
    return last ? FOUND : "PD does not know the last region now";
  }

  private void learn(
      dev.terrane.common.region.Region region, dev.terrane.proto.metapb.@Nullable Peer leader) {
    Peer known = leader == null || leader.getId() == 0 ? null : ProtoRegions.fromProto(leader);
    core.learnFromPd(region, known);
  }

  /** One answer serves all; the call for which PD was asked in vain waits before it asks again. */
  private void ended(@Nullable RegionCall asker, String outcome) {
    loads--;
    for (RegionCall call : takeWaiting()) {
      if (call.isLocating()) {
        if (core.locate(call) == null) {
          waiting.add(call);
        } else {
          core.route(call);
        }
      }
    }
    if (asker != null && asker.isLocating()) {
      if (core.locate(asker) == null) {
        asker.backOff(Delay.REGION_UNKNOWN, outcome);
      } else {
        core.route(asker);
      }
    }
    loadMore();
  }

  /**
   * @param below whether the Region is the one that holds the keys just below {@code routeKey}
   * @param asker who waits for the answer and is no longer among those waiting; null if nobody
   * @param refreshed what is known and in doubt; null if nothing is
   */
  private record Question(
      Bytes routeKey,
      boolean below,
      @Nullable RegionCall asker,
      @Nullable CachedRegion refreshed) {}

  private abstract class Loaded<A> implements Completion<A> {
    private final Question question;

    Loaded(Question question) {
      this.question = question;
    }

    /** Learns from an answer: what to say to who still misses a Region; null if PD is asked on. */
    abstract @Nullable String take(A answer);

    @Override
    public void succeeded(A answer) {
      String outcome;
      try {
        outcome = take(answer);
      } catch (Throwable nonsense) {
        outcome = NONSENSE + nonsense.getMessage();
      }
      if (outcome != null) {
        ended(question.asker, outcome);
      }
    }

    @Override
    public void failed(ClientException failure) {
      loads--;
      if (failure instanceof DeadlineExceededException) {
        // The others have deadlines of their own.
        loadMore();
      } else {
        if (question.refreshed != null) {
          // Neither its peers nor PD: who wants it from now on is to fail as soon as is known.
          core.cache().remove(question.refreshed);
        }
        failAll(failure);
      }
      if (question.asker != null && question.asker.isLocating()) {
        question.asker.failed(failure);
      }
    }
  }
}
