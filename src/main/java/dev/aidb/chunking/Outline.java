package dev.aidb.chunking;

import java.util.List;
import java.util.Map;

/**
 * What a reader made of a document.
 *
 * @param title the title that the document itself tells, at most 500 characters; empty when it
 *     tells none
 * @param metadata the simple entries of its front matter, in order
 * @param blocks its text in order
 */
public record Outline(String title, Map<String, String> metadata, List<Block> blocks) {
  static final int TITLE_CHARACTERS_MAX = 500;

  public Outline {
    title = Characters.limit(title.strip(), TITLE_CHARACTERS_MAX);
    metadata = Map.copyOf(metadata);
    blocks = List.copyOf(blocks);
  }

  /** Reads a document. Never fails: what isn't well-formed is read as plain text. */
  public static Outline read(ContentType type, String content) {
    String text = Characters.normalizeLines(content);
    return switch (type) {
      case PLAIN -> PlainReader.read(text);
      case MARKDOWN -> MarkdownReader.read(text);
      case HTML -> HtmlReader.read(text);
      case RST -> RstReader.read(text);
      case ROFF -> RoffReader.read(text);
    };
  }
}
