package dev.aidb.chunking;

import java.util.List;

/**
 * A piece of a document that wants to stay whole.
 *
 * @param kind what it is
 * @param headings the plain text of the headings above it, outermost first, each at most {@value
 *     #HEADING_CHARACTERS_MAX} characters; a heading isn't among its own
 * @param text its text as the document has it; never blank
 */
public record Block(Kind kind, List<String> headings, String text) {
  static final int HEADING_CHARACTERS_MAX = 200;

  /** What a block is made of. */
  public enum Kind {
    HEADING,
    PROSE,
    CODE,
    LIST,
    TABLE
  }

  public Block {
    headings = List.copyOf(headings);
  }
}
