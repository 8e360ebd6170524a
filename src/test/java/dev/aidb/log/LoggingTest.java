package dev.aidb.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoggingTest {
  @Test
  void aLineOfTextIsOneLine() {
    LogRecord event = event("two\nlines\u001b[31m", new IllegalStateException("why\nnot"));
    String line = Logging.formatter(Logging.Form.TEXT).format(event);

    assertThat(line)
        .containsPattern("^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARNING Thing: two lines\\?\\[31m \\| ")
        .contains("java.lang.IllegalStateException: why not at dev.aidb.log.LoggingTest")
        .hasLineCount(1);
  }

  @Test
  void aLineOfJsonHoldsEverything() throws Exception {
    LogRecord event =
        event("a \"b\" \\ \u0001\u2028\n\té", new RuntimeException(new Error("deep")));
    String line =
        ScopedValue.where(LogContext.REQUEST_ID, "r-1")
            .call(() -> Logging.formatter(Logging.Form.JSON).format(event));
    JsonNode json = JsonMapper.shared().readTree(line);

    assertThat(line).endsWith("}\n").hasLineCount(1).doesNotContain("\u2028");
    assertThat(json.get("message").asString()).isEqualTo("a \"b\" \\ \u0001\u2028\n\té");
    assertThat(json.get("level").asString()).isEqualTo("WARNING");
    assertThat(json.get("logger").asString()).isEqualTo("dev.aidb.Thing");
    assertThat(json.get("request_id").asString()).isEqualTo("r-1");
    assertThat(json.get("time").asString()).endsWith("Z");
    assertThat(json.get("exception").asString()).contains("caused by java.lang.Error: deep");
  }

  @Test
  void aHugeMessageIsCut() {
    assertThat(Logging.formatter(Logging.Form.JSON).format(event("x".repeat(100_000), null)))
        .hasSizeLessThan(9_000);
  }

  private static LogRecord event(
      String message, @org.jspecify.annotations.Nullable Throwable thrown) {
    LogRecord event = new LogRecord(Level.WARNING, message);
    event.setLoggerName("dev.aidb.Thing");
    event.setThrown(thrown);
    return event;
  }
}
