package dev.aidb.context;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the places where a text may be cut: after sentences and lines, and around code fences. */
final class Segments {
  private static final Pattern FENCE = Pattern.compile(" {0,3}(`{3,}|~{3,})(.*)");

  /** A heading, an item of a list, a quotation, a row of a table, or indented code. */
  private static final Pattern STRUCTURE =
      Pattern.compile("(#|[-*+>|]|\\d{1,9}[.)]|\\s{4}|\\t).*", Pattern.DOTALL);

  private final String text;
  private final List<Segment> found = new ArrayList<>();
  private int start;

  private Segments(String text) {
    this.text = text;
  }

  static List<Segment> of(String text) {
    Segments segments = new Segments(text);
    segments.read();
    return segments.found;
  }

  /** A line's own number of fence marks and their character, where it is a fence. */
  record Fence(char mark, int length, boolean bare) {
    static Fence in(CharSequence line) {
      Matcher matcher = FENCE.matcher(line);
      if (!matcher.matches()) {
        return NONE;
      }
      String marks = matcher.group(1);
      String rest = matcher.group(2);
      // What follows backticks can't hold any, or it is code within a line.
      return marks.charAt(0) == '`' && rest.indexOf('`') >= 0
          ? NONE
          : new Fence(marks.charAt(0), marks.length(), rest.isBlank());
    }

    static final Fence NONE = new Fence(' ', 0, false);

    boolean opens() {
      return length > 0;
    }

    boolean closes(Fence opening) {
      return bare && mark == opening.mark && length >= opening.length;
    }

    String closing() {
      return Character.toString(mark).repeat(length);
    }
  }

  private void read() {
    Fence open = Fence.NONE;
    for (int line = 0; line < text.length(); ) {
      int end = lineEnd(line);
      Fence fence = Fence.in(text.substring(line, bare(line, end)));
      if (open.opens()) {
        if (fence.closes(open)) {
          end(end, true);
          open = Fence.NONE;
        }
      } else if (fence.opens()) {
        end(line, false);
        open = fence;
      } else {
        sentences(line, end);
      }
      line = end;
    }
    end(text.length(), open.opens());
  }

  private int lineEnd(int from) {
    int newline = text.indexOf('\n', from);
    return newline < 0 ? text.length() : newline + 1;
  }

  /** The end of a line without its line feed. */
  private int bare(int from, int end) {
    int bare = end;
    while (bare > from && (text.charAt(bare - 1) == '\n' || text.charAt(bare - 1) == '\r')) {
      bare--;
    }
    return bare;
  }

  private void end(int at, boolean code) {
    if (at > start) {
      found.add(new Segment(start, at, code));
      start = at;
    }
  }

  /** Ends segments after the sentences of a line, and after the line unless the next goes on. */
  private void sentences(int from, int end) {
    for (int i = from; i < end; i++) {
      int after = i + 1;
      switch (text.charAt(i)) {
        case '。', '！', '？' -> end(after, false);
        case '.', '!', '?' -> {
          int next = after;
          while (next < end && Character.isWhitespace(text.charAt(next))) {
            next++;
          }
          if (next > after && (next == end || endsSentence(from, i, next))) {
            end(next, false);
            i = next - 1;
          }
        }
        default -> {}
      }
    }
    if (!goesOn(from, end)) {
      end(end, false);
    }
  }

  /** A full stop before a small letter is an abbreviation's, unless it stands by itself. */
  private boolean endsSentence(int from, int at, int next) {
    return text.charAt(at) != '.'
        || !Character.isLowerCase(text.charAt(next))
        || at > from && Character.isWhitespace(text.charAt(at - 1));
  }

  private boolean goesOn(int from, int end) {
    if (text.substring(from, end).isBlank() || isStructure(from, end) || end == text.length()) {
      return false;
    }
    int next = lineEnd(end);
    String following = text.substring(end, next);
    return !following.isBlank() && !isStructure(end, next) && !Fence.in(following.strip()).opens();
  }

  private boolean isStructure(int from, int end) {
    return STRUCTURE.matcher(text).region(from, end).matches();
  }
}
