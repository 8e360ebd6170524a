package dev.aidb.index.lucene;

import dev.aidb.core.AidbException;
import dev.aidb.index.ArmPage;
import dev.aidb.index.DenseQuery;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexChange.Put;
import dev.aidb.index.IndexChange.Remove;
import dev.aidb.index.IndexedRecord;
import dev.aidb.index.KeywordQuery;
import dev.aidb.index.Position;
import dev.aidb.index.VectorIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;

/**
 * The embedded index, see the package. Opened once per directory; another process that opens it
 * meanwhile is refused.
 */
public final class LuceneIndex implements VectorIndex {
  private final Directory directory;
  private final LuceneSettings settings;
  private final Analyzer analyzer = new WordAnalyzer();
  private final RecentVersions recent;
  private final DenseArm denseArm;
  private final KeywordArm keywordArm;

  /** The dimension of every collection that was ever put, until its last record goes. */
  private final ConcurrentHashMap<String, Integer> dimensions = new ConcurrentHashMap<>();

  /** Shared by whatever uses the core, exclusive while it is exchanged. */
  private final ReadWriteLock exchange = new ReentrantReadWriteLock();

  private volatile IndexCore core;

  private LuceneIndex(Directory directory, LuceneSettings settings) throws IOException {
    this.directory = directory;
    this.settings = settings;
    this.recent = new RecentVersions(settings.recentMax());
    FilterCache filters = new FilterCache((long) settings.filterCacheMb() << 20);
    this.denseArm = new DenseArm(filters, settings);
    this.keywordArm =
        new KeywordArm(
            filters,
            new QueryTerms(analyzer, settings.queryTermsMax()),
            IndexCore.similarity(settings));
    this.core = IndexCore.open(directory, settings, 1);
    learnDimensions();
  }

  /** Opens an index with default settings. */
  public static LuceneIndex open(Path directory) {
    return open(directory, LuceneSettings.DEFAULT);
  }

  /**
   * Opens the index in a directory, a new one where there is none.
   *
   * @throws IndexUnusable when there is something else or a damaged one: {@link #wipe} and rebuild
   * @throws AidbException {@code UNAVAILABLE} when the directory can't be read or written, or is in
   *     use
   */
  public static LuceneIndex open(Path directory, LuceneSettings settings) {
    Directory files = null;
    try {
      Files.createDirectories(directory);
      files = new YoungFiles(new MMapDirectory(directory));
      return new LuceneIndex(files, settings);
    } catch (IOException e) {
      closeQuietly(files, e);
      throw IndexCore.failure("can't be opened", e);
    } catch (RuntimeException e) {
      closeQuietly(files, e);
      throw e;
    }
  }

