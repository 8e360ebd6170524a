package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Storing, changing, listing, approving and forgetting documents. */
class DocumentsTest {
  private static final String COLLECTION = "documents-test";
  private static final String NO_ID = "018f3c1e-0000-7000-8000-000000000001";

  private final ApiClient api = RunningServer.api();

  @BeforeAll
  static void makeCollection() {
    RunningServer.api().post("/collections", Map.of("name", COLLECTION));
  }

  private static Map<String, Object> document(String path, String content) {
    return new HashMap<>(Map.of("collection", COLLECTION, "path", path, "content", content));
  }

  private static Map<String, Object> with(Map<String, Object> map, Object... more) {
    Map<String, Object> all = new HashMap<>(map);
    for (int i = 0; i < more.length; i += 2) {
      all.put((String) more[i], more[i + 1]);
    }
    return all;
  }

  private Answer put(Map<String, Object> document) {
    return api.post("/documents", document);
  }

  private List<String> found(String query, Object... more) {
    Map<String, Object> question = Map.of("collection", COLLECTION, "query", query);
    Answer answer = api.post("/vector/search", with(with(question, "mode", "keyword"), more));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return StreamSupport.stream(answer.json().path("results").spliterator(), false)
        .map(result -> result.path("document_id").asString())
        .toList();
  }

  @Test
  void makesThenLeavesThenChangesADocument() {
    Answer made = put(document("life/a", "the quokka eats leaves"));
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("/outcome")).isEqualTo("created");
    String id = made.text("/id");
    assertThat(UUID.fromString(id).version()).isEqualTo(7);
    assertThat(made.header("Location")).contains("/documents/" + id);

    Answer same = put(document("life/a", "the quokka eats leaves"));
    assertThat(same.status()).isEqualTo(200);
    assertThat(same.text("/outcome")).isEqualTo("unchanged");
    assertThat(same.text("/id")).isEqualTo(id);

