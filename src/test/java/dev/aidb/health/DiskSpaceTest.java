package dev.aidb.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
  private final Metrics metrics = new Metrics("test");
  @TempDir Path folder;

  @Test
  void roomEnoughIsFineAndMeasured() throws IOException {
    new DiskSpace(folder.resolve("not/yet/there"), 1, metrics.registry()).call();
    String exposed = new String(metrics.expose("").body(), StandardCharsets.UTF_8);
    assertThat(exposed)
        .containsPattern("aidb_disk_free_bytes [1-9]")
        .containsPattern("aidb_disk_total_bytes [1-9]");
  }

  @Test
  void tooLittleIsToldWithoutThePath() {
    DiskSpace space = new DiskSpace(folder, Long.MAX_VALUE, metrics.registry());
    assertThatThrownBy(space::call)
        .isInstanceOf(AidbException.class)
        .hasMessageContaining("MiB are free")
        .hasMessageNotContaining(folder.toString());
  }
}
