package dev.aidb.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReferenceTest {
  @Test
  void theCommittedPageIsFresh() throws Exception {
    assertThat(Path.of("docs/reference/configuration.md"))
        .describedAs("regenerate it with: make docs")
        .content()
        .isEqualTo(Reference.markdown());
  }

  @Test
  void everyKeyIsOnThePage() {
    String page = Reference.markdown();
    Declarations.keys().keySet().forEach(key -> assertThat(page).contains("| `" + key + "` |"));
  }

  @Test
  void everyDeclarationIsWhole() {
    for (Declaration declaration : Declarations.keys().values()) {
      Key key = declaration.key();
      assertThat(key.doc()).describedAs(declaration.path()).endsWith(".").doesNotContain("\n");
      assertThat(key.min().isEmpty())
          .describedAs("%s has both bounds or none", declaration.path())
          .isEqualTo(key.max().isEmpty());
      boolean number = declaration.type() == int.class || declaration.type() == double.class;
      if (number) {
        assertThat(key.min()).describedAs("%s is bounded", declaration.path()).isNotEmpty();
      }
    }
  }

  @Test
  void noTwoKeysShareAVariable() {
    assertThat(Declarations.keys().values().stream().map(Declaration::variable))
        .doesNotHaveDuplicates();
  }

  @Test
  void thePageCanBeWritten(@org.junit.jupiter.api.io.TempDir Path folder) throws Exception {
    Path page = folder.resolve("a/b.md");
    Reference.main(new String[] {page.toString()});
    assertThat(Files.readString(page)).isEqualTo(Reference.markdown());
  }
}
