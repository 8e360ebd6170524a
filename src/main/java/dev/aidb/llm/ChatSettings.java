package dev.aidb.llm;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Where a language model is and how long it may take.
 *
 * @param base the address, with or without {@code /v1} at its end; http or https
 * @param model the name to ask for
 * @param key the key to present, or an empty text; asked for each call so that it may change
 * @param timeout the longest wait for an answer; a request's deadline may be nearer
 * @param answerBytesMax the longest answer that is read
 */
public record ChatSettings(
    URI base, String model, Supplier<String> key, Duration timeout, int answerBytesMax) {
  private static final int ANSWER_BYTES_MAX = 1 << 20;

  public ChatSettings {
    String scheme = base.getScheme();
    if (base.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException("base must be an http or https address");
    }
    if (model.isBlank() || !timeout.isPositive() || answerBytesMax < 1) {
      throw new IllegalArgumentException("model, timeout and answerBytesMax must say something");
    }
  }

  /** With answers of at most 1 MiB. */
  public static ChatSettings of(URI base, String model, Supplier<String> key, Duration timeout) {
    return new ChatSettings(base, model, key, timeout, ANSWER_BYTES_MAX);
  }

  URI address(String path) {
    String text = base.toString().replaceAll("/+$", "");
    return URI.create((text.endsWith("/v1") ? text : text + "/v1") + path);
  }
}
