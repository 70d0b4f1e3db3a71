package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.pdpb.AllocIDRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls of every method of PD, whose fields are drawn from what is there and from what is at the
 * edges: whatever it answers, it goes on, and finds itself again when it is started.
 */
class AnyCallsTest {
  private static final int CALLS = 3_000;

  private final PdCluster cluster =
      PdCluster.found(
          5, ClusterState.DEFAULT_RULES.toBuilder().setStoreDownMaxMillis(60_000).build());

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverIsAskedPdGoesOn(long seed) throws ReflectiveOperationException {
    Random random = new Random(seed);
    FakeStores stores = FakeStores.bootstrap(cluster);
    stores.add(2);
    List<Method> methods =
        Arrays.stream(Pd.class.getMethods())
            .filter(method -> method.getParameterCount() == 2)
            .filter(method -> method.getParameterTypes()[1] == PdReply.class)
            .sorted(Comparator.comparing(Method::getName))
            .toList();
    List<PdCluster.Answer<?>> answers = new ArrayList<>();
    HeartbeatStream reports =
        cluster
            .leaderOrThrow()
            .pd()
            .openHeartbeats(
                new InstructionSink() {
                  @Override
                  public void instruct(
                      dev.terrane.proto.pdpb.RegionHeartbeatResponse instruction) {}

                  @Override
                  public void end(PdRefusal why) {}
                });
    for (int i = 0; i < CALLS; i++) {
      Method method = methods.get(random.nextInt(methods.size()));
      Message prototype =
          (Message) method.getParameterTypes()[0].getMethod("getDefaultInstance").invoke(null);
      PdCluster.Answer<Object> answer = new PdCluster.Answer<>();
      method.invoke(cluster.leaderOrThrow().pd(), drawn(random, prototype, 0), answer);
      answers.add(answer);
      reports.heartbeat(
          (RegionHeartbeatRequest) drawn(random, RegionHeartbeatRequest.getDefaultInstance(), 0),
          () -> {});
      if (random.nextInt(4) == 0) {
        cluster.step();
      }
    }
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(answers).allMatch(PdCluster.Answer::isDone);

    PdCluster.Node leader = cluster.leaderOrThrow();
    cluster.crash(leader);
    cluster.restart(leader);
    var ids = AllocIDRequest.newBuilder().setHeader(cluster.header()).build();
    assertThat(cluster.onLeader(ids, Pd::allocId).getId()).isPositive();
  }

  private Message drawn(Random random, Message prototype, int depth) {
    Message.Builder builder = prototype.newBuilderForType();
    for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
      if (field.getName().equals("header")) {
        setHeader(builder, field);
      } else if (field.isRepeated() && !field.isMapField()) {
        for (int i = random.nextInt(4); i > 0 && depth < 4; i--) {
          builder.addRepeatedField(field, value(random, builder, field, depth));
        }
      } else if (!field.isMapField() && depth < 4 && random.nextInt(4) > 0) {
        builder.setField(field, value(random, builder, field, depth));
      }
    }
    return builder.build();
  }

  private void setHeader(Message.Builder builder, FieldDescriptor field) {
    Message.Builder header = builder.newBuilderForField(field);
    FieldDescriptor id = header.getDescriptorForType().findFieldByName("cluster_id");
    builder.setField(
        field, id == null ? header.build() : header.setField(id, cluster.clusterId()).build());
  }

  private Object value(Random random, Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> (int) number(random);
      case LONG -> number(random);
      case FLOAT -> random.nextFloat();
      case DOUBLE -> random.nextDouble();
      case BOOLEAN -> random.nextBoolean();
      case STRING -> text(random);
      case BYTE_STRING -> ByteString.copyFromUtf8(text(random));
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(6));
      case MESSAGE ->
          drawn(random, builder.newBuilderForField(field).getDefaultInstanceForType(), depth + 1);
    };
  }

  private long number(Random random) {
    long[] edges = {
      -1,
      0,
      1,
      1,
      1,
      2,
      2,
      2,
      3,
      4,
      5,
      7,
      60,
      1000,
      1L << 31,
      1L << 40,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      cluster.leaderOrThrow().memberId
    };
    return edges[random.nextInt(edges.length)];
  }

  private static String text(Random random) {
    String[] texts = {
      "",
      "a",
      "m",
      "z",
      "pd-1",
      "8.5.0",
      "8.5.0",
      "store-1:20160",
      "store-2:20160",
      "gc_worker",
      "/tidb/store/gcworker/saved_safe_point",
      "http://x:1",
      "\u0000",
      "zone"
    };
    return texts[random.nextInt(texts.length)];
  }
}
