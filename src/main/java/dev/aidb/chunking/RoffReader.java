package dev.aidb.chunking;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads manual pages in roff, with the macros of man(7) or mdoc(7), well enough to search them: no
 * conditions, registers or strings of the page's own.
 */
final class RoffReader {
  private static final Set<String> FONTS =
      Set.of("B", "I", "BR", "RB", "BI", "IB", "IR", "RI", "SM", "SB", "R");
  private static final Set<String> MDOC_QUIET =
      Set.of(
          "Ar", "Cm", "Pa", "Ev", "Sy", "Em", "Ic", "Li", "Va", "Vt", "Ft", "Fn", "Fa", "Nm", "Dv",
          "Er", "Ad", "An", "Lk", "Mt", "Tn", "Ux", "Dq", "Sq", "Pq", "Ql", "No", "Ms", "St", "Cd",
          "In");
  private static final Set<String> PAGE_FRAME =
      Set.of("Dd", "Os", "AT", "UC", "PD", "HP", "RS", "RE", "TE");

  private final String[] lines;
  private final OutlineBuilder outline = new OutlineBuilder();
  private final StringBuilder text = new StringBuilder();
  private Block.Kind kind = Block.Kind.PROSE;
  private String page = "";
  private String name = "";
  private String section = "";
  private boolean verbatim;
  private int at;

  private RoffReader(String text) {
    lines = text.split("\n", -1);
  }

  static Outline read(String text) {
    return new RoffReader(text).read();
  }

  private Outline read() {
    while (at < lines.length) {
      String line = lines[at++];
      boolean control = !line.isEmpty() && (line.charAt(0) == '.' || line.charAt(0) == '\'');
      if (control) {
        request(line.substring(1).stripLeading());
      } else if (line.isBlank() && !verbatim) {
        flush();
      } else {
        write(plain(line));
      }
    }
    flush();
    outline.title(page);
    return outline.build();
  }

  private void request(String line) {
    int blank = 0;
    while (blank < line.length() && !Character.isWhitespace(line.charAt(blank))) {
      blank++;
    }
    String macro = line.substring(0, blank);
    if (macro.startsWith("\\\"") || macro.isEmpty()) {
      return;
    }
    String rest = line.substring(blank).strip();
    switch (macro) {
      case "TH", "Dt" -> pageTitle(words(rest));
      case "SH", "Sh" -> heading(1, rest);
      case "SS", "Ss" -> heading(2, rest);
      case "PP", "P", "LP", "Pp", "sp", "Bl", "El", "TQ" -> paragraph();
      case "TP" -> item("");
      case "IP" -> item(first(words(rest)));
      case "It" -> item(mdoc(words(rest)));
      case "nf", "EX", "Bd" -> openVerbatim();
      case "fi", "EE", "Ed" -> closeVerbatim();
      case "TS" -> table();
      case "de", "ig", "am" -> skipDefinition();
      case "br" -> newLine();
      case "Nd" -> write("- " + plain(rest));
      case "Nm" -> nameMacro(words(rest));
      case "UR", "UE", "MT", "ME" -> write(plain(rest));
      default -> other(macro, rest);
    }
  }

  private void other(String macro, String rest) {
    if (PAGE_FRAME.contains(macro)) {
      return;
    }
    if (FONTS.contains(macro)) {
      boolean alternating = macro.length() == 2 && !macro.startsWith("S");
      write(String.join(alternating ? "" : " ", words(rest)));
    } else if (Character.isUpperCase(macro.charAt(0))) {
      List<String> all = new ArrayList<>(List.of(macro));
      all.addAll(words(rest));
      write(mdoc(all));
    }
  }

  private void pageTitle(List<String> words) {
    if (words.isEmpty()) {
      return;
    }
    String number = words.size() > 1 ? words.get(1) : "";
    page = words.getFirst().toLowerCase(Locale.ROOT) + (number.isEmpty() ? "" : "(" + number + ")");
  }

  private void nameMacro(List<String> words) {
    if (!words.isEmpty() && name.isEmpty()) {
      name = words.getFirst();
    }
    write(words.isEmpty() ? name : mdoc(words));
  }

  private void heading(int level, String rest) {
    closeVerbatim();
    flush();
    String title = String.join(" ", words(rest));
    if (title.isBlank() && at < lines.length) {
      title = plain(lines[at++]);
    }
    section = title.strip();
    outline.heading(level, section, section);
  }

