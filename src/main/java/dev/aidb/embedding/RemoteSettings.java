package dev.aidb.embedding;

import java.net.URI;
import java.time.Duration;

/**
 * Where and how a {@link RemoteModel} asks for embeddings.
 *
 * @param base the address before {@code /v1/embeddings} or {@code /embed}, http or https
 * @param protocol what the endpoint speaks
 * @param model the model's name, sent to the endpoint and recorded in collections
 * @param dimension numbers in a vector, 1..65,536; 0 asks the endpoint at the start
 * @param maxTokens the most tokens of a text that the model takes, 2 or more
 * @param apiKey what to present, if anything
 * @param timeout the longest wait for one answer, positive; a request's deadline may be nearer
 * @param responseBytesMax the longest answer that is read
 * @param attemptsMax how often one call is tried, 1..10
 */
public record RemoteSettings(
    URI base,
    Protocol protocol,
    String model,
    int dimension,
    int maxTokens,
    ApiKey apiKey,
    Duration timeout,
    int responseBytesMax,
    int attemptsMax) {
  private static final int DIMENSION_MAX = 65_536;
  private static final int ATTEMPTS_MAX = 10;
  private static final int RESPONSE_BYTES_MAX = 64 << 20;

  /** The two shapes of embedding endpoints. */
  public enum Protocol {
    /** {@code POST /v1/embeddings} with {@code {model, input}}, as OpenAI has it. */
    OPENAI("/v1/embeddings"),
    /** {@code POST /embed} with {@code {inputs, truncate}}, as Text Embeddings Inference has it. */
    TEI("/embed");

    private final String path;

    Protocol(String path) {
      this.path = path;
    }

    String path() {
      return path;
    }
  }

  public RemoteSettings {
    String scheme = base.getScheme();
    require(
        base.getHost() != null && ("http".equals(scheme) || "https".equals(scheme)),
        "base must be an http or https address");
    require(!model.isBlank(), "model must have a name");
    require(dimension >= 0 && dimension <= DIMENSION_MAX, "dimension must be 0..65536");
    require(maxTokens >= 2, "maxTokens must be 2 or more");
    require(!timeout.isNegative() && !timeout.isZero(), "timeout must be positive");
    require(
        responseBytesMax > 0 && responseBytesMax <= RESPONSE_BYTES_MAX,
        "responseBytesMax must be 1..64 MiB");
    require(attemptsMax >= 1 && attemptsMax <= ATTEMPTS_MAX, "attemptsMax must be 1..10");
  }

  /** The usual bounds: 10 s, 32 MiB, 3 attempts, 512 tokens, no key. */
  public static RemoteSettings of(URI base, Protocol protocol, String model, int dimension) {
    return new RemoteSettings(
        base, protocol, model, dimension, 512, ApiKey.none(), Duration.ofSeconds(10), 32 << 20, 3);
  }

  /** The same with a key. */
  public RemoteSettings with(ApiKey key) {
    return new RemoteSettings(
        base, protocol, model, dimension, maxTokens, key, timeout, responseBytesMax, attemptsMax);
  }

  /** The same with another bound for one answer. */
  public RemoteSettings withTimeout(Duration longest) {
    return new RemoteSettings(
        base,
        protocol,
        model,
        dimension,
        maxTokens,
        apiKey,
        longest,
        responseBytesMax,
        attemptsMax);
  }

  /** Where requests go. */
  URI address() {
    String text = base.toString();
    return URI.create(
        (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + protocol.path());
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
