package dev.aidb.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.FieldError;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContentPolicyTest {
  private static final String ATTACK = "<script>alert(1)</script>";

  record Search(@Nullable String collection, String query) {}

  record Learn(String query, int weight) {}

  record Echo(String text) {}

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ContentPolicyMetrics metrics = new ContentPolicyMetrics(registry);

  private <I extends Record> Screen<I> screen(
      PolicySettings settings, Class<I> input, Scope scope) {
    Operation<I, String> operation =
        Operation.named("try", input, String.class)
            .scope(scope)
            .handler((in, call) -> Reply.ok("done"));
    return new ContentPolicy(settings, metrics).before(operation);
  }

  private Screen<Search> search(PolicySettings settings) {
    return screen(settings, Search.class, Scope.READ);
  }

  private double detected(String pattern) {
    return registry.scrape().stream()
        .filter(CounterSnapshot.class::isInstance)
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> pattern.equals(point.getLabels().get("pattern")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void everyKindCountsFromZero() {
    CounterSnapshot counter = (CounterSnapshot) registry.scrape().iterator().next();

    assertThat(counter.getDataPoints()).hasSize(AttackKind.values().length);
    assertThat(counter.getDataPoints()).allMatch(point -> point.getValue() == 0);
  }

  @Test
  void aRefusalSaysWhatAndNeverEchoes() {
    Screen<Search> screen = search(PolicySettings.everywhere(PolicyMode.BLOCK));

    AidbException refusal =
        catchThrowableOfType(AidbException.class, () -> screen.check(new Search("docs", ATTACK)));

    assertThat(refusal.code()).isEqualTo(ErrorCode.CONTENT_POLICY);
    assertThat(refusal.detail())
        .isEqualTo("Validation failed: query contains potentially malicious content (xss)");
    assertThat(refusal.errors())
        .containsExactly(
            new FieldError(
                "query", "content_policy", "contains potentially malicious content (xss)"));
    assertThat(detected("xss")).isEqualTo(1);
  }

  @Test
  void theFirstKindIsNamedAndAllAreCounted() {
    Screen<Search> screen = search(PolicySettings.everywhere(PolicyMode.BLOCK));

    AidbException refusal =
        catchThrowableOfType(
            AidbException.class,
            () -> screen.check(new Search("docs", "x' OR '1'='1' -- <script>alert(1)</script>")));

    assertThat(refusal.detail()).endsWith("(xss)");
    assertThat(refusal.errors()).hasSize(2);
    assertThat(detected("xss")).isEqualTo(1);
    assertThat(detected("sql_injection")).isEqualTo(1);
    assertThat(detected("path_traversal")).isZero();
  }

  @Test
  void whereItOnlyDetectsOrIsOffItCountsAllTheSame() {
    for (PolicyMode mode : new PolicyMode[] {PolicyMode.DETECT, PolicyMode.OFF}) {
      Screen<Search> screen = search(PolicySettings.everywhere(mode));
      assertThatCode(() -> screen.check(new Search("docs", ATTACK))).doesNotThrowAnyException();
    }
    assertThat(detected("xss")).isEqualTo(2);
  }

  @Test
  void aCollectionWinsOverAScopeAndAScopeOverTheRest() {
    PolicySettings settings =
        new PolicySettings(
            PolicyMode.BLOCK,
            Map.of("strict", PolicyMode.BLOCK, "exploits", PolicyMode.DETECT),
            Map.of(Scope.READ, PolicyMode.OFF));
    Screen<Search> reading = screen(settings, Search.class, Scope.READ);
    Screen<Search> writing = screen(settings, Search.class, Scope.WRITE);

    assertThat(refuses(reading, "strict")).isTrue();
    assertThat(refuses(reading, "docs")).isFalse();
    assertThat(refuses(reading, null)).isFalse();
    assertThat(refuses(writing, "docs")).isTrue();
    assertThat(refuses(writing, null)).isTrue();
    assertThat(refuses(writing, "exploits")).isFalse();
  }

  private static boolean refuses(Screen<Search> screen, @Nullable String collection) {
    try {
      screen.check(new Search(collection, ATTACK));
      return false;
    } catch (AidbException e) {
      return e.code() == ErrorCode.CONTENT_POLICY;
    }
  }

  @Test
  void everyInputWithAQueryIsScreenedAndNoOther() {
    PolicySettings block = PolicySettings.everywhere(PolicyMode.BLOCK);
    Screen<Learn> learn = screen(block, Learn.class, Scope.WRITE);
    Screen<Echo> echo = screen(block, Echo.class, Scope.READ);

    assertThat(catchThrowableOfType(AidbException.class, () -> learn.check(new Learn(ATTACK, 1))))
        .isNotNull();
    assertThatCode(() -> echo.check(new Echo(ATTACK))).doesNotThrowAnyException();
  }
}
