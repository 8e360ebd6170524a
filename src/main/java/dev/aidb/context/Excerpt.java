package dev.aidb.context;

import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a text that are quoted. Rendering the same excerpt of the same text gives the same
 * characters, so that what was quoted once can be quoted again without having been kept.
 *
 * @param spans in the order of the text, apart from each other
 */
record Excerpt(List<Span> spans) {
  private static final String GAP = "…";

  /** From a character to before another. */
  record Span(int from, int to) {}

  Excerpt {
    spans = List.copyOf(spans);
  }

  static Excerpt whole(String text) {
    return new Excerpt(text.isEmpty() ? List.of() : List.of(new Span(0, text.length())));
  }

  /** Of segments in the order of the text; those that follow each other make one span. */
  static Excerpt of(List<Segment> segments) {
    List<Span> spans = new ArrayList<>();
    for (Segment segment : segments) {
      if (!spans.isEmpty() && spans.getLast().to == segment.from()) {
        spans.set(spans.size() - 1, new Span(spans.getLast().from, segment.to()));
      } else {
        spans.add(new Span(segment.from(), segment.to()));
      }
    }
    return new Excerpt(spans);
  }

  /** The spans' ends, one after the other, for keeping. */
  List<Integer> flat() {
    return spans.stream().flatMap(span -> List.of(span.from, span.to).stream()).toList();
  }

  /** The reverse of {@link #flat}; places beyond the text are left out. */
  static Excerpt ofFlat(List<Integer> ends, int length) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i + 1 < ends.size(); i += 2) {
      int from = Math.clamp(ends.get(i), 0, length);
      int to = Math.clamp(ends.get(i + 1), from, length);
      spans.add(new Span(from, to));
    }
    return new Excerpt(spans);
  }

  /**
   * The quoted text: gaps shown, and every code fence closed.
   *
   * @param goesOn whether there is more of the text than this
   */
  String of(String text, boolean goesOn) {
    StringBuilder out = new StringBuilder();
    int end = 0;
    for (Span span : spans) {
      String piece = text.substring(span.from, span.to);
      if (span.from > end && !text.substring(end, span.from).isBlank()) {
        out.append(out.isEmpty() || endsInSpace(out) ? "" : " ").append(GAP);
        out.append(startsLine(text, span.from) ? "\n" : " ");
      }
      out.append(out.isEmpty() ? piece.stripLeading() : piece);
      closeFence(out);
      end = span.to;
    }
    boolean more = goesOn || !text.substring(end).isBlank();
    String quoted = out.toString().stripTrailing();
    if (!more || quoted.isEmpty()) {
      return quoted;
    }
    return quoted + (endsWithFence(quoted) ? "\n" : " ") + GAP;
  }

  private static boolean endsLine(CharSequence text) {
    return text.charAt(text.length() - 1) == '\n';
  }

  private static boolean endsInSpace(CharSequence text) {
    return Character.isWhitespace(text.charAt(text.length() - 1));
  }

  private static boolean startsLine(String text, int at) {
    return at == 0 || text.charAt(at - 1) == '\n';
  }

  private static boolean endsWithFence(String text) {
    return Segments.Fence.in(text.substring(text.lastIndexOf('\n') + 1)).opens();
  }

  /** Judged by what is written and not by where it is from: another line may begin now. */
  private static void closeFence(StringBuilder out) {
    Segments.Fence open = Segments.Fence.NONE;
    for (String line : out.toString().split("\r?\n", -1)) {
      Segments.Fence fence = Segments.Fence.in(line);
      if (open.opens()) {
        open = fence.closes(open) ? Segments.Fence.NONE : open;
      } else if (fence.opens()) {
        open = fence;
      }
    }
    if (open.opens()) {
      out.append(endsLine(out) ? "" : "\n").append(open.closing()).append('\n');
    }
  }
}
