package dev.aidb.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.log.LogContext;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is logged on behalf of a request can be found by the request's id. */
class RequestLogTest {
  private static final Logger LOGGER = Logger.getLogger("dev.aidb.http");

  private final Queue<String> ids = new ConcurrentLinkedQueue<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord event) {
          ids.add(LogContext.REQUEST_ID.orElse("none"));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void leave() {
    LOGGER.removeHandler(handler);
  }

  @Test
  void everyLineOfARequestCarriesItsId() {
    try (TestServer server = new TestServer()) {
      String made =
          server
              .post("/fail", "{\"text\":\"unexpected\"}")
              .headers()
              .firstValue("x-request-id")
              .orElseThrow();
      server.post("/fail", "{\"text\":\"unavailable\"}");

      assertThat(ids).hasSize(2).first().isEqualTo(made);
      assertThat(ids).doesNotContain("none");
    }
  }
}