  private void paragraph() {
    if (verbatim) {
      text.append('\n');
    } else {
      flush();
    }
  }

  private void item(String label) {
    if (kind != Block.Kind.LIST) {
      flush();
      kind = Block.Kind.LIST;
    }
    newLine();
    if (!label.isBlank()) {
      text.append(label);
      newLine();
    }
  }

  private void openVerbatim() {
    if (!verbatim) {
      flush();
      verbatim = true;
      kind = Block.Kind.CODE;
    }
  }

  private void closeVerbatim() {
    if (verbatim) {
      flush();
      verbatim = false;
    }
  }

  /** Rows of tbl(1): the format goes, columns are parted by bars. */
  private void table() {
    flush();
    boolean format = true;
    StringBuilder rows = new StringBuilder();
    while (at < lines.length && !lines[at].startsWith(".TE")) {
      String line = lines[at++];
      if (format) {
        format = !line.stripTrailing().endsWith(".");
      } else if (!line.equals("T{") && !line.startsWith("T}") && !line.startsWith(".")) {
        rows.append(plain(line).replace("\t", " | ")).append('\n');
      }
    }
    outline.add(Block.Kind.TABLE, rows.toString());
  }

  private void skipDefinition() {
    while (at < lines.length && !lines[at].startsWith("..")) {
      at++;
    }
    at++;
  }

