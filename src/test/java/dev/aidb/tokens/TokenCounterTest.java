package dev.aidb.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenCounterTest {
  private static final TokenCounter TOKENS = TokenCounter.o200k();

  @Test
  void countsAsO200kDoes() {
    assertThat(TOKENS.count("")).isZero();
    assertThat(TOKENS.count("hello world")).isEqualTo(2);
    assertThat(TOKENS.count("The quick brown fox jumps over the lazy dog.")).isEqualTo(10);
  }

  @Test
  void takesSpecialTokensForPlainText() {
    assertThat(TOKENS.count("<|endoftext|>")).isGreaterThan(1);
  }
}
