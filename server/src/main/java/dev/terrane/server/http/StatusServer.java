package dev.terrane.server.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.terrane.common.traffic.Charge;
import dev.terrane.common.traffic.Traffic;
import dev.terrane.common.traffic.TrafficBudget;
import dev.terrane.server.net.AddressInUseException;
import dev.terrane.server.net.HostPort;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server for GET requests. Each runs on a virtual thread, a bounded number at a time;
 * what comes on top waits a little, and is answered 503 then.
 */
public final class StatusServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusServer.class);
  private static final int AT_ONCE_MAX = 32;

  /** Pages are counted when they are made; so many are being made at a time. */
  private static final int MADE_AT_ONCE_MAX = 8;

  private static final long WAIT_SECONDS_MAX = 5;

  static {
    // The JDK's server reads its bounds from here, once, and has by itself none for either.
    bound("sun.net.httpserver.maxReqTime", 10); // seconds until a request has come as a whole
    bound("sun.net.httpserver.maxRspTime", 60);
    bound("jdk.httpserver.maxConnections", AT_ONCE_MAX);
  }

  private static void bound(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  /** Makes one page's content anew for each request. May block. */
  @FunctionalInterface
  public interface Page {
    Content content() throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService executor;
  private final TrafficBudget traffic;
  private final Semaphore places = new Semaphore(MADE_AT_ONCE_MAX);
  private volatile Map<String, Page> pages = Map.of();

  private StatusServer(HttpServer server, ExecutorService executor, TrafficBudget traffic) {
    this.server = server;
    this.executor = executor;
    this.traffic = traffic;
  }

  /**
   * Starts listening; port 0 takes any free one. Without pages everything is answered 404.
   *
   * @param traffic counts a page until it has been read
   * @throws AddressInUseException if somebody else listens there
   */
  public static StatusServer start(HostPort address, TrafficBudget traffic) throws IOException {
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
    } catch (BindException e) {
      throw new AddressInUseException("status address", address, e);
    }
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
    StatusServer server = new StatusServer(http, executor, traffic);
    http.setExecutor(executor);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /** Serves these pages by their paths from now on. */
  public void offer(Map<String, Page> newPages) {
    pages = new TreeMap<>(newPages);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange;
        Charge charge = traffic.open(Traffic.CONTROL)) {
      Content content = content(exchange);
      // As text and as bytes, until somebody reads them.
      boolean room = charge.take(2L * content.text().length());
      send(exchange, room ? content : Content.text(503, "no memory for this page now"));
    }
  }

  private Content content(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Content.text(405, "only GET is offered");
    }
    Map<String, Page> offered = pages;
    String path = exchange.getRequestURI().getPath();
    Page page = offered.get(path);
    if (page == null) {
      return Content.text(404, "no such page; there are: " + String.join(" ", offered.keySet()));
    }
    try {
      if (!places.tryAcquire(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
        return Content.text(503, "too many requests at once");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Content.text(503, "stopping");
    }
    try {
      return page.content();
    } catch (IOException | RuntimeException e) {
      log.warn("page {} failed", path, e);
      return Content.text(500, "failed: " + e.getMessage());
    } finally {
      places.release();
    }
  }

  private static void send(HttpExchange exchange, Content content) throws IOException {
    byte[] bytes = content.text().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", content.type());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(content.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(content.status(), bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