  private void write(String words) {
    if (words.isBlank() && !verbatim) {
      return;
    }
    if (verbatim) {
      text.append(words).append('\n');
      return;
    }
    if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
      text.append(kind == Block.Kind.LIST && endsLabel() ? '\n' : ' ');
    }
    text.append(words.strip());
  }

  /** Whether the macro before the last line was a .TP, whose next line is the item's label. */
  private boolean endsLabel() {
    return at >= 3 && lines[at - 3].startsWith(".TP");
  }

  private void newLine() {
    if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
      text.append('\n');
    }
  }

  private void flush() {
    String body = text.toString();
    text.setLength(0);
    if (section.equalsIgnoreCase("NAME") && !body.isBlank() && !page.contains(" ")) {
      String line = body.strip().replace('\n', ' ');
      int dash = line.indexOf(" - ");
      if (dash > 0) {
        page = page.isEmpty() ? line : page + line.substring(dash);
      }
    }
    outline.add(kind, body);
    kind = verbatim ? Block.Kind.CODE : Block.Kind.PROSE;
  }

  private static String first(List<String> words) {
    return words.isEmpty() ? "" : words.getFirst();
  }

  /** The words of a macro's line, those in double quotes together, without escapes. */
  private static List<String> words(String rest) {
    List<String> words = new ArrayList<>();
    int i = 0;
    while (i < rest.length()) {
      char c = rest.charAt(i);
      if (Character.isWhitespace(c)) {
        i++;
        continue;
      }
      StringBuilder word = new StringBuilder();
      boolean quoted = c == '"';
      i += quoted ? 1 : 0;
      while (i < rest.length()) {
        char next = rest.charAt(i);
        if (quoted && next == '"' && !rest.startsWith("\"\"", i)) {
          break;
        }
        if (!quoted && Character.isWhitespace(next)) {
          break;
        }
        if (next == '\\' && i + 1 < rest.length()) {
          word.append(next);
          i++;
        } else if (quoted && next == '"') {
          i++;
        }
        word.append(rest.charAt(i));
        i++;
      }
      i += quoted ? 1 : 0;
      words.add(plain(word.toString()));
    }
    return words;
  }

  private String mdoc(List<String> words) {
    StringBuilder line = new StringBuilder();
    int brackets = 0;
    boolean close = true;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("Fl")) {
        line.append(close ? "" : " ").append('-');
        close = true;
      } else if (word.equals("Op") || word.equals("Oo")) {
        line.append(close ? "" : " ").append('[');
        brackets++;
        close = true;
      } else if (word.equals("Ns")) {
        close = true;
      } else if (word.equals("Xr") && i + 2 < words.size()) {
        line.append(close ? "" : " ").append(words.get(++i));
        line.append('(').append(words.get(++i)).append(')');
        close = false;
      } else if (!MDOC_QUIET.contains(word) && !word.equals("Xr") && !word.equals("Oc")) {
        boolean mark = word.length() == 1 && ".,;:)]?!".contains(word);
        line.append(close || mark ? "" : " ").append(word);
        close = word.equals("(") || word.equals("[");
      }
    }
    return line.append("]".repeat(brackets)).toString();
  }

  /** A line's text without fonts, sizes and other escapes. */
  static String plain(String line) {
    if (line.indexOf('\\') < 0) {
      return line;
    }
    StringBuilder text = new StringBuilder(line.length());
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i++);
      if (c != '\\' || i == line.length()) {
        text.append(c == '\\' ? "" : String.valueOf(c));
      } else {
        i = escape(line, i, text);
      }
    }
    return text.toString();
  }

  private static int escape(String line, int at, StringBuilder text) {
    char c = line.charAt(at);
    return switch (c) {
      case '"', '#' -> line.length();
      case '&', '|', '^', '/', ',', ')', '%', ':', 'c', '!', 'd', 'u', '{', '}', 'p' -> at + 1;
      case 'e', '\\' -> append(text, "\\", at + 1);
      case '~', ' ', '0' -> append(text, " ", at + 1);
      case 't' -> append(text, "\t", at + 1);
      case '(' -> append(text, glyph(slice(line, at + 1, at + 3)), Math.min(line.length(), at + 3));
      case '[' -> {
        int close = line.indexOf(']', at, Math.min(line.length(), at + 65));
        yield close < 0 ? at + 1 : append(text, glyph(line.substring(at + 1, close)), close + 1);
      }
      case 'f', 'F', '*', 'n', 'm', 'M', 'g', 'k', 'Y' -> skipArgument(line, at + 1);
      case 's' -> skipSize(line, at + 1);
      case 'h', 'v', 'w', 'z', 'l', 'L', 'D', 'o', 'X', 'b', 'x', 'A', 'N', 'H', 'S' ->
          skipQuoted(line, at + 1);
      default -> append(text, String.valueOf(c), at + 1);
    };
  }

  private static int append(StringBuilder text, String what, int next) {
    text.append(what);
    return next;
  }

  private static String slice(String line, int from, int to) {
    return line.substring(Math.min(from, line.length()), Math.min(to, line.length()));
  }

  private static int skipArgument(String line, int at) {
    if (at >= line.length()) {
      return line.length();
    }
    if (line.charAt(at) == '(') {
      return Math.min(line.length(), at + 3);
    }
    if (line.charAt(at) == '[') {
      int close = line.indexOf(']', at, Math.min(line.length(), at + 65));
      return close < 0 ? at + 1 : close + 1;
    }
    return at + 1;
  }

  private static int skipSize(String line, int at) {
    int i = at;
    if (i < line.length() && (line.charAt(i) == '+' || line.charAt(i) == '-')) {
      i++;
    }
    return i < line.length() && Character.isDigit(line.charAt(i)) ? i + 1 : skipArgument(line, i);
  }

  private static int skipQuoted(String line, int at) {
    if (at >= line.length() || line.charAt(at) != '\'') {
      return at;
    }
    int close = line.indexOf('\'', at + 1, Math.min(line.length(), at + 257));
    return close < 0 ? at + 1 : close + 1;
  }

  private static String glyph(String name) {
    return switch (name) {
      case "bu" -> "\u2022";
      case "em" -> "\u2014";
      case "en", "hy", "mi" -> "-";
      case "lq" -> "\u201C";
      case "rq" -> "\u201D";
      case "oq" -> "\u2018";
      case "cq" -> "\u2019";
      case "aq" -> "'";
      case "dq" -> "\"";
      case "rs" -> "\\";
      case "ti" -> "~";
      case "ha" -> "^";
      case "ga" -> "`";
      case "co" -> "\u00A9";
      case "rg" -> "\u00AE";
      case "tm" -> "\u2122";
      case "->" -> "\u2192";
      case "<-" -> "\u2190";
      case "<=" -> "\u2264";
      case ">=" -> "\u2265";
      case "ba", "or" -> "|";
      default -> unicode(name);
    };
  }

  private static String unicode(String name) {
    if (name.length() < 5 || name.length() > 7 || name.charAt(0) != 'u') {
      return "";
    }
    try {
      int codePoint = Integer.parseInt(name.substring(1), 16);
      return Character.isValidCodePoint(codePoint) && !isSurrogate(codePoint)
          ? Character.toString(codePoint)
          : "";
    } catch (NumberFormatException e) {
      return "";
    }
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
