package dev.aidb.http;

import dev.aidb.core.ErrorSink;
import dev.aidb.core.IdSource;
import dev.aidb.core.StartFailure;
import dev.aidb.guard.Admission;
import dev.aidb.guard.AuditTrail;
import dev.aidb.guard.Door;
import dev.aidb.guard.Refusals;
import dev.aidb.invocation.Invocations;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.metrics.QueryValidationMetrics;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operations;
import dev.aidb.policy.ContentPolicy;
import dev.aidb.resilience.WorkLimit;
import io.helidon.common.mapper.MapperManager;
import io.helidon.http.DirectHandler;
import io.helidon.webserver.ConnectionConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server. Listens between {@link #start} and {@link #close}, each of which is called once.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HttpServer.class.getName());

  static {
    keepMappers();
  }

  private final HttpSettings settings;
  private final InetAddress address;
  private final Parts parts;
  private final Stalls stalls;
  private final FailureLog log;
  private final Invocations invocations;
  private final Dispatcher dispatcher;
  private final WebServer server;

  /** What the server is made of. */
  public record Parts(
      Operations operations,
      List<PlainRoute> plainRoutes,
      Door door,
      Admission admission,
      IdSource ids,
      HttpMetrics metrics,
      QueryValidationMetrics queryMetrics,
      AuditTrail audit,
      Refusals refusals,
      ContentPolicy policy,
      WorkLimit work,
      ErrorSink failures) {}

  /**
   * A server that serves all its parts from the first moment.
   *
   * @throws StartFailure when the host is unknown, or isn't loopback though the door lets somebody
   *     in without a key
   */
  public HttpServer(HttpSettings settings, Parts parts) {
    this(settings, parts, true);
  }

  private HttpServer(HttpSettings settings, Parts parts, boolean open) {
    this.settings = settings;
    this.parts = parts;
    this.address = address(settings.host(), parts.door());
    OpenConnections connections = new OpenConnections(settings.maxConnections(), parts.metrics());
    this.stalls = new Stalls(settings.writeTimeout(), connections::makeRoom);
    this.log = new FailureLog(parts.failures());
    this.invocations =
        new Invocations(
            parts.admission(),
            parts.queryMetrics(),
            parts.audit(),
            parts.policy(),
            parts.work(),
            settings.requestTimeout());
    this.dispatcher =
        new Dispatcher(
            routes(parts.operations(), parts.plainRoutes(), List.of()),
            open,
            parts.door(),
            parts.refusals(),
            parts.admission(),
            parts.ids(),
            settings,
            stalls,
            parts.metrics(),
            log);
    this.server = build(settings, address, dispatcher, stalls, connections);
  }

  /**
   * Helidon looks its value mappers up in its registry for every request with a body, to read the
   * length: a quarter of the samples of a small write. Set by hand they are kept.
   */
  @SuppressWarnings("removal") // the only way to set them
  private static void keepMappers() {
    MapperManager.global(MapperManager.create());
  }

  /**
   * A server for a program that is still starting: it serves its parts, which are those that tell
   * how the start goes, and answers 503 to anything else until {@link #open}.
   *
   * @throws StartFailure as the constructor does
   */
  public static HttpServer starting(HttpSettings settings, Parts parts) {
    return new HttpServer(settings, parts, false);
  }

  /** Serves these from now on, in place of the parts that the server was made with. */
  public void open(
      Operations operations, List<PlainRoute> plainRoutes, List<MessageRoute> messageRoutes) {
    dispatcher.open(routes(operations, plainRoutes, messageRoutes));
  }

  /** The way of every call, for a face beside this one. */
  public Invocations invocations() {
    return invocations;
  }

  private Routes<Endpoint> routes(
      Operations operations, List<PlainRoute> plainRoutes, List<MessageRoute> messageRoutes) {
    Routes<Endpoint> routes = new Routes<>();
    for (Operation<?, ?> operation : operations.list()) {
      routes.add(operation.method().name(), operation.path(), endpoint(operation));
    }
    for (PlainRoute plain : plainRoutes) {
      routes.add(
          "GET",
          plain.template(),
          new PlainEndpoint(plain, parts.metrics().endpoint(plain.template(), "GET")));
    }
    for (MessageRoute route : messageRoutes) {
      routes.add(
          "POST",
          route.template(),
          new MessageEndpoint(
              route,
              parts.metrics().endpoint(route.template(), "POST"),
              parts.admission(),
              parts.refusals(),
              log));
    }
    return routes;
  }

  /**
   * Begins to listen.
   *
   * @throws StartFailure when the port is taken
   */
  public HttpServer start() {
    refuseTakenPort();
    server.start();
    if (!server.isRunning()) { // it logs why instead of throwing
      throw cantListen(null);
    }
    stalls.start();
    return this;
  }

  /** The port that the server listens on. */
  public int port() {
    return server.port();
  }

  /** Takes no more connections, gives requests in flight their grace, then cuts them. */
  @Override
  public void close() {
    server.stop();
    stalls.close();
  }

  private <I extends Record, O> Endpoint endpoint(Operation<I, O> operation) {
    HttpMetrics.Endpoint metrics =
        parts.metrics().endpoint(operation.path(), operation.method().name());
    return switch (operation.handler()) {
      case Handler.Unary<I, O> unary ->
          new UnaryEndpoint<>(invocations.of(operation, unary), metrics);
      case Handler.Stream<I, O> stream ->
          new StreamEndpoint<>(
              operation,
              stream,
              parts.admission(),
              metrics,
              parts.policy().before(operation),
              settings,
              log);
    };
  }

  private static WebServer build(
      HttpSettings settings,
      InetAddress address,
      Dispatcher dispatcher,
      Stalls stalls,
      OpenConnections connections) {
    EarlyFailures early = new EarlyFailures(dispatcher);
    DirectHandlers.Builder direct = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      direct.addHandler(event, early);
    }
    Http1Config http1 =
        Http1Config.builder()
            .maxPrologueLength(settings.maxHeadBytes())
            .maxHeadersSize(settings.maxHeadBytes())
            .continueImmediately(false)
            .build();
    return WebServer.builder()
        .address(address)
        .port(settings.port())
        .backlog(settings.backlog())
        .maxTcpConnections(settings.maxConnections())
        .useNio(false) // its channels lose the end of a large write to a slow reader
        .shutdownHook(false)
        .shutdownGracePeriod(settings.shutdownGrace())
        .idleConnectionTimeout(settings.readTimeout())
        .connectionConfig(ConnectionConfig.builder().tcpNoDelay(true).build())
        .addConnectionSelector(
            new Connections(
                Http1ConnectionSelector.builder().config(http1).build(),
                stalls,
                settings,
                connections))
        .protocolsDiscoverServices(false)
        .addProtocol(new Connections.OnlyOurs())
        .directHandlers(direct.build())
        .routing(HttpRouting.builder().any(dispatcher))
        .build();
  }

  private static InetAddress address(String host, Door door) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new StartFailure("the host " + host + " is not known", "choose another with --host", e);
    }
    if (address.isLoopbackAddress()) {
      return address;
    }
    if (!door.needsKeys()) {
      throw new StartFailure(
          "the server would be reachable from other machines at " + host + " without any key",
          "Listen on 127.0.0.1 (--host 127.0.0.1), or set auth.required: true so that every request"
              + " needs a key.",
          null);
    }
    LOG.log(
        Level.WARNING,
        "The server listens on {0} without TLS: keys can be read on the way unless a proxy with TLS"
            + " stands in front",
        host);
    return address;
  }

  /** Tries the port beforehand, for the server underneath would log a stack trace. */
  private void refuseTakenPort() {
    try (ServerSocket trial = new ServerSocket()) {
      trial.setReuseAddress(true);
      trial.bind(new InetSocketAddress(address, settings.port()));
    } catch (BindException e) {
      throw new StartFailure(
          "port " + settings.port() + " on " + settings.host() + " is taken",
          "stop the other program or choose another with --port",
          e);
    } catch (IOException e) {
      throw cantListen(e);
    }
  }

  private StartFailure cantListen(@Nullable Throwable cause) {
    return new StartFailure(
        "the server can't listen on " + settings.host() + " port " + settings.port(),
        "see the log, and try another with --host and --port",
        cause);
  }
}
