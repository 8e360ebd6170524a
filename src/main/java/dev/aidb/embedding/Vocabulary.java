package dev.aidb.embedding;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * The pieces of words that a model knows and their numbers: an open hash table over one array of
 * characters, so that a piece is looked up in the middle of a word without making a string of it.
 * Immutable after loading and so thread-safe.
 */
final class Vocabulary {
  /** No such piece. */
  static final int NONE = -1;

  /** The most characters (UTF-16 units) a piece may have; the file's longest has 18. */
  static final int PIECE_LENGTH_MAX = 64;

  private static final String CONTINUATION = "##";
  private static final int SIZE_MAX = 1_000_000;
  private static final int CONTINUATION_SEED = 0x9E3779B9;

  /** A token that is recognised in the raw text, such as {@code [SEP]}. */
  record Special(String content, int id) {}

  private char[] characters = new char[256 * 1024];
  private int used;
  private int[] offsets = new int[32 * 1024];
  private int[] ids = new int[32 * 1024];
  private byte[] lengths = new byte[32 * 1024];
  private int count;
  private int longest;
  private int[] slots = new int[0];
  private final List<Special> specials = new ArrayList<>();
  private int unknown = NONE;

  private Vocabulary() {}

  /**
   * Reads a {@code tokenizer.json} of the Hugging Face tokenizers library that describes the
   * uncased BERT tokenizer.
   *
   * @throws StartFailure if it describes another kind of tokenizer or is damaged
   */
  static Vocabulary read(InputStream json, String source) {
    JsonFactory factory =
        JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();
    Vocabulary vocabulary = new Vocabulary();
    try (InputStream in = json;
        JsonParser parser = factory.createParser(ObjectReadContext.empty(), in)) {
      vocabulary.readFile(parser);
      vocabulary.index();
    } catch (JacksonException | IOException | IllegalArgumentException e) {
      throw new StartFailure(
          "The tokenizer file " + source + " can't be used: " + e.getMessage(),
          "Restore the tokenizer.json that came with the model.",
          e);
    }
    return vocabulary;
  }

  int size() {
    return count;
  }

  /** The number of the token that stands for words it doesn't know. */
  int unknown() {
    return unknown;
  }

  List<Special> specials() {
    return List.copyOf(specials);
  }

  /** The number of the special token of that name. */
  int special(String content) {
    for (Special special : specials) {
      if (special.content().equals(content)) {
        return special.id();
      }
    }
    throw new IllegalArgumentException("it lacks the special token " + content);
  }

  /**
   * Finds the longest known piece that begins at {@code from}.
   *
   * @param continuation whether the piece continues a word
   * @return the piece's length in the low 8 bits and its number above them, or {@link #NONE}
   */
  int longestAt(char[] word, int from, int to, boolean continuation) {
    int most = Math.min(longest, to - from);
    int[] hashes = new int[most];
    int hash = continuation ? CONTINUATION_SEED : 0;
    for (int i = 0; i < most; i++) {
      hash = 31 * hash + word[from + i];
      hashes[i] = hash;
    }
    for (int length = most; length > 0; length--) {
      int entry = find(word, from, length, hashes[length - 1], continuation);
      if (entry != NONE) {
        return (ids[entry] << 8) | length;
      }
    }
    return NONE;
  }

  private int find(char[] word, int from, int length, int hash, boolean continuation) {
    int mask = slots.length - 1;
    byte tag = tag(length, continuation);
    for (int slot = spread(hash) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
      int entry = slots[slot] - 1;
      if (lengths[entry] == tag
          && Arrays.equals(
              characters, offsets[entry], offsets[entry] + length, word, from, from + length)) {
        return entry;
      }
    }
    return NONE;
  }

  /** Length and kind in one byte: negative for pieces that continue a word. */
  private static byte tag(int length, boolean continuation) {
    return (byte) (continuation ? -length : length);
  }

  private static int spread(int hash) {
    int mixed = hash * 0x85EBCA6B;
    return mixed ^ (mixed >>> 15);
  }

