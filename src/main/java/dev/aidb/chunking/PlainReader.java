package dev.aidb.chunking;

import java.util.List;
import java.util.Map;

/** Reads plain text: one block, which the chunker cuts at paragraphs. */
final class PlainReader {
  private PlainReader() {}

  static Outline read(String text) {
    String body = Characters.trimLines(text);
    List<Block> blocks =
        body.isBlank() ? List.of() : List.of(new Block(Block.Kind.PROSE, List.of(), body));
    return new Outline("", Map.of(), blocks);
  }
}
