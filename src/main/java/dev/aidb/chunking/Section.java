package dev.aidb.chunking;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of a document's text under one heading.
 *
 * @param above the headings above it, without its own
 * @param path the headings above its text, its own included
 * @param from where it begins, its heading included
 * @param bodyFrom where the text after its heading begins
 * @param to where it ends, exclusive
 */
record Section(List<String> above, List<String> path, int from, int bodyFrom, int to) {
  boolean isWithin(List<String> base) {
    return above.size() >= base.size() && above.subList(0, base.size()).equals(base);
  }

  /** Whether the section has its heading within its text. */
  boolean hasHeading() {
    return bodyFrom > from;
  }

  static List<Section> of(List<Block> blocks, Layout layout) {
    List<Section> sections = new ArrayList<>();
    int first = 0;
    while (first < blocks.size()) {
      boolean titled = blocks.get(first).kind() == Block.Kind.HEADING;
      int next = first + 1;
      while (next < blocks.size() && continues(blocks, first, titled, next)) {
        next++;
      }
      List<String> above = blocks.get(first).headings();
      List<String> path = titled && next > first + 1 ? blocks.get(first + 1).headings() : above;
      int bodyFrom = layout.blockFrom(first);
      if (titled) {
        bodyFrom = next > first + 1 ? layout.blockFrom(first + 1) : layout.blockTo(first);
      }
      sections.add(
          new Section(above, path, layout.blockFrom(first), bodyFrom, layout.blockTo(next - 1)));
      first = next;
    }
    return sections;
  }

  private static boolean continues(List<Block> blocks, int first, boolean titled, int next) {
    Block block = blocks.get(next);
    if (block.kind() == Block.Kind.HEADING) {
      return false;
    }
    int pattern = titled ? first + 1 : first;
    return next == pattern || block.headings().equals(blocks.get(pattern).headings());
  }
}