  private void readFile(JsonParser parser) {
    expect(parser.nextToken(), JsonToken.START_OBJECT);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "added_tokens" -> readSpecials(parser, value);
        case "normalizer" -> readNormalizer(parser, value);
        case "pre_tokenizer" -> readKind(parser, value, "BertPreTokenizer");
        case "model" -> readModel(parser, value);
        default -> parser.skipChildren();
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException("it has no vocabulary");
    }
  }

  private void readSpecials(JsonParser parser, JsonToken start) {
    expect(start, JsonToken.START_ARRAY);
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      String content = "";
      int id = NONE;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "content" -> content = parser.getString();
          case "id" -> id = parser.getIntValue();
          case "single_word", "lstrip", "rstrip", "normalized" ->
              require(!parser.getBooleanValue(), "a special token is matched in another way");
          default -> parser.skipChildren();
        }
      }
      require(!content.isEmpty() && id >= 0, "a special token lacks its content or number");
      specials.add(new Special(content, id));
    }
  }

  private static void readNormalizer(JsonParser parser, JsonToken start) {
    expect(start, JsonToken.START_OBJECT);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "type" -> require(parser.getString().equals("BertNormalizer"), "another normalizer");
        case "clean_text", "handle_chinese_chars", "lowercase" ->
            require(value == JsonToken.VALUE_TRUE, "the normalizer doesn't " + name);
        case "strip_accents" -> require(value != JsonToken.VALUE_FALSE, "accents are kept");
        default -> parser.skipChildren();
      }
    }
  }

  private static void readKind(JsonParser parser, JsonToken start, String kind) {
    expect(start, JsonToken.START_OBJECT);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean type = parser.currentName().equals("type");
      parser.nextToken();
      if (type) {
        require(parser.getString().equals(kind), "it isn't a " + kind);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void readModel(JsonParser parser, JsonToken start) {
    expect(start, JsonToken.START_OBJECT);
    String unknownToken = "[UNK]";
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "type" -> require(parser.getString().equals("WordPiece"), "it isn't WordPiece");
        case "unk_token" -> unknownToken = parser.getString();
        case "continuing_subword_prefix" ->
            require(parser.getString().equals(CONTINUATION), "pieces continue with another prefix");
        case "max_input_chars_per_word" ->
            require(
                parser.getIntValue() == WordPieceTokenizer.WORD_CHARACTERS_MAX,
                "words have another limit");
        case "vocab" -> readPieces(parser, value);
        default -> parser.skipChildren();
      }
    }
    unknown = special(unknownToken);
  }

  private void readPieces(JsonParser parser, JsonToken start) {
    expect(start, JsonToken.START_OBJECT);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String piece = parser.currentName();
      parser.nextToken();
      add(piece, parser.getIntValue());
    }
  }

  private void add(String token, int id) {
    require(count < SIZE_MAX && id >= 0 && id < SIZE_MAX, "the vocabulary is too large");
    boolean continuation = token.startsWith(CONTINUATION) && token.length() > CONTINUATION.length();
    int skipped = continuation ? CONTINUATION.length() : 0;
    int length = token.length() - skipped;
    require(length > 0 && length <= PIECE_LENGTH_MAX, "a token is empty or too long");
    if (used + length > characters.length) {
      characters = Arrays.copyOf(characters, characters.length * 2);
    }
    if (count == ids.length) {
      offsets = Arrays.copyOf(offsets, count * 2);
      ids = Arrays.copyOf(ids, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    token.getChars(skipped, token.length(), characters, used);
    offsets[count] = used;
    ids[count] = id;
    lengths[count] = tag(length, continuation);
    used += length;
    longest = Math.max(longest, length);
    count++;
  }

  private void index() {
    characters = Arrays.copyOf(characters, used);
    slots = new int[Integer.highestOneBit(count) * 4];
    int mask = slots.length - 1;
    for (int entry = 0; entry < count; entry++) {
      int hash = lengths[entry] < 0 ? CONTINUATION_SEED : 0;
      int end = offsets[entry] + Math.abs(lengths[entry]);
      for (int i = offsets[entry]; i < end; i++) {
        hash = 31 * hash + characters[i];
      }
      int slot = spread(hash) & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = entry + 1;
    }
  }

  private static void expect(JsonToken found, JsonToken wanted) {
    require(found == wanted, "it isn't laid out as a tokenizer.json");
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
