package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.terrane.proto.etcdserverpb.ClusterGrpc;
import dev.terrane.proto.etcdserverpb.KVGrpc;
import dev.terrane.proto.import_sstpb.ImportSSTGrpc;
import dev.terrane.proto.keyspacepb.KeyspaceGrpc;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.meta_storagepb.MetaStorageGrpc;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.resource_manager.ResourceManagerGrpc;
import dev.terrane.proto.terranepb.InternalGrpc;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.TikvGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is sent to whichever method, and wherever its client leaves it: the node stands, and
 * nothing is left of it in what calls hold.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileCallsTest {
  private static final int CALLS = 500;

  /** What an operator may do to the cluster of one that this is. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "terranepd.PdInternal/AddMember",
          "terranepd.PdInternal/RemoveMember",
          "terranepd.PdInternal/RemoveStore",
          "terranepd.PdInternal/SetRules",
          "terranepd.PdInternal/ChangeRules",
          "pdpb.PD/PutStore");

  private TestNodes nodes;
  private Node node;
  private NodeClient client;
  private HttpClient http;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    nodes = new TestNodes(directory);
    node = nodes.start("a");
    client = new NodeClient(node);
    http = HttpClient.newHttpClient();
    await().until(() -> !client.put("witness", ByteString.copyFromUtf8("v")).hasRegionError());
  }

  @AfterAll
  void stop() {
    http.close();
    client.close();
    nodes.close();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void whateverIsSentAndLeftNothingOfItStays(long seed) throws Exception {
    await().until(() -> heldBeyondOpenCalls() == 0);
    Random random = new Random(seed);
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(call(random));
      if (random.nextInt(4) == 0) {
        calls.get(random.nextInt(calls.size())).proceed(random);
      }
    }
    calls.forEach(call -> call.proceed(random));
    calls.forEach(Call::leave);

    await()
        .atMost(30, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(heldBeyondOpenCalls()).as("bytes held").isZero());
    assertThat(nodes.failures()).isEmpty();
    await()
        .until(() -> {
          var status = Objects.requireNonNull(node.storeStatus());
          return status.admittedRequests() == 0 && status.admittedBytes() == 0;
        });
    assertThat(Objects.requireNonNull(node.storePart()).latches().waiting()).isZero();
    await().until(() -> !client.put("witness", ByteString.copyFromUtf8("v")).hasRegionError());
    assertThat(client.get("witness").getValue()).isEqualTo(ByteString.copyFromUtf8("v"));
  }

  private long heldBeyondOpenCalls() throws IOException, InterruptedException {
    return figure("terrane_traffic_taken_bytes") - 4096 * figure("terrane_open_calls");
  }

  private long figure(String name) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + node.addresses().status() + "/metrics"))
            .build();
    String page = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return page.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name));
  }

  private Call call(Random random) {
    boolean store = random.nextInt(3) > 0;
    List<ServiceDescriptor> services =
        store
            ? List.of(
                TikvGrpc.getServiceDescriptor(),
                TikvGrpc.getServiceDescriptor(),
                ImportSSTGrpc.getServiceDescriptor(),
                InternalGrpc.getServiceDescriptor())
            : List.of(
                PDGrpc.getServiceDescriptor(),
                PDGrpc.getServiceDescriptor(),
                PdInternalGrpc.getServiceDescriptor(),
                KeyspaceGrpc.getServiceDescriptor(),
                ClusterGrpc.getServiceDescriptor(),
                KVGrpc.getServiceDescriptor(),
                MetaStorageGrpc.getServiceDescriptor(),
                ResourceManagerGrpc.getServiceDescriptor());
    ServiceDescriptor service = services.get(random.nextInt(services.size()));
    List<MethodDescriptor<?, ?>> methods =
        service.getMethods().stream()
            .filter(method -> !LEFT_OUT.contains(method.getFullMethodName()))
            .toList();
    MethodDescriptor<?, ?> method = methods.get(random.nextInt(methods.size()));
    if (service.getName().equals("tikvpb.Tikv") && random.nextInt(4) == 0) {
      method = TikvGrpc.getBatchCommandsMethod();
    }
    return new Call(store ? client.storeChannel : client.pdChannel, method, random);
  }

  /** One call, and what is sent in it. */
  private final class Call extends ClientCall.Listener<Message> {
    private final ClientCall<Message, Message> call;
    private final Message prototype;
    private final boolean unary;
    private volatile boolean over;
    private boolean halfClosed;

    @SuppressWarnings("unchecked") // all are messages
    Call(ManagedChannel channel, MethodDescriptor<?, ?> method, Random random) {
      prototype =
          (Message)
              Objects.requireNonNull(
                  ((PrototypeMarshaller<?>) method.getRequestMarshaller()).getMessagePrototype());
      unary = method.getType().clientSendsOneMessage();
      CallOptions options =
          random.nextInt(4) == 0
              ? CallOptions.DEFAULT.withDeadlineAfter(random.nextInt(50), TimeUnit.MILLISECONDS)
              : CallOptions.DEFAULT;
      if (random.nextInt(8) == 0) {
        options = options.withCompression("gzip");
      }
      call = channel.newCall((MethodDescriptor<Message, Message>) method, options);
      call.start(this, new Metadata());
      send(random);
    }

    private void send(Random random) {
      if (!over && !halfClosed) {
        Message message = message(random, prototype, 0);
        call.setMessageCompression(random.nextBoolean());
        call.sendMessage(message);
        if (unary && random.nextInt(8) > 0) {
          halfClose();
        } else if (unary) {
          halfClosed = true; // and never says so
        }
      }
    }

    private void halfClose() {
      halfClosed = true;
      call.halfClose();
    }

    void proceed(Random random) {
      if (over) {
        return;
      }
      switch (random.nextInt(5)) {
        case 0 -> leave();
        case 1, 2 -> call.request(1 + random.nextInt(3));
        case 3 -> send(random);
        default -> {
          if (!halfClosed) {
            halfClose();
          }
        }
      }
    }

    void leave() {
      over = true;
      call.cancel("left", null);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      over = true;
    }
  }

  // ---- messages

  private Message message(Random random, Message prototype, int depth) {
    if (prototype instanceof Context && random.nextInt(3) > 0) {
      return client.context();
    }
    if (prototype instanceof RequestHeader && random.nextInt(3) > 0) {
      return client.header;
    }
    Message.Builder message = prototype.newBuilderForType();
    if (prototype instanceof BatchCommandsRequest && random.nextInt(8) > 0) {
      return batch(random);
    }
    for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
      boolean likely = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth < 2;
      if (depth > 4 || random.nextInt(10) > (likely ? 7 : 4)) {
        continue;
      }
      if (field.isRepeated()) {
        int count = random.nextInt(20) == 0 ? 700 : random.nextInt(4);
        for (int i = 0; i < count; i++) {
          message.addRepeatedField(field, value(random, message, field, count > 10 ? 9 : depth));
        }
      } else {
        message.setField(field, value(random, message, field, depth));
      }
    }
    return message.build();
  }

  private Message batch(Random random) {
    BatchCommandsRequest.Builder batch = BatchCommandsRequest.newBuilder();
    int count = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      batch
          .addRequestIds(random.nextInt(100))
          .addRequests(
              (BatchCommandsRequest.Request)
                  message(random, BatchCommandsRequest.Request.getDefaultInstance(), 0));
    }
    return batch.build();
  }

  private Object value(Random random, Message.Builder of, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> (int) number(random);
      case LONG -> field.getName().equals("delay_time") ? random.nextInt(50) : number(random);
      case FLOAT -> random.nextFloat();
      case DOUBLE -> random.nextDouble();
      case BOOLEAN -> random.nextBoolean();
      case STRING -> random.nextBoolean() ? "" : "text-" + random.nextInt(3);
      case BYTE_STRING -> bytes(random);
      case ENUM -> constant(random, field.getEnumType());
      case MESSAGE ->
          message(random, of.newBuilderForField(field).getDefaultInstanceForType(), depth + 1);
    };
  }

  private static long number(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> Long.MAX_VALUE;
      case 3 -> Long.MIN_VALUE;
      case 4 -> 0xffff_ffffL;
      case 5 -> Integer.MIN_VALUE;
      default -> random.nextInt(20);
    };
  }

  private static ByteString bytes(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> ByteString.EMPTY;
      case 1 -> ByteString.copyFrom(new byte[(64 << 10) + random.nextInt(3)]);
      case 2 -> ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xff});
      default -> ByteString.copyFromUtf8("key-" + random.nextInt(20));
    };
  }

  private static Object constant(Random random, EnumDescriptor type) {
    return random.nextInt(6) == 0
        ? type.findValueByNumberCreatingIfUnknown(77)
        : type.getValues().get(random.nextInt(type.getValues().size()));
  }
}
