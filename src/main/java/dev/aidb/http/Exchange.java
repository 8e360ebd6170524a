package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.guard.Admission;
import dev.aidb.guard.ClientAddresses;
import dev.aidb.guard.RequestHead;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. All reading from and writing to the client goes through here, so that
 * here alone a broken connection is told from a failure of the program, and every wait for the
 * client has its bound. Used by the request's own thread.
 */
final class Exchange implements RequestHead {
  private static final int BUFFER = 16 * 1024;
  private static final int HELD_MAX_FACTOR = 2;
  private static final int WHOLE_MAX = 64 * 1024;
  private static final Duration DRAIN_TIME = Duration.ofSeconds(2);
  private static final Header NOSNIFF =
      HeaderValues.createCached("X-Content-Type-Options", "nosniff");
  private static final io.helidon.http.HeaderName REQUEST_ID = HeaderNames.create("X-Request-ID");

  private final ServerRequest request;
  private final ServerResponse response;
  private final String requestId;
  private final HttpSettings settings;
  private final Stall stall;
  private final BodyRoom room;
  private long held;
  private @Nullable InputStream body;
  private @Nullable String remoteAddress;
  private boolean bodyEnded;
  private boolean broken;
  private long bodyBytes;
  private String operation = "";
  private int status;
  private Map<String, String> limitFields = Map.of();

  Exchange(
      ServerRequest request,
      ServerResponse response,
      String requestId,
      HttpSettings settings,
      Stall stall,
      BodyRoom room) {
    this.room = room;
    this.request = request;
    this.response = response;
    this.requestId = requestId;
    this.settings = settings;
    this.stall = stall;
  }

  String requestId() {
    return requestId;
  }

  @Override
  public String method() {
    return request.prologue().method().text();
  }

  @Override
  public String path() {
    return request.prologue().uriPath().rawPath();
  }

  String query() {
    return request.prologue().query().rawValue();
  }

  @Override
  public Optional<String> header(String name) {
    return request.headers().first(HeaderNames.createFromLowercase(name));
  }

  @Override
  public List<String> headers(String name) {
    return request.headers().values(HeaderNames.createFromLowercase(name));
  }

  /** Says what the request leads to. */
  void leadsTo(String name) {
    operation = name;
  }

  @Override
  public String operation() {
    return operation;
  }

  @Override
  public String remoteAddress() {
    String known = remoteAddress;
    if (known == null) {
      known =
          settings
              .clients()
              .of(request.remotePeer().host(), () -> headers(ClientAddresses.FORWARDED_FOR));
      remoteAddress = known;
    }
    return known;
  }

  @Override
  public int localPort() {
    return request.localPeer().port();
  }

  /**
   * Heeds what the limits say: their fields go on the answer, whatever that will be.
   *
   * @throws AidbException when they refuse the request
   */
  void heed(Admission.Verdict verdict) {
    limitFields = verdict.fields();
    if (verdict.refusal().isPresent()) {
      throw verdict.refusal().get();
    }
  }

  /** The status that was answered; 0 before. */
  int status() {
    return status;
  }

  /** How many bytes of the body were read. */
  long bodyBytes() {
    return bodyBytes;
  }

  /** Whether anything of the answer has been handed to the connection. */
  boolean answered() {
    return status != 0;
  }

  /**
   * The whole body.
   *
   * @throws AidbException PAYLOAD_TOO_LARGE over the limit, REQUEST_TIMEOUT when it takes too long,
   *     OVERLOADED when the bodies of all requests together take too much
   * @throws ClientGone when the connection breaks
   */
  byte[] wholeBody() {
    long declared = request.headers().contentLength().orElse(-1);
    if (declared > settings.maxBodyBytes()) {
      throw tooLarge();
    }
    Deadline deadline = Deadline.in(settings.bodyTimeout());
    byte[] whole = roomFor(declared > 0 ? (int) Math.min(declared, BUFFER) : 0);
    byte[] piece = new byte[BUFFER];
    int size = 0;
    for (int n = read(piece); n >= 0; n = read(piece)) {
      if (size + n > settings.maxBodyBytes()) {
        throw tooLarge();
      }
      if (size + n > whole.length) {
        byte[] larger = roomFor(Math.max(size + n, whole.length * 2));
        System.arraycopy(whole, 0, larger, 0, size);
        giveBack(whole.length);
        whole = larger;
      }
      System.arraycopy(piece, 0, whole, size, n);
      size += n;
      if (deadline.passed()) {
        throw tooSlow();
      }
    }
    return whole.length == size ? whole : Arrays.copyOf(whole, size);
  }

  private byte[] roomFor(int bytes) {
    room.take(bytes);
    held += bytes;
    return new byte[bytes];
  }

  /** Gives back what the body took; to be called once the request is over. */
  void release() {
    giveBack(held);
  }

  private void giveBack(long bytes) {
    held -= bytes;
    room.give(bytes);
  }

  /**
   * The next bytes of the body.
   *
   * @return how many were read, at least 1; -1 at the end
   */
  int read(byte[] into) {
    if (bodyEnded) {
      return -1;
    }
    try {
      if (body == null) {
        Inflow.bodyBegins(HELD_MAX_FACTOR * (long) settings.maxBodyBytes());
        body = request.content().inputStream();
      }
      int n = body.read(into, 0, into.length);
      Inflow.taken();
      if (n < 0) {
        bodyEnded = true;
      } else {
        bodyBytes += n;
      }
      return n;
    } catch (Inflow.TooMuch e) {
      broken = true;
      throw tooLarge();
    } catch (IOException
        | UncheckedIOException
        | DataReader.InsufficientDataAvailableException
        | CloseConnectionException e) {
      throw new ClientGone(e);
    } catch (RuntimeException e) {
      broken = true;
      throw new AidbException(ErrorCode.BAD_REQUEST, "The body is not framed as HTTP/1.1 asks", e);
    }
  }

