package dev.terrane.compat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.tikv.raw.RawKVClient;

/** Tests that share a cluster of their own, and the published client connected to it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClusterTest {
  private final PublishedClient client;

  /**
   * @param atomic whether the client marks its writes as atomic with compare-and-set
   */
  ClusterTest(int nodes, String apiVersion, boolean atomic) {
    client = PublishedClient.connect(nodes, apiVersion, atomic);
  }

  @AfterAll
  final void close() {
    client.close();
  }

  final PublishedClient client() {
    return client;
  }

  final RawKVClient raw() {
    return client.raw();
  }
}
