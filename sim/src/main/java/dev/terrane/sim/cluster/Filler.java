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

  private final ClientNode client;
  private final long pauseNanosMax;
  private final BooleanSupplier goesOn;

  Filler(ClientNode client, long pauseNanosMax, BooleanSupplier goesOn) {
    this.client = client;
    this.pauseNanosMax = pauseNanosMax;
    this.goesOn = goesOn;
  }

  /** Writes the next one after a while. */
  void goOn() {
    client
        .process()
        .after(
            client.process().draw(0, pauseNanosMax),
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
