package dev.aidb.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One keep-alive connection that sends bytes made beforehand and reads whole answers: as little
 * work as can be, because the client shares the processor with the server. For one thread.
 */
final class Wire implements AutoCloseable {
  private static final int TIMEOUT_MS = 120_000;
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final int FIRST_SIZE = 1 << 16;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private byte[] sent = new byte[FIRST_SIZE];
  private byte[] got = new byte[FIRST_SIZE];
  private int bodyAt;
  private int bodyLength;

  Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MS);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /** Sends the request as it is; returns the status. */
  int send(Request request) throws IOException {
    return send(request, 0);
  }

  /** Sends the request with a number in its place, so that no cache knows it; returns the status. */
  int send(Request request, long number) throws IOException {
    byte[] bytes = request.bytes();
    if (sent.length < bytes.length) {
      sent = new byte[bytes.length];
    }
    System.arraycopy(bytes, 0, sent, 0, bytes.length);
    request.port(sent, socket.getPort());
    request.number(sent, number);
    out.write(sent, 0, bytes.length);
    return answer();
  }

  /** The body of the last answer. */
  String body() {
    return new String(got, bodyAt, bodyLength, StandardCharsets.UTF_8);
  }

  /** A field of the last answer's head; empty when it isn't there. */
  String header(String name) {
    String head = new String(got, 0, bodyAt, StandardCharsets.US_ASCII);
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private int answer() throws IOException {
    int filled = 0;
    int end = -1;
    while (end < 0) {
      filled += more(filled);
      end = headEnd(filled);
    }
    bodyAt = end;
    bodyLength = length(end);
    if (got.length < end + bodyLength) {
      got = Arrays.copyOf(got, end + bodyLength);
    }
    while (filled < end + bodyLength) {
      filled += more(filled);
    }
    return (got[9] - '0') * 100 + (got[10] - '0') * 10 + got[11] - '0';
  }

  private int more(int filled) throws IOException {
    if (filled == got.length) {
      got = Arrays.copyOf(got, filled * 2);
    }
    int n = in.read(got, filled, got.length - filled);
    if (n < 0) {
      throw new EOFException("the server closed the connection");
    }
    return n;
  }

  private int headEnd(int filled) {
    for (int i = 3; i < filled; i++) {
      if (got[i] == '\n' && got[i - 1] == '\r' && got[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private int length(int headEnd) throws IOException {
    for (int line = 0; line < headEnd; line++) {
      if ((line == 0 || got[line - 1] == '\n') && isLength(line)) {
        int length = 0;
        for (int i = line + LENGTH.length; got[i] != '\r'; i++) {
          length = got[i] == ' ' ? length : length * 10 + got[i] - '0';
        }
        return length;
      }
    }
    throw new IOException("an answer without a length: " + new String(got, 0, headEnd, StandardCharsets.US_ASCII));
  }

  private boolean isLength(int at) {
    for (int i = 0; i < LENGTH.length; i++) {
      if (Character.toLowerCase(got[at + i]) != LENGTH[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
