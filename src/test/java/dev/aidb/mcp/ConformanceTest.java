package dev.aidb.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.NodeTools;
import dev.aidb.testkit.RunningServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The official conformance suite, over both eras. */
class ConformanceTest {
  private static final String SUITE =
      "node_modules/@modelcontextprotocol/conformance/dist/index.js";
  private static final Duration MAX = Duration.ofMinutes(4);
  private static final Pattern SCENARIO = Pattern.compile("(?m)^[✓✗] ([a-z0-9-]+): ");
  private static final Pattern NOT_SCORED = Pattern.compile("(?m)^  [✓✗] ([a-z0-9-]+) \\(");

  /** What needs no tools of the suite's own, so that the product itself can be asked. */
  private static final Map<String, List<String>> OF_EVERY_SERVER =
      Map.of(
          "2025-11-25",
          List.of(
              "server-initialize",
              "ping",
              "tools-list",
              "resources-list",
              "prompts-list",
              "dns-rebinding-protection"),
          "2026-07-28",
          List.of(
              "tools-list",
              "resources-list",
              "prompts-list",
              "caching",
              "sep-2164-resource-not-found",
              "server-sse-multiple-streams",
              "dns-rebinding-protection",
              "http-header-validation"));

  @BeforeEach
  void requireTheSuite() {
    NodeTools.require();
  }

  @ParameterizedTest
  @CsvSource({"2026-07-28,37", "2025-11-25,30"})
  void everyRequiredScenarioPasses(String revision, int required) throws Exception {
    try (McpServer server = McpServer.conformance()) {
      NodeTools.Ended ended =
          NodeTools.run(
              MAX,
              SUITE,
              "server",
              "--url",
              server.at(McpRoutes.COMPACT).toString(),
              "--requirements",
              revision);

      String summary = ended.out().substring(Math.max(0, ended.out().indexOf("=== SUMMARY")));
      List<String> scored = found(SCENARIO, summary);
      scored.removeAll(found(NOT_SCORED, summary));
      assertThat(ended.status()).as(summary).isZero();
      assertThat(scored).as(summary).hasSize(required);
      assertThat(scored).allSatisfy(name -> assertThat(summary).contains("✓ " + name + ": "));
    }
  }

  private static List<String> found(Pattern pattern, String text) {
    return new ArrayList<>(
        pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList());
  }

  @Test
  void theProductItselfPassesWhatNeedsNoFixture() throws Exception {
    String url = "http://127.0.0.1:" + RunningServer.shared().port() + McpRoutes.COMPACT;
    List<String> failed = new ArrayList<>();
    for (Map.Entry<String, List<String>> era : OF_EVERY_SERVER.entrySet()) {
      for (String scenario : era.getValue()) {
        NodeTools.Ended ended =
            NodeTools.run(
                MAX,
                SUITE,
                "server",
                "--url",
                url,
                "--scenario",
                scenario,
                "--spec-version",
                era.getKey());
        if (ended.status() != 0) {
          failed.add(era.getKey() + " " + scenario + "\n" + ended.out() + ended.err());
        }
      }
    }
    assertThat(failed).isEmpty();
  }
}