  /** Sends a whole answer. */
  void answer(int code, Header contentType, byte[] bytes, Map<String, String> headers) {
    head(code, contentType, headers);
    boolean unreadable = !inputIsShort();
    if (unreadable) {
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    byte[] entity = bytes;
    if (request.prologue().method().equals(io.helidon.http.Method.HEAD)) {
      response.contentLength(bytes.length);
      entity = new byte[0];
    }
    send(entity);
    if (unreadable) {
      drainAndClose();
    }
    closeIfAsked();
  }

  private void closeIfAsked() {
    if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
      throw new CloseConnectionException("The client asked for it");
    }
  }

  /** Sends an answer without a body. */
  void answer(int code) {
    answer(code, MediaTypes.JSON, new byte[0], Map.of());
  }

  /** Begins an answer of unknown length. */
  OutputStream stream(Header contentType) {
    return stream(contentType, Map.of());
  }

  /** Begins an answer of unknown length with further headers. */
  OutputStream stream(Header contentType, Map<String, String> headers) {
    head(200, contentType, headers);
    return new GuardedStream(response.outputStream());
  }

  /** Ends the connection after a stream whose input wasn't read to its end. */
  void endStream() {
    if (!bodyEnded) {
      drainAndClose();
    }
    closeIfAsked();
  }

  private void head(int code, Header contentType, Map<String, String> headers) {
    status = code;
    response.status(Status.create(code));
    response.header(contentType);
    response.header(HeaderValues.create(REQUEST_ID, requestId));
    response.header(NOSNIFF);
    response.header(MediaTypes.NO_STORE);
    limitFields.forEach(this::field);
    headers.forEach(this::field);
  }

  private void field(String name, String value) {
    response.header(HeaderValues.create(HeaderNames.create(name), value));
  }

  private void send(byte[] entity) {
    if (entity.length > WHOLE_MAX) {
      sendInPieces(entity);
      return;
    }
    boolean cut = false;
    stall.arm();
    try {
      response.send(entity);
    } catch (RuntimeException e) {
      throw new ClientGone(e);
    } finally {
      cut = stall.disarm();
    }
    if (cut) {
      throw new ClientGone(new IOException("The client did not read"));
    }
  }

  /** So that a client which reads slowly but steadily isn't taken for one that doesn't read. */
  private void sendInPieces(byte[] entity) {
    response.contentLength(entity.length);
    GuardedStream out = new GuardedStream(response.outputStream());
    for (int at = 0; at < entity.length; at += WHOLE_MAX) {
      out.write(entity, at, Math.min(WHOLE_MAX, entity.length - at));
    }
    out.close();
  }

  /** Whether what the client may still be sending is little enough to be read for reuse's sake. */
  private boolean inputIsShort() {
    if (bodyEnded || !request.content().hasEntity()) {
      return true;
    }
    long declared = request.headers().contentLength().orElse(Long.MAX_VALUE);
    return !request.continueSent() && expectsContinue()
        ? false
        : declared - bodyBytes <= BUFFER && body == null;
  }

  private boolean expectsContinue() {
    return request.headers().contains(HeaderValues.EXPECT_100);
  }

  /**
   * Reads on for a moment, since a connection that is closed with unread input is reset and takes
   * the answer with it, then closes.
   */
  private void drainAndClose() {
    boolean waitsForUs = expectsContinue() && body == null;
    if (!waitsForUs && !broken) {
      Deadline deadline = Deadline.in(DRAIN_TIME);
      long most = bodyBytes + 4L * settings.maxBodyBytes();
      byte[] piece = new byte[BUFFER];
      try {
        while (!deadline.passed() && bodyBytes < most && read(piece) >= 0) {
          // discarded
        }
      } catch (AidbException | ClientGone e) {
        // closing is what follows anyway
      }
    }
    throw new CloseConnectionException("The request's body is not wanted");
  }

  private AidbException tooLarge() {
    return new AidbException(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "The body is larger than " + settings.maxBodyBytes() + " bytes");
  }

  private static AidbException tooSlow() {
    return new AidbException(ErrorCode.REQUEST_TIMEOUT, "The body took too long to arrive");
  }

  /** Bounds each write and names its failures. */
  private final class GuardedStream extends OutputStream {
    private final OutputStream out;

    GuardedStream(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) {
      guarded(() -> out.write(b));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      // Helidon 4.4.0 reads beyond a piece that doesn't begin with its array.
      byte[] piece = offset == 0 ? bytes : Arrays.copyOfRange(bytes, offset, offset + length);
      guarded(() -> out.write(piece, 0, length));
    }

    @Override
    public void flush() {
      guarded(out::flush);
    }

    @Override
    public void close() {
      guarded(() -> {
        out.close();
        if (response instanceof RoutingResponse routed) {
          routed.commit(); // else the end is only written once the handler has returned
        }
      });
    }

    private void guarded(Write write) {
      boolean cut = false;
      stall.arm();
      try {
        write.run();
      } catch (IOException | RuntimeException e) {
        throw new ClientGone(e);
      } finally {
        cut = stall.disarm();
      }
      if (cut) {
        throw new ClientGone(new IOException("The client did not read"));
      }
    }
  }

  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }
}
