package dev.aidb.chunking;

import dev.aidb.embedding.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Packs a document into chunks: neighbouring blocks and small sections together up to the limit,
 * headings and code whole where they can, a longer section cut where it hurts least and with some
 * overlap. The title and the headings above travel with each chunk. Thread-safe.
 */
public final class Chunker {
  /** What models put around a text: [CLS] and [SEP]. */
  private static final int SPECIAL_TOKENS = 2;

  /** Between a heading and the one below it. */
  private static final String BELOW = " > ";

  private final Tokenizer tokenizer;
  private final ChunkingPolicy policy;

  public Chunker(Tokenizer tokenizer, ChunkingPolicy policy) {
    this.tokenizer = tokenizer;
    this.policy = policy;
  }

  /**
   * The chunks of a document, in order.
   *
   * @param title the document's title, empty for none; cut when it is longer than a quarter of a
   *     chunk
   * @return none for a document without any text; one of the title alone when that is all there is
   */
  public List<Chunk> chunk(String title, Outline outline) {
    String line = oneLine(title);
    Layout layout = new Layout(outline.blocks(), tokenizer);
    List<Section> sections = Section.of(outline.blocks(), layout);
    Packing packing = new Packing(line, cut(line, policy.maxTokens() / 4), layout, sections);
    packing.pack();
    if (packing.chunks.isEmpty() && !line.isEmpty()) {
      String shown = cut(line, policy.maxTokens() - SPECIAL_TOKENS);
      return List.of(new Chunk(0, shown, shown));
    }
    return List.copyOf(packing.chunks);
  }

  /** The text's start with at most that many tokens, between words where it can be. */
  private String cut(String text, int tokens) {
    String start = Characters.limit(text, tokens * Layout.CHARACTERS_PER_TOKEN_MAX);
    Tokenizer.Tokens found = tokenizer.tokenize(start);
    if (found.count() <= tokens) {
      return start;
    }
    int end = Characters.safeCut(start, 0, found.ends()[tokens - 1]);
    int blank = start.lastIndexOf(' ', end);
    String shorter = start.substring(0, blank > end / 2 ? blank : end).strip();
    // A word that is cut may have other tokens than it had whole.
    return tokenizer.tokenize(shorter).count() <= tokens ? shorter : cut(shorter, tokens - 1);
  }

