package dev.aidb.chunking;

import dev.aidb.core.AidbException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The formats of documents that can be read. Formatted manual pages are plain text. */
public enum ContentType {
  PLAIN("text/plain"),
  MARKDOWN("text/markdown"),
  HTML("text/html"),
  RST("text/x-rst"),
  /** Manual pages in roff, with the macros of man or mdoc. */
  ROFF("text/troff");

  private final String mediaType;

  ContentType(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The name on the wire, such as {@code text/markdown}. */
  public String mediaType() {
    return mediaType;
  }

  /**
   * The type of that name; parameters such as {@code charset} and letter case don't matter.
   *
   * @throws AidbException {@code VALIDATION_FAILED}, with the names there are, for any other name
   */
  public static ContentType parse(String name) {
    int semicolon = name.indexOf(';');
    String bare = (semicolon < 0 ? name : name.substring(0, semicolon)).strip();
    return switch (bare.toLowerCase(Locale.ROOT)) {
      case "text/plain" -> PLAIN;
      case "text/markdown", "text/x-markdown" -> MARKDOWN;
      case "text/html", "application/xhtml+xml" -> HTML;
      case "text/x-rst", "text/prs.fallenstein.rst" -> RST;
      case "text/troff", "application/x-troff-man", "text/x-man" -> ROFF;
      default ->
          throw AidbException.invalid(
              "content_type",
              "unknown_content_type",
              "must be one of "
                  + Arrays.stream(values())
                      .map(ContentType::mediaType)
                      .collect(Collectors.joining(", ")));
    };
  }
}
