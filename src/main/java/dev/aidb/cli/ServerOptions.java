package dev.aidb.cli;

import dev.aidb.config.Secret;
import dev.aidb.config.SecretFiles;
import dev.aidb.core.StartFailure;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a verb reaches its server; mixed into every verb that does. */
public final class ServerOptions {
  private static final String USUAL_URL = "http://127.0.0.1:8091";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The server's address; else AIDB_URL, else " + USUAL_URL + ".")
  private @Nullable String url;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "The file that holds the API key; else AIDB_API_KEY_FILE.")
  private @Nullable Path keyFile;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for an answer (default: ${DEFAULT-VALUE}).")
  private int timeout;

  /** A client of the chosen server. */
  public ApiClient connect(Terminal terminal) {
    return connect(terminal, Duration.ZERO);
  }

  /** The same for a request that asks the server itself to take so much longer. */
  ApiClient connect(Terminal terminal, Duration longer) {
    return new ApiClient(address(terminal), key(terminal), timeout().plus(longer));
  }

  /** The chosen server's address. */
  URI address(Terminal terminal) {
    return parse(
        Optional.ofNullable(url).or(() -> terminal.variable("AIDB_URL")).orElse(USUAL_URL));
  }

  /** The key to show, where there is one. */
  Optional<Secret> key(Terminal terminal) {
    return Optional.ofNullable(keyFile)
        .or(() -> terminal.variable("AIDB_API_KEY_FILE").map(Path::of))
        .map(ServerOptions::readKey);
  }

  /** How long to wait for an answer. */
  Duration timeout() {
    return Duration.ofSeconds(Math.max(1, timeout));
  }

  private static Secret readKey(Path file) {
    try {
      return SecretFiles.read(file, false);
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          "the key file " + file + " can't be used: it " + e.getMessage(), "", e);
    }
  }

  private static URI parse(String address) {
    try {
      URI uri = new URI(address);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // falls through: the answer is the same
    }
    throw new StartFailure("the server's address must look like " + USUAL_URL, "");
  }
}
