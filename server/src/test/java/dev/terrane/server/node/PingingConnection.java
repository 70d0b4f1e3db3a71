package dev.terrane.server.node;

import dev.terrane.server.net.HostPort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An HTTP/2 connection that has no streams and pings: as published clients do while they are idle,
 * at any pace, where gRPC's own channels ping every ten seconds at most.
 */
final class PingingConnection implements AutoCloseable {
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int ACK = 1;

  /** What the server said meanwhile. */
  enum Heard {
    NOTHING,
    PONG,
    CUT_OFF
  }

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  private PingingConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  static PingingConnection open(HostPort address) throws IOException {
    PingingConnection connection =
        new PingingConnection(new Socket(address.host(), address.port()));
    connection.out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    connection.send(SETTINGS, 0, new byte[0]);
    return connection;
  }

  private void send(int type, int flags, byte[] payload) throws IOException {
    out.writeByte(0);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(0); // the connection itself
    out.write(payload);
    out.flush();
  }

  /** Pings, then hears what comes until {@code pause} passes in silence. */
  Heard pingAndListen(Duration pause) throws IOException {
    try {
      send(PING, 0, new byte[8]);
      return listen(pause);
    } catch (SocketException | EOFException e) {
      return Heard.CUT_OFF; // what it said last is lost when it closes while we send
    }
  }

  private Heard listen(Duration pause) throws IOException {
    Heard heard = Heard.NOTHING;
    socket.setSoTimeout((int) pause.toMillis());
    while (heard != Heard.CUT_OFF) {
      int length;
      try {
        length = in.readUnsignedByte() << 16;
      } catch (SocketTimeoutException e) {
        break;
      }
      length += in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      if (type == SETTINGS && flags != ACK) {
        send(SETTINGS, ACK, new byte[0]);
      } else if (type == PING && flags == ACK) {
        heard = Heard.PONG;
      } else if (type == PING) {
        send(PING, ACK, payload);
      } else if (type == GO_AWAY) {
        heard = Heard.CUT_OFF;
      }
    }
    return heard;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