  private static void closeQuietly(@Nullable Directory files, Exception because) {
    try {
      if (files != null) {
        files.close();
      }
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Removes an index that isn't open, whatever state it is in. */
  public static void wipe(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Nothing there is nothing to remove.
    } catch (IOException e) {
      throw IndexCore.failure("can't be wiped", e);
    }
  }

  /**
   * Takes what applies to the whole batch or nothing: every change is checked before the first is
   * made.
   *
   * @throws AidbException {@code VALIDATION_FAILED} when an embedding isn't finite, is zero, or has
   *     another dimension than the collection's other records; {@code OVERLOADED} when too much
   *     awaits {@link #settle}; {@code UNAVAILABLE} when the index can't be written
   */
  @Override
  public void apply(List<IndexChange> changes) {
    List<float[]> units = new ArrayList<>(changes.size());
    for (IndexChange change : changes) {
      units.add(
          switch (change) {
            case Put put -> validated(put.record());
            case Remove remove -> new float[0];
          });
    }
    shared(
        "can't be written",
        engine -> {
          try {
            for (int i = 0; i < changes.size(); i++) {
              apply(engine, changes.get(i), units.get(i));
            }
          } finally {
            engine.snapshots().changed();
          }
          return true;
        });
  }

  private void apply(IndexCore engine, IndexChange change, float[] unit) throws IOException {
    try {
      recent.ifNewer(
          change.id(),
          change.version(),
          () -> {
            try {
              switch (change) {
                case Put put -> {
                  Document document = RecordDocument.of(put.record(), unit);
                  engine.writer().updateDocument(RecordDocument.idTerm(change.id()), document);
                }
                case Remove remove ->
                    engine.writer().deleteDocuments(RecordDocument.idTerm(change.id()));
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private float[] validated(IndexedRecord row) {
    float[] unit = Vectors.unit(row.embedding());
    int dimension = unit.length;
    if (dimension > SketchVectorsFormat.DIMENSIONS_MAX) {
      throw otherDimension(SketchVectorsFormat.DIMENSIONS_MAX);
    }
    Integer known = dimensions.get(row.collection());
    if (known == null || known != dimension) {
      dimensions.compute(
          row.collection(),
          (name, now) -> {
            if (now != null && now != dimension && count(name) > 0) {
              throw otherDimension(now);
            }
            return dimension;
          });
    }
    return unit;
  }

  private static AidbException otherDimension(int expected) {
    return AidbException.invalid(
        "embedding", "dimension", "must have %d dimensions".formatted(expected));
  }

  /**
   * @throws AidbException {@code VALIDATION_FAILED} when the vector isn't finite, is zero or has
   *     another dimension than the collection, or a bound of the filter is too long to compare;
   *     {@code UNAVAILABLE} when the index can't be read
   */
  @Override
  public ArmPage dense(DenseQuery query) {
    Integer dimension = dimensions.get(query.collection());
    if (dimension != null && dimension != query.vector().length) {
      throw otherDimension(dimension);
    }
    FilterTerms.validate(query.filter());
    return searched(reader -> denseArm.search(reader, query));
  }

  /**
   * @throws AidbException {@code VALIDATION_FAILED} when a bound of the filter is too long to
   *     compare; {@code UNAVAILABLE} when the index can't be read
   */
  @Override
  public ArmPage keyword(KeywordQuery query) {
    FilterTerms.validate(query.filter());
    return searched(reader -> keywordArm.search(reader, query));
  }

  @Override
  public void commit(Position position) {
    shared(
        "can't be committed",
        engine -> {
          engine.commit(Optional.of(position));
          return true;
        });
  }

  @Override
  public Optional<Position> position() {
    return core.position();
  }

  @Override
  public void settle(long mark) {
    recent.settle(mark);
  }

  @Override
  public long mark() {
    return recent.mark();
  }

  @Override
  public long epoch() {
    return core.snapshots().epoch();
  }

  @Override
  public long count(String collection) {
    return searched(reader -> Entries.count(reader, collection));
  }

  @Override
  public void entries(String collection, Consumer<Entry> each) {
    searched(reader -> {
      Entries.each(reader, collection, each);
      return true;
    });
  }

  @Override
  public Set<String> collections() {
    return searched(Entries::collections);
  }

  @Override
  public void clear() {
    exclusive(
        "can't be cleared",
        engine -> {
          engine.writer().deleteAll();
          recent.clear();
          dimensions.clear();
          engine.snapshots().changed();
          engine.commit(Optional.empty());
        });
  }

  @Override
  public void check() {
    IndexCore engine = core;
    Throwable tragedy = engine.writer().getTragicException();
    if (tragedy != null) {
      throw IndexCore.failure("can't be written any more", tragedy);
    }
    if (!engine.writer().isOpen()) {
      throw IndexCore.failure("is closed", null);
    }
  }

  /**
   * Drops what isn't committed and opens the last commit again, for writing too; the way back after
   * {@link #check} failed. The caller applies the change log from {@link #position} on.
   *
   * @throws IndexUnusable when the commit is damaged; searches then go on over what they saw last
   */
  @Override
  public void reopen() {
    exclusive(
        "can't be opened again",
        engine -> {
          engine.writer().rollback();
          IndexCore again = IndexCore.open(directory, settings, engine.snapshots().epoch() + 1);
          core = again;
          engine.snapshots().close();
          recent.clear();
          dimensions.clear();
          learnDimensions();
        });
  }

  /** Reads every byte and compares checksums: the cost of reading the whole index once. */
  public void verify() {
    try {
      searched(reader -> {
        IndexCore.checkIntegrity(reader);
        return true;
      });
    } catch (AidbException e) {
      throw new IndexUnusable(IndexUnusable.Reason.CORRUPT, "the index is damaged", e);
    }
  }

  /** Closes without a commit: what was applied since the last one is in the change log. */
  @Override
  public void close() {
    exclusive(
        "can't be closed",
        engine -> {
          engine.close();
          directory.close();
          analyzer.close();
        });
  }

  private void learnDimensions() throws IOException {
    DirectoryReader reader = core.snapshots().acquire();
    try {
      dimensions.putAll(Entries.dimensions(reader));
    } finally {
      Snapshots.release(reader);
    }
  }

  private interface Use<I, O> {
    O of(I input) throws IOException;
  }

  private interface Act {
    void on(IndexCore engine) throws IOException;
  }

  private <T> T searched(Use<DirectoryReader, T> use) {
    try {
      DirectoryReader reader = core.snapshots().acquire();
      try {
        return use.of(reader);
      } finally {
        Snapshots.release(reader);
      }
    } catch (IOException | AlreadyClosedException e) {
      throw IndexCore.failure("can't be read", e);
    }
  }

  private <T> T shared(String failure, Use<IndexCore, T> use) {
    exchange.readLock().lock();
    try {
      return use.of(core);
    } catch (IOException | AlreadyClosedException e) {
      throw IndexCore.failure(failure, e);
    } finally {
      exchange.readLock().unlock();
    }
  }

  private void exclusive(String failure, Act act) {
    exchange.writeLock().lock();
    try {
      act.on(core);
    } catch (IOException | AlreadyClosedException e) {
      throw IndexCore.failure(failure, e);
    } finally {
      exchange.writeLock().unlock();
    }
  }
}
