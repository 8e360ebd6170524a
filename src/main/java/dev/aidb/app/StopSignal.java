package dev.aidb.app;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The wish to stop, by SIGTERM, Ctrl-C or a terminal that closes.
 *
 * <p>It is taken as a signal and not by a shutdown hook, because hooks run side by side: ONNX
 * Runtime has one of its own that frees what calls in flight are using, which ends the process with
 * a segmentation fault. So everything is closed first, and the JVM's shutdown begins afterwards.
 */
final class StopSignal {
  private static final Logger LOG = System.getLogger(StopSignal.class.getName());

  /** What a shell adds to a signal's number for a program that the signal ended. */
  private static final int SIGNALLED = 128;

  private static final int INTERRUPT = 2;
  private static final long PATIENCE_NANOS = 500_000_000;

  private final CountDownLatch wished = new CountDownLatch(1);
  private boolean started;
  private long first;

  private StopSignal() {}

  /** Begins to listen; until {@link #awaitAfterStart} a signal ends the process on the spot. */
  static StopSignal listen() {
    StopSignal stop = new StopSignal();
    for (String name : List.of("TERM", "INT", "HUP")) {
      stop.take(name);
    }
    return stop;
  }

  /**
   * sun.misc.Signal is the JDK's only way to a signal. By reflection, since the compiler warns of
   * the name and has no means to allow it.
   */
  private void take(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      int number =
          (int)
              signal
                  .getMethod("getNumber")
                  .invoke(signal.getConstructor(String.class).newInstance(name));
      InvocationHandler came =
          (proxy, method, arguments) -> {
            came(number);
            return null;
          };
      Object proxy =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, came);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      // With -Xrs the JVM leaves signals alone; the shutdown hook has to do.
      LOG.log(Level.DEBUG, "No handler for " + name, e);
    }
  }

  /**
   * While starting there is nothing that must be finished and much that can't be interrupted, so
   * the process ends as by a crash, which it is built for. A person who repeats Ctrl-C means it;
   * signals of programs come twice at once now and then, to a process and to its group.
   */
  private synchronized void came(int number) {
    boolean impatient =
        number == INTERRUPT && wished.getCount() == 0 && System.nanoTime() - first > PATIENCE_NANOS;
    if (!started || impatient) {
      Runtime.getRuntime().halt(SIGNALLED + number);
    }
    if (wished.getCount() > 0) {
      first = System.nanoTime();
      wished.countDown();
    }
  }

  /** Waits for the wish. */
  void awaitAfterStart() throws InterruptedException {
    synchronized (this) {
      started = true;
    }
    wished.await();
  }
}
