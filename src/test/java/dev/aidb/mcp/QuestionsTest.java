package dev.aidb.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuestionsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(20);

  private static Envelope.Response answer(String id) {
    return new Envelope.Response(id, Optional.of("{}"));
  }

  @Test
  void anAnswerFindsItsQuestionOnce() {
    Questions questions = new Questions(2, LONG, LONG);

    String answered =
        questions.ask(
            "me", id -> assertThat(questions.answered("me", answer(id))).isTrue(), () -> {});

    assertThat(answered).isEqualTo("{}");
  }

  @Test
  void anotherCallerCantAnswer() {
    Questions questions = new Questions(2, SHORT, SHORT);

    assertThatThrownBy(() ->
            questions.ask(
                "me", id -> assertThat(questions.answered("you", answer(id))).isFalse(), () -> {}))
        .isInstanceOf(RpcError.class)
        .hasMessageContaining("did not answer");
  }

  @Test
  void aClientThatIsGoneEndsTheWait() {
    Questions questions = new Questions(2, LONG, SHORT);
    AtomicInteger touches = new AtomicInteger();

    assertThatThrownBy(() ->
            questions.ask(
                "me",
                id -> {},
                () -> {
                  if (touches.incrementAndGet() == 3) {
                    throw new IllegalStateException("gone");
                  }
                }))
        .hasMessage("gone");
    assertThat(questions.answered("me", answer("ask-1"))).isFalse();
  }

  @Test
  void thereIsABoundOnWhatIsOpen() {
    Questions questions = new Questions(1, LONG, LONG);

    questions.ask(
        "me",
        id -> {
          assertThatThrownBy(() -> questions.ask("me", other -> {}, () -> {}))
              .isInstanceOf(AidbException.class)
              .hasMessageContaining("Too many questions");
          questions.answered("me", answer(id));
        },
        () -> {});
  }
}
