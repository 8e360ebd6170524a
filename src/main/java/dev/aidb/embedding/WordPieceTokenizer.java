package dev.aidb.embedding;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The tokenizer of uncased BERT models (Devlin et al. 2018; WordPiece by greedy longest match),
 * equal token for token to the Hugging Face tokenizers library with the same {@code
 * tokenizer.json}.
 *
 * <p>Linear in the length of the text whatever it holds, since a word above {@value
 * #WORD_CHARACTERS_MAX} characters is unknown without being searched. A token's place covers the
 * characters it was made of, with the accents and invisible characters that follow them; a
 * character that becomes several tokens lends its place to each. Thread-safe.
 */
public final class WordPieceTokenizer implements Tokenizer {
  /** A word of more characters is one unknown token. */
  static final int WORD_CHARACTERS_MAX = 100;

  private final Vocabulary vocabulary;
  private final List<Vocabulary.Special> specials;
  private final BertCharacters bert = new BertCharacters();
  private final int first;
  private final int last;

  WordPieceTokenizer(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.specials = vocabulary.specials();
    this.first = vocabulary.special("[CLS]");
    this.last = vocabulary.special("[SEP]");
  }

  /**
   * Reads a {@code tokenizer.json}; its settings for truncation and padding are left aside.
   *
   * @param source the file's name for messages
   * @throws StartFailure if the file is damaged or of another kind of tokenizer
   */
  public static WordPieceTokenizer read(InputStream json, String source) {
    Vocabulary vocabulary = Vocabulary.read(json, source);
    return new WordPieceTokenizer(vocabulary);
  }

  /**
   * Reads a {@code tokenizer.json} of the file system.
   *
   * @throws StartFailure as {@link #read(InputStream, String)} does, or if there is no such file
   */
  static WordPieceTokenizer read(Path json) {
    try {
      return read(Files.newInputStream(json), json.toString());
    } catch (IOException e) {
      throw new StartFailure(
          "The tokenizer file " + json + " can't be read",
          "Check that the file exists and that this program's user may read it.",
          e);
    }
  }

  /** The number of the special token that a model wants before the text. */
  int first() {
    return first;
  }

  /** The number of the special token that a model wants after the text. */
  int last() {
    return last;
  }

  @Override
  public Tokens tokenize(String text) {
    Run run = new Run(text.length());
    int from = 0;
    int bracket = text.indexOf('[');
    while (bracket >= 0) {
      int next = bracket + 1;
      for (Vocabulary.Special special : specials) {
        if (text.startsWith(special.content(), bracket)) {
          next = bracket + special.content().length();
          run.words(text, from, bracket);
          run.emit(special.id(), bracket, next);
          from = next;
          break;
        }
      }
      bracket = text.indexOf('[', next);
    }
    run.words(text, from, text.length());
    return run.tokens();
  }

  /** One text on its way through. */
  private final class Run {
    /** A word's letters after normalisation; two units of UTF-16 each at most. */
    private final char[] word = new char[2 * WORD_CHARACTERS_MAX];

    private final int[] wordStarts = new int[2 * WORD_CHARACTERS_MAX];
    private final int[] wordEnds = new int[2 * WORD_CHARACTERS_MAX];
    private int units;
    private int letters;
    private int wordStart;
    private int wordEnd;

    private int[] ids;
    private int[] starts;
    private int[] ends;
    private int count;

    Run(int characters) {
      int guess = Math.max(16, characters / 4);
      ids = new int[guess];
      starts = new int[guess];
      ends = new int[guess];
    }

    Tokens tokens() {
      return new Tokens(
          Arrays.copyOf(ids, count), Arrays.copyOf(starts, count), Arrays.copyOf(ends, count));
    }

    void words(String text, int from, int to) {
      int end;
      for (int at = from; at < to; at = end) {
        int codePoint = codePointAt(text, at, to);
        end = at + Character.charCount(codePoint);
        int entry = bert.entry(codePoint);
        switch (BertCharacters.kind(entry)) {
          case BertCharacters.LETTER -> letter(BertCharacters.letter(entry), at, end);
          case BertCharacters.SPACE -> endWord();
          case BertCharacters.ALONE -> {
            endWord();
            letter(BertCharacters.letter(entry), at, end);
            endWord();
          }
          case BertCharacters.EXPANDED -> {
            for (int letter : BertCharacters.expansion(codePoint)) {
              letter(letter, at, end);
            }
          }
          default -> dropped(at, end);
        }
      }
      endWord();
    }

    private static int codePointAt(String text, int at, int to) {
      char high = text.charAt(at);
      if (Character.isHighSurrogate(high) && at + 1 < to) {
        char low = text.charAt(at + 1);
        return Character.isLowSurrogate(low) ? Character.toCodePoint(high, low) : high;
      }
      return high;
    }

    private void letter(int codePoint, int start, int end) {
      if (letters == 0) {
        wordStart = start;
      }
      wordEnd = end;
      if (letters++ >= WORD_CHARACTERS_MAX) {
        return;
      }
      int more = Character.toChars(codePoint, word, units);
      for (int i = 0; i < more; i++, units++) {
        wordStarts[units] = start;
        wordEnds[units] = end;
      }
    }

    /** An accent or invisible character belongs to what stands directly before it. */
    private void dropped(int start, int end) {
      if (letters > 0) {
        if (wordEnd == start) {
          wordEnd = end;
          if (letters <= WORD_CHARACTERS_MAX) {
            wordEnds[units - 1] = end;
          }
        }
      } else if (count > 0 && ends[count - 1] == start) {
        ends[count - 1] = end;
      }
    }

    private void endWord() {
      if (letters > 0) {
        if (letters > WORD_CHARACTERS_MAX || !pieces()) {
          emit(vocabulary.unknown(), wordStart, wordEnd);
        }
        units = 0;
        letters = 0;
      }
    }

    private boolean pieces() {
      int before = count;
      int from = 0;
      while (from < units) {
        int found = vocabulary.longestAt(word, from, units, from > 0);
        if (found == Vocabulary.NONE) {
          count = before;
          return false;
        }
        int next = from + (found & 0xFF);
        emit(found >> 8, wordStarts[from], wordEnds[next - 1]);
        from = next;
      }
      return true;
    }

    void emit(int id, int start, int end) {
      if (count == ids.length) {
        int more = count + (count >> 1) + 16;
        ids = Arrays.copyOf(ids, more);
        starts = Arrays.copyOf(starts, more);
        ends = Arrays.copyOf(ends, more);
      }
      ids[count] = id;
      starts[count] = start;
      ends[count] = end;
      count++;
    }
  }
}
