package dev.aidb.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One client's next search, each with a number of its own. */
final class SearchStep implements Load.Step {
  private static final AtomicLong NUMBERS = new AtomicLong(1_000_000);

  private final Wire wire;
  private final List<Request> requests;
  private int next;

  SearchStep(int port, List<Request> requests, int thread) throws IOException {
    this.wire = new Wire(port);
    this.requests = requests;
    this.next = thread * 97;
  }

  @Override
  public void run() throws IOException {
    Request request = requests.get(next++ % requests.size());
    int status = wire.send(request, NUMBERS.incrementAndGet());
    if (status != 200) {
      throw new IOException("status " + status + ": " + wire.body());
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
