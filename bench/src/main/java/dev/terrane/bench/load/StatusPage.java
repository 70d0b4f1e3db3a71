package dev.terrane.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A page of a node's HTTP status port. */
final class StatusPage {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private StatusPage() {}

  static String read(String address, String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(PATIENCE).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
