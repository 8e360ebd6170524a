package dev.aidb.health;

import dev.aidb.core.AidbException;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;

/** The room on the file system that holds the data, as of the last look. Thread-safe. */
public final class DiskSpace implements Callable<Void> {
  private static final Duration AGAIN = Duration.ofSeconds(60);

  private final Path directory;
  private final long freeMin;
  private volatile long free;
  private volatile long total;

  /**
   * @param directory on the file system in question; needn't exist yet
   * @param freeMin bytes below which there is too little
   */
  public DiskSpace(Path directory, long freeMin, PrometheusRegistry registry) {
    this.directory = directory;
    this.freeMin = freeMin;
    GaugeWithCallback.builder()
        .name("aidb_disk_free_bytes")
        .help("Room left on the file system of the data directory")
        .callback(gauge -> gauge.call(free))
        .register(registry);
    GaugeWithCallback.builder()
        .name("aidb_disk_total_bytes")
        .help("Size of the file system of the data directory")
        .callback(gauge -> gauge.call(total))
        .register(registry);
  }

  /**
   * Looks at it.
   *
   * @throws AidbException when there is too little
   */
  @Override
  public Void call() throws IOException {
    FileStore store = Files.getFileStore(existing(directory.toAbsolutePath()));
    total = store.getTotalSpace();
    free = store.getUsableSpace();
    if (free < freeMin) {
      throw AidbException.unavailable(
          "less than " + (freeMin >> 20) + " MiB are free where the data is", AGAIN, null);
    }
    return null;
  }

  private static Path existing(Path path) {
    Path parent = path.getParent();
    return Files.exists(path) || parent == null ? path : existing(parent);
  }
}
