package dev.aidb.chunking;

import dev.aidb.embedding.Tokenizer;
import java.util.stream.IntStream;

/**
 * A small stand-in for a model's tokenizer: words in pieces of up to five letters, each other
 * visible character on its own, words beyond 100 letters one unknown token.
 */
final class LetterTokenizer implements Tokenizer {
  @Override
  public Tokens tokenize(String text) {
    IntStream.Builder starts = IntStream.builder();
    IntStream.Builder ends = IntStream.builder();
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      int width = Character.charCount(codePoint);
      if (Character.isWhitespace(codePoint)) {
        at += width;
      } else if (!Character.isLetterOrDigit(codePoint)) {
        starts.add(at);
        ends.add(at + width);
        at += width;
      } else {
        int end = at;
        while (end < text.length() && Character.isLetterOrDigit(text.codePointAt(end))) {
          end += Character.charCount(text.codePointAt(end));
        }
        int piece = end - at > 100 ? end - at : 5;
        for (int from = at; from < end; from += piece) {
          starts.add(from);
          ends.add(Math.min(end, from + piece));
        }
        at = end;
      }
    }
    int[] from = starts.build().toArray();
    return new Tokens(new int[from.length], from, ends.build().toArray());
  }
}
