package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** An answer never has more tokens than were asked for, counted on the bytes that came. */
class MaxTokensTest {
  private static final String COLLECTION = "max-tokens";
  private static final Encoding O200K =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
  private final ApiClient api = RunningServer.api();

  @BeforeAll
  static void fill() {
    ApiClient api = RunningServer.api();
    api.post("/collections", Map.of("name", COLLECTION));
    for (int i = 0; i < 12; i++) {
      String content =
          switch (i % 3) {
            case 0 -> "The lantern shows the way \"home\" \\ through the fog. ".repeat(i + 1);
            case 1 -> "lantern 灯籠は霧の中で道を照らす 😀👩‍👩‍👧 ".repeat(i + 1);
            default -> "lantern";
          };
      api.post(
          "/documents",
          Map.of(
              "collection",
              COLLECTION,
              "path",
              "lantern/" + i,
              "content",
              content,
              "metadata",
              Map.of("number", i)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 65, 70, 100, 128, 250, 500, 1_000, 2_000, 5_000, 100_000})
  void isNeverExceeded(int budget) {
    for (List<String> include :
        List.of(
            List.<String>of(),
            List.of("content"),
            List.of("content", "metadata", "explain"),
            List.of("content", "embedding"))) {
      for (String mode : List.of("hybrid", "keyword")) {
        Answer answer =
            api.post(
                "/vector/search",
                Map.of(
                    "collection", COLLECTION,
                    "query", "lantern",
                    "mode", mode,
                    "include", include,
                    "max_tokens", budget));
        assertThat(O200K.countTokensOrdinary(answer.body()))
            .as("%s %s: %s", include, mode, answer.body())
            .isLessThanOrEqualTo(budget);
        JsonNode json = answer.json();
        assertThat(json.path("total").asInt()).isGreaterThanOrEqualTo(12);
        assertThat(json.path("has_more").asBoolean())
            .isEqualTo(json.path("results").size() < json.path("total").asInt());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 2_000})
  void cutsContentsBeforeItLeavesOutResults(int budget) {
    Answer answer =
        api.post(
            "/vector/search",
            Map.of("collection", COLLECTION, "query", "lantern", "limit", 3, "max_tokens", budget));
    assertThat(answer.json().path("results").size()).isEqualTo(3);
  }
}
