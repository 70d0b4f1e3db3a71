package dev.terrane.sim.cluster;

import dev.terrane.client.ClientException;
import dev.terrane.client.core.Completion;
import dev.terrane.common.Bytes;
import dev.terrane.sim.node.ClientNode;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes large values of which nobody takes note, to a key that nobody else uses, so that logs grow
 * until their beginnings are let go.
 */
final class Filler {
  private static final Bytes KEY = Bytes.ofUtf8("filler");
  private static final int VALUE_BYTES = 16 << 10;
  private static final long PAUSE_NANOS_MAX = 100_000_000;

  private final ClientNode client;
  private final BooleanSupplier goesOn;

  Filler(ClientNode client, BooleanSupplier goesOn) {
    this.client = client;
    this.goesOn = goesOn;
  }

  /** Writes the next one after a while. */
  void goOn() {
    client
        .process()
        .after(
            client.process().draw(0, PAUSE_NANOS_MAX),
            () -> client.process().loop().run(this::write));
  }

  private void write() {
    if (!goesOn.getAsBoolean()) {
      return;
    }
    client
        .raw()
        .put(
            KEY,
            Bytes.wrap(new byte[VALUE_BYTES]),
            Duration.ZERO,
            new Completion<@Nullable Void>() {
              @Override
              public void succeeded(@Nullable Void done) {
                goOn();
              }

              @Override
              public void failed(ClientException failure) {
                goOn();
              }
            });
  }
}
