package dev.aidb.issues;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTemplateTest {
  private static final Path CORPUS = Path.of("src/test/resources/issues/messages.txt");
  private static final double AIM = 0.95;

  private record Message(String half, String group, String text) {}

  private static List<Message> corpus() throws IOException {
    List<Message> messages = new ArrayList<>();
    String[] heading = {};
    for (String line : Files.readAllLines(CORPUS)) {
      if (line.startsWith("## ")) {
        heading = line.split(" ", 3);
      } else {
        messages.add(new Message(heading[1], heading[2], line));
      }
    }
    return messages;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tune", "held-out", "all"})
  void messagesOfOneErrorHaveOneTemplate(String half) throws IOException {
    List<Message> messages =
        corpus().stream().filter(m -> half.equals("all") || m.half.equals(half)).toList();
    Map<String, Long> truth = count(messages, Message::group);
    Map<String, Long> found = count(messages, m -> MessageTemplate.of(m.text));
    Map<String, Long> both = count(messages, m -> m.group + '\u0000' + MessageTemplate.of(m.text));
    double precision = pairs(both) / pairs(found);
    double recall = pairs(both) / pairs(truth);
    double f1 = 2 * precision * recall / (precision + recall);

    System.out.printf(
        "templates, %s: %d messages in %d groups, precision %.3f, recall %.3f, F1 %.3f%n",
        half, messages.size(), truth.size(), precision, recall, f1);
    assertThat(f1).isGreaterThanOrEqualTo(AIM);
    if (half.equals("all")) {
      assertThat(messages).hasSizeGreaterThanOrEqualTo(300);
      assertThat(truth).hasSizeGreaterThanOrEqualTo(60);
    }
  }

  private static Map<String, Long> count(
      List<Message> messages, java.util.function.Function<Message, String> key) {
    return messages.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
  }

  private static double pairs(Map<String, Long> sizes) {
    return sizes.values().stream().mapToLong(n -> n * (n - 1) / 2).sum();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "took 30 seconds | took <dur>",
        "took 1m30s | took <dur>",
        "at 2026-03-01T10:11:12.5Z it ended | at <time> it ended",
        "node 10.0.0.7:5432 left | node <host> left",
        "record 8f14e45f-ceea-467f-a8d5-0c7b1f2d3e4a is gone | record <id> is gone",
        "trace 01ARZ3NDEKTSV4RRFFQ69G5FAV | trace <id>",
        "see /etc/aidb/config.yaml | see <path>",
        "see C:\\data\\x.bin | see <path>",
        "GET https://example.com/a?b=1 failed | get <url> failed",
        "no user alice@example.com | no user <mail>",
        "worker-7 has 3 of 5 | worker-<num> has <num> of <num>",
        "rows 1, 2, 3, 4 are bad | rows <num> are bad",
        "commit 9f1c22ab77 is missing | commit <id> is missing",
        "can't open it | can't open it",
      })
  void whatDiffersBecomesAPlaceholder(String message, String template) {
    assertThat(MessageTemplate.of(message)).isEqualTo(template);
  }

  @Test
  void aLongMessageIsCut() {
    String template = MessageTemplate.of("word 1 ".repeat(100_000));

    assertThat(template).hasSizeLessThanOrEqualTo(MessageTemplate.CHARACTERS_MAX);
    assertThat(MessageTemplate.of(template)).isEqualTo(template);
  }

  /** Patterns that repeat a group would take a frame of the stack for each repetition. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a", "a/b", "a.b", "\\\"", "1.1", "<num> ", "<str>,", "a@b.c", "error: ", "1,", "::1"
      })
  void aSmallStackIsEnough(String piece) throws Exception {
    List<String> made = new ArrayList<>();
    Thread small =
        new Thread(
            null, () -> made.add(MessageTemplate.of(piece.repeat(2_000))), "small", 512 << 10);
    small.start();
    small.join();
    assertThat(made).hasSize(1);
  }

  @Property(tries = 2_000)
  void aTemplateIsItsOwnTemplate(@ForAll String text) {
    String template = MessageTemplate.of(text);

    assertThat(MessageTemplate.of(template)).isEqualTo(template);
    assertThat(template.length()).isLessThanOrEqualTo(MessageTemplate.CHARACTERS_MAX);
  }

  @Property(tries = 3_000)
  void soItIsOfAwkwardPieces(@ForAll("awkward") String text) {
    String template = MessageTemplate.of(text);

    assertThat(MessageTemplate.of(template)).isEqualTo(template);
  }

  /** Any piece, over and over: none may take more than a bounded time a character. */
  @Property(tries = 200)
  void noRepetitionMakesItSlow(@ForAll("awkward") String piece) {
    String text = piece.repeat(Math.max(1, 20_000 / Math.max(1, piece.length())));

    assertThat(MessageTemplate.of(text)).hasSizeLessThanOrEqualTo(MessageTemplate.CHARACTERS_MAX);
  }

  @Provide
  Arbitrary<String> awkward() {
    return Arbitraries.of(
            "'",
            "\"",
            "`",
            "<",
            ">",
            "<num>",
            "<id>",
            "<str>",
            "a",
            "1",
            "7f",
            "deadbeef",
            " ",
            "/",
            ".",
            ":",
            "::",
            "=",
            "(",
            ")",
            "[",
            "]",
            "@",
            "-",
            "_",
            "\\",
            "\n",
            "msg=",
            "key=",
            "10.0.0.1",
            "http://",
            "2026-01-02",
            "10:11:12",
            "5m0s",
            "30 s",
            "%",
            "é",
            "İ",
            "\uD83D\uDE00",
            "error:",
            "x.y.ZError: ",
            "lookup ",
            "\u001b[31m",
            "C:\\",
            "…",
            ",",
            "jan 5")
        .list()
        .ofMinSize(1)
        .ofMaxSize(14)
        .map(pieces -> String.join("", pieces));
  }

  @Test
  void typeComponentAndTemplateMakeTheFingerprint() {
    String fingerprint = Fingerprint.of("IOError", "disk", "<path> is full");

    assertThat(fingerprint).matches("[0-9a-f]{64}");
    assertThat(Fingerprint.of("IOError", "disk", "<path> is full")).isEqualTo(fingerprint);
    Map<String, String> others = new HashMap<>();
    others.put("type", Fingerprint.of("OSError", "disk", "<path> is full"));
    others.put("component", Fingerprint.of("IOError", "disks", "<path> is full"));
    others.put("shifted", Fingerprint.of("IOErrord", "isk", "<path> is full"));
    assertThat(others).doesNotContainValue(fingerprint);
  }
}
