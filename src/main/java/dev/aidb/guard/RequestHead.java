package dev.aidb.guard;

import java.util.List;
import java.util.Optional;

/** What is known of a request before its body is read. */
public interface RequestHead {
  /** The method as sent, such as {@code POST}. */
  String method();

  /** The path as sent, still percent-encoded, without the query. */
  String path();

  /**
   * The first value of a header.
   *
   * @param name the header's name in lower case
   */
  Optional<String> header(String name);

  /**
   * All values of a header, a line each, in the order they were sent.
   *
   * @param name the header's name in lower case
   */
  default List<String> headers(String name) {
    return header(name).stream().toList();
  }

  /** The name of the operation that it leads to, or the route; empty when it leads nowhere. */
  default String operation() {
    return "";
  }

  /**
   * The address of the client, without the port: the peer's, or what a trusted proxy says it is;
   * see {@link ClientAddresses}.
   */
  String remoteAddress();

  /** The port that the request arrived on. */
  int localPort();
}
