package dev.aidb.index.lucene;

import dev.aidb.core.AidbException;
import dev.aidb.index.Position;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;

/** A writer, what searches see of it, and what its commits carry. */
final class IndexCore {
  /** Changes with the codec, the fields, the terms of metadata or the analyser. */
  private static final String FORMAT = "1";

  private static final String FORMAT_KEY = "aidb.format";
  private static final String GENERATION_KEY = "aidb.generation";
  private static final String XID_KEY = "aidb.xid";
  private static final String SEQUENCE_KEY = "aidb.sequence";
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final IndexWriter writer;
  private final Snapshots snapshots;
  private volatile Optional<Position> position;

  private IndexCore(IndexWriter writer, Snapshots snapshots, Optional<Position> position) {
    this.writer = writer;
    this.snapshots = snapshots;
    this.position = position;
  }

  /** Opens the last commit, or an empty index where there is none. */
  static IndexCore open(Directory directory, LuceneSettings settings, long epoch)
      throws IOException {
    try {
      Optional<Position> position = Optional.empty();
      if (DirectoryReader.indexExists(directory)) {
        SegmentInfos last = SegmentInfos.readLatestCommit(directory);
        position = position(last.getUserData());
        verifySmall(directory, last, settings);
      }
      IndexWriter writer = new IndexWriter(directory, config(settings));
      try {
        return new IndexCore(writer, new Snapshots(writer, epoch), position);
      } catch (IOException | RuntimeException e) {
        writer.rollback();
        throw e;
      }
    } catch (LockObtainFailedException e) {
      throw failure("is in use by another process", e);
    } catch (IndexFormatTooNewException | IndexFormatTooOldException e) {
      throw new IndexUnusable(
          IndexUnusable.Reason.OTHER_FORMAT, "the index was written by another Lucene", e);
    } catch (CorruptIndexException
        | FileNotFoundException
        | NoSuchFileException
        | EOFException
        | IllegalArgumentException e) {
      // Lucene says IllegalArgumentException of a codec it doesn't know.
      throw new IndexUnusable(IndexUnusable.Reason.CORRUPT, "the index is damaged", e);
    }
  }

  private static void verifySmall(Directory directory, SegmentInfos last, LuceneSettings settings)
      throws IOException {
    long bytes = 0;
    for (SegmentCommitInfo segment : last) {
      bytes += segment.sizeInBytes();
    }
    if (bytes <= (long) settings.verifiedOnOpenMb() << 20) {
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        checkIntegrity(reader);
      }
    }
  }

  static void checkIntegrity(DirectoryReader reader) throws IOException {
    for (LeafReaderContext leaf : reader.leaves()) {
      leaf.reader().checkIntegrity();
    }
  }

  private static Optional<Position> position(Map<String, String> data) {
    if (!FORMAT.equals(data.get(FORMAT_KEY))) {
      throw new IndexUnusable(
          IndexUnusable.Reason.OTHER_FORMAT, "the index has another version of the format");
    }
    String generation = data.get(GENERATION_KEY);
    return generation == null
        ? Optional.empty()
        : Optional.of(
            new Position(
                generation,
                Long.parseLong(data.getOrDefault(XID_KEY, "")),
                Long.parseLong(data.getOrDefault(SEQUENCE_KEY, ""))));
  }

  private static IndexWriterConfig config(LuceneSettings settings) {
    ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
    merges.setMaxMergesAndThreads(4, 1);
    return new IndexWriterConfig(new WordAnalyzer())
        .setCodec(new AidbCodec())
        .setSimilarity(similarity(settings))
        .setRAMBufferSizeMB(settings.bufferMb())
        .setMergePolicy(new TieredMergePolicy().setSegmentsPerTier(8))
        .setMergeScheduler(merges)
        .setMergedSegmentWarmer(segment -> DenseArm.source(segment).warm())
        // A search never waits for a merge.
        .setMaxFullFlushMergeWaitMillis(0)
        .setCommitOnClose(false);
  }

  static Similarity similarity(LuceneSettings settings) {
    return new BM25Similarity(settings.k1(), settings.b());
  }

  /** An UNAVAILABLE that says what can't be done, and to the log why. */
  static AidbException failure(String what, @Nullable Throwable cause) {
    return AidbException.unavailable("The search index " + what, RETRY, cause);
  }

  IndexWriter writer() {
    return writer;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  Optional<Position> position() {
    return position;
  }

  synchronized void commit(Optional<Position> at) throws IOException {
    Map<String, String> data = new HashMap<>();
    data.put(FORMAT_KEY, FORMAT);
    at.ifPresent(place -> {
      data.put(GENERATION_KEY, place.generation());
      data.put(XID_KEY, Long.toString(place.xid()));
      data.put(SEQUENCE_KEY, Long.toString(place.sequence()));
    });
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
    position = at;
  }

  void close() throws IOException {
    try {
      snapshots.close();
    } finally {
      writer.rollback();
    }
  }
}
