package dev.aidb.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.llm.LanguageModel;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class GenerationTest {
  private static final Prompt PROMPT = new Prompt("knowledge", 1, List.of(), List.of());

  /** A model that writes what it is told to. */
  private record Writer(Supplier<String> text) implements LanguageModel {
    @Override
    public String name() {
      return "writer";
    }

    @Override
    public String write(String system, String user, int tokensMax) {
      assertThat(user).isEqualTo("knowledge\n\nQuestion:\nhow?");
      return text.get();
    }

    @Override
    public Optional<String> probe(Duration patience) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  private static Generation generation(Supplier<String> text) {
    return new Generation(
        Optional.of(new Writer(text)), 1, new ContextMetrics(new PrometheusRegistry()));
  }

  @Test
  void namesTheModelThatWrote() {
    assertThat(generation(() -> "so").answer("how?", PROMPT))
        .contains(new Generation.Written("so", "writer"));
  }

  @Test
  void shortensAnAnswerWithoutAnEnd() {
    String text = generation(() -> "😀".repeat(9_000)).answer("how?", PROMPT).orElseThrow().text();

    assertThat(text.codePointCount(0, text.length())).isEqualTo(8_001);
    assertThat(text).endsWith("😀…");
  }

  @Test
  void doesWithoutAModelThatIsDownOrLate() {
    for (ErrorCode code : List.of(ErrorCode.UNAVAILABLE, ErrorCode.DEADLINE_EXCEEDED)) {
      Generation generation =
          generation(() -> {
            throw new AidbException(code, "down");
          });
      assertThat(generation.answer("how?", PROMPT)).isEmpty();
    }
    assertThat(
            new Generation(Optional.empty(), 1, new ContextMetrics(new PrometheusRegistry()))
                .answer("how?", PROMPT))
        .isEmpty();
  }

  @Test
  void doesNotHideOtherFailures() {
    Generation generation =
        generation(() -> {
          throw new AidbException(ErrorCode.INTERNAL, "broken");
        });

    assertThatThrownBy(() -> generation.answer("how?", PROMPT)).hasMessage("broken");
  }

  @Test
  void hasOnlySoManyWaitForTheModel() {
    Generation[] itself = new Generation[1];
    itself[0] = generation(() -> String.valueOf(itself[0].answer("how?", PROMPT).isEmpty()));

    assertThat(itself[0].answer("how?", PROMPT).orElseThrow().text()).isEqualTo("true");
  }
}
