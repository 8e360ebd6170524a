package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the content policy makes of queries, as a client and an operator see it. */
class QueryPolicyTest {
  private static final String ATTACK = "x' UNION SELECT username, password FROM users --";

  private static Answer search(ApiClient api, String collection, String query) {
    return api.post(
        "/vector/search", Map.of("collection", collection, "query", query, "mode", "keyword"));
  }

  private static double metric(ApiClient api, String series) {
    return api.plain("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(-1);
  }

  private static double detected(ApiClient api) {
    return metric(api, "aidb_malicious_patterns_detected_total{pattern=\"sql_injection\"}");
  }

  private static double refused(ApiClient api) {
    return metric(api, "aidb_query_validation_failures_total{reason=\"content_policy\"}");
  }

  @Test
  void blocksByDefaultWithAProblemOfItsOwn() {
    ApiClient api = RunningServer.api();
    double detected = detected(api);
    double refused = refused(api);

    Answer answer = search(api, "nixos_docs", ATTACK);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/code")).isEqualTo("content_policy");
    assertThat(answer.text("/detail"))
        .isEqualTo(
            "Validation failed: query contains potentially malicious content (sql_injection)");
    assertThat(answer.text("/errors/0/field")).isEqualTo("query");
    assertThat(answer.text("/errors/0/code")).isEqualTo("content_policy");
    assertThat(answer.body()).doesNotContain("UNION");
    assertThat(detected(api)).isEqualTo(detected + 1);
    assertThat(refused(api)).isEqualTo(refused + 1);
    assertThat(search(api, "nixos_docs", "How do I recover after DROP TABLE users?").status())
        .isEqualTo(200);
  }

  @Test
  void otherRulesComeFirst() {
    ApiClient api = RunningServer.api();
    double detected = detected(api);

    Answer answer = search(api, "nixos_docs", ATTACK + "x".repeat(10_000));

    assertThat(answer.text("/code")).isEqualTo("validation_failed");
    assertThat(answer.text("/errors/0/code")).isEqualTo("max_length");
    assertThat(detected(api)).isEqualTo(detected);
  }

  @Test
  void obeysTheCollectionThenTheScope() {
    try (RunningServer server =
        RunningServer.start(config ->
            config
                .with("content_policy", "block")
                .with("content_policy_overrides.collections", "nixos_docs=block,solved_issues=off")
                .with("content_policy_overrides.scopes", "read=detect"))) {
      ApiClient api = server.client();

      assertThat(detected(api)).isZero();
      assertThat(search(api, "nixos_docs", ATTACK).status()).isEqualTo(422);
      assertThat(search(api, "solved_issues", ATTACK).status()).isEqualTo(200);
      assertThat(search(api, "tool_schemas", ATTACK).status()).isEqualTo(200);
      assertThat(detected(api)).isEqualTo(3);
      assertThat(refused(api)).isEqualTo(1);
    }
  }
}
