package dev.aidb.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ProtocolConfig;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * Takes every connection for HTTP/1.1, so that one which speaks something else is told so, puts an
 * {@link Inflow} before its reader, and counts it among the {@link OpenConnections}.
 */
final class Connections implements ServerConnectionSelector {
  private static final String HTTP1 = "http_1_1";

  private final ServerConnectionSelector http1;
  private final Stalls stalls;
  private final HttpSettings settings;
  private final OpenConnections open;

  Connections(
      ServerConnectionSelector http1, Stalls stalls, HttpSettings settings, OpenConnections open) {
    this.open = open;
    this.http1 = http1;
    this.stalls = stalls;
    this.settings = settings;
  }

  @Override
  public int bytesToIdentifyConnection() {
    return 0;
  }

  @Override
  public Support supports(BufferData data) {
    return Support.SUPPORTED;
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    Inflow inflow = new Inflow(context.dataReader(), stalls, settings);
    return new Counted(
        http1.connection(new Watched(context, DataReader.create(inflow::pull))), inflow, open);
  }

  /**
   * Takes the place of the configuration by which Helidon would add a selector of its own. With two
   * of them it reads from a connection before it asks either, and waits for ever for one that says
   * nothing.
   */
  record OnlyOurs(String type, String name) implements ProtocolConfig {
    OnlyOurs() {
      this(HTTP1, HTTP1);
    }
  }

  /** Open for as long as it is handled. */
  private record Counted(ServerConnection connection, Inflow inflow, OpenConnections open)
      implements ServerConnection, InterruptableTask<Void> {
    @Override
    public void handle(Limit limit) throws InterruptedException {
      open.opened(inflow);
      try {
        connection.handle(limit);
      } finally {
        open.closed(inflow);
      }
    }

    @Override
    public Duration idleTime() {
      return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      connection.close(interrupt);
    }

    /** Asked when the server stops: whether no request would be cut. */
    @Override
    public boolean canInterrupt() {
      return connection instanceof InterruptableTask<?> task && task.canInterrupt();
    }
  }

  private record Watched(ConnectionContext context, DataReader dataReader)
      implements ConnectionContext {
    @Override
    public ListenerContext listenerContext() {
      return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
      return context.executor();
    }

    @Override
    public DataWriter dataWriter() {
      return context.dataWriter();
    }

    @Override
    public Router router() {
      return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return context.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return context.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return context.localPeer();
    }

    @Override
    public boolean isSecure() {
      return context.isSecure();
    }

    @Override
    public String socketId() {
      return context.socketId();
    }

    @Override
    public String childSocketId() {
      return context.childSocketId();
    }
  }
}
