package dev.aidb.chunking;

import java.util.ArrayList;
import java.util.List;

/** Reads reStructuredText: its sections, literal blocks and paragraphs, each as it is written. */
final class RstReader {
  private static final String ADORNMENTS = "=-~^\"'`:.*+#_<>!$%&(),/;?@[]\\{|}";

  private final String[] lines;
  private final OutlineBuilder outline = new OutlineBuilder();
  private final List<String> levels = new ArrayList<>();
  private final StringBuilder paragraph = new StringBuilder();
  private int at;

  private RstReader(String text) {
    lines = text.split("\n", -1);
  }

  static Outline read(String text) {
    return new RstReader(text).read();
  }

  private Outline read() {
    while (at < lines.length) {
      String line = lines[at];
      if (line.isBlank()) {
        flush();
        at++;
      } else if (paragraph.isEmpty() && isOverlined()) {
        heading(lines[at + 1], line.charAt(0) + "overline", 3);
      } else if (paragraph.isEmpty() && isUnderlined()) {
        heading(line, line(at + 1).substring(0, 1), 2);
      } else if (paragraph.isEmpty() && isCodeDirective(line)) {
        at++;
        code(line + "\n");
      } else {
        paragraph.append(line).append('\n');
        at++;
        if (line.endsWith("::") && line(at).isBlank()) {
          flush();
          code("");
        }
      }
    }
    flush();
    return outline.build();
  }

  private String line(int number) {
    return number < lines.length ? lines[number] : "";
  }

  private boolean isOverlined() {
    String over = line(at).stripTrailing();
    return isAdornment(over)
        && !line(at + 1).isBlank()
        && !isAdornment(line(at + 1).strip())
        && line(at + 2).stripTrailing().equals(over);
  }

  private boolean isUnderlined() {
    String title = line(at).stripTrailing();
    String under = line(at + 1).stripTrailing();
    return !Character.isWhitespace(title.charAt(0))
        && !isAdornment(title)
        && isAdornment(under)
        && under.length() >= Math.min(title.length(), 4);
  }

  private static boolean isAdornment(String line) {
    if (line.length() < 2 || ADORNMENTS.indexOf(line.charAt(0)) < 0) {
      return false;
    }
    for (int i = 1; i < line.length(); i++) {
      if (line.charAt(i) != line.charAt(0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCodeDirective(String line) {
    String directive = line.strip();
    return directive.startsWith(".. code-block::")
        || directive.startsWith(".. code::")
        || directive.startsWith(".. sourcecode::")
        || directive.startsWith(".. parsed-literal::")
        || directive.startsWith(".. literalinclude::");
  }

  private void heading(String text, String style, int taken) {
    if (!levels.contains(style) && levels.size() < ADORNMENTS.length() * 2) {
      levels.add(style);
    }
    int level = levels.indexOf(style) + 1;
    String title = text.strip();
    if (level == 1) {
      outline.title(title);
    }
    outline.heading(level, title, title);
    at += taken;
  }

  /** Takes the lines that are indented, and blank lines among them. */
  private void code(String start) {
    StringBuilder code = new StringBuilder(start);
    int indent = start.isEmpty() ? 0 : indent(start);
    while (at < lines.length && (lines[at].isBlank() || indent(lines[at]) > indent)) {
      code.append(lines[at++]).append('\n');
    }
    outline.add(Block.Kind.CODE, code.toString());
  }

  private static int indent(String line) {
    int indent = 0;
    while (indent < line.length() && Character.isWhitespace(line.charAt(indent))) {
      indent++;
    }
    return indent;
  }

  private void flush() {
    String text = paragraph.toString();
    paragraph.setLength(0);
    String start = Characters.limit(text.strip(), 8);
    Block.Kind kind = Block.Kind.PROSE;
    if (start.startsWith("- ") || start.startsWith("* ") || start.startsWith("#. ")) {
      kind = Block.Kind.LIST;
    } else if (start.startsWith("+--") || start.startsWith("===")) {
      kind = Block.Kind.TABLE;
    }
    outline.add(kind, text);
  }
}
