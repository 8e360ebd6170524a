package dev.aidb.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecoderTest {
  private static String decoded(String text) {
    Subject subject = Decoder.decode(text);
    return subject.text(0, subject.length());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '~',
      value = {
        "%3Cb%3E => <b>",
        "%253cb => <b",
        "%2525253c => <",
        "%25%33%63 => <",
        "&lt;b&gt; => <b>",
        "&amp;lt;b => <b",
        "&#60;b => <b",
        "&#x3C;b => <b",
        "&#0000060b => <b",
        "&#60%3bb => <b",
        "%26lt%3Bb => <b",
        "\\u003cb => <b",
        "\\u{3c}b => <b",
        "\\x3cb => <b",
        "%u003cb => <b",
        "＜ｂ＞ => <b>",
        "%ef%bc%9cb => <b",
        "%c0%bcb => <b",
        "%e0%80%bcb => <b",
        "%c0%2f => /",
        "a\u200bb => ab",
        "don’t => don't",
        "SELECT => select",
        "java%0ascript => javascript",
        "100%25 => 100%",
        "50% of & more; %zz &nope; => 50% of & more; %zz &nope;",
      })
  void undoesWaysOfWriting(String text, String expected) {
    assertThat(decoded(text)).isEqualTo(expected);
  }

  @Test
  void remembersHowOften() {
    Subject subject = Decoder.decode("a%2e%252e%c0%ae");

    assertThat(subject.text(0, 4)).isEqualTo("a...");
    assertThat(subject.depth(0)).isZero();
    assertThat(subject.depth(1)).isEqualTo(1);
    assertThat(subject.depth(2)).isEqualTo(2);
    assertThat(subject.depth(3)).isGreaterThanOrEqualTo(2);
  }

  @Test
  void takesWhatIsNoText() {
    assertThat(decoded("\ud800 \udc00 %ff%fe &#1114112; &#x110000; \\u{ffffffff}")).isNotNull();
  }
}
