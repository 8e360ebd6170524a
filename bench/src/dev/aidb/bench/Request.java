package dev.aidb.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A request as the bytes that travel, but for the port in its Host header.
 *
 * @param bytes head and body
 * @param portAt where the port's five digits belong
 * @param numberAt where the {@link #NUMBER} stands, below 0 for nowhere
 */
record Request(byte[] bytes, int portAt, int numberAt) {
  private static final String PORT = "@@@@@";

  /** To be put where each sending shall have another number. */
  static final String NUMBER = "#########";

  static Request post(String path, String json) {
    return post(path, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  static Request post(String path, String type, byte[] body) {
    String head =
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:@@@@@\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, type, body.length);
    return of(head, body);
  }

  static Request get(String path) {
    return of("GET %s HTTP/1.1\r\nHost: 127.0.0.1:@@@@@\r\n\r\n".formatted(path), new byte[0]);
  }

  private static Request of(String head, byte[] body) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    whole.writeBytes(body);
    byte[] bytes = whole.toByteArray();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return new Request(bytes, text.indexOf(PORT), text.indexOf(NUMBER));
  }

  /** Writes the port into a copy of the bytes. */
  void port(byte[] copy, int port) {
    digits(copy, portAt, PORT.length(), port);
  }

  /** Writes a number into a copy of the bytes, where it has its place. */
  void number(byte[] copy, long number) {
    if (numberAt >= 0) {
      digits(copy, numberAt, NUMBER.length(), number);
    }
  }

  private static void digits(byte[] copy, int at, int count, long number) {
    long rest = number;
    for (int i = at + count - 1; i >= at; i--) {
      copy[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
