package dev.aidb.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * One import: reads on the caller's thread while at most {@value #IN_FLIGHT_MAX} batches are with
 * the server.
 */
final class ImportRun {
  private static final int IN_FLIGHT_MAX = 2;
  private static final int BATCH_BYTES_MAX = 6 * 1024 * 1024;

  private final ImportReader reader;
  private final BatchSender sender;
  private final ImportSummary summary;
  private final int batchDocuments;
  private final boolean dryRun;
  private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
  private List<ImportItem.Ready> batch = new ArrayList<>();
  private long batchBytes;
  private long read;
  private volatile boolean stopped;
  private volatile String failure = "";
  private volatile String advice = "";

  ImportRun(
      ImportReader reader,
      BatchSender sender,
      ImportSummary summary,
      int batchDocuments,
      boolean dryRun) {
    this.reader = reader;
    this.sender = sender;
    this.summary = summary;
    this.batchDocuments = Math.clamp(batchDocuments, 1, 10_000);
    this.dryRun = dryRun;
  }

  /** Returns when everything is answered, or what was on its way is after a stop or failure. */
  void run(List<ImportSource> sources) throws InterruptedException {
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (ImportSource source : sources) {
        if (!ends()) {
          reader.read(source, item -> take(item, senders));
        }
      }
      flush(senders);
    }
  }

  void stop() {
    stopped = true;
    sender.stop();
  }

  boolean isStopped() {
    return stopped;
  }

  /** Why the import ended early; empty when it didn't. */
  String failure() {
    return failure;
  }

  /** What to do about the failure, as a sentence. */
  String advice() {
    return advice;
  }

  long read() {
    return read;
  }

  private boolean ends() {
    return stopped || !failure.isEmpty();
  }

  private void take(ImportItem item, ExecutorService senders) {
    if (ends()) {
      return;
    }
    switch (item) {
      case ImportItem.Refused refused -> summary.refused(refused.label(), refused.reason());
      case ImportItem.Ready ready -> {
        read++;
        if (dryRun) {
          return;
        }
        if (batchBytes + ready.json().length > BATCH_BYTES_MAX) {
          flush(senders);
        }
        batch.add(ready);
        batchBytes += ready.json().length + 1;
        if (batch.size() >= batchDocuments) {
          flush(senders);
        }
      }
    }
  }

  private void flush(ExecutorService senders) {
    List<ImportItem.Ready> full = batch;
    batch = new ArrayList<>();
    batchBytes = 0;
    if (full.isEmpty() || ends()) {
      return;
    }
    inFlight.acquireUninterruptibly();
    senders.execute(() -> send(full));
  }

  private void send(List<ImportItem.Ready> full) {
    try {
      if (!ends()) {
        sender.send(full);
      }
    } catch (BatchSender.Failed e) {
      advice = e.advice();
      failure = String.valueOf(e.getMessage());
      sender.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
    } finally {
      inFlight.release();
    }
  }
}
