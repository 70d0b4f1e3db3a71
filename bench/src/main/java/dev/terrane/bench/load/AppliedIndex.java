package dev.terrane.bench.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far a node has applied the log of the cluster's Region, as its status page says. */
record AppliedIndex(String statusAddress) {
  private static final Pattern FIELD = Pattern.compile("\"applied_index\"\\s*:\\s*(\\d+)");

  /** 0 while the node does not answer or has no Region. */
  long read() throws IOException, InterruptedException {
    try {
      return parse(StatusPage.read(statusAddress, "/status"));
    } catch (ConnectException | HttpTimeoutException e) {
      return 0;
    }
  }

  /** The first one on {@code page}. */
  static long parse(String page) {
    Matcher matcher = FIELD.matcher(page);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}