    Answer changed = put(document("life/a", "the numbat eats termites"));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text("/outcome")).isEqualTo("updated");
    assertThat(changed.text("/id")).isEqualTo(id);
    assertThat(found("quokka")).isEmpty();
    assertThat(found("numbat")).containsExactly(id);
  }

  @Test
  void changesMetadataAloneWithoutMakingChunksAnew() {
    Map<String, Object> axolotl = document("meta/a", "axolotl");
    String id = put(with(axolotl, "metadata", Map.of("color", "pink"))).text("/id");
    String record = searchRecord("axolotl");

    Answer changed = put(with(axolotl, "metadata", Map.of("color", "black")));
    assertThat(changed.text("/outcome")).isEqualTo("updated");
    assertThat(searchRecord("axolotl")).isEqualTo(record);
    assertThat(api.get("/documents/" + id).text("/metadata/color")).isEqualTo("black");
    assertThat(found("axolotl", "filter", colorIs("black"))).containsExactly(id);
    assertThat(found("axolotl", "filter", colorIs("pink"))).isEmpty();
    // Numbers that are equal are the same metadata, however they are written.
    put(with(axolotl, "metadata", Map.of("n", 1)));
    assertThat(put(with(axolotl, "metadata", Map.of("n", 1.0))).text("/outcome"))
        .isEqualTo("unchanged");
  }

  private static Map<String, Object> colorIs(String color) {
    return Map.of("must", List.of(Map.of("key", "color", "match", Map.of("value", color))));
  }

  private String searchRecord(String word) {
    return api.post(
            "/vector/search", Map.of("collection", COLLECTION, "query", word, "mode", "keyword"))
        .text("/results/0/id");
  }

  @Test
  void aDocumentIsItsCollectionProjectAndPath() {
    String one = put(document("same", "one")).text("/id");
    String other = put(with(document("same", "one"), "project", "other")).text("/id");
    assertThat(other).isNotEqualTo(one);
    assertThat(put(with(document("same", "one"), "project", "default")).text("/id")).isEqualTo(one);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t/given.md   | text/markdown | Given | # Heading              | Given",
        "t/heading.md | text/markdown |       | # Heading              | Heading",
        "t/front.md   | text/markdown |       | ---\\ntitle: Front\\n---\\nText | Front",
        "t/html.html  | text/html     |       | <title>Page</title><p>x | Page",
        "t/name.txt   | text/plain    |       |                        | name.txt",
        "t/only       | text/markdown |       | text without a heading | only",
      })
  void takesTheTitleFromWhereThereIsOne(
      String path, String type, String title, String content, String expected) {
    Map<String, Object> document =
        with(
            document(path, content == null ? "" : content.replace("\\n", "\n")),
            "content_type",
            type);
    if (title != null) {
      document.put("title", title);
    }
    Answer put = put(document);
    assertThat(put.status()).as(put.body()).isEqualTo(201);
    assertThat(api.get("/documents/" + put.text("/id")).text("/title")).isEqualTo(expected);
  }

  @Test
  void keepsTheBoundOfTheTitleWhateverTheContentSays() {
    Answer put =
        put(with(document("t/long.md", "# " + "x".repeat(2_000)), "content_type", "text/markdown"));
    assertThat(put.status()).isEqualTo(201);
    assertThat(api.get("/documents/" + put.text("/id")).text("/title").length()).isBetween(1, 500);
  }

  @Test
  void readsBackWhatWasStored() {
    String content = "línea 1\n日本語 😀\ttab";
    Answer put =
        put(
            with(
                document("back/ü.txt", content),
                "metadata",
                Map.of("a", Map.of("b", List.of(1, "x", true))),
                "source_url",
                "https://example.org/x"));
    Answer read = api.get("/documents/" + put.text("/id"));
    assertThat(read.text("/content")).isEqualTo(content);
    assertThat(read.text("/path")).isEqualTo("back/ü.txt");
    assertThat(read.text("/project")).isEqualTo("default");
    assertThat(read.text("/status")).isEqualTo("approved");
    assertThat(read.text("/source_url")).isEqualTo("https://example.org/x");
    assertThat(read.json().at("/metadata/a/b").toString()).isEqualTo("[1,\"x\",true]");
    assertThat(
            api.get("/documents/" + put.text("/id") + "?include_content=false")
                .json()
                .has("content"))
        .isFalse();
  }

  @Test
  void forgetsADocument() {
    String id = put(document("gone", "pangolin")).text("/id");
    assertThat(api.delete("/documents/" + id).status()).isEqualTo(200);
    assertThat(found("pangolin")).isEmpty();
    assertThat(api.get("/documents/" + id).status()).isEqualTo(404);
    assertThat(api.delete("/documents/" + id).status()).isEqualTo(404);
    assertThat(put(document("gone", "pangolin")).status()).isEqualTo(201);
  }

  @Test
  void answers404And422ForIdsThatAreNone() {
    assertThat(api.get("/documents/" + NO_ID).text("/code")).isEqualTo("not_found");
    assertThat(api.get("/documents/nonsense").text("/detail"))
        .isEqualTo("Validation failed: id: must be a UUID (type)");
  }

  @Test
  void listsEveryDocumentOnceInPages() {
    for (int i = 0; i < 23; i++) {
      put(with(document("list/" + i, "text " + i), "project", "listed"));
    }
    List<String> paths = new ArrayList<>();
    String cursor = "";
    do {
      Answer page =
          api.get(
              "/documents?collection="
                  + COLLECTION
                  + "&project=listed&limit=5"
                  + (cursor.isEmpty() ? "" : "&cursor=" + ApiClient.escaped(cursor)));
      for (JsonNode document : page.json().path("documents")) {
        paths.add(document.path("path").asString());
        assertThat(document.has("content")).isFalse();
      }
      cursor = page.text("/next_cursor");
    } while (!cursor.isEmpty());
    assertThat(paths).hasSize(23).doesNotHaveDuplicates();
    assertThat(new HashSet<>(paths)).contains("list/0", "list/22");
    assertThat(api.get("/documents?collection=" + COLLECTION + "&include_content=true").body())
        .contains("\"content\":");
  }

  @ParameterizedTest
  @CsvSource({"!!!", "bm9uc2Vuc2U", "MDE4ZjNjMWU"})
  void refusesACursorOfSomeoneElsesMaking(String cursor) {
    Answer answer =
        api.get("/documents?collection=" + COLLECTION + "&cursor=" + ApiClient.escaped(cursor));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/detail"))
        .isEqualTo(
            "Validation failed: cursor: must be the next_cursor of an earlier answer (cursor)");
  }

  @Test
  void searchesFindOnlyWhatIsApproved() {
    Answer put = put(with(document("approve", "wombat"), "status", "pending"));
    String id = put.text("/id");
    assertThat(put.text("/status")).isEqualTo("pending");
    assertThat(found("wombat")).isEmpty();

    approve(id, "approved");
    assertThat(found("wombat")).containsExactly(id);
    approve(id, "rejected");
    assertThat(found("wombat")).isEmpty();
    assertThat(api.get("/documents?collection=" + COLLECTION + "&status=rejected").body())
        .contains(id);
    assertThat(api.get("/documents?collection=" + COLLECTION + "&status=approved&limit=100").body())
        .doesNotContain(id);
    approve(id, "approved");
    assertThat(found("wombat")).containsExactly(id);
    // A change of status alone is one of the description.
    assertThat(put(with(document("approve", "wombat"), "status", "pending")).text("/outcome"))
        .isEqualTo("updated");
    assertThat(found("wombat")).isEmpty();
  }

  private void approve(String id, String status) {
    Answer answer =
        api.post(
            "/api/v1/admin/approve", Map.of("resource", "document", "id", id, "status", status));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("/status")).isEqualTo(status);
  }

  @Test
  void approvalOfNothingIs404() {
    assertThat(
            api.post(
                    "/api/v1/admin/approve",
                    Map.of("resource", "document", "id", NO_ID, "status", "approved"))
                .status())
        .isEqualTo(404);
  }

  @Test
  void refusesASecretAndStoresNothing() {
    String token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    Answer answer = put(with(document("secret", "token: " + token), "project", "secrets"));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/code")).isEqualTo("secret_detected");
    assertThat(answer.body()).doesNotContain(token);
    assertThat(
            api.get("/documents?collection=" + COLLECTION + "&project=secrets")
                .json()
                .path("documents")
                .size())
        .isZero();
  }

  @Test
  void namesAnUnknownCollectionButNoOthers() {
    Answer answer = put(with(document("a", "b"), "collection", "no-such-thing"));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/detail"))
        .isEqualTo("Validation failed: Unknown collection: 'no-such-thing'");
    assertThat(answer.text("/code")).isEqualTo("unknown_collection");
    assertThat(answer.body()).doesNotContain("nixos_docs");
  }

  @Test
  void saysAllThatIsWrongAtOnce() {
    Answer answer =
        api.post(
            "/documents",
            "{\"collection\":\"BAD!\",\"content\":7,\"nonsense\":1,\"status\":\"maybe\"}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().path("errors").findValuesAsString("field"))
        .containsExactlyInAnyOrder("content", "nonsense", "status", "path", "collection");
    assertThat(answer.body()).doesNotContain("BAD!");
  }

  @ParameterizedTest
  @CsvSource({"path, 1024", "project, 128", "title, 500", "source_url, 2000"})
  void takesTextsUpToTheirBound(String field, int max) {
    String character = "\ud83d\ude00"; // one character, two UTF-16 units
    Map<String, Object> document = document("bound/" + field, "x");
    assertThat(put(with(document, field, character.repeat(max))).status()).isEqualTo(201);
    Answer over = put(with(document, field, character.repeat(max + 1)));
    assertThat(over.status()).isEqualTo(422);
    assertThat(over.text("/detail"))
        .isEqualTo(
            "Validation failed: %s: must have at most %d characters (max_length)"
                .formatted(field, max));
  }

  @Test
  void takesContentOfAMillionCharacters() {
    Map<String, Object> pending =
        with(document("big", "\n".repeat(1_000_000)), "status", "pending");
    assertThat(put(pending).status()).isEqualTo(201);
    assertThat(put(with(pending, "content", "\n".repeat(1_000_001))).status()).isEqualTo(422);
  }

  @Test
  void boundsMetadataInSizeAndDepth() {
    Map<String, Object> deep = Map.of("a", Map.of("b", Map.of("c", Map.of("d", Map.of()))));
    assertThat(put(with(document("m/deep", "x"), "metadata", deep)).status()).isEqualTo(201);
    assertThat(put(with(document("m/deeper", "x"), "metadata", Map.of("z", deep))).status())
        .isEqualTo(422);
    assertThat(
            put(with(document("m/big", "x"), "metadata", Map.of("a", "x".repeat(65_528)))).status())
        .isEqualTo(201);
    assertThat(
            put(with(document("m/bigger", "x"), "metadata", Map.of("a", "x".repeat(65_529))))
                .status())
        .isEqualTo(422);
    assertThat(put(with(document("m/nul", "x"), "metadata", Map.of("a", "\0"))).status())
        .isEqualTo(422);
  }

  @Test
  void keepsTheBoundsOfMetadataWhateverTheContentSays() {
    String front = "---\nnote: " + "x".repeat(70_000) + "\n---\ntext";
    Answer put = put(with(document("m/front.md", front), "content_type", "text/markdown"));
    assertThat(put.status()).as(put.body()).isIn(201, 422);
    if (put.status() == 201) {
      assertThat(
              api.get("/documents/" + put.text("/id")).json().path("metadata").toString().length())
          .isLessThanOrEqualTo(65_536);
    }
  }

  @Test
  void refusesAnUnknownContentType() {
    assertThat(put(with(document("type", "x"), "content_type", "application/pdf")).status())
        .isEqualTo(422);
  }
}
