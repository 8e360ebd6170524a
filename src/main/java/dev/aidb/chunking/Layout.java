package dev.aidb.chunking;

import dev.aidb.embedding.Tokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * The blocks of a document as one text, tokenised once, with the questions that cutting it asks.
 */
final class Layout {
  /**
   * A token of ordinary text has three to six characters. What has far more (a huge word that is
   * one unknown token, an acre of blanks) is limited by its characters instead.
   */
  static final int CHARACTERS_PER_TOKEN_MAX = 16;

  private final String text;
  private final int[] blockFrom;
  private final int[] blockTo;
  private final Block.Kind[] kinds;
  private final int[] tokenStarts;
  private final int[] tokenEnds;

  Layout(List<Block> blocks, Tokenizer tokenizer) {
    int count = blocks.size();
    blockFrom = new int[count];
    blockTo = new int[count];
    kinds = new Block.Kind[count];
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count; i++) {
      Block block = blocks.get(i);
      if (i > 0) {
        all.append("\n\n");
      }
      blockFrom[i] = all.length();
      all.append(block.text());
      blockTo[i] = all.length();
      kinds[i] = block.kind();
    }
    text = all.toString();
    Tokenizer.Tokens tokens = tokenizer.tokenize(text);
    tokenStarts = tokens.starts();
    tokenEnds = tokens.ends();
  }

  String text() {
    return text;
  }

  int blockFrom(int block) {
    return blockFrom[block];
  }

  int blockTo(int block) {
    return blockTo[block];
  }

  /** The furthest end of a range from {@code from} that has at most that many tokens. */
  int reach(int from, int tokens) {
    int stop = firstTokenAfter(tokenEnds, from) + tokens;
    int byTokens = stop >= tokenStarts.length ? text.length() : tokenStarts[stop];
    long byCharacters = from + (long) tokens * CHARACTERS_PER_TOKEN_MAX;
    return (int) Math.min(byTokens, Math.min(byCharacters, text.length()));
  }

  boolean fits(int from, int to, int tokens) {
    return to <= reach(from, tokens);
  }

  /**
   * Where to end a range that begins at {@code from} and can't go beyond {@code limit}: at the end
   * of a block, a paragraph, a sentence or line, a word, or a character, the best of these that
   * leaves no scrap.
   *
   * @param floor the end is after this
   * @param tokens how many a range may have: code that has no more is kept whole
   * @return the end, or {@code floor} when only a range that begins there can go on
   */
  int end(int from, int floor, int limit, int tokens) {
    int at = blockAt(limit);
    if (limit > blockFrom[at] && limit < blockTo[at] && isKeptWhole(at, tokens)) {
      return Math.max(floor, blockFrom[at]);
    }
    int enough = Math.max(floor, from + (limit - from) / 3);
    if (limit >= blockTo[at] && blockTo[at] > enough) {
      return blockTo[at];
    }
    if (blockFrom[at] > enough) {
      return blockFrom[at];
    }
    int whole = Math.max(floor, lastKeptWholeBefore(at, floor, tokens));
    int low = Math.max(enough, whole);
    int paragraph = lastParagraph(low, limit);
    if (paragraph > low) {
      return paragraph;
    }
    int sentence = kinds[at] == Block.Kind.PROSE ? lastSentence(low, limit) : lastLine(low, limit);
    if (sentence > low) {
      return sentence;
    }
    int word = lastBlank(whole, limit);
    return word > whole ? word : Characters.safeCut(text, whole, limit);
  }

  /**
   * Where the range after one that ended at {@code end} begins, so that about that many tokens
   * repeat.
   */
  int overlapStart(int from, int end, int overlap, int tokens) {
    if (overlap == 0) {
      return end;
    }
    int last = firstTokenAfter(tokenEnds, end - 1);
    while (last < tokenStarts.length && tokenStarts[last] < end) {
      last++;
    }
    int first = Math.max(0, last - overlap);
    if (first >= tokenStarts.length) {
      return end;
    }
    int low = Math.max(tokenStarts[first], from + 1);
    low = Math.max(low, end - overlap * CHARACTERS_PER_TOKEN_MAX);
    low = Math.max(low, lastKeptWholeBefore(blockAt(end), low - 1, tokens));
    for (int at = low; at < end; at++) {
      if (Characters.endsSentence(text, at) || text.charAt(at) == '\n') {
        int start = Characters.skipBlank(text, at, end);
        return start == end ? nextWord(low, end) : start;
      }
    }
    return nextWord(low, end);
  }

  private int nextWord(int low, int end) {
    int at = low;
    if (at > 0 && !Character.isWhitespace(text.charAt(at - 1))) {
      while (at < end && !Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }
    return Characters.skipBlank(text, at, end);
  }

  /** The end of the last block kept whole that reaches beyond {@code floor}, or {@code floor}. */
  private int lastKeptWholeBefore(int block, int floor, int tokens) {
    for (int at = block; at >= 0 && blockTo[at] > floor; at--) {
      if (isKeptWhole(at, tokens)) {
        return blockTo[at];
      }
    }
    return floor;
  }

  private boolean isKeptWhole(int block, int tokens) {
    boolean whole = kinds[block] == Block.Kind.CODE || kinds[block] == Block.Kind.HEADING;
    return whole && fits(blockFrom[block], blockTo[block], tokens);
  }

  /** The last block that begins at or before that place. */
  private int blockAt(int place) {
    int found = Arrays.binarySearch(blockFrom, place);
    return found >= 0 ? found : Math.max(0, -found - 2);
  }

  private int lastSentence(int low, int limit) {
    for (int at = limit; at > low; at--) {
      if (Characters.endsSentence(text, at)) {
        return at;
      }
    }
    return low;
  }

  private int lastParagraph(int low, int limit) {
    for (int at = limit - 1; at > low; at--) {
      if (text.charAt(at) == '\n' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
        return at;
      }
    }
    return low;
  }

  private int lastLine(int low, int limit) {
    for (int at = limit; at > low; at--) {
      if (at < text.length() && text.charAt(at) == '\n') {
        return at;
      }
    }
    return low;
  }

  private int lastBlank(int low, int limit) {
    for (int at = limit; at > low; at--) {
      if (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        return at;
      }
    }
    return low;
  }

  /** The first token whose value is beyond {@code place}. */
  private static int firstTokenAfter(int[] sorted, int place) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] > place) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
