package dev.aidb.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.aidb.core.StartFailure;
import dev.aidb.embedding.Tokenizer.Tokens;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordPieceTokenizerTest {
  private static final WordPieceTokenizer OURS = MiniLmModel.bundledTokenizer();
  private static final @Nullable HuggingFaceTokenizer REFERENCE = reference();

  private static @Nullable HuggingFaceTokenizer reference() {
    try (InputStream json =
        WordPieceTokenizerTest.class.getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json")) {
      return HuggingFaceTokenizer.newInstance(
          json, Map.of("truncation", "false", "padding", "false"));
    } catch (Exception | LinkageError e) {
      return null;
    }
  }

  private static void assertSame(String text) {
    assumeTrue(REFERENCE != null, "the reference tokenizer's native library doesn't load here");
    int[] expected =
        Arrays.stream(REFERENCE.encode(text, false, false).getIds())
            .mapToInt(i -> (int) i)
            .toArray();
    Tokens tokens = OURS.tokenize(text);
    assertThat(tokens.ids()).isEqualTo(expected);
    int before = 0;
    for (int i = 0; i < tokens.count(); i++) {
      assertThat(tokens.starts()[i]).isBetween(before, text.length());
      assertThat(tokens.ends()[i]).isBetween(tokens.starts()[i] + 1, text.length());
      before = tokens.starts()[i];
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Hello, world!",
        "The quick brown fox jumps over the lazy dog.",
        "unaffable unbelievably embeddings tokenization",
        "for (int i = 0; i < n; i++) { sum += a[i] * b[i]; } // done",
        "SELECT * FROM t WHERE a->>'b' = $1;",
        "C:\\Users\\x\\file.txt /usr/lib/x.so.1 https://a.example/b?c=d&e=f#g",
        "Ångström naïve café résumé coöperate ﬁne Ⅷ ½ ²",
        "e\u0301 a\u0300\u0301\u0302b \u0301start",
        "İstanbul ISTANBUL ıstanbul ΑΣ ΌΣΟΣ ẞ straße",
        "日本語 テキスト ひらがな 中文字符漢字",
        "한국어 문장 가각갂 ᄀ",
        "Привет мир ёлка йод",
        "مرحبا بالعالم שלום עולם",
        "नमस्ते दुनिया ภาษาไทย বাংলা",
        "😀 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽 ☕️",
        "a\u0000b\u0001c\u200bd\u00ade\ufefff\u2028g\u2029h\u0085i\u00a0j\u3000k",
        "tab\tnew\nline\r\nend\u000b\f",
        "[CLS] a [SEP] [MASK] [UNK] [PAD] [cls] [SEP",
        "[[SEP]] x[MASK]y [ CLS ]",
        "##ing # ## ### a##b",
        "≠ ≮ ≯ ⫝̸ \u037e \u1fef",
        "\u302e\u302f 中\u302e\u0301 x\u302f\u1d165",
        "\ufffd x \ue000 y \udbff\udfff",
        "豈更車 \ud87e\udc1a",
        "don't can't it's 'quoted' \"double\" “smart” ‘single’ … — –",
        "1234567890 3.14 1e10 0xFF 1,000,000",
        "$100 €50 £20 ¥10 ^ ~ ` | < > = +"
      })
  void tokenizesAsTheReferenceDoes(String text) {
    assertSame(text);
  }

  @Test
  void tokenizesEveryCodePointAsTheReferenceDoes() {
    for (int block = 0; block <= 0x10FFFF; block += 128) {
      boolean filler = block >= 0x40000 && block < 0xE0000 || block >= 0xE1000;
      if (filler && block % (128 * 61) != 0) {
        continue; // unassigned and private planes: a sample
      }
      StringBuilder text = new StringBuilder();
      for (int c = block; c < block + 128; c++) {
        if (!Character.isSurrogate((char) c) || c > 0xFFFF) {
          text.append('a').appendCodePoint(c).append("b ").appendCodePoint(c).append(' ');
        }
      }
      assertSame(text.toString());
    }
  }

  @Property(tries = 2_000)
  void tokenizesAnyTextAsTheReferenceDoes(@ForAll("texts") String text) {
    assertSame(text);
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> words =
        Arbitraries.of(
            "the",
            "embedding",
            "Un",
            "happi",
            "ness",
            "É",
            "e\u0301",
            "中",
            "[SEP]",
            "##",
            "-",
            " ",
            "\n",
            "\u200d",
            "😀",
            "가",
            "\u0338",
            "=",
            "ß",
            "İ",
            "[",
            "]",
            "1",
            "99",
            ".",
            "_",
            "x".repeat(99),
            "\u302e");
    Arbitrary<String> mixed = words.list().ofMaxSize(40).map(parts -> String.join("", parts));
    Arbitrary<String> any =
        Arbitraries.strings().ofMaxLength(60).filter(dev.aidb.core.Text::isStorable);
    Arbitrary<String> ascii = Arbitraries.strings().ascii().ofMaxLength(120);
    return Arbitraries.oneOf(mixed, any, ascii);
  }

  @ParameterizedTest
  @ValueSource(ints = {99, 100, 101, 200, 201})
  void wordsHaveTheReferencesLimit(int length) {
    assertSame("a".repeat(length) + " z");
    assertSame("é".repeat(length));
    assertSame("e\u0301".repeat(length));
    assertSame("\ud801\udc00".repeat(length)); // two units of UTF-16 each
    assertSame("가".repeat(length / 2));
  }

  @Test
  void placesTokensInTheOriginalText() {
    String text = "Ünbelievable  👍 cafe\u0301! 中文";

    Tokens tokens = OURS.tokenize(text);

    List<String> pieces =
        java.util.stream.IntStream.range(0, tokens.count())
            .mapToObj(i -> text.substring(tokens.starts()[i], tokens.ends()[i]))
            .toList();
    assertThat(pieces).containsExactly("Ünbelievable", "👍", "cafe\u0301", "!", "中", "文");
  }

  @Test
  void theInvisibleBelongsToWhatStandsBeforeIt() {
    Tokens tokens = OURS.tokenize("a\u200d\u0301 b\ufe0f");

    assertThat(tokens.starts()).containsExactly(0, 4);
    assertThat(tokens.ends()).containsExactly(3, 6);
  }

  @Test
  void aCharacterOfSeveralTokensLendsItsPlaceToEach() {
    String text = "x" + "가".repeat(3);

    Tokens tokens = OURS.tokenize(text);

    assertThat(tokens.ends()[tokens.count() - 1]).isEqualTo(text.length());
  }

  @Test
  void aLoneSurrogateIsLeftOut() {
    assertThat(OURS.tokenize("a\ud800 b\udc00").ids()).isEqualTo(OURS.tokenize("a b").ids());
  }

  @Test
  void hostileTextsTakeTimeThatGrowsWithTheirLengthAlone() {
    // A quadratic pass over a million characters would take hours, not a second.
    int million = 1_000_000;
    assertThat(OURS.tokenize("a".repeat(million)).count()).isEqualTo(1);
    assertThat(OURS.tokenize("\u0301".repeat(million)).count()).isZero();
    assertThat(OURS.tokenize("\u0301\u0323\u0327".repeat(million / 3)).count()).isZero();
    assertThat(OURS.tokenize("a" + "\u0323\u0301".repeat(million / 2)).count()).isEqualTo(1);
    assertThat(OURS.tokenize("[".repeat(million)).count()).isEqualTo(million);
    assertThat(OURS.tokenize("中".repeat(million)).count()).isEqualTo(million);
    assertThat(OURS.tokenize(("qzxj".repeat(25) + " ").repeat(million / 101)).count()).isPositive();
  }

  @Test
  void refusesTheFileOfAnotherTokenizer() {
    for (String json :
        List.of(
            "",
            "[]",
            "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}}}",
            "{\"normalizer\": {\"type\": \"Lowercase\"}}",
            "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"a\": -1}}}",
            "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"a\": 1}}}")) {
      InputStream in = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));

      assertThatThrownBy(() -> WordPieceTokenizer.read(in, "a test's file"))
          .as(json)
          .isInstanceOf(StartFailure.class);
    }
  }
}
