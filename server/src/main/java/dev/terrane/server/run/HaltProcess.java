package dev.terrane.server.run;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the failure and ends the process without its shutdown hooks, which might save wrong data.
 */
public final class HaltProcess implements FatalHandler {
  private static final Logger log = LoggerFactory.getLogger(HaltProcess.class);

  /** As of a process that aborts. */
  private static final int EXIT_STATUS = 134;

  @Override
  public void onFatal(String where, Throwable failure) {
    try {
      log.error("{} failed; this process stops so that nothing wrong is stored", where, failure);
    } finally {
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
  }
}
