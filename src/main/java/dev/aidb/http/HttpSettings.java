package dev.aidb.http;

import dev.aidb.guard.ClientAddresses;
import dev.aidb.operation.Operation;
import java.time.Duration;
import java.util.List;

/**
 * Where the server listens and what it puts up with.
 *
 * @param host the name or address to listen on
 * @param port the port; 0 for any free one
 * @param maxBodyBytes the largest body of a request that isn't a stream
 * @param maxBodiesBytes what the bodies of all requests may take together; more gets 503
 * @param maxLineBytes the longest line of a stream
 * @param maxHeadBytes the most bytes that a request's line and headers may take, each
 * @param maxConnections how many connections are open at once; when nearly all are, each new one
 *     takes the place of the one that has been idle the longest, and where none is idle it waits in
 *     the backlog
 * @param backlog how many connections wait to be accepted
 * @param requestTimeout how long a request may take whose operation has no deadline of its own
 * @param bodyTimeout how long a body, or a line of a stream once begun, may take to arrive
 * @param readTimeout the longest silence of a client, within a request or between two
 * @param writeTimeout how long a client may refuse to read before its connection is closed
 * @param streamTimeout how long a stream may last
 * @param shutdownGrace how long requests in flight may take to finish when the server stops
 * @param clients tells where requests come from
 */
public record HttpSettings(
    String host,
    int port,
    int maxBodyBytes,
    long maxBodiesBytes,
    int maxLineBytes,
    int maxHeadBytes,
    int maxConnections,
    int backlog,
    Duration requestTimeout,
    Duration bodyTimeout,
    Duration readTimeout,
    Duration writeTimeout,
    Duration streamTimeout,
    Duration shutdownGrace,
    ClientAddresses clients) {
  private static final int MIB = 1024 * 1024;

  /** The limits that the contract names, with sensible values for the rest. */
  public static HttpSettings at(String host, int port) {
    return new HttpSettings(
        host,
        port,
        8 * MIB,
        bodies(8 * MIB),
        8 * MIB,
        16 * 1024,
        2_048,
        1_024,
        Operation.USUAL_DEADLINE,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofHours(24),
        Duration.ofSeconds(20),
        new ClientAddresses(List.of()));
  }

  /** The same with another limit for bodies and lines, in bytes. */
  public HttpSettings withBodyMax(int bytes) {
    return new HttpSettings(
        host,
        port,
        bytes,
        bodies(bytes),
        bytes,
        maxHeadBytes,
        maxConnections,
        backlog,
        requestTimeout,
        bodyTimeout,
        readTimeout,
        writeTimeout,
        streamTimeout,
        shutdownGrace,
        clients);
  }

  /** The same with another way to tell where requests come from. */
  public HttpSettings withClients(ClientAddresses others) {
    return new HttpSettings(
        host,
        port,
        maxBodyBytes,
        maxBodiesBytes,
        maxLineBytes,
        maxHeadBytes,
        maxConnections,
        backlog,
        requestTimeout,
        bodyTimeout,
        readTimeout,
        writeTimeout,
        streamTimeout,
        shutdownGrace,
        others);
  }

  /** An eighth of the heap, but room for a few of the largest in any case. */
  private static long bodies(int largest) {
    return Math.max(4L * largest, Runtime.getRuntime().maxMemory() / 8);
  }

  /** The same with another limit for connections. */
  public HttpSettings withConnectionsMax(int connections) {
    return new HttpSettings(
        host,
        port,
        maxBodyBytes,
        maxBodiesBytes,
        maxLineBytes,
        maxHeadBytes,
        connections,
        backlog,
        requestTimeout,
        bodyTimeout,
        readTimeout,
        writeTimeout,
        streamTimeout,
        shutdownGrace,
        clients);
  }

  /** The same with another time for usual requests. */
  public HttpSettings withRequestTimeout(Duration timeout) {
    return new HttpSettings(
        host,
        port,
        maxBodyBytes,
        maxBodiesBytes,
        maxLineBytes,
        maxHeadBytes,
        maxConnections,
        backlog,
        timeout,
        bodyTimeout,
        readTimeout,
        writeTimeout,
        streamTimeout,
        shutdownGrace,
        clients);
  }
}
