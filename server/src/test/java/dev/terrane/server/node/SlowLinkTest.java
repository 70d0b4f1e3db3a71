package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.server.net.HostPort;
import dev.terrane.store.StoreStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two stores behind a link over which a large value takes longer than an election timeout. */
class SlowLinkTest {
  private static final int VALUE_BYTES = 8 << 20;

  /** Fifty megabit, which the followers share: a value takes 2.7 s. */
  private static final long LINK_BYTES_PER_SECOND = 6_250_000;

  @TempDir private Path directory;
  private TestNodes nodes;
  private SlowLink link;

  @BeforeEach
  void open() {
    nodes = new TestNodes(directory);
    link = new SlowLink(LINK_BYTES_PER_SECOND);
  }

  @AfterEach
  void close() throws IOException {
    nodes.close();
    link.close();
    assertThat(nodes.failures()).isEmpty();
  }

  @Test
  void aLargeValueIsWrittenAndCostsNobodyHisLeadership() throws IOException {
    Node first = nodes.start("a");
    List<Node> all = new ArrayList<>(List.of(first));
    for (String name : List.of("b", "c")) {
      HostPort real = new HostPort("127.0.0.1", SlowLink.freePort());
      HostPort shown = new HostPort("127.0.0.1", link.to(real.port()));
      all.add(
          nodes.start(
              nodes.config(
                  name,
                  config ->
                      config
                          .storeAddress(real)
                          .storeAdvertised(shown)
                          .join(List.of(first.addresses().pd())))));
    }
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> all.stream().allMatch(node -> region(node).isThree()));

    int written = 0;
    for (int attempt = 0; attempt < 3; attempt++) { // one may be lost to another election
      Node leading = await().until(() -> leader(all), Objects::nonNull);
      try (NodeClient client = new NodeClient(leading)) {
        RawPutResponse answer = client.put("large", ByteString.copyFrom(new byte[VALUE_BYTES]));
        written += answer.equals(RawPutResponse.getDefaultInstance()) ? 1 : 0;
      }
    }
    assertThat(written).isGreaterThanOrEqualTo(2);
  }

  private static @Nullable Node leader(List<Node> all) {
    return all.stream().filter(node -> region(node).leads()).findFirst().orElse(null);
  }

  private record First(boolean leads, boolean isThree) {}

  private static First region(Node node) {
    List<StoreStatus.RegionStatus> regions =
        Objects.requireNonNull(node.storeStatus(), "the node has no store").regions();
    if (regions.isEmpty() || regions.getFirst().region() == null) {
      return new First(false, false);
    }
    StoreStatus.RegionStatus first = regions.getFirst();
    return new First(first.leads(), Objects.requireNonNull(first.region()).peers().size() == 3);
  }
}
