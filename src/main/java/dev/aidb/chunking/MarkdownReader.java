package dev.aidb.chunking;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.SourceSpan;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;
import org.jspecify.annotations.Nullable;

/**
 * Reads Markdown. Blocks keep their source text, code fences included; what is within a line
 * (emphasis, links) isn't parsed at all, which leaves hostile input nothing to nest.
 */
final class MarkdownReader {
  private static final int OPEN_BLOCKS_MAX = 64;
  private static final int FRONT_MATTER_CHARACTERS_MAX = 65_536;

  private static final Parser PARSER =
      Parser.builder()
          .includeSourceSpans(IncludeSourceSpans.BLOCKS)
          .maxOpenBlockParsers(OPEN_BLOCKS_MAX)
          .inlineParserFactory(context -> (lines, node) -> {})
          .build();

  /** A place in the text from which on it is of one kind; level 0 for what is no heading. */
  private record Mark(int at, Block.Kind kind, int level) {}

  private MarkdownReader() {}

  static Outline read(String text) {
    OutlineBuilder outline = new OutlineBuilder();
    String body = text.substring(frontMatter(text, outline));
    List<Mark> marks;
    try {
      marks = marks(PARSER.parse(body));
    } catch (RuntimeException e) {
      // The parser takes any text by its own promise; should it not, the text is still a text.
      return PlainReader.read(text);
    }
    boolean titled = false;
    for (int i = 0; i < marks.size(); i++) {
      Mark mark = marks.get(i);
      int from = i == 0 ? 0 : mark.at();
      int to = i + 1 < marks.size() ? marks.get(i + 1).at() : body.length();
      String part = body.substring(from, to);
      if (mark.level() == 0) {
        outline.add(isTable(part) ? Block.Kind.TABLE : mark.kind(), part);
      } else {
        String plain = plainHeading(part.strip());
        if (mark.level() == 1 && !titled) {
          outline.title(plain);
          titled = true;
        }
        outline.heading(mark.level(), plain, part);
      }
    }
    if (marks.isEmpty()) {
      outline.add(Block.Kind.PROSE, body);
    }
    return outline.build();
  }

  private static boolean isTable(String part) {
    int line = part.indexOf('\n');
    return line > 0 && part.startsWith("|") && part.startsWith("|", line + 1);
  }

  private static List<Mark> marks(Node document) {
    List<Mark> marks = new ArrayList<>();
    for (Node block = document.getFirstChild(); block != null; block = block.getNext()) {
      List<SourceSpan> spans = block.getSourceSpans();
      if (spans.isEmpty()) {
        continue;
      }
      Block.Kind kind = kind(block);
      int level = block instanceof Heading heading ? heading.getLevel() : 0;
      mark(marks, new Mark(lineStart(spans), kind, level));
      if (block instanceof BulletList
          || block instanceof OrderedList
          || block instanceof BlockQuote) {
        markCodeWithin(marks, block, kind);
      }
    }
    return marks;
  }

  private static void markCodeWithin(List<Mark> marks, Node container, Block.Kind kind) {
    Node node = container.getFirstChild();
    while (node != null) {
      if (kind(node) == Block.Kind.CODE && !node.getSourceSpans().isEmpty()) {
        SourceSpan last = node.getSourceSpans().getLast();
        mark(marks, new Mark(lineStart(node.getSourceSpans()), Block.Kind.CODE, 0));
        mark(marks, new Mark(last.getInputIndex() + last.getLength(), kind, 0));
      }
      node = node.getFirstChild() != null ? node.getFirstChild() : following(node, container);
    }
  }

  private static @Nullable Node following(Node node, Node container) {
    Node at = node;
    while (at != null && at != container) {
      if (at.getNext() != null) {
        return at.getNext();
      }
      at = at.getParent();
    }
    return null;
  }

  private static void mark(List<Mark> marks, Mark mark) {
    if (!marks.isEmpty() && marks.getLast().at() >= mark.at()) {
      if (marks.getLast().at() == mark.at()) {
        marks.set(marks.size() - 1, mark);
      }
      return;
    }
    marks.add(mark);
  }

  private static int lineStart(List<SourceSpan> spans) {
    SourceSpan first = spans.getFirst();
    return first.getInputIndex() - first.getColumnIndex();
  }

  private static Block.Kind kind(Node block) {
    return switch (block) {
      case Heading ignored -> Block.Kind.HEADING;
      case FencedCodeBlock ignored -> Block.Kind.CODE;
      case IndentedCodeBlock ignored -> Block.Kind.CODE;
      case BulletList ignored -> Block.Kind.LIST;
      case OrderedList ignored -> Block.Kind.LIST;
      default -> Block.Kind.PROSE;
    };
  }

  /** A heading's text without its marks and without those of links, emphasis and code. */
  static String plainHeading(String source) {
    String line = source;
    int lastLine = source.lastIndexOf('\n');
    if (source.startsWith("#")) {
      int from = 0;
      while (from < source.length() && source.charAt(from) == '#') {
        from++;
      }
      int to = source.length();
      while (to > from && source.charAt(to - 1) == '#') {
        to--;
      }
      line = source.substring(from, to);
    } else if (lastLine > 0) {
      line = source.substring(0, lastLine);
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < line.length() && plain.length() < 1_000; i++) {
      char c = line.charAt(i);
      if (c == ']' && i + 1 < line.length() && line.charAt(i + 1) == '(') {
        int close = line.indexOf(')', i, Math.min(line.length(), i + 2_000));
        i = close < 0 ? i : close;
      } else if (c == '\n') {
        plain.append(' ');
      } else if (c == '\\' && i + 1 < line.length()) {
        plain.append(line.charAt(++i));
      } else if (c != '`' && c != '*' && c != '[' && c != ']') {
        plain.append(c);
      }
    }
    return plain.toString().strip();
  }

  /** Reads the simple entries of a YAML front matter and returns where the document begins. */
  private static int frontMatter(String text, OutlineBuilder outline) {
    if (!text.startsWith("---\n")) {
      return 0;
    }
    int end = text.indexOf("\n---", 3);
    int after = end + 4;
    boolean closed =
        end >= 0
            && end < FRONT_MATTER_CHARACTERS_MAX
            && (after == text.length() || text.charAt(after) == '\n');
    if (!closed || !text.substring(3, end).contains(":")) {
      return 0;
    }
    for (String line : text.substring(4, Math.max(4, end)).split("\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && !Character.isWhitespace(line.charAt(0)) && line.charAt(0) != '#') {
        String key = line.substring(0, colon).strip();
        String value = unquote(line.substring(colon + 1).strip());
        if (key.equalsIgnoreCase("title")) {
          outline.title(value);
        }
        if (!value.isEmpty()) {
          outline.metadata(key, value);
        }
      }
    }
    return Math.min(after + 1, text.length());
  }

  private static String unquote(String value) {
    boolean quoted =
        value.length() >= 2
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(value.length() - 1) == value.charAt(0);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
