package dev.terrane.bench.echo;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Serves PD and one store on a free port of loopback, until it is killed. The load generator finds
 * it with {@code --pd} and the address that is printed; puts are acknowledged at once, and gets
 * find nothing.
 */
public final class EchoMain {
  private EchoMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    EchoPd pd = new EchoPd();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(pd)
            .addService(new EchoStore())
            .build()
            .start();
    String address = "127.0.0.1:" + server.getPort();
    pd.isAt(address);
    System.out.println("ready: pd " + address + " pid " + ProcessHandle.current().pid());
    server.awaitTermination();
  }
}