  private int count(String text) {
    return text.isEmpty() ? 0 : tokenizer.tokenize(text).count();
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), 512));
    for (int i = 0; i < text.length() && line.length() < 4_096; i++) {
      char c = text.charAt(i);
      if (!Character.isWhitespace(c)) {
        line.append(c);
      } else if (!line.isEmpty() && line.charAt(line.length() - 1) != ' ') {
        line.append(' ');
      }
    }
    return line.toString().strip();
  }

  /** What stands before a chunk's content when it is embedded. */
  private record Prefix(String text, int budget) {}

  /** The packing of one document. */
  private final class Packing {
    private final String title;
    private final String shownTitle;
    private final Layout layout;
    private final List<Section> sections;
    private final List<Chunk> chunks = new ArrayList<>();

    Packing(String title, String shownTitle, Layout layout, List<Section> sections) {
      this.title = title;
      this.shownTitle = shownTitle;
      this.layout = layout;
      this.sections = sections;
    }

    void pack() {
      int next = 0;
      while (next < sections.size()) {
        Section first = sections.get(next);
        Prefix prefix = prefix(first.above());
        int last = next;
        while (last + 1 < sections.size()
            && sections.get(last + 1).isWithin(first.above())
            && layout.fits(first.from(), sections.get(last + 1).to(), prefix.budget())) {
          last++;
        }
        if (layout.fits(first.from(), sections.get(last).to(), prefix.budget())) {
          add(prefix, first.from(), sections.get(last).to());
        } else {
          split(first, prefix);
        }
        next = last + 1;
      }
    }

    private void split(Section section, Prefix above) {
      Prefix within = prefix(section.path());
      int from = section.from();
      int done = from;
      Prefix prefix = above;
      if (section.hasHeading() && bodyStandsAlone(section, above, within)) {
        from = section.bodyFrom();
        done = from;
        prefix = within;
      }
      while (done < section.to()) {
        int limit = Math.min(section.to(), layout.reach(from, prefix.budget()));
        int end = limit;
        if (limit < section.to()) {
          end = limit > done ? layout.end(from, done, limit, prefix.budget()) : done;
        }
        if (end <= done && from < done) {
          from = done;
          continue;
        }
        if (end <= done) {
          end = Characters.safeCut(layout.text(), done, Math.max(done + 1, limit));
        }
        add(prefix, from, end);
        prefix = within;
        done = Characters.skipBlankKeepingIndent(layout.text(), end, section.to());
        int overlap = Math.min(policy.overlapTokens(), prefix.budget() / 2);
        int start = layout.overlapStart(from, end, overlap, prefix.budget());
        from = start < end ? start : done;
      }
    }

    /**
     * Whether a chunk with the heading would hold nothing else, and the heading is in full before
     * the text that follows it.
     */
    private boolean bodyStandsAlone(Section section, Prefix above, Prefix within) {
      int limit = Math.min(section.to(), layout.reach(section.from(), above.budget()));
      if (limit == section.to()) {
        return false;
      }
      int end = layout.end(section.from(), section.from(), limit, above.budget());
      String heading = layout.text().substring(section.from(), section.bodyFrom()).strip();
      return end <= section.bodyFrom() && endsWithHeading(within.text(), heading);
    }

    /** Whether it is the innermost heading of a prefix, not just how that ends. */
    private static boolean endsWithHeading(String prefix, String heading) {
      int before = prefix.length() - heading.length();
      return prefix.endsWith(heading)
          && (before == 0
              || prefix.charAt(before - 1) == '\n'
              || prefix.startsWith(BELOW, before - BELOW.length()));
    }

    private Prefix prefix(List<String> path) {
      List<String> shown = path;
      if (!path.isEmpty() && path.getFirst().equals(title)) {
        shown = path.subList(1, path.size());
      }
      String headings = headings(shown);
      String text = shownTitle;
      if (!headings.isEmpty()) {
        text = text.isEmpty() ? headings : text + "\n" + headings;
      }
      return new Prefix(text, policy.maxTokens() - SPECIAL_TOKENS - count(text));
    }

    /** The innermost headings that have room; the innermost of all cut if it has to be. */
    private String headings(List<String> path) {
      int room = policy.maxTokens() / 4;
      String joined = "";
      for (int i = path.size() - 1; i >= 0; i--) {
        String longer = joined.isEmpty() ? path.get(i) : path.get(i) + BELOW + joined;
        if (count(longer) > room) {
          return joined.isEmpty() ? cut(longer, room) : joined;
        }
        joined = longer;
      }
      return joined;
    }

    private void add(Prefix prefix, int from, int to) {
      String content = Characters.trimLines(layout.text().substring(from, to));
      if (!content.isEmpty()) {
        add(prefix, content);
      }
    }

    private void add(Prefix prefix, String content) {
      boolean repeats = prefix.text().equals(title) && startsWithLine(content, title);
      String embedText =
          prefix.text().isEmpty() || repeats ? content : prefix.text() + "\n" + content;
      if (count(embedText) + SPECIAL_TOKENS <= policy.maxTokens()
          || content.codePointCount(0, content.length()) <= 1) {
        chunks.add(new Chunk(chunks.size(), content, embedText));
        return;
      }
      // Only a word that was cut inside, and has other tokens than it had whole, comes here.
      int half = content.length() / 2;
      int blank = content.lastIndexOf(' ', half);
      int middle = blank > half / 2 ? blank : Characters.safeCut(content, 0, half);
      addHalf(prefix, content.substring(0, middle));
      addHalf(prefix, content.substring(middle));
    }

    private void addHalf(Prefix prefix, String half) {
      String content = Characters.trimLines(half);
      if (!content.isEmpty()) {
        add(prefix, content);
      }
    }

    private static boolean startsWithLine(String content, String line) {
      return content.startsWith(line)
          && (content.length() == line.length() || content.charAt(line.length()) == '\n');
    }
  }
}
