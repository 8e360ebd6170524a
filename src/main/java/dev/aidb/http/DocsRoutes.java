package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Json;
import dev.aidb.operation.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the server says of itself: {@code /openapi.json}, {@code /docs} (Swagger UI over it), and
 * {@code /docs/errors}, where the types of problems lead. Everything is served from the program's
 * own jars and the pages may fetch nothing from elsewhere. Public, for it holds nothing of the
 * data.
 */
public final class DocsRoutes {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
          + "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
          + "frame-ancestors 'none'";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String OWN = "/docs/";
  private static final String JAR = "/META-INF/resources/webjars/swagger-ui/";

  private final Supplier<Map<String, Object>> document;
  private @Nullable Described described;

  private DocsRoutes(Supplier<Map<String, Object>> document) {
    this.document = document;
  }

  /**
   * The routes.
   *
   * @param document makes the OpenAPI document, asked once and only when somebody wants it
   */
  public static List<PlainRoute> of(Supplier<Map<String, Object>> document) {
    DocsRoutes docs = new DocsRoutes(document);
    return List.of(
        route("/", request -> PlainRoute.Answer.redirect("/docs")),
        route("/openapi.json", docs::openApi),
        route("/docs", request -> page(read(OWN + "index.html"))),
        route("/docs/", request -> PlainRoute.Answer.redirect("/docs")),
        route("/docs/errors", request -> page(ErrorsPage.html())),
        route("/docs/{file}", DocsRoutes::file));
  }

  private static PlainRoute route(
      String template, java.util.function.Function<PlainRoute.Request, PlainRoute.Answer> answer) {
    return new PlainRoute(template, Scope.PUBLIC, answer);
  }

  private PlainRoute.Answer openApi(PlainRoute.Request request) {
    Described is = described();
    Map<String, String> headers = Map.of("ETag", is.tag(), "Cache-Control", "no-cache");
    boolean known = request.header("if-none-match").map(is.tag()::equals).orElse(false);
    return known
        ? new PlainRoute.Answer(304, "application/json", new byte[0], headers)
        : new PlainRoute.Answer(200, "application/json", is.json(), headers);
  }

  @SuppressWarnings("ArrayRecordComponent") // handed straight to the socket, never compared
  private record Described(byte[] json, String tag) {}

  private synchronized Described described() {
    if (described == null) {
      byte[] json = Json.bytes(document.get());
      described = new Described(json, '"' + digest(json) + '"');
    }
    return described;
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  private static PlainRoute.Answer page(byte[] html) {
    return new PlainRoute.Answer(200, HTML, html, Map.of("Content-Security-Policy", POLICY));
  }

  private static PlainRoute.Answer file(PlainRoute.Request request) {
    String name = request.path().substring(OWN.length());
    return switch (name) {
      case "init.js" -> asset(SCRIPT, read(OWN + name));
      case "page.css" -> asset(STYLE, read(OWN + name));
      case "swagger-ui.css" -> asset(STYLE, read(JAR + Jar.VERSION + "/" + name));
      case "swagger-ui-bundle.js" -> asset(SCRIPT, read(JAR + Jar.VERSION + "/" + name));
      case "favicon-32x32.png" -> asset("image/png", read(JAR + Jar.VERSION + "/" + name));
      default -> throw AidbException.notFound("There is nothing at this address");
    };
  }

  private static PlainRoute.Answer asset(String type, byte[] bytes) {
    return new PlainRoute.Answer(200, type, bytes, Map.of("Cache-Control", "max-age=3600"));
  }

  private static byte[] read(String resource) {
    try (InputStream in = DocsRoutes.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The program lacks its resource " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jar names its folder after its version. */
  private static final class Jar {
    private static final String VERSION = version();

    private static String version() {
      String resource = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
      Properties properties = new Properties();
      try (InputStream in = DocsRoutes.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("The program lacks Swagger UI");
        }
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return properties.getProperty("version", "");
    }
  }
}
