import com.google.protobuf.StringValue;
import dev.terrane.client.KeyValue;
import dev.terrane.client.RawClient;
import dev.terrane.client.RawScan;
import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** An application with gRPC, Netty and protobuf of its own, which is also a client of Terrane. */
public final class Beside {
  private static final MethodDescriptor<StringValue, StringValue> ECHO =
      MethodDescriptor.<StringValue, StringValue>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("beside.Echo/Say")
          .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .build();

  private Beside() {}

  public static void main(String[] args) throws Exception {
    System.out.println(
        "netty " + io.netty.util.Version.identify().get("netty-common").artifactVersion());
    System.out.println("grpc " + jarOf(io.grpc.ManagedChannel.class));
    System.out.println("protobuf " + jarOf(com.google.protobuf.Message.class));
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                ServerServiceDefinition.builder("beside.Echo")
                    .addMethod(
                        ECHO,
                        ServerCalls.asyncUnaryCall((question, answer) -> {
                          answer.onNext(question);
                          answer.onCompleted();
                        }))
                    .build())
            .build()
            .start();
    // By name: what resolves names is found among the services that jars declare.
    ManagedChannel channel =
        NettyChannelBuilder.forTarget("dns:///localhost:" + server.getPort())
            .usePlaintext()
            .build();
    String[] pd = args[0].split(":");
    try (TerraneClient byNumber = TerraneClient.connect(args[0]);
        TerraneClient byName = TerraneClient.connect("localhost:" + pd[pd.length - 1])) {
      say(channel, "first");
      use(byNumber.raw(), "number");
      use(byName.raw(), "name");
      say(channel, "last");
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
    System.out.println("both work");
  }

  private static String jarOf(Class<?> used) {
    String path = used.getProtectionDomain().getCodeSource().getLocation().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void say(ManagedChannel channel, String text) {
    StringValue answer =
        ClientCalls.blockingUnaryCall(channel, ECHO, CallOptions.DEFAULT, StringValue.of(text));
    check(answer.getValue().equals(text), "the neighbour answers " + answer);
  }

  private static void use(RawClient client, String name) {
    Bytes key = Bytes.ofUtf8(name);
    Bytes one = Bytes.ofUtf8("1");
    Bytes two = Bytes.ofUtf8("2");
    client.put(key, one);
    check(client.get(key).equals(Optional.of(one)), "get");
    check(client.compareAndSwap(key, Optional.of(one), two).swapped(), "compare-and-swap");
    client.batchPut(List.of(new KeyValue(key, one), new KeyValue(Bytes.ofUtf8(name + "x"), two)));
    check(client.scan(RawScan.of(KeyRange.ALL, 10)).size() >= 2, "scan");
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
