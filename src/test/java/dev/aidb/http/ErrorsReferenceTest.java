package dev.aidb.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorsReferenceTest {
  @Test
  void theCommittedPageIsFresh() {
    assertThat(Path.of("docs/reference/errors.md"))
        .describedAs("regenerate it with: make docs")
        .content()
        .isEqualTo(ErrorsReference.markdown());
  }

  @Test
  void everyCodeIsOnBothPages() {
    String html = new String(ErrorsPage.html(), StandardCharsets.UTF_8);
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(ErrorsReference.markdown()).contains("\n## " + code.wireName() + "\n");
      assertThat(html).contains("id=\"" + code.wireName() + "\"");
    }
  }

  @Test
  void thePageCanBeWritten(@TempDir Path folder) throws Exception {
    Path page = folder.resolve("errors.md");
    ErrorsReference.main(new String[] {page.toString()});
    assertThat(page).content().isEqualTo(ErrorsReference.markdown());
  }
}
