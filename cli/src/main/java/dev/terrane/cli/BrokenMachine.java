package dev.terrane.cli;

/** What a user is told, and can do, when the machine does not give what a process needs. */
final class BrokenMachine {
  private BrokenMachine() {}

  static String explain(Error failure) {
    String message = String.valueOf(failure.getMessage());
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnsatisfiedLinkError) {
        return "a native library cannot be loaded: "
            + cause.getMessage()
            + "\nLibraries are unpacked to "
            + System.getProperty("java.io.tmpdir")
            + ", from where the machine must allow to execute (no 'noexec'). Choose another folder:"
            + " TERRANE_JAVA_OPTS=-Djava.io.tmpdir=DIR";
      }
    }
    if (failure instanceof OutOfMemoryError && message.contains("native thread")) {
      return "no more threads can be started: "
          + message
          + "\nRaise the limit of processes (ulimit -u, TasksMax, pids.max), or end others.";
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory: "
          + message
          + "\nGive the process more: --memory SIZE, or a larger heap.";
    }
    return failure + " (--stacktrace shows where)";
  }
}
