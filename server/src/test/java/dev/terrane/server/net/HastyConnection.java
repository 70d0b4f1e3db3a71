package dev.terrane.server.net;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An HTTP/2 connection that begins calls and gives each up at once, which gRPC's own do not. */
final class HastyConnection implements AutoCloseable {
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END_HEADERS = 4;
  private static final byte[] CANCEL = {0, 0, 0, 8};

  private final Socket socket;
  private final DataOutputStream out;
  private final byte[] headers;

  private int calls;

  private HastyConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.out = new DataOutputStream(socket.getOutputStream());
    this.headers = headers();
  }

  static HastyConnection open(int port) throws IOException {
    HastyConnection connection =
        new HastyConnection(new Socket(InetAddress.getLoopbackAddress(), port));
    connection.out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(connection.out, SETTINGS, 0, 0, new byte[0]);
    return connection;
  }

  private static byte[] headers() throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    header(block, ":method", "POST");
    header(block, ":scheme", "http");
    header(block, ":path", "/tikvpb.Tikv/BatchCommands");
    header(block, ":authority", "here");
    header(block, "content-type", "application/grpc");
    header(block, "te", "trailers");
    return block.toByteArray();
  }

  /** A literal that is not indexed, with a new name (RFC 7541, 6.2.2). */
  private static void header(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    for (String text : new String[] {name, value}) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      block.write(bytes.length);
      block.writeBytes(bytes);
    }
  }

  private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeByte(0);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  /** Begins up to {@code count} calls; fewer when the server does not take them any more. */
  int callsUntilCutOff(int count) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream frames = new DataOutputStream(bytes);
    try {
      for (int i = 0; i < count; i++) {
        bytes.reset();
        int stream = 2 * calls + 1;
        frame(frames, HEADERS, END_HEADERS, stream, headers);
        frame(frames, RST_STREAM, 0, stream, CANCEL);
        out.write(bytes.toByteArray());
        calls++;
        hearOut();
      }
      return count;
    } catch (IOException e) {
      return 0; // the connection is closed
    }
  }

  /** What the server says is not looked at, but must not fill its side. */
  private void hearOut() throws IOException {
    InputStream in = socket.getInputStream();
    in.skipNBytes(in.available());
  }

  int calls() {
    return calls;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
