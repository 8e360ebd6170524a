package dev.aidb.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.AidbException;
import org.junit.jupiter.api.Test;

class ProblemTest {
  @Test
  void aFailureOfAFieldListsIt() {
    assertThat(
            Json.text(
                Problem.of(AidbException.invalid("query", "required", "is required"), "r1", "/x")))
        .isEqualTo(
            "{\"type\":\"/docs/errors#validation_failed\",\"title\":\"A field breaks its rule\","
                + "\"status\":422,\"detail\":\"Validation failed: query: is required (required)\","
                + "\"instance\":\"/x\",\"code\":\"validation_failed\",\"request_id\":\"r1\","
                + "\"errors\":[{\"field\":\"query\",\"code\":\"required\","
                + "\"message\":\"is required\"}]}");
  }

  @Test
  void anotherFailureHasNoErrors() {
    assertThat(Json.text(Problem.of(AidbException.notFound("No such document"), "r1", "/x")))
        .contains("\"status\":404")
        .doesNotContain("errors\":");
  }
}
