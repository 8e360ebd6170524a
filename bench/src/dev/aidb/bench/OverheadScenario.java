package dev.aidb.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What HTTP, identity, validation, metrics and JSON take: a search whose answer is cached, beside
 * an echo of as many bytes over the same kind of socket.
 */
final class OverheadScenario implements Scenario {
  @Override
  public void run(Setup setup, Report report) throws Exception {
    try (Served served = Served.open(setup);
        ServerSocket listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      served.warmUp(Questions.ofVectors(served.vectors(), ""));
      Request text = Questions.ofText("how do I show a progress bar", "vector", 10);
      Request vector =
          Request.post(
              "/vector/search",
              new String(bodyOf(Questions.ofVectors(served.vectors(), "").getFirst()), StandardCharsets.UTF_8)
                  .replace(Request.NUMBER, "same"));
      Request health = Request.get("/health/live");
      List<Request> requests = List.of(text, vector, health);
      List<Timings> answers = List.of(new Timings(), new Timings(), new Timings());
      List<Timings> echoes = List.of(new Timings(), new Timings(), new Timings());
      int turn = setup.brief() ? 500 : 2_000;
      Thread echo = Thread.ofPlatform().daemon().start(() -> echo(listening));
      for (int round = -2; round < setup.rounds(); round++) {
        for (int i = 0; i < requests.size(); i++) {
          Timings answer = new Timings();
          Timings plain = new Timings();
          int size;
          try (Wire wire = new Wire(served.port())) {
            size = wire.send(requests.get(i)) == 200 ? wire.body().length() + 250 : 0;
            for (int n = 0; n < turn; n++) {
              long start = System.nanoTime();
              int status = wire.send(requests.get(i));
              answer.add(System.nanoTime() - start);
              if (status != 200) {
                throw new IOException("status " + status + ": " + wire.body());
              }
            }
          }
          byte[] out = requests.get(i).bytes();
          try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream to = socket.getOutputStream();
            to.write(new byte[] {(byte) (out.length >> 8), (byte) out.length, (byte) (size >> 8), (byte) size});
            for (int n = 0; n < turn; n++) {
              long start = System.nanoTime();
              to.write(out);
              in.readNBytes(size);
              plain.add(System.nanoTime() - start);
            }
          }
          if (round >= 0) { // the first two warm up
            answers.get(i).addAll(answer);
            echoes.get(i).addAll(plain);
          }
        }
      }
      echo.interrupt();
      String[] names = {"a cached search with text", "a cached search with 384 numbers", "a health probe"};
      for (int i = 0; i < names.length; i++) {
        report.figure(names[i] + ", p50", answers.get(i).p50(), "ms");
        report.figure("an echo of the same size, p50", echoes.get(i).p50(), "ms");
        report.atMost(names[i] + " less the echo, p50", answers.get(i).p50() - echoes.get(i).p50(), 0.3, "ms");
      }
    }
  }

  private static byte[] bodyOf(Request request) {
    String whole = new String(request.bytes(), StandardCharsets.ISO_8859_1);
    return whole.substring(whole.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Answers each message of a size with one of a size, told in the first four bytes. */
  private static void echo(ServerSocket listening) {
    try {
      while (true) {
        try (Socket socket = listening.accept()) {
          socket.setTcpNoDelay(true);
          InputStream in = socket.getInputStream();
          OutputStream out = socket.getOutputStream();
          byte[] sizes = in.readNBytes(4);
          int asked = (sizes[0] & 0xff) << 8 | sizes[1] & 0xff;
          byte[] answer = new byte[(sizes[2] & 0xff) << 8 | sizes[3] & 0xff];
          while (in.readNBytes(asked).length == asked) {
            out.write(answer);
          }
        }
      }
    } catch (IOException e) {
      // The scenario is over.
    }
  }
}
