package dev.terrane.client;

import dev.terrane.client.core.ClientConfig;
import dev.terrane.client.core.PdCommands;
import dev.terrane.client.core.RawCommands;
import dev.terrane.client.grpc.ClientLoop;

/**
 * A connection to a cluster of Terrane or TiKV. Opening it asks nobody yet; the first operation
 * does. One client serves many threads; it has one thread of its own, which ends with {@link
 * #close}.
 */
public final class TerraneClient implements AutoCloseable {
  private final ClientLoop loop;
  private final RawClient raw;
  private final PdClient pd;

  private TerraneClient(ClientConfig config) {
    loop = new ClientLoop(config);
    Admission admission = new Admission(config.outstandingMax(), config.requestTimeout(), loop);
    raw = new RawClient(new RawCommands(loop.core()), admission);
    pd = new PdClient(new PdCommands(loop.core()), admission);
  }

  /**
   * A client of the cluster whose PD has members at {@code pdAddresses}, each {@code host:port}, or
   * several with commas between them.
   */
  public static TerraneClient connect(String... pdAddresses) {
    return builder(pdAddresses).open();
  }

  public static ClientBuilder builder(String... pdAddresses) {
    return new ClientBuilder(pdAddresses);
  }

  static TerraneClient open(ClientConfig config) {
    return new TerraneClient(config);
  }

  public RawClient raw() {
    return raw;
  }

  public PdClient pd() {
    return pd;
  }

  /**
   * Ends every operation that is under way: writes that were sent with {@link
   * UndeterminedException}, everything else with {@link ClientClosedException}. When it returns,
   * connections and threads are gone.
   */
  @Override
  public void close() {
    loop.close();
  }
}
