package dev.terrane.compat;

import dev.terrane.e2e.TerraneProcess;
import java.time.Duration;
import java.util.List;
import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import org.tikv.kvproto.Kvrpcpb.KvPair;
import org.tikv.raw.RawKVClient;
import org.tikv.shade.com.google.protobuf.ByteString;

/** A playground of its own, and the published client connected to it. */
final class PublishedClient implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final int CALL_MILLIS = 10_000;
  private static final int OPERATION_MILLIS = 30_000;

  private final TerraneProcess playground;
  private final TiSession session;
  private final RawKVClient raw;

  private PublishedClient(TerraneProcess playground, TiSession session) {
    this.playground = playground;
    this.session = session;
    this.raw = session.createRawClient();
  }

  /**
   * Starts a cluster that speaks {@code apiVersion} ({@code 1}, {@code 1ttl} or {@code 2}), and
   * connects.
   *
   * @param atomic whether the client marks its writes as atomic with compare-and-set
   */
  static PublishedClient connect(int nodes, String apiVersion, boolean atomic) {
    TerraneProcess playground =
        TerraneProcess.start(
            "playground",
            "--nodes",
            Integer.toString(nodes),
            "--pd-port",
            "0",
            "--api-version",
            apiVersion);
    try {
      String pd = playground.awaitLine("^ready: pd (\\S+)$", START_PATIENCE).group(1);
      TiConfiguration configuration = TiConfiguration.createRawDefault(pd);
      configuration.setApiVersion(
          apiVersion.equals("2") ? TiConfiguration.ApiVersion.V2 : TiConfiguration.ApiVersion.V1);
      configuration.setEnableAtomicForCAS(atomic);
      waitLong(configuration);
      return new PublishedClient(playground, TiSession.create(configuration));
    } catch (RuntimeException | Error e) {
      playground.close();
      throw e;
    }
  }

  /**
   * By itself the client gives a call 200 ms and a whole operation 2 s: on a busy machine, where a
   * value of some megabytes goes to three disks, that is not always enough.
   */
  private static void waitLong(TiConfiguration configuration) {
    configuration.setTimeout(CALL_MILLIS);
    configuration.setRawKVReadTimeoutInMS(OPERATION_MILLIS);
    configuration.setRawKVWriteTimeoutInMS(OPERATION_MILLIS);
    configuration.setRawKVBatchReadTimeoutInMS(OPERATION_MILLIS);
    configuration.setRawKVBatchWriteTimeoutInMS(OPERATION_MILLIS);
    configuration.setRawKVScanTimeoutInMS(OPERATION_MILLIS);
  }

  RawKVClient raw() {
    return raw;
  }

  TiSession session() {
    return session;
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static List<String> keyTexts(List<KvPair> pairs) {
    return pairs.stream().map(pair -> pair.getKey().toStringUtf8()).toList();
  }

  static List<String> valueTexts(List<KvPair> pairs) {
    return pairs.stream().map(pair -> pair.getValue().toStringUtf8()).toList();
  }

  @Override
  public void close() {
    try {
      raw.close();
      session.close();
      playground.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the published client does not close", e);
    } finally {
      playground.close();
    }
  }
}
