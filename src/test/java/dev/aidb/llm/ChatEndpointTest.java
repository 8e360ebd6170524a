package dev.aidb.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.resilience.Breaker;
import dev.aidb.testkit.ChatServer;
import dev.aidb.testkit.ChatServer.Mood;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Over a real connection to a small server that speaks the protocol. */
@Timeout(60)
class ChatEndpointTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final ChatServer server = ChatServer.start();
  private final Breaker breaker =
      new Breaker("llama_cpp", new Breaker.Rule(3, Duration.ofMinutes(2), LONG), () -> {});

  @AfterEach
  void stop() {
    server.close();
  }

  private ChatEndpoint endpoint(String key, Duration timeout) {
    return new ChatEndpoint(ChatSettings.of(server.address(), "tiny", () -> key, timeout), breaker);
  }

  private static ErrorCode failureOf(ChatEndpoint endpoint) {
    try {
      throw new AssertionError(endpoint.write("s", "u", 10));
    } catch (AidbException e) {
      assertThat(e.detail()).doesNotContain("memory").doesNotContain("html");
      return e.code();
    }
  }

  @Test
  void asksAndReadsTheText() {
    try (ChatEndpoint endpoint = endpoint("secret", LONG)) {
      assertThat(endpoint.write("be brief", "how?", 99)).isEqualTo("Open it with allowedTCPPorts.");
      assertThat(endpoint.name()).isEqualTo("tiny");
      assertThat(endpoint.probe(LONG)).isEmpty();
    }
    assertThat(server.lastKey()).isEqualTo("Bearer secret");
    assertThat(server.lastQuestion().at("/model").asString()).isEqualTo("tiny");
    assertThat(server.lastQuestion().at("/max_tokens").asInt()).isEqualTo(99);
    assertThat(server.lastQuestion().at("/messages/0/role").asString()).isEqualTo("system");
    assertThat(server.lastQuestion().at("/messages/1/content").asString()).isEqualTo("how?");
  }

  @Test
  void presentsNoKeyWhereThereIsNone() {
    try (ChatEndpoint endpoint = endpoint("", LONG)) {
      assertThat(endpoint.write("s", "u", 10)).isNotEmpty();
    }
    assertThat(server.lastKey()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Mood.class,
      names = {"FAILS", "REFUSES_THE_KEY", "BABBLES", "ANSWERS_ANOTHER_SHAPE", "ANSWERS_NO_JSON"})
  void whateverItDoesInPlaceOfAnAnswerIsAFailure(Mood mood) {
    server.is(mood);
    try (ChatEndpoint endpoint = endpoint("", LONG)) {
      assertThat(failureOf(endpoint)).isEqualTo(ErrorCode.UNAVAILABLE);
    }
  }

  @Test
  void waitsNoLongerThanItMay() {
    server.is(Mood.HANGS);
    try (ChatEndpoint endpoint = endpoint("", SHORT)) {
      assertThat(failureOf(endpoint)).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(endpoint.probe(SHORT)).contains("it doesn't answer");
    }
    try (ChatEndpoint endpoint = endpoint("", LONG)) {
      ErrorCode code =
          ScopedValue.where(Deadline.CURRENT, Deadline.in(SHORT)).call(() -> failureOf(endpoint));
      assertThat(code).isEqualTo(ErrorCode.UNAVAILABLE);
    }
  }

  @Test
  void isLeftAloneAfterThreeFailures() {
    server.is(Mood.FAILS);
    try (ChatEndpoint endpoint = endpoint("", LONG)) {
      for (int i = 0; i < 5; i++) {
        assertThat(failureOf(endpoint)).isEqualTo(ErrorCode.UNAVAILABLE);
      }
    }
    assertThat(server.asked()).isEqualTo(3);
    assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
  }

  @Test
  void saysWhyItCannotBeAsked() {
    try (ChatEndpoint endpoint = endpoint("", LONG)) {
      server.is(Mood.FAILS);
      assertThat(endpoint.probe(LONG)).contains("it answers 503");
      server.is(Mood.REFUSES_THE_KEY);
      assertThat(endpoint.probe(LONG)).contains("it refuses the key");
      server.close();
      assertThat(endpoint.probe(LONG)).contains("it can't be reached");
      assertThat(failureOf(endpoint)).isEqualTo(ErrorCode.UNAVAILABLE);
    }
  }

  @Test
  void takesAnAddressWithOrWithoutItsVersion() {
    for (String base :
        new String[] {"http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/"}) {
      assertThat(
              ChatSettings.of(URI.create(base), "m", () -> "", LONG).address("/chat/completions"))
          .hasToString("http://h:1/v1/chat/completions");
    }
    assertThatThrownBy(() -> ChatSettings.of(URI.create("ftp://h"), "m", () -> "", LONG))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
